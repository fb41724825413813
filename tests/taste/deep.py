"""A transformer learns by JAX what comes after what, and what numpy then serves is what JAX learnt (`make test-deep`)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from matinee.insight.deep.engine import PYTHON, Jax, installed, jax
from matinee.insight.deep.learning import learnt
from matinee.insight.deep.plan import Plan
from matinee.insight.taste.experts import DEEP
from matinee.insight.taste.features import coordinates
from matinee.insight.taste.interactions import Interactions, gathered, numbered
from matinee.insight.taste.keeping import load
from taste.commands import recs, written
from taste.world import town

pytestmark = [pytest.mark.deep]

TITLES, LENGTH = 60, 12
FEW = Plan(size=16, blocks=1, length=20, steps=20)


@cache
def machine() -> Jax:
    return jax()


def habits(seed: int, profiles: int = 500) -> Interactions:
    """People of two minds: what each watches next follows from the last title, but otherwise for one mind than for the other.

    Which mind it is shows in the first title only; one step of eight is anybody's guess.
    """
    dice = np.random.default_rng(seed)
    follows = [dice.permutation(TITLES) for _ in range(2)]
    user, item = list[int](), list[int]()
    for profile in range(profiles):
        mind = profile % 2
        watched = [TITLES + mind, int(dice.integers(TITLES))]
        while len(watched) < LENGTH:
            title = int(follows[mind][watched[-1]])
            while title in watched or dice.random() < 1 / 8:
                title = int(dice.integers(TITLES))
            watched.append(title)
        user += [profile] * LENGTH
        item += watched
    return gathered(numbered(np.array(user)), numbered(np.array(item)), np.arange(len(user), dtype=float))


def test_where_order_tells_all_a_transformer_finds_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of people of two minds it guesses the next title far better than popularity or any expert that adds up what was watched,
    and the blend listens to it."""
    machine()
    recs("evaluate", written(habits(seed=1), tmp_path / "views.csv"), "--k", 1, "--deep", "--json")
    found = json.loads(capsys.readouterr().out)
    reached = {each["model"]: each["measures"]["hit@1"]["mean"] for each in found["results"]}
    print({name: round(each, 3) for name, each in reached.items()}, found["facts"][DEEP]["cpu_s"])
    deep, blend = reached.pop(DEEP), reached.pop("blend")
    assert deep > max(reached.values()) + 0.05
    assert blend > max(reached.values()) + 0.05
    assert found["weights"]["long"][DEEP] > 0.1


def test_what_was_learnt_is_kept_and_ranks_without_jax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`recs fit --deep` keeps plain arrays, and how they came; `recs predict` needs nothing else. A Python may be named."""
    monkeypatch.setenv(PYTHON, str(machine().python))
    assert installed() == machine()
    views = written(habits(seed=2, profiles=300), tmp_path / "views.csv")
    recs("fit", views, "--out", tmp_path / "model", "--deep")
    kept = load(tmp_path / "model")
    assert kept.learnt.deep is not None and kept.facts[DEEP]["losses"][-1] < kept.facts[DEEP]["losses"][0] - 0.5
    recs("predict", "--model", tmp_path / "model", "--histories", views, "--k", 5, "--out", tmp_path / "ranked.csv")
    with (tmp_path / "ranked.csv").open() as lines:
        assert len(list(csv.DictReader(lines))) == 300 * 5


def test_the_same_seed_learns_the_same() -> None:
    """Two goes at the same histories end in the same numbers, another seed in others; each is read by numpy as by JAX."""
    histories = habits(seed=3, profiles=60).histories()
    one, again = (learnt(machine(), histories, None, TITLES + 2, 0, FEW) for _ in range(2))
    assert np.array_equal(one.vectors, again.vectors)
    assert all(np.array_equal(each, again.weights[name]) for name, each in one.weights.items())


def test_a_title_nobody_has_watched_finds_the_right_people() -> None:
    """Of a new title's best-placed tenth of the profiles most would really like it: its description is all that is known."""
    there = town(seed=7)
    found = there.interactions.with_titles(there.catalog)
    about = coordinates([there.catalog[name] for name in found.titles.tolist()], 1)
    said = learnt(machine(), found.histories(), about, len(found.titles), 1).says(found.histories())
    cold = np.flatnonzero(np.bincount(found.title, minlength=len(found.titles)) == 0)
    assert len(cold) == 20
    place = said.argsort(axis=1).argsort(axis=1)
    profile = found.users.astype(int)
    lifts = list[float]()
    for number in cold:
        likes = there.likes[profile, int(found.titles[number][1:])]
        first = np.argsort(-place[:, number], kind="stable")[: len(likes) // 10]
        lifts.append(float(likes[first].mean() / likes.mean()))
    print("lift", np.mean(lifts))
    assert np.mean(lifts) > 2
