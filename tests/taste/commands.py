"""`matinee recs`: learn, keep, rank and explain from the command line, and say plainly what is wrong."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from matinee.__main__ import app
from matinee.insight.taste.interactions import Interactions
from matinee.insight.taste.keeping import MANIFEST, NoModel, keep, load
from matinee.insight.taste.training import fit
from taste.world import town


def written(found: Interactions, file: Path) -> Path:
    """A file such as somebody might give."""
    assert found.time_s is not None
    rows = zip(found.users[found.user], found.titles[found.title], found.time_s, strict=True)
    file.write_text("user,item,timestamp\n" + "".join(f"{user},{item},{time}\n" for user, item, time in rows))
    return file


def recs(*words: object) -> None:
    app(["recs", *map(str, words)], result_action="return_value")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of a small town, beside the interactions it was learnt from."""
    folder = tmp_path_factory.mktemp("recs")
    recs("fit", written(town(seed=4, profiles=120, titles=90).interactions, folder / "views.csv"), "--out", folder / "model")
    return folder / "model"


def test_histories_go_in_and_ranks_come_out(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each user of the file gets the k best unseen titles, best first, also who watched nothing the model knows; where there
    are not as many, that is said."""
    views = model.with_name("views.csv")
    rows = views.read_text().splitlines()
    known = [row.split(",")[1] for row in rows[1:4]]
    histories = tmp_path / "h.csv"
    histories.write_text("user,item\n" + "".join(f"u1,{item}\n" for item in known) + "u2,never heard of\nu3,\n")
    recs("predict", "--model", model, "--histories", histories, "--k", 5, "--out", tmp_path / "p.csv")
    recs("predict", "--model", model, "--histories", histories, "--k", 5, "--out", tmp_path / "p.parquet")
    ranked = list(csv.DictReader((tmp_path / "p.csv").open()))
    assert [(row["user"], row["rank"]) for row in ranked] == [(f"u{u}", str(k)) for u in (1, 2, 3) for k in range(1, 6)]
    of = {user: [row["item"] for row in ranked if row["user"] == user] for user in ("u1", "u2", "u3")}
    assert not set(of["u1"]) & set(known)
    assert of["u2"] == of["u3"] != of["u1"]
    scores = [float(row["score"]) for row in ranked if row["user"] == "u1"]
    assert scores == sorted(scores, reverse=True)
    assert [row["item"] for row in pyarrow.parquet.read_table(tmp_path / "p.parquet").to_pylist()] == [
        row["item"] for row in ranked
    ]
    recs("predict", "--model", model, "--histories", histories, "--k", 10_000, "--keep-seen", "--out", tmp_path / "all.csv")
    titles = len(load(model).titles)
    assert f"there are {titles} titles" in capsys.readouterr().err
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 1 + 3 * titles


def test_why_is_answered(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The parts of an explanation add up to its score, and what may be told is marked."""
    recs("explain", "--model", model, "--histories", model.with_name("views.csv"), "--user", "3", "--json")
    found = json.loads(capsys.readouterr().out)
    assert sum(part["gives"] for part in found["parts"]) == pytest.approx(found["taste"])
    assert any(part["cited"] for part in found["parts"])
    assert all(part["gives"] > 0 and part["loss"] > 0 for part in found["parts"] if part["cited"])


def test_an_examination_is_printed_for_people_and_for_programs(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every model has its line; JSON has the same with intervals."""
    views = model.with_name("views.csv")
    recs("evaluate", views, "--k", 5, "--k", 20)
    told = capsys.readouterr().out
    assert "leave-one-out, full ranking, seen titles left out; 120 profiles asked" in told
    for name in ("popular", "taste", "mood", "course", "step", "factors", "blend"):
        assert name in told
    recs("evaluate", views, "--k", 5, "--protocol", "strong-generalisation", "--json", "--keep-seen")
    found = json.loads(capsys.readouterr().out)
    assert (found["protocol"], found["keep_seen"]) == ("strong-generalisation", True)
    assert [each["model"] for each in found["results"]][::6] == ["popular", "blend"]
    assert all(each["lead"]["low"] <= each["lead"]["mean"] <= each["lead"]["high"] for each in found["results"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["fit", "nowhere.csv", "--out", "m"], "no such file"),
        (["predict", "--model", "nowhere", "--histories", "h.csv", "--out", "p.csv"], "recs fit"),
        (["predict", "--model", "nowhere", "--histories", "h.csv", "--out", "p.txt"], "ends in one of"),
        (["predict", "--model", "nowhere", "--histories", "h.csv", "--out", "no/p.csv"], "there is no folder"),
        (["predict", "--model", "nowhere", "--histories", "h.csv", "--out", "p.csv", "--k", "0"], "1 or more"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: what, where, and what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        recs(*words)
    assert str(ended.value.code).startswith("matinee: ")
    assert told in str(ended.value.code)
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_whole_or_refused(model: Path, tmp_path: Path) -> None:
    """What was kept says the same again; a torn array or another form is refused; a folder of other things is left alone."""
    manifest = json.loads((model / MANIFEST).read_text())
    assert manifest["facts"]["protocol"] == "leave-one-out"
    assert all(len(said["sha256"]) == 64 for said in manifest["arrays"].values())
    assert isinstance(load(model).learnt.tables["liked"], np.memmap)
    torn = tmp_path / "torn"
    shutil.copytree(model, torn)
    (array,) = torn.glob("*/liked.npy")
    array.write_bytes(array.read_bytes()[:-100])
    with pytest.raises(NoModel, match="fit the model again"):
        load(torn)
    (torn / MANIFEST).write_text(json.dumps(manifest | {"form": 99}))
    with pytest.raises(NoModel, match="form 99"):
        load(torn)
    for content in ("[]", '{"form": 1, "arrays_in": "x", "arrays": []}'):
        (torn / MANIFEST).write_text(content)
        with pytest.raises(NoModel, match="fit the model again"):
            load(torn)
    with pytest.raises(NoModel, match="name a folder"):
        load(torn / MANIFEST)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "diary.txt").write_text("dear")
    with pytest.raises(SystemExit) as ended:
        recs("fit", model.with_name("views.csv"), "--out", mine)
    assert "is no model" in str(ended.value.code)
    assert (mine / "diary.txt").read_text() == "dear"


def test_a_model_is_replaced_in_one_step(model: Path, tmp_path: Path) -> None:
    """Killed while a model is being replaced, one finds the old one whole; afterwards only the new one is there."""
    place = tmp_path / "model"
    shutil.copytree(model, place)
    before = load(place)
    other = fit(town(seed=6, profiles=30, titles=60, views=10).interactions, seed=0)
    (place / "0123456789abcdef").mkdir()
    np.save(place / "0123456789abcdef" / "titles.npy", other.titles)
    assert load(place).titles.tolist() == before.titles.tolist()
    (place / MANIFEST).unlink()  # as if it had been the first to be kept there
    keep(other, place)
    assert load(place).titles.tolist() == other.titles.tolist()
    assert len([each for each in place.iterdir() if each.is_dir()]) == 1
    assert len(before.learnt.tables["liked"][0]) == len(before.titles)
    assert other.facts["data"] != before.facts["data"]
