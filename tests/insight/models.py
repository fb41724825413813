"""The models: what they answer is what can be counted by hand, on whichever engine."""

import csv
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from insight.stage import TITLES, answers, place_in, stocked
from matinee.contracts import events_pb2 as pb
from matinee.insight.taste.reading import read_interactions
from matinee.insight.warehouse import asking, writing
from matinee.insight.warehouse.models import in_dialect, models, needed
from matinee.insight.warehouse.tables import Tables
from recorded import Recorded, recorded

TOLD = recorded(seed=11, views=120, hours=2)
HOUR_MS = 3_600_000
RELATIVE = 1e-9


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two recorded hours."""
    import asyncio

    return asyncio.run(stocked(tmp_path_factory.mktemp("models"), TOLD))


@pytest.fixture(scope="module")
def connection(tables: Tables) -> Iterator[Any]:
    with asking.opened(tables) as opened:
        yield opened


def told(connection: Any, question: str) -> list[dict[str, Any]]:
    return asking.asked(connection, question).read_all().to_pylist()


def stretches() -> list[pb.PlayerFact]:
    return [fact for fact in TOLD.once().ledger if fact.HasField("watched")]


def last_measured() -> dict[str, pb.Measured]:
    """By view, what was measured when it ended."""
    in_order = sorted(TOLD.once().telemetry, key=lambda fact: fact.sequence)
    return {fact.view_id: fact.measured for fact in in_order if fact.HasField("measured")}


def test_views_are_what_was_watched(connection: Any) -> None:
    """A line for each view, with all that was played of it, how far it came and whether its end was reached."""
    played, far, done = Counter[str](), defaultdict[str, int](int), set[str]()
    for fact in stretches():
        played[fact.view_id] += fact.watched.watched_ms
        far[fact.view_id] = max(far[fact.view_id], fact.watched.position_ms)
        done |= {fact.view_id} if fact.watched.finished else set()
    views = {row["view_id"]: row for row in told(connection, "SELECT * FROM views")}
    assert {view: row["watched_ms"] for view, row in views.items()} == dict(played)
    assert {view: row["furthest_ms"] for view, row in views.items()} == dict(far)
    assert {view for view, row in views.items() if row["finished"]} == done != set()
    assert all(row["completion"] == 1.0 if row["finished"] else 0 < row["completion"] <= 1 for row in views.values())


def test_the_week_is_ranked_by_who_watched_two_minutes(connection: Any) -> None:
    """Top titles: distinct profiles with two minutes or more of it in that week, in their country; ties by time, then by name."""
    watched = Counter[tuple[date, str, str, str]]()
    for fact in stretches():
        day = datetime.fromtimestamp(fact.at_ms / 1000, UTC).date()
        watched[day - timedelta(days=day.weekday()), fact.teller.country, fact.title_id, fact.profile_id] += (
            fact.watched.watched_ms
        )
    heads, time_ms = Counter[tuple[date, str, str]](), Counter[tuple[date, str, str]]()
    for (*title, _), ms in watched.items():
        if ms >= 120_000:
            heads[title[0], title[1], title[2]] += 1
            time_ms[title[0], title[1], title[2]] += ms
    ranked = sorted(heads, key=lambda title: (title[:2], -heads[title], -time_ms[title], title[2]))
    found = told(connection, "SELECT * FROM top_titles_by_week ORDER BY week, country, place")
    assert [(row["week"], row["country"], row["title_id"]) for row in found] == ranked
    assert [row["profiles"] for row in found] == [heads[title] for title in ranked]
    assert all(row["name"] == f"Film {int(row['title_id'][-3:])}" for row in found)


def test_hours_and_completion_add_up(connection: Any) -> None:
    """What is watched by day, by title and by view is the same watching."""
    hours = sum(fact.watched.watched_ms for fact in stretches()) / HOUR_MS
    for model in ("hours_by_day", "completion_by_title"):
        (row,) = told(connection, f"SELECT sum(hours) AS hours FROM {model}")
        assert row["hours"] == pytest.approx(hours, rel=RELATIVE), model
    titles = Counter(fact.title_id for fact in {fact.view_id: fact for fact in stretches()}.values())
    assert {row["title_id"]: row["views"] for row in told(connection, "SELECT * FROM completion_by_title")} == dict(titles)


def test_quality_is_measured_as_cta_2066_says(connection: Any) -> None:
    """Join time by percentiles, stalls as a part of the time one wanted to watch, exits before the start and failures counted."""
    facts = TOLD.once().telemetry
    joined = [fact.play_began.join_ms for fact in facts if fact.HasField("play_began")]
    (found,) = told(connection, "SELECT median(join_ms) AS p50, quantile_cont(join_ms, 0.95) AS p95 FROM sessions")
    assert found["p50"] == pytest.approx(median(joined))
    assert found["p95"] == pytest.approx(quantiles(joined, n=20, method="inclusive")[-1])
    last = last_measured()
    ratios = {view: each.stalled_ms / (each.playing_ms + each.stalled_ms) for view, each in last.items()}
    rows = told(connection, "SELECT view_id, rebuffer_ratio FROM sessions WHERE rebuffer_ratio IS NOT NULL")
    assert {row["view_id"]: row["rebuffer_ratio"] for row in rows} == pytest.approx(ratios)
    (counted,) = told(
        connection,
        "SELECT sum(views) AS views, sum(left_before_start) AS gone, sum(failed) AS failed FROM quality_by_hour_and_box",
    )
    assert counted["views"] == 120
    assert counted["gone"] == sum(fact.left.before_start for fact in facts) > 0
    assert counted["failed"] == sum(fact.failed.fatal for fact in facts) > 0
    (errors,) = told(connection, "SELECT sum(errors) AS errors, sum(fatal) AS fatal FROM errors_by_day")
    assert errors == {"errors": sum(fact.HasField("failed") for fact in facts), "fatal": counted["failed"]}


def test_egress_is_parted_among_rungs_and_loses_nothing(connection: Any) -> None:
    """The bits of all rungs together are the bits of all views, and a rung of more lines has more of them for the same time."""
    last = last_measured()
    rows = told(
        connection, "SELECT height, sum(bits) AS bits, sum(hours) AS hours FROM egress_by_rung GROUP BY height ORDER BY height"
    )
    assert sum(row["bits"] for row in rows) == pytest.approx(sum(each.bits for each in last.values()), rel=1e-6)
    rates = [row["bits"] / row["hours"] for row in rows]
    assert [row["height"] for row in rows] == [360, 720, 1080]
    assert rates == sorted(rates)


def test_rows_are_credited_with_the_plays_that_began_in_them(connection: Any) -> None:
    """Each play belongs to the row that its tab saw, under the model and the arm that row was made by."""
    seen, asked = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for fact in TOLD.once().telemetry:
        seen[fact.row_seen.row_id, fact.row_seen.arm] += fact.HasField("row_seen")
        asked[fact.play_asked.row_id, fact.play_asked.arm] += fact.HasField("play_asked")
    rows = {(row["row_id"], row["arm"]): row for row in told(connection, "SELECT * FROM rows_by_arm")}
    assert {key: row["seen"] for key, row in rows.items()} == {key: count for key, count in seen.items() if count}
    assert {key: row["plays"] for key, row in rows.items()} == {key: count for key, count in asked.items() if count}
    assert {row["model"] for row in rows.values()} == {"blend 12"}


def test_one_page_that_tells_without_end_costs_no_more_than_others() -> None:
    """A tab says two hundred thousand times that it saw one row, and as often that it played from it: each play has its sight,
    and they are not held against each other one by one."""
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE telemetry AS SELECT 'tab' AS producer_id, i AS sequence, 'home' AS page, 'popular' AS row_id,"
            " '' AS model, '' AS trial, '' AS arm, CASE WHEN i % 2 = 1 THEN 'row_seen' ELSE 'play_asked' END AS kind"
            " FROM range(1, 400001) AS told(i)"
        )
        giving_up = threading.Timer(30, connection.interrupt)
        giving_up.start()
        try:
            found = connection.execute(models()["rows_by_arm"].sql).fetchall()
        finally:
            giving_up.cancel()
    assert found == [("home", "popular", "", "", "", 200_000, 200_000, 1.0)]


async def test_cohorts_are_those_who_came_in_a_month(tmp_path: Path) -> None:
    """Three come in January; one of them watches in February, two in March. Another comes in February and never again."""
    months = {"anna": (1, 2, 3), "ben": (1, 3), "cleo": (1,), "dora": (2,)}
    told = Recorded()
    for sequence, (profile, month) in enumerate((profile, month) for profile, each in months.items() for month in each):
        at_ms = int(datetime(2026, month, 10, tzinfo=UTC).timestamp() * 1000)
        fact = pb.PlayerFact(producer_id="tab", sequence=sequence + 1, profile_id=profile, at_ms=at_ms, heard_ms=at_ms)
        fact.watched.watched_ms = 60_000
        told.ledger.append(fact)
    tables = await stocked(tmp_path, told)
    rows = answers(tables, "SELECT cohort, months_later, active, profiles FROM retention_by_month ORDER BY ALL")
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    assert [tuple(row.values()) for row in rows] == [
        (january, 0, 3, 3),
        (january, 1, 1, 3),
        (january, 2, 2, 3),
        (february, 0, 1, 1),
    ]


def test_the_recommender_reads_what_the_warehouse_writes(connection: Any, tmp_path: Path) -> None:
    """The file of interactions is read by `matinee recs fit` as it is; a thumb down weighs nothing."""
    for form in ("csv", "parquet"):
        file = tmp_path / f"interactions.{form}"
        written = writing.write(file, form, asking.asked(connection, "SELECT * FROM interactions"))
        read = read_interactions(file)
        assert len(read.interactions) == written > 20
        assert read.notes == []
    down = {(row["profile_id"], row["title_id"]) for row in told(connection, "SELECT * FROM thumbs WHERE thumb = 'down'")}
    with (tmp_path / "interactions.csv").open() as lines:
        unwanted = {(row["profile_id"], row["title_id"]) for row in csv.DictReader(lines) if float(row["weight"]) == 0}
    assert unwanted
    assert unwanted <= down


def test_what_was_taken_out_is_no_interaction_until_it_is_watched_again(connection: Any) -> None:
    """A title, or all of it at once: what counted before is left out, what is watched after is there."""
    since = Counter[tuple[str, str]]()
    for fact in TOLD.once().ledger:
        for title in (fact.hidden.title_ids or [""]) if fact.HasField("hidden") else ():
            since[fact.profile_id, title] = max(since[fact.profile_id, title], fact.at_ms)
    found = told(connection, "SELECT * FROM hidden")
    assert {(row["profile_id"], row["title_id"]): row["happened"] for row in found} == {
        act: datetime.fromtimestamp(at_ms / 1000, UTC) for act, at_ms in since.items()
    }
    last = dict[tuple[str, str], datetime]()
    for row in told(connection, "SELECT * FROM views WHERE watched_ms >= 120000 OR finished ORDER BY ended"):
        last[row["profile_id"], row["title_id"]] = row["ended"]
    out = {act for act, ended in last.items() if ended.timestamp() * 1000 <= max(since[act], since[act[0], ""])}
    assert {(row["profile_id"], row["title_id"]) for row in told(connection, "FROM interactions")} == last.keys() - out
    assert out
    assert (last.keys() - out) & since.keys(), "some are watched again"


def test_models_become_tables_that_others_read(tables: Tables) -> None:
    """Each model is an Iceberg table of the same rows, made anew when a fact or a name is."""
    assert asking.materialise(tables, ["hours_by_day"]) == ["hours_by_day"]
    assert asking.materialise(tables, ["hours_by_day", "views"]) == ["views"], "of the same facts it would be the same"
    tables.keep_titles([{**TITLES[0], "name": "Another name"}])
    assert asking.materialise(tables, ["hours_by_day", "views"]) == ["hours_by_day", "views"]
    for name in ("hours_by_day", "views"):
        assert tables.dataset(f"models.{name}").count_rows() == answers(tables, f"SELECT count(*) AS n FROM {name}")[0]["n"] > 0


@pytest.mark.parametrize("name", sorted(models()))
def test_every_model_has_words_in_every_dialect(name: str) -> None:
    """A model says what one line of it is, and can be asked of Spark and of Redshift: in their grammar, with no function that
    only DuckDB may know, and as Redshift wants it, which sorts for the percentiles of one SELECT in one way only."""
    assert len(models()[name].says) > 30
    for dialect in ("spark", "redshift"):
        tree = sqlglot.parse_one(in_dialect(models()[name], dialect), read=dialect)
        assert tree.find(exp.Select)
        assert list(tree.find_all(exp.Anonymous)) == []
        for select in tree.find_all(exp.Select):
            sorts = [each for each in select.find_all(exp.WithinGroup) if each.parent_select is select]
            assert len({each.expression.sql() for each in sorts}) <= 1


async def test_an_empty_warehouse_answers_every_model(tmp_path: Path) -> None:
    """Before the first fact every question has an answer: nothing."""
    with asking.opened(Tables(place_in(tmp_path))) as connection:
        assert {name: told(connection, f"FROM {name}") for name in models()} == {name: [] for name in models()}
    assert needed(["completion_by_title"]) == ["views", "completion_by_title"]


@pytest.mark.parametrize(
    "question",
    [
        "DROP VIEW views",
        "CREATE TABLE t AS SELECT 1",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO 'x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT content FROM read_text('/etc/passwd')",
        "SET enable_external_access = true",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "PRAGMA database_list",
        "SELECT nothing FROM views",
        "SELEC 1",
        "",
    ],
)
def test_questions_read_the_tables_and_nothing_else(connection: Any, question: str) -> None:
    """Whatever changes something, looks at other files, or is no question is refused in words."""
    with pytest.raises(asking.BadQuestion) as refused:
        asking.asked(connection, question).read_all()
    assert str(refused.value)
