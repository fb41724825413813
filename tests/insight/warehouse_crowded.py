"""The warehouse while others are at it, too: facts that never stop coming, loaders beside each other, and years of hours."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from insight.stage import TITLES, answers, append, log_in, place_in
from matinee.contracts import events_pb2 as pb
from matinee.engines.sqlite_log import SqliteLog
from matinee.insight.warehouse.asking import materialise
from matinee.insight.warehouse.facts import TOPICS, rows_of
from matinee.insight.warehouse.loading import backfill, forget, load
from matinee.insight.warehouse.tables import Tables
from matinee.insight.warehouse.tidying import EPOCH, HOUR, sweep, tidy
from matinee.ports.log import Entry
from recorded import HOUR_MS, START_MS, Recorded, recorded

LEDGER = TOPICS[0]
COUNT = "SELECT count(*) AS n FROM ledger"


def watched(sequence: int, profile: str = "p", at_ms: int = START_MS) -> pb.PlayerFact:
    fact = pb.PlayerFact(producer_id="tab", sequence=sequence, profile_id=profile, view_id="v", at_ms=at_ms, heard_ms=at_ms)
    fact.watched.watched_ms = 10_000
    return fact


@asynccontextmanager
async def evening(folder: Path) -> AsyncIterator[SqliteLog]:
    """A log on which twenty facts come in a second, by one who never rests."""

    async def tell(log: SqliteLog) -> None:
        for sequence in range(1_000_000):
            await log.append("ledger", [Entry("p", watched(1000 + sequence).SerializeToString())])
            await asyncio.sleep(0.05)

    async with log_in(folder) as log:
        telling = asyncio.create_task(tell(log))
        yield log
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def test_a_loading_ends_though_facts_never_stop_coming(tmp_path: Path) -> None:
    """What stood on the log before is in the tables; of what comes meanwhile some, and the rest the next time."""
    await append(tmp_path, Recorded(ledger=[watched(sequence) for sequence in range(1, 101)]))
    tables = Tables(place_in(tmp_path))
    async with evening(tmp_path) as log:
        found = await asyncio.wait_for(load(log, tables, LEDGER, 0.2), 60)
        again = await asyncio.wait_for(backfill(log, tables, LEDGER), 60)
    assert found.added >= 100
    assert answers(tables, COUNT) == [{"n": found.added + again.added}]


@contextmanager
def interrupted(called: str, work: Callable[[], None]) -> Iterator[None]:
    """Does the work at the moment in which Iceberg's function of that name is called first."""
    left = [work]

    def follow(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and left and code.co_name == called and "pyiceberg/table" in code.co_filename:
            left.pop()()

    sys.setprofile(follow)
    try:
        yield
    finally:
        sys.setprofile(None)
    assert not left, f"nobody called {called}"


def test_whoever_is_forgotten_amid_a_loading_stays_forgotten(tmp_path: Path) -> None:
    """The loader has seen that the profile is there; it is removed before the loader's rows are in the table."""
    tables, other = Tables(place_in(tmp_path)), Tables(place_in(tmp_path))
    tables.add(LEDGER, rows_of(LEDGER, [watched(1, "stays").SerializeToString()]).rows)
    rows = rows_of(LEDGER, [watched(2, "goes").SerializeToString(), watched(3, "stays").SerializeToString()]).rows
    with interrupted("append", lambda: other.forget(["goes"])):
        tables.add(LEDGER, rows)
    assert answers(tables, "SELECT DISTINCT profile_id FROM ledger") == [{"profile_id": "stays"}]
    assert answers(tables, COUNT) == [{"n": 2}]


def test_two_who_write_the_same_list_lose_nothing(tmp_path: Path) -> None:
    """Two processes note who was removed, and what titles are called, in the same instant: both are heard."""
    tables, other = Tables(place_in(tmp_path)), Tables(place_in(tmp_path))
    tables.forget(["anna"])
    with interrupted("transaction", lambda: other.forget(["ben"])):
        tables.forget(["cleo"])
    rows = rows_of(LEDGER, [watched(n, who).SerializeToString() for n, who in enumerate(("anna", "ben", "cleo", "dora"))]).rows
    tables.add(LEDGER, rows)
    assert answers(tables, "SELECT profile_id FROM ledger") == [{"profile_id": "dora"}]
    tables.keep_titles(TITLES[:1])
    with interrupted("transaction", lambda: other.keep_titles(TITLES[1:2])):
        tables.keep_titles(TITLES[2:3])
    assert [row["name"] for row in answers(tables, "SELECT name FROM titles ORDER BY title_id")] == ["Film 0", "Film 1", "Film 2"]


async def test_a_damaged_word_of_a_removed_profile_holds_up_no_other(tmp_path: Path) -> None:
    """The words around it are heard, and facts are loaded as ever."""
    told = recorded(seed=41, views=6, profiles=3, doubled=0)
    await append(tmp_path, told)
    tables, gone = Tables(place_in(tmp_path)), told.ledger[0].profile_id
    async with log_in(tmp_path) as log:
        await load(log, tables, LEDGER, 0)
        words = [b"\xff\xff", pb.ProfileGone(profile_id=gone).SerializeToString()]
        await log.append("profiles", [Entry("x", word) for word in words])
        assert await forget(log, tables, 0) == 1
    assert answers(tables, f"{COUNT} WHERE profile_id = '{gone}'") == [{"n": 0}]


@pytest.fixture(scope="module")
def a_day(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Hour after hour, each loaded by itself."""
    tables = Tables(place_in(tmp_path_factory.mktemp("day")))
    for hour in range(26):
        tables.add(LEDGER, rows_of(LEDGER, [watched(hour, at_ms=START_MS + hour * HOUR_MS).SerializeToString()]).rows)
    return tables


def test_lists_of_files_are_few_however_many_hours_there_are(a_day: Tables) -> None:
    """Who plans a question reads them all: with one for each hour ever loaded, a year would take minutes to open."""
    table = a_day.facts(LEDGER)
    snapshot = table.current_snapshot()
    assert snapshot
    assert len(snapshot.manifests(table.io)) < 22
    assert answers(a_day, COUNT) == [{"n": 26}]


def test_to_find_old_files_each_list_is_read_once(a_day: Tables) -> None:
    """However many versions of the table name it; once for each version would be the square of the hours."""
    table, calls = a_day.facts(LEDGER), list[str]()

    def follow(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_name == "fetch_manifest_entry":
            calls.append(frame.f_locals["self"].manifest_path)

    sys.setprofile(follow)
    try:
        assert sweep(a_day, table, EPOCH + HOUR) == 0
    finally:
        sys.setprofile(None)
    assert len(calls) == len(set(calls)) > 20


def test_of_models_made_anew_each_hour_few_copies_stay(tmp_path: Path) -> None:
    """Hours after the last loading there is one, as the models are now; of facts nothing is let go so soon."""
    tables = Tables(place_in(tmp_path))
    for loading in range(3):
        tables.add(LEDGER, rows_of(LEDGER, [watched(loading, at_ms=START_MS + loading * HOUR_MS).SerializeToString()]).rows)
        assert "views" in materialise(tables, ["views"])
    folder = tmp_path / "blobs" / ".warehouse"
    facts = sorted(folder.glob("facts/ledger/**/*.parquet"))
    assert len(sorted(folder.glob("models/views/**/*.parquet"))) == 3
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    tidy(tables, now_ms)
    assert len(sorted(folder.glob("models/views/**/*.parquet"))) == 3
    tidy(tables, now_ms + 7 * HOUR_MS)
    assert len(sorted(folder.glob("models/views/**/*.parquet"))) == 1
    assert sorted(folder.glob("facts/ledger/**/*.parquet")) == facts
    assert tables.dataset("models.views").count_rows() == 1
