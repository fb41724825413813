"""A transformer is read by numpy alone: each place sees its past only, and new titles stand where their description says."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from matinee.__main__ import app
from matinee.insight.deep import engine
from matinee.insight.deep.engine import Jax, NoJax
from matinee.insight.deep.learning import learnt as learnt_by_jax
from matinee.insight.deep.plan import Plan
from matinee.insight.taste.attention import read
from matinee.insight.taste.blend import LEAST_DEEP, chosen
from matinee.insight.taste.experts import DEEP, NAMES
from matinee.insight.taste.histories import Histories, histories_of
from matinee.insight.taste.keeping import NoModel, keep, load
from matinee.insight.taste.model import Model
from matinee.insight.taste.sparse import Table
from matinee.insight.taste.training import fit
from matinee.insight.taste.transformer import Transformer, folded
from taste.world import town

TITLES, DIRECTIONS, LENGTH = 30, 5, 12


def by_lot(titles: int, about: Table | None, seed: int) -> dict[str, Table]:
    """What might have been learnt."""
    dice, plan = np.random.default_rng(seed), Plan(size=8, length=LENGTH)
    shapes = {"ids": (titles, 8), "bias": (titles,), "places": (LENGTH, 8), "last_gain": (8,), "last_shift": (8,)}
    shapes |= dict.fromkeys(("query", "key", "value", "gather"), (plan.blocks, 8, 8))
    shapes |= dict.fromkeys(("look_gain", "look_shift", "think_gain", "think_shift"), (plan.blocks, 8))
    shapes |= {"wide": (plan.blocks, 8, 16), "wide_shift": (plan.blocks, 16), "narrow": (plan.blocks, 16, 8)}
    if about is not None:
        shapes |= {"project": (about.shape[1], 8), "lean": (about.shape[1],)}
    return {name: dice.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


def made_up(titles: int = TITLES, about: Table | None = None, watched: int = TITLES, seed: int = 0) -> Transformer:
    """A transformer with weights by lot, of which so many titles were watched."""
    return folded(by_lot(titles, about, seed), about, np.arange(titles) < watched, {"size": 8})


def lucky(histories: Histories, about: Table | None, titles: int, seed: int) -> Transformer:
    """What `fit` takes for one that learns."""
    return made_up(titles, about, titles, seed)


def test_what_comes_later_changes_nothing_before() -> None:
    """Each place of a history is read as if the history ended there, whatever follows and however the row is padded."""
    found = made_up()
    titles = np.random.default_rng(1).integers(0, TITLES, (4, LENGTH))
    known = np.ones(titles.shape, np.bool_)
    whole = read(np, found.weights, found.vectors[titles], known)
    other = titles.copy()
    other[:, 7:] = (other[:, 7:] + 1) % TITLES
    later = read(np, found.weights, found.vectors[other], known)
    assert np.allclose(whole[:, :7], later[:, :7], atol=1e-5)
    assert np.abs(whole[:, 7:] - later[:, 7:]).max() > 0.01
    assert np.allclose(whole[:, -1:], read(np, found.weights, found.vectors[titles], known, newest=True), atol=1e-5)
    known[:, :5] = False
    short = [row[5:].tolist() for row in titles]
    padded = read(np, found.weights, found.vectors[titles], known, newest=True)[:, 0]
    assert np.allclose(padded, found.state(histories_of(short)), atol=1e-5)


def test_a_history_says_the_same_in_whatever_company() -> None:
    """One by one or many at once, the long ones cut to what is read; an empty one says how likely titles are anyway."""
    found, dice = made_up(), np.random.default_rng(2)
    lists = [dice.permutation(TITLES)[: dice.integers(0, 20)].tolist() for _ in range(300)] + [[]]
    said = found.says(histories_of(lists))
    assert said.shape == (301, TITLES) and said.dtype == np.float32
    for number in (0, 7, 150):
        assert np.allclose(said[number], found.says(histories_of([lists[number]]))[0], atol=1e-4)
    assert np.allclose(said[-1], found.bias)
    longest = max(lists, key=len)
    assert len(longest) > LENGTH
    assert np.allclose(found.says(histories_of([longest])), found.says(histories_of([longest[-LENGTH:]])), atol=1e-4)


def test_what_counts_for_nothing_is_not_read() -> None:
    """A title with its thumb down says nothing about the next one."""
    found = made_up()
    assert np.allclose(found.says(histories_of([[1, 2, 3]], [[1, 0, 1]])), found.says(histories_of([[1, 3]])), atol=1e-5)


def test_titles_nobody_watched_stand_where_their_description_puts_them() -> None:
    """Two described alike are told of alike, though one is new; of a new one without description the least is said."""
    about = np.random.default_rng(3).normal(size=(TITLES, DIRECTIONS)).astype(np.float32)
    about[TITLES - 2] = about[TITLES - 3]
    about[TITLES - 1] = 0
    found = made_up(about=about, watched=TITLES - 3)
    said = found.says(histories_of([[1, 2], [5]]))
    assert np.allclose(said[:, TITLES - 2], said[:, TITLES - 3])
    assert np.ptp(said[:, TITLES - 2]) > 0
    assert (said[:, TITLES - 1] == said[:, : TITLES - 1].min(axis=1)).all()


def words_of(deep: Table, asked: Table, seed: int = 4) -> Table:
    """histories x experts x titles: experts that half know what is asked, and one more."""
    dice = np.random.default_rng(seed)
    words = dice.normal(0, 1, (len(asked), len(NAMES) + 1, asked.shape[1])) + 0.8 * asked[:, None]
    words[:, -1] = deep
    return words.astype(np.float32)


def test_a_transformer_is_heard_as_far_as_it_helps() -> None:
    """One that knows something makes what was held out likelier than without; one that guesses counts for exactly nothing."""
    dice, unseen = np.random.default_rng(5), np.ones((200, 40), np.bool_)
    asked = np.eye(40, dtype=np.float32)[dice.integers(0, 40, 200)]
    noise = dice.normal(0, 1, asked.shape).astype(np.float32)
    without = chosen(words_of(noise, asked)[:, :-1], unseen, asked, "next")
    guessing = chosen(words_of(noise, asked), unseen, asked, "next")
    knowing = chosen(words_of(noise + 2 * asked, asked), unseen, asked, "next")
    assert guessing == without and DEEP not in guessing.weights
    assert knowing.cost + 1 < without.cost and knowing.weights[DEEP] > 0.2

    def cost(weights: list[float], words: Table) -> float:
        logits = np.einsum("het,e->ht", words, np.array(weights))
        return float((np.log(np.exp(logits).sum(1)) - (logits * asked).sum(1)).sum())

    words = words_of(noise + 2 * asked, asked)
    both = [knowing.weights.get(name, 0.0) for name in (*NAMES, DEEP)]
    assert cost(both, words) < min(cost([*both[:-1], 0.0], words), cost([0.0] * len(NAMES) + [1.0], words))


@pytest.fixture(scope="module")
def model() -> Model:
    """With a transformer that is heard."""
    there = town(seed=4, profiles=60, titles=50, views=12, new=5)
    found = fit(there.interactions, there.catalog, seed=0, deepen=lucky)
    return replace(found, weights={length: {**each, DEEP: 0.5} for length, each in found.weights.items()})


def test_what_was_kept_says_the_same(model: Model, tmp_path: Path) -> None:
    """Plain arrays and a manifest that tells how they came, in a form of their own; a torn one is refused."""
    keep(model, tmp_path / "kept")
    again = load(tmp_path / "kept")
    histories = histories_of([[1, 2, 3], [], [4]])
    assert np.array_equal(model.scores(histories), again.scores(histories))
    assert np.isfinite(model.scores(histories)).all()
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert manifest["form"] == 2 and manifest["facts"][DEEP]["size"] == 8
    (query,) = (tmp_path / "kept").glob("*/deep_query.npy")
    query.write_bytes(query.read_bytes()[:-50])
    with pytest.raises(NoModel, match="fit the model again"):
        load(tmp_path / "kept")


def test_a_part_of_the_titles_gets_the_scores_of_the_whole(model: Model) -> None:
    """Whoever asks for a few titles is told what they are worth among all; what a transformer says is bounded below."""
    histories, whole, these = histories_of([[1, 2, 3], [4]]), histories_of([[1, 2, 3, 4]]), np.array([3, 17, 40])
    assert np.allclose(model.scores_of(histories, model.heard(whole), these), model.scores(histories)[:, these], atol=1e-5)
    deaf = replace(model, weights={length: {**each, DEEP: 0.0} for length, each in model.weights.items()})
    apart = model.scores(histories) - deaf.scores(histories)
    assert apart.min() >= 0.5 * LEAST_DEEP - 1e-3 and apart.max() <= 1e-3
    assert deaf.trimmed().learnt.deep is None and model.trimmed().learnt.deep is not None
    assert np.allclose(deaf.trimmed().scores(histories), deaf.scores(histories), atol=1e-5)


RANKING = """
import sys
from pathlib import Path
from matinee.insight.taste.histories import histories_of
from matinee.insight.taste.keeping import load
load(Path(sys.argv[1])).scores(histories_of([[1, 2, 3]]))
print([name for name in ("numpy", "jax", "jaxlib") if name in sys.modules])
"""


def test_nobody_who_ranks_needs_jax(model: Model, tmp_path: Path) -> None:
    """A house that serves a transformer loads no JAX, even where there is one."""
    keep(model, tmp_path / "kept")
    for name in ("jax", "jaxlib"):
        (tmp_path / f"{name}.py").touch()
    argv = [sys.executable, "-c", RANKING, str(tmp_path / "kept")]
    there = os.environ | {"PYTHONPATH": str(tmp_path)}
    assert subprocess.run(argv, env=there, capture_output=True, text=True, check=True).stdout == "['numpy']\n"


def test_who_has_no_jax_is_told_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--deep` without it ends in a line that names the extra; so does a wrong Python; nothing is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(engine.PYTHON, raising=False)
    (tmp_path / "views.csv").write_text("user,item,timestamp\na,x,1\na,y,2\nb,y,1\nb,z,2\nc,x,1\nc,z,2\n")
    for words in (["fit", "views.csv", "--out", "model"], ["evaluate", "views.csv"]):
        with pytest.raises(SystemExit, match=r"pip install 'matinee\[deep\]'"):
            app(["recs", *words, "--deep"], result_action="return_value")
    monkeypatch.setenv(engine.PYTHON, str(tmp_path / "no-python"))
    with pytest.raises(NoJax, match="no Python with jax"):
        engine.jax()
    assert [each.name for each in tmp_path.iterdir()] == ["views.csv"]


@dataclass(frozen=True)
class Guessing(Jax):
    """Learns nothing, and is wrong by so much about what it knows of the first history."""

    wrong: float = 0.0

    def run(self, folder: Path) -> None:
        with np.load(folder / "histories.npz") as stored:
            histories = Histories(stored["start"], stored["title"], np.ones(len(stored["title"])))
            arrays, watched = by_lot(len(stored["watched"]), None, 7), stored["watched"]
        state = folded(arrays, None, watched, {}).state(histories.some(np.array([0])))
        np.savez(folder / "learnt.npz", **arrays, proof_of=np.array([0]), proof=state + self.wrong)
        (folder / "told.json").write_text('{"jax": "none"}')


def test_what_numpy_reads_otherwise_than_jax_is_not_kept() -> None:
    """Nobody is served by weights that mean something else to the one who learnt them."""
    histories = histories_of([[0, 1, 2], [2, 1]])
    found = learnt_by_jax(Guessing(Path("none")), histories, None, 4, seed=3)
    assert found.met.tolist() == [True, True, True, False]
    assert (found.facts["seed"], found.facts["jax"]) == (3, "none")
    for wrong in (0.01, np.nan):
        with pytest.raises(NoJax, match="differently by numpy"):
            learnt_by_jax(Guessing(Path("none"), wrong), histories, None, 4, seed=3)


def test_learning_that_gives_up_says_why() -> None:
    """When the program that learns fails, its last words are told; so is that there is nothing to learn."""
    deaf = partial(learnt_by_jax, Jax(Path(sys.executable)), about=None, titles=3, seed=0)
    with pytest.raises(NoJax, match="No module named 'jax'"):
        deaf(histories_of([[0, 1], [1, 2]]))
    with pytest.raises(NoJax, match="nobody has watched two titles"):
        deaf(histories_of([[0], [1]]))
