"""What the engines that keep files owe beyond their ports: privacy, and the truth about damage."""

import asyncio
import os
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from exams.log import drain, entries, values
from exams.neighbour import COUNTERS, MIGRATIONS, heard, neighbour
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.sqlite_log import POLL_S, SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.blobs import NoSuchBlob
from matinee.ports.log import LogUnavailable
from matinee.ports.sql import SqlUnavailable


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}


async def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Nobody else on this machine reads who watches what, however careless the umask."""
    before = os.umask(0)
    try:
        sql, log = SqliteSql(tmp_path / "sql" / "a.db"), SqliteLog(tmp_path / "log" / "b.db")
        await sql.install(MIGRATIONS)
        await sql.transact(lambda connection: connection.execute(insert(COUNTERS).values(name="n", value=1)).close())
        await log.append("films", entries("a"))
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / "film").write_bytes(b"film")
        await DirectoryBlobs(tmp_path / "blobs").put_tree("films/e1", tmp_path / "made")
    finally:
        os.umask(before)
    assert set(modes(tmp_path / "sql").values()) == set(modes(tmp_path / "log").values()) == {"0o600"}
    assert {"a.db", "a.db-wal"} <= set(modes(tmp_path / "sql"))
    assert modes(tmp_path / "blobs" / "films" / "e1") == {"film": "0o600"}
    folders = [tmp_path / "sql", tmp_path / "blobs", *(tmp_path / "blobs").rglob("*/")]
    assert {oct(folder.stat().st_mode & 0o777) for folder in folders} == {"0o700"}
    await sql.close()
    await log.close()


async def test_a_neighbour_that_leaves_takes_nothing_along(tmp_path: Path) -> None:
    """A worker that is started anew does not cut the front off from the log: each goes on hearing what the other says."""
    log = SqliteLog(tmp_path / "log.db")
    await log.append("films", entries("mine"))
    subscription = await log.subscribe("films", "catalog")
    for round_ in range(2):
        with neighbour("append_some", "sqlite", tmp_path, "theirs", "1") as other:
            assert other.wait(60) == 0
        await log.append("films", entries(f"mine after {round_}"))
    with sqlite3.connect(tmp_path / "log.db") as file:
        assert file.execute("SELECT sum(count) FROM batch").fetchone() == (5,)
    assert len(await subscription.poll(10, 0.2)) == 5
    await log.close()


@pytest.mark.parametrize("column", ["entries = zeroblob(length(entries))", "count = count + 1", "base_offset = base_offset + 7"])
async def test_a_damaged_batch_is_told_not_delivered(tmp_path: Path, column: str) -> None:
    """A log that was damaged says where, instead of telling another story; what came before it is still read."""
    path = tmp_path / "log.db"
    log = SqliteLog(path)
    await log.append("films", entries("sound"))
    await log.append("films", entries("damaged", "too"))
    await log.close()
    with sqlite3.connect(path) as file:
        file.execute(f"UPDATE batch SET {column} WHERE base_offset = 1")
    again = SqliteLog(path)
    subscription = await again.subscribe("films", "catalog")
    assert [read.entry for read in await subscription.poll(1, 0)] == entries("sound")
    with pytest.raises(LogUnavailable, match=r"damaged: the batch of topic 'films' at offset \d.*checksum"):
        await drain(subscription)
    await again.close()


async def test_a_reader_in_the_same_process_need_not_look_again(tmp_path: Path) -> None:
    """News within one process travels faster than the 50 ms at which other processes look for it."""
    log = SqliteLog(tmp_path / "log.db")
    subscription = await log.subscribe("films", "catalog")
    waits_s: list[float] = []
    for _ in range(10):
        waiting = asyncio.create_task(subscription.poll(1, 20))
        await asyncio.sleep(POLL_S / 5)
        sent_s = time.monotonic()
        await log.append("films", entries("news"))
        await waiting
        waits_s.append(time.monotonic() - sent_s)
    assert min(waits_s) < POLL_S / 2
    await log.close()


@pytest.mark.parametrize("engine", ["sql", "log"])
async def test_a_file_that_is_no_database_is_named(tmp_path: Path, engine: str) -> None:
    """If something else lies where the database should be, the message names the file."""
    path = tmp_path / "broken.db"
    path.write_bytes(b"not a database at all, but long enough to look like one" * 100)
    if engine == "sql":
        sql = SqliteSql(path)
        with pytest.raises(SqlUnavailable, match=r"broken\.db.*not a database"):
            await sql.install(MIGRATIONS)
        await sql.close()
    else:
        log = SqliteLog(path)
        with pytest.raises(LogUnavailable, match=r"broken\.db.*not a database"):
            await log.append("films", entries("a"))
        await log.close()


async def test_patience_has_an_end(tmp_path: Path) -> None:
    """A neighbour that never lets go is reported, and when it is gone work goes on."""
    sql = SqliteSql(tmp_path / "exam.db", patience_s=0.5)
    await sql.install(MIGRATIONS)
    with neighbour("hold", "sqlite", tmp_path, "60") as other:
        assert heard(other) == "inside"
        with pytest.raises(SqlUnavailable, match="locked by another process"):
            await sql.transact(lambda connection: connection.execute(insert(COUNTERS).values(name="n", value=1)).close())
    await sql.transact(lambda connection: connection.execute(insert(COUNTERS).values(name="n", value=2)).close())
    await sql.close()


async def test_a_conflict_in_the_middle_runs_the_work_again_from_its_start(tmp_path: Path) -> None:
    """Being interrupted by another's change costs time, and never counts anything twice."""
    sql = SqliteSql(tmp_path / "exam.db")
    await sql.install(MIGRATIONS)
    attempts: list[int] = []

    def work(connection: Connection) -> None:
        attempts.append(1)
        connection.execute(insert(COUNTERS).values(name=f"attempt {len(attempts)}", value=1))
        if len(attempts) < 3:
            conflict = sqlite3.OperationalError("database is locked")
            conflict.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
            raise conflict

    await sql.transact(work)
    assert await sql.read(lambda connection: list(connection.execute(select(COUNTERS.c.name)).scalars())) == ["attempt 3"]
    await sql.close()


def test_old_leftovers_are_cleared_and_young_ones_kept(tmp_path: Path) -> None:
    """A copy that broke off yesterday is tidied away at the next start; one that may still run is not."""
    old, young = tmp_path / ".incoming" / "old", tmp_path / ".incoming" / "young"
    for leftover in (old, young):
        leftover.mkdir(parents=True)
        (leftover / "half a film").write_bytes(b"half")
    os.utime(old, (0, time.time() - 25 * 3600))
    DirectoryBlobs(tmp_path)
    assert [path.name for path in (tmp_path / ".incoming").iterdir()] == ["young"]


async def test_a_house_may_start_while_an_old_unit_is_deleted(tmp_path: Path) -> None:
    """Who starts clears what died long ago, not the old edition another worker is just deleting; neither of them fails."""
    blobs = DirectoryBlobs(tmp_path)
    for name in (f"films/unit{number}" for number in range(5)):
        (tmp_path / name).mkdir(parents=True)
        for number in range(200):
            (tmp_path / name / f"{number}.m4s").touch()
        os.utime(tmp_path / name, (1, 1))
        deleting = asyncio.ensure_future(blobs.delete(name))
        while not deleting.done():
            await asyncio.to_thread(DirectoryBlobs, tmp_path)
        await deleting
    assert not list((tmp_path / ".incoming").iterdir())


async def test_a_link_in_the_store_is_not_followed(tmp_path: Path) -> None:
    """Somebody's link inside the store does not turn it into a window on the machine."""
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "film").write_bytes(b"film")
    blobs = DirectoryBlobs(tmp_path / "blobs")
    await blobs.put_tree("films/e1", tmp_path / "made")
    (tmp_path / "blobs" / "films" / "e1" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(NoSuchBlob):
        await blobs.read("films/e1/link")


async def test_a_log_keeps_what_somebody_still_has_to_read_and_the_last_week(tmp_path: Path) -> None:
    """Facts older than a week go once every reader is done with them; the others stay, and so does whatever is younger."""
    now_s = [1e9]
    log = SqliteLog(tmp_path / "log.db", now_s=lambda: now_s[0])

    async def kept_after(days: int, news: str) -> str:
        now_s[0] += days * 24 * 3600
        for topic in ("read", "unread"):
            await log.append(topic, entries(news))
        readers = [await log.subscribe(topic, f"new on day {now_s[0]}") for topic in ("read", "unread")]
        found = [values(await drain(reader)) for reader in readers]
        return " ".join("".join(each) for each in found)

    assert await kept_after(0, "a") == "a a"
    slow = await log.subscribe("read", "slow")
    await slow.commit((await slow.poll(1, 0))[0])
    assert await kept_after(6, "b") == "ab ab"
    assert await kept_after(2, "c") == "bc bc"
    assert await kept_after(30, "d") == "bcd d"
    await slow.commit((await drain(slow))[-1])
    assert await kept_after(1, "e") == "de de"
    await log.close()
