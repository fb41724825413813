"""The warehouse: every fact once, in its hour, whatever happens to whoever brings it."""

import asyncio
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyarrow.parquet import ParquetFile

from insight.dying_loader import DEATHS
from insight.stage import TITLES, answers, append, keys, loaded, log_in, place_in, stocked
from matinee.contracts import events_pb2 as pb
from matinee.insight.warehouse.facts import TOPICS, rows_of
from matinee.insight.warehouse.loading import Loaded, backfill, forget
from matinee.insight.warehouse.tables import Tables, filesystem_path
from matinee.insight.warehouse.tidying import tidy
from matinee.ports.log import Entry
from matinee.topology import REPOSITORY
from recorded import HOUR_MS, START_MS, Recorded, recorded

LEDGER, TELEMETRY, PLAYS = TOPICS
KINDS = {"watched": "watched_ms", "thumbed": "thumb", "hidden": "title_ids"}
"""What the ledger tells, by a column that it alone has."""
LONG_AFTER_MS = START_MS + 10 * 24 * HOUR_MS


def once(told: Recorded, topic: str) -> list[tuple[str, int]]:
    return sorted((fact.producer_id, fact.sequence) for fact in getattr(told.once(), topic))


async def test_every_fact_stands_once_in_its_hour(tmp_path: Path) -> None:
    """Late and doubled facts of three hours: each is there a single time, with what it said, in the hour in which it happened."""
    told = recorded(seed=1, views=40, hours=3, late=0.1, doubled=0.2)
    tables = await stocked(tmp_path, told)
    assert keys(tables, "ledger") == once(told, "ledger")
    assert keys(tables, "telemetry") == once(told, "telemetry")
    assert len(told.ledger) > len(once(told, "ledger")) > 300
    plays = answers(tables, "SELECT count(*) AS rows, count(DISTINCT fact_id) AS facts FROM plays")
    assert plays == [{"rows": 80, "facts": 80}]
    watched_ms = sum(fact.watched.watched_ms for fact in told.once().ledger)
    assert answers(tables, "SELECT CAST(sum(watched_ms) AS BIGINT) AS ms FROM ledger") == [{"ms": watched_ms}]
    for topic in TOPICS:
        assert [str(each.transform) for each in tables.facts(topic).spec().fields] == ["hour"]
        for task in tables.facts(topic).scan().plan_files():
            happened = ParquetFile(filesystem_path(task.file.file_path)).read(["happened"])["happened"].to_pylist()
            assert {int(each.timestamp()) // 3600 for each in happened} == {task.file.partition[0]}


async def test_a_fact_told_twice_across_an_hours_end_stands_once(tmp_path: Path) -> None:
    """The second telling, its clock a little off, lies in the next hour, and comes with the next load: the first one stands."""
    tables, end_ms = Tables(place_in(tmp_path)), START_MS + HOUR_MS
    fact = pb.PlayerFact(
        producer_id="tab-1", sequence=1, profile_id="p", view_id="v", title_id="t", at_ms=end_ms - 50, heard_ms=end_ms
    )
    fact.watched.watched_ms = 10_000
    again = pb.PlayerFact.FromString(fact.SerializeToString())
    again.at_ms, again.heard_ms = end_ms + 50, end_ms + 6 * 24 * HOUR_MS
    for each in (fact, again):
        await append(tmp_path, Recorded(ledger=[each]))
        await loaded(tmp_path, tables)
    assert answers(tables, "SELECT happened FROM ledger") == [{"happened": datetime.fromtimestamp(end_ms / 1000 - 0.05, UTC)}]


async def test_the_log_may_be_read_again_from_its_start(tmp_path: Path) -> None:
    """A backfill adds nothing to a whole warehouse, and makes a lost one anew, the same as before."""
    told = recorded(seed=2, views=20)
    tables = await stocked(tmp_path, told)
    before = {topic.name: answers(tables, f"SELECT * FROM {topic.name} ORDER BY ALL") for topic in TOPICS}
    async with log_in(tmp_path) as log:
        assert [(await backfill(log, tables, topic)).added for topic in TOPICS] == [0, 0, 0]
        anew = Tables(place_in(tmp_path / "anew"))
        found = [await backfill(log, anew, topic) for topic in TOPICS]
    assert [each.read for each in found] == [len(told.ledger), len(told.telemetry), len(told.plays)]
    assert {topic.name: answers(anew, f"SELECT * FROM {topic.name} ORDER BY ALL") for topic in TOPICS} == before


async def test_what_cannot_be_a_row_holds_up_nobody(tmp_path: Path) -> None:
    """Damaged entries, kinds of a newer Matinee and times out of all reason are counted; the facts around them are loaded."""
    tables, good = Tables(place_in(tmp_path)), recorded(seed=3, views=3, doubled=0).ledger
    nonsense = pb.PlayerFact(producer_id="x", sequence=1, at_ms=1 << 60, heard_ms=START_MS, watched=pb.Watched())
    newer = pb.PlayerFact(producer_id="x", sequence=2, at_ms=START_MS, heard_ms=START_MS)
    wrong = pb.PlayerFact(producer_id="x", sequence=3, at_ms=START_MS, heard_ms=START_MS, left=pb.Left())
    async with log_in(tmp_path) as log:
        bad = [b"\xff\xff", nonsense.SerializeToString(), newer.SerializeToString(), wrong.SerializeToString()]
        await log.append("ledger", [Entry("x", value) for value in bad] + Recorded(ledger=good).entries("ledger"))
    assert (await loaded(tmp_path, tables))["ledger"] == Loaded(read=4 + len(good), added=len(good), unread=4)


async def test_a_column_may_join_and_older_files_are_read(tmp_path: Path) -> None:
    """Rows from before a column was there have none in it; before the next loading, too, every question is answered; and an older
    process goes on beside a newer one."""
    told = recorded(seed=4, views=40, doubled=0)
    older = replace(LEDGER, kinds=range(20, 21))
    by_kind = {kind: [each.SerializeToString() for each in told.ledger if each.HasField(kind)] for kind in KINDS}
    values, newer = by_kind["watched"], by_kind["thumbed"] + by_kind["hidden"]
    tables, half = Tables(place_in(tmp_path)), len(values) // 2
    tables.add(older, rows_of(older, values[:half]).rows)
    assert not {"thumb", "title_ids"} & set(tables.dataset("facts.ledger").schema.names)
    counted = ", ".join(f"count({column}) AS {kind}" for kind, column in KINDS.items())
    assert answers(tables, f"SELECT {counted} FROM ledger") == [{"watched": half, "thumbed": 0, "hidden": 0}]
    assert answers(tables, "FROM hidden") == answers(tables, "FROM thumbs") == []
    assert tables.add(LEDGER, rows_of(LEDGER, newer).rows) == len(newer)
    assert tables.add(older, rows_of(older, values[half:]).rows) == len(values) - half
    all_told = [{kind: len(facts) for kind, facts in by_kind.items()}]
    assert answers(tables, f"SELECT {counted} FROM ledger") == all_told
    assert min(all_told[0].values()) > 1
    assert tidy(tables, LONG_AFTER_MS).hours >= 1
    assert keys(tables, "ledger") == once(told, "ledger")
    assert answers(tables, f"SELECT {counted} FROM ledger") == all_told


async def test_an_hour_becomes_one_file(tmp_path: Path) -> None:
    """Loaded in many pieces, an hour that is over is one file afterwards, of the same rows; in time the old files are removed."""
    told = recorded(seed=5, views=12)
    tables = Tables(place_in(tmp_path))
    await append(tmp_path, told)
    await loaded(tmp_path, tables, at_once=120)
    before = answers(tables, "SELECT * FROM telemetry ORDER BY ALL")
    files = sorted((tmp_path / "blobs").rglob("*.parquet"))
    assert len(files) > 6
    assert tidy(tables, START_MS + 60_000).hours == 0, "the hour is not over"
    assert tidy(tables, LONG_AFTER_MS).hours >= 2
    for topic, table in tables.topics():
        hours = [task.file.partition[0] for task in table.scan().plan_files()]
        assert len(hours) == len(set(hours)), topic.name
    assert answers(tables, "SELECT * FROM telemetry ORDER BY ALL") == before
    later_ms = int(datetime.now(UTC).timestamp() * 1000) + 5 * 24 * HOUR_MS
    assert tidy(tables, later_ms).files > len(files) // 2
    named = {task.file.file_path for _, table in tables.topics() for task in table.scan().plan_files()}
    assert {f"file://{each}" for each in (tmp_path / "blobs").rglob("*.parquet")} == named
    assert answers(tables, "SELECT * FROM telemetry ORDER BY ALL") == before


async def test_two_who_load_at_once_add_each_fact_once(tmp_path: Path) -> None:
    """Both bring the same facts at the same time, as when one was taken for dead: one of them finds them there."""
    told = recorded(seed=6, views=15)
    values = [fact.SerializeToString() for fact in told.ledger]
    added, start = list[int](), threading.Barrier(3)
    tables = [Tables(place_in(tmp_path)) for _ in range(3)]
    tables[0].facts(LEDGER)

    def bring(there: Tables) -> None:
        rows = rows_of(LEDGER, values).rows
        start.wait()
        added.append(there.add(LEDGER, rows))

    await asyncio.gather(*(asyncio.to_thread(bring, each) for each in tables))
    assert sorted(added) == [0, 0, len(once(told, "ledger"))]
    assert keys(tables[0], "ledger") == once(told, "ledger")


async def test_killed_at_any_instant_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """A loader is killed with SIGKILL at one place of its work after the other; in the end every fact stands once."""
    told = recorded(seed=7, views=18, hours=2, doubled=0.1)
    await append(tmp_path, told)
    command = [sys.executable, "-m", "insight.dying_loader", str(tmp_path)]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=REPOSITORY / "tests", capture_output=True, text=True, check=True, timeout=300
    )
    lives = done.stdout.split()
    assert lives.count("died") >= DEATHS * 2 // 3, done.stdout + done.stderr
    assert lives[-1] == "lived"
    tables = Tables(place_in(tmp_path))
    assert keys(tables, "ledger") == once(told, "ledger")
    assert keys(tables, "telemetry") == once(told, "telemetry")
    assert answers(tables, "SELECT count(*) AS rows FROM plays") == [{"rows": len(told.once().plays)}]


async def test_a_profile_that_is_removed_is_forgotten(tmp_path: Path) -> None:
    """Its rows leave every table, no late fact and no backfill brings it back, in time no file has it; all others' rows stay."""
    told = recorded(seed=8, views=16, profiles=4, doubled=0)
    tables = await stocked(tmp_path, told)
    gone, *others = sorted({fact.profile_id for fact in told.telemetry})
    counted = "SELECT count(*) AS n FROM"
    counts = {each.name: answers(tables, f"{counted} {each.name} WHERE profile_id <> '{gone}'") for each in TOPICS}
    async with log_in(tmp_path) as log:
        await log.append("profiles", [Entry(gone, pb.ProfileGone(profile_id=gone).SerializeToString())])
        assert await forget(log, tables, 0) == 1
        assert await forget(log, tables, 0) == 0
        late = pb.PlayerFact(producer_id="late", sequence=1, profile_id=gone, at_ms=START_MS, heard_ms=START_MS)
        late.watched.watched_ms = 10_000
        await log.append("ledger", [Entry(gone, late.SerializeToString())])
        assert [(await backfill(log, tables, topic)).added for topic in TOPICS] == [0, 0, 0]
    assert {each.name: answers(tables, f"{counted} {each.name}") for each in TOPICS} == counts
    assert {row["profile_id"] for row in answers(tables, "SELECT profile_id FROM views")} <= set(others)
    tidy(tables, int(datetime.now(UTC).timestamp() * 1000) + 5 * 24 * HOUR_MS)
    kept = [each for each in (tmp_path / "blobs").rglob("*.parquet") if "forgotten" not in each.parts]
    assert not [each for each in kept if gone.encode() in each.read_bytes()]


async def test_titles_keep_their_names(tmp_path: Path) -> None:
    """Films that were taken out of the library are still called by their names; a new name holds from then on."""
    tables = Tables(place_in(tmp_path))
    tables.keep_titles(TITLES)
    tables.keep_titles([{**TITLES[1], "name": "Another name"}])
    names = {row["title_id"]: row["name"] for row in answers(tables, "SELECT title_id, name FROM titles")}
    assert names == {row["title_id"]: row["name"] for row in TITLES} | {"title-001": "Another name"}
    files = sum(1 for _ in (tmp_path / "blobs").rglob("*.parquet"))
    tables.keep_titles([{**TITLES[1], "name": "Another name"}])
    assert sum(1 for _ in (tmp_path / "blobs").rglob("*.parquet")) == files, "nothing changed, nothing is written"


@pytest.mark.parametrize("url", ["s3://films?endpoint=http://127.0.0.1:1", "s3://films?endpoint=http://127.0.0.1:1&keys=nowhere"])
def test_a_place_that_cannot_be_is_refused(url: str) -> None:
    """Blobs without keys are refused in words before anything is asked of them."""
    from matinee.insight.warehouse.place import NoWarehouse, place_of

    with pytest.raises(NoWarehouse, match="keys"):
        place_of("sqlite:////nowhere/warehouse.db", url)
