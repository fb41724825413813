"""A real Spark on this machine answers as the laptop does: the same models, and a trainer as good (`make test-spark`)."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isclose, isnan
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from insight.stage import TITLES, append, loaded, place_in
from matinee.__main__ import app
from matinee.insight.spark.engine import NoSpark, Spark, spark
from matinee.insight.spark.factors import spark_factors
from matinee.insight.taste.histories import decayed
from matinee.insight.taste.ials import FACTORS, folded_in, ials
from matinee.insight.warehouse import asking
from matinee.insight.warehouse.facts import TOPICS
from matinee.insight.warehouse.models import in_dialect, models
from matinee.insight.warehouse.tables import FACTS, Tables, filesystem_path
from matinee.insight.warehouse.tables import TITLES as TITLES_TABLE
from matinee.insight.warehouse.tidying import tidy
from recorded import START_MS, recorded
from taste.world import town

pytestmark = [pytest.mark.spark]
TOLD = recorded(seed=31, views=200, hours=2, late=0.1, doubled=0.1)


@pytest.fixture(scope="module")
def machine(brief_java: None) -> Iterator[Spark]:
    """One session for all; that of `matinee recs fit` is its own."""
    with spark() as machine:
        yield machine


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """Two recorded hours, loaded in pieces, one hour of them written as one file; some files older than a column."""
    import asyncio

    folder = tmp_path_factory.mktemp("spark")
    tables = Tables(place_in(folder))
    asyncio.run(append(folder, TOLD))
    asyncio.run(loaded(folder, tables, at_once=900))
    tables.keep_titles(TITLES)
    tidy(tables, START_MS + 5_000_000)
    yield tables
    tables.close()


def files_of(tables: Tables, name: str) -> list[str]:
    return [filesystem_path(task.file.file_path) for task in tables.table(f"{FACTS}.{name}").scan().plan_files()]


def test_every_model_is_the_same_on_duckdb_and_on_spark(tables: Tables, machine: Spark, tmp_path: Path) -> None:
    """Row for row, over a recorded hour with late and doubled facts; sums of fractions to within rounding."""
    sources = {name: files_of(tables, name) for name in (*(topic.name for topic in TOPICS), TITLES_TABLE)}
    machine.models(sources, [(name, in_dialect(model, "spark")) for name, model in models().items()], tmp_path)
    with asking.opened(tables) as connection:
        for name in models():
            here = asking.asked(connection, f"FROM {asking.quoted(name)}").read_all()
            there = pyarrow.parquet.read_table(tmp_path / name)
            assert there.schema.names == here.schema.names, name
            ours, theirs = rows_of(here), rows_of(there)
            assert len(ours) == len(theirs) > 0, name
            wrong = [(a, b) for a, b in zip(ours, theirs, strict=True) if not alike(a, b)]
            assert wrong == [], name


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    """In an order of their own: by what is exact before what is rounded."""
    plain = [tuple(plainly(value) for value in row.values()) for row in table.to_pylist()]
    return sorted(plain, key=lambda row: [str(value) for value in row if not isinstance(value, float)])


def plainly(value: Any) -> Any:
    """Times without a zone are UTC's."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    def same(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (isnan(a) and isnan(b))
        return bool(a == b)

    return all(same(a, b) for a, b in zip(one, other, strict=True))


def test_spark_learns_factors_as_good_as_ours(machine: Spark) -> None:
    """In a town whose tastes are known, titles that MLlib places beside each other are liked by the same people, as with ours."""
    there = town(seed=8, profiles=300, titles=150)
    histories = there.interactions.histories()
    watched = decayed(histories, 1.0, 2**31, len(there.interactions.titles))
    number = [int(name[1:]) for name in there.interactions.titles.tolist()]
    profile = [int(user) for user in there.interactions.users.tolist()]

    def liking(factors: Any) -> float:
        """How much the ten best unseen titles are liked, over how much those of a perfect list are."""
        scores = folded_in(watched, factors) @ factors.T
        open_likes = np.where(histories.seen(len(number)), -np.inf, there.likes[profile][:, number])
        scores[histories.seen(len(number))] = -np.inf
        shown = np.take_along_axis(open_likes, np.argsort(-scores, axis=1)[:, :10], 1).sum()
        return float(shown / -np.sort(-open_likes, axis=1)[:, :10].sum())

    theirs = spark_factors(machine, watched, seed=1)
    assert theirs.shape == (len(number), FACTORS)
    assert liking(theirs) > 0.9 * liking(ials(watched, 1)) > 0.4


def test_fit_takes_spark_for_an_engine(machine: Spark, tmp_path: Path) -> None:
    """`matinee recs fit --engine spark` keeps a model like any other, which ranks."""
    found = town(seed=4, profiles=60, titles=50).interactions
    assert found.time_s is not None
    rows = zip(found.users[found.user], found.titles[found.title], found.time_s, strict=True)
    views = tmp_path / "views.csv"
    views.write_text("user,item,timestamp\n" + "".join(f"{user},{item},{time}\n" for user, item, time in rows))
    for words in (
        ["fit", views, "--out", tmp_path / "model", "--engine", "spark"],
        ["predict", "--model", tmp_path / "model", "--histories", views, "--k", "5", "--out", tmp_path / "ranked.csv"],
    ):
        app(["recs", *map(str, words)], result_action="return_value")
    with (tmp_path / "ranked.csv").open() as lines:
        assert len(list(csv.DictReader(lines))) == 60 * 5
    assert json.loads((tmp_path / "model" / "manifest.json").read_text())["facts"]["engine"] == "spark"


def test_who_has_no_spark_is_told_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java, without pyspark, and when Spark gives up: what is missing, in a line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATINEE_SPARK_PYTHON", str(tmp_path / "no-python"))
    with pytest.raises(NoSpark, match="make"):
        spark()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSpark, match="apt-get install"):
        spark()


def test_what_spark_says_is_told(machine: Spark, tmp_path: Path) -> None:
    """A question that Spark cannot answer ends in its words, not in a traceback."""
    with pytest.raises(NoSpark, match="nothing_of_that_name"):
        machine.models({}, [("wrong", "SELECT * FROM nothing_of_that_name")], tmp_path)
