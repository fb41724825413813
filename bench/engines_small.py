"""The small engines against what they are made of: Python's sqlite3, plain files, a dict, a call by hand.

The first anchor does the same statements at the same durability, one after the other: while it does, an event loop would stand
still. So the second goes to a thread and back for each, as whatever serves others must.
"""

import os
import sqlite3
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
from bench import engine_works as works
from bench.row import Row
from bench.turns import Act, Work, by_threads, contest, in_a_row, run
from sqlalchemy import create_engine

from matinee.engines import sqlite_log, sqlite_rows
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.sqlite_file import prepare
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql

PROMISED_EVENTS = 300_000.0


def rows() -> Iterator[Row]:
    for port in (_rows, _log, _blobs, _cache, _sql):
        with tempfile.TemporaryDirectory() as folder:
            yield from run(port(Path(folder)))


def _bare(act: Act, each: int) -> dict[str, Work]:
    return {"sqlite3": in_a_row(act, each), "sqlite3 on a thread": by_threads(act, each)}


def _files(act: Act, each: int, threads: int) -> dict[str, Work]:
    return {"plain files": in_a_row(act, each), f"plain files on {threads} threads": by_threads(act, each, threads)}


def _sqlite(file: Path, synchronous: str, tables: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False)
    prepare(connection, synchronous=synchronous, query_only=False)
    for table in tables:
        connection.execute(table)
    return connection


async def _rows(folder: Path) -> list[Row]:
    ours, bare = SqliteRows(folder / "ours.db"), _sqlite(folder / "bare.db", "NORMAL", sqlite_rows.TABLES)

    def put(number: int, which: int) -> None:
        place = {
            "tab": "bookmark",
            "partition": f"asha {which % 20}",
            "key": works.KEYS[which // 20 % works.GOT],
            "at_ms": number,
        }
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany(
            sqlite_rows.PUT, [place | {"name": name, "value": value, "until_ms": 0} for name, value in works.CELLS.items()]
        )
        bare.execute(sqlite_rows.SWEEP, (time.time_ns() // 1_000_000 - sqlite_rows.GRACE_MS, sqlite_rows.SWEPT_AT_ONCE))
        bare.execute("COMMIT")

    statement = sqlite_rows.GET.format(", ".join("?" * works.GOT))

    def get(number: int, which: int) -> dict[str, dict[str, bytes]]:
        asked = ("bookmark", f"asha {which % 20}", time.time_ns() // 1_000_000, *works.KEYS)
        found: dict[str, dict[str, bytes]] = {}
        bare.execute("BEGIN")
        for key, name, value in bare.execute(statement, asked):
            found.setdefault(key, {})[name] = value
        bare.execute("COMMIT")
        return found

    with closing(bare):
        measured = [
            *await contest("rows on SQLite: put", works.PUTS, works.putting(ours), _bare(put, works.PUTS), "a second of CPU"),
            *await contest("rows on SQLite: get 10", works.GETS, works.getting(ours), _bare(get, works.GETS), "a second of CPU"),
        ]
        await ours.close()
    return measured


def _bare_log(bare: sqlite3.Connection) -> tuple[Act, Act]:
    encode, decode = msgspec.msgpack.encode, msgspec.msgpack.Decoder(list[tuple[str, bytes]]).decode
    calls = [works.FACTS[first : first + works.TOGETHER] for first in range(0, len(works.FACTS), works.TOGETHER)]

    def append(number: int, which: int) -> None:
        bare.execute("BEGIN IMMEDIATE")
        (following,) = bare.execute(sqlite_log.TAKE_OFFSETS, ("plays", works.TOGETHER)).fetchone()
        body = encode([(entry.key, entry.value) for entry in calls[which]])
        bare.execute("INSERT INTO batch VALUES (?, 0, ?, ?, 0, ?)", ("plays", following - works.TOGETHER, works.TOGETHER, body))
        bare.execute("COMMIT")

    batches = 1000 // works.TOGETHER

    def poll(number: int, which: int) -> list[tuple[int, str, bytes]]:
        wanted, reads = which * 1000, list[tuple[int, str, bytes]]()
        bare.execute("BEGIN IMMEDIATE")
        for base, _, _, body in bare.execute(f"{sqlite_log.BATCHES_FROM} LIMIT {batches}", {"topic": "plays", "wanted": wanted}):
            reads += [(offset, key, value) for offset, (key, value) in enumerate(decode(body), base)]
        bare.execute(sqlite_log.COMMIT, ("plays", 0, f"group {number}", wanted + 1000))
        bare.execute("COMMIT")
        return reads

    return append, poll


async def _log(folder: Path) -> list[Row]:
    ours, bare = SqliteLog(folder / "ours.db"), _sqlite(folder / "bare.db", "NORMAL", sqlite_log.TABLES)
    append, poll = _bare_log(bare)
    size = len(works.FACTS)
    with closing(bare):
        appends = works.appending(ours, "plays")
        measured = await contest(
            "log on SQLite: append 100 at once",
            size,
            appends,
            {"sqlite3": in_a_row(append, size // works.TOGETHER)},
            "events a second of CPU",
        )
        (large,) = await contest(
            "log on SQLite: append 1000 at once", size, works.appending(ours, "large", 1000), {"nothing": appends}, ""
        )
        measured.append(
            Row("log on SQLite: append 1000 at once, against its promise", large.ours, PROMISED_EVENTS, "events a second of CPU")
        )
        polls = works.polling(ours, "plays", lambda number: f"group {number}")
        measured += await contest(
            "log on SQLite: read", size, polls, {"sqlite3": in_a_row(poll, size // 1000)}, "events a second of CPU"
        )
        await ours.close()
    return measured


async def _blobs(folder: Path) -> list[Row]:
    ours, tree, plain = DirectoryBlobs(folder / "ours"), works.film(folder / "film", works.FILES), folder / "plain"
    plain.mkdir()
    units: list[str] = []

    def put(number: int, which: int) -> None:
        """A file that is whole or not there after a power cut, as books tell it."""
        new, place = plain / f"{which}.new", plain / f"{which}.m4s"
        with (tree / f"{which}.m4s").open("rb") as source, new.open("wb") as copy:
            while piece := source.read(1 << 18):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        new.rename(place)
        there = os.open(plain, os.O_RDONLY)
        os.fsync(there)
        os.close(there)

    def get(number: int, which: int) -> bytes:
        return (plain / f"{which % works.FILES}.m4s").read_bytes()

    puts = await contest(
        "blobs in a directory: put 1 MB",
        works.FILES,
        works.carrying(ours, tree, units),
        _files(put, works.FILES, 2),
        "a second of CPU",
    )
    gets = await contest(
        "blobs in a directory: get 1 MB",
        works.READS,
        works.reading(ours, units[0]),
        _files(get, works.READS, 4),
        "a second of CPU",
    )
    return [*puts, *gets]


async def _cache(folder: Path) -> list[Row]:
    ours = MemoryCache("memory://")
    held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
    cards, keys = list(works.CARDS.items()), list(works.CARDS)[: works.MANY]

    def put(number: int, which: int) -> None:
        key, value = cards[which % len(cards)]
        held[key] = (time.monotonic() + 60, value)

    def get(number: int, which: int) -> bytes | None:
        key = cards[which % len(cards)][0]
        until_s, value = held.get(key, (0.0, b""))
        held.move_to_end(key)
        return value if until_s > time.monotonic() else None

    def get_many(number: int, which: int) -> dict[str, bytes | None]:
        now_s, found = time.monotonic(), dict[str, bytes | None]()
        for key in keys:
            until_s, value = held.get(key, (0.0, b""))
            held.move_to_end(key)
            found[key] = value if until_s > now_s else None
        return found

    measured: list[Row] = []
    for what, each, work, act in (
        ("put", works.ONES, works.keeping(ours), put),
        ("get", works.ONES, works.looking(ours), get),
        (f"get {works.MANY}", works.MANY_TIMES, works.looking_at_many(ours), get_many),
    ):
        measured += await contest(f"cache in memory: {what}", each, work, {"a dict": in_a_row(act, each)}, "a second of CPU", 60)
    return measured


async def _sql(folder: Path) -> list[Row]:
    ours, bare = SqliteSql(folder / "ours.db"), _sqlite(folder / "ours.db", "FULL", ())
    await works.counters(ours)
    alchemy = create_engine(
        f"sqlite:///{folder / 'ours.db'}", isolation_level="AUTOCOMMIT", connect_args={"check_same_thread": False}
    )

    def one_more(number: int, which: int) -> None:
        bare.execute("BEGIN IMMEDIATE")
        (value,) = bare.execute("SELECT value FROM counters WHERE name = ?", (f"plays {which}",)).fetchone()
        bare.execute("UPDATE counters SET value = ? WHERE name = ?", (value + 1, f"plays {which}"))
        bare.execute("COMMIT")

    with closing(bare), alchemy.connect() as connection:
        # In WAL the file is synced at each commit.
        connection.exec_driver_sql("PRAGMA synchronous = FULL")

        def by_alchemy(number: int, which: int) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            works.one_more(connection, f"plays {which}")
            connection.exec_driver_sql("COMMIT")

        anchors = _bare(one_more, works.SUMS) | {"SQLAlchemy on a thread": by_threads(by_alchemy, works.SUMS)}
        measured = await contest("sql on SQLite: transaction", works.SUMS, works.transacting(ours), anchors, "a second of CPU")
        await ours.close()
    alchemy.dispose()
    return measured
