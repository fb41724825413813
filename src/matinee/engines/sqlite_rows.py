"""The port `rows` on one SQLite file: a cell is a row of a `WITHOUT ROWID` table, so a partition lies together on disk.

The rules are Cassandra's, of which this is the small sibling: a cell is replaced by a later write only, and what is dropped
leaves a gravestone that outlives late writes. A dropped row's stone is the cell of the empty name, a dropped partition's that
of its row of the empty key. Stones and expired cells are swept ten days later, a few at every write, so that no sweep is ever
long.

Several processes may use the file. `synchronous = NORMAL`: what was written survives the death of any process, but a
power cut may take the last moments with it: a bookmark some seconds back, not a lost account.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from matinee.engines.patience import PATIENCE_S
from matinee.engines.rows_asked import check_drop, check_get, check_page, check_put
from matinee.engines.sqlite_threads import SqliteThreads
from matinee.ports.rows import MOST_BYTES, Cell, Row, RowsUnavailable

T = TypeVar("T")

GRACE_MS = 10 * 24 * 3600 * 1000
SWEPT_AT_ONCE = 20

TABLES = (
    # A value of NULL is a gravestone; until_ms is when the cell stops being seen, 0: never.
    "CREATE TABLE IF NOT EXISTS cell (tab TEXT, partition TEXT, key TEXT, name TEXT, value BLOB, at_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, PRIMARY KEY (tab, partition, key, name)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS ending ON cell (until_ms) WHERE until_ms > 0",
)
PUT = (
    "INSERT INTO cell SELECT :tab, :partition, :key, :name, :value, :at_ms, :until_ms WHERE NOT EXISTS"
    " (SELECT 1 FROM cell WHERE tab = :tab AND partition = :partition AND key IN (:key, '') AND name = '' AND at_ms >= :at_ms)"
    " ON CONFLICT DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, until_ms = excluded.until_ms"
    " WHERE (excluded.at_ms, excluded.until_ms, excluded.value) > (at_ms, until_ms, value)"
)
BURY = (
    "INSERT INTO cell VALUES (:tab, :partition, :key, '', NULL, :at_ms, :until_ms) ON CONFLICT"
    " DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms WHERE excluded.at_ms > at_ms"
)
CLEAR_PARTITION = "DELETE FROM cell WHERE tab = :tab AND partition = :partition AND name > '' AND at_ms <= :at_ms"
CLEAR = f"{CLEAR_PARTITION} AND key = :key"
SWEEP = (
    "DELETE FROM cell WHERE (tab, partition, key, name) IN"
    " (SELECT tab, partition, key, name FROM cell WHERE until_ms > 0 AND until_ms < ? ORDER BY until_ms LIMIT ?)"
)
# `seen_ms` is the moment of asking: what has expired by then is not there.
GET = (
    "SELECT key, name, value FROM cell WHERE tab = ? AND partition = ? AND name > ''"
    " AND (until_ms = 0 OR until_ms > ?) AND key IN ({}) ORDER BY key"
)
PAGE = (
    "SELECT key, name, value FROM cell WHERE tab = :tab AND partition = :partition AND name > ''"
    " AND (until_ms = 0 OR until_ms > :seen_ms) AND key IN"
    " (SELECT DISTINCT key FROM cell WHERE tab = :tab AND partition = :partition AND name > ''"
    " AND (until_ms = 0 OR until_ms > :seen_ms) AND key > :after ORDER BY key LIMIT :limit) ORDER BY key, name"
)

WALK = (
    "SELECT tab, partition, key, name, value, at_ms, until_ms FROM cell WHERE name > '' AND (until_ms = 0 OR until_ms > ?)"
    " AND (tab, partition, key) > (?, ?, ?) ORDER BY tab, partition, key, name"
)
WALKED_CELLS = 1000


class SqliteRows:
    def __init__(
        self, path: Path, patience_s: float = PATIENCE_S, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        self._now_ms = now_ms
        self._file = SqliteThreads(path, "rows", TABLES, RowsUnavailable, patience_s)

    async def put(
        self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None = None
    ) -> None:
        check_put(table, partition, key, cells, at_ms, ttl_s)
        place = {"tab": table, "partition": partition, "key": key, "at_ms": at_ms}
        # In whole seconds, so that two puts of one moment go at the same one and their bytes decide.
        until_ms = (self._now_ms() // 1000 + ttl_s + 1) * 1000 if ttl_s else 0
        values = [place | {"name": name, "value": value, "until_ms": until_ms} for name, value in cells.items()]
        await self._write(lambda connection: connection.executemany(PUT, values).close())

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        check_drop(table, partition, at_ms, key)
        await self._bury({"tab": table, "partition": partition, "key": key, "at_ms": at_ms}, CLEAR)

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        check_drop(table, partition, at_ms)
        await self._bury({"tab": table, "partition": partition, "key": "", "at_ms": at_ms}, CLEAR_PARTITION)

    async def _bury(self, stone: Mapping[str, str | int], clear: str) -> None:
        # A stone is never seen; its time is up when the grace is, like an expired cell's.
        values = {**stone, "until_ms": self._now_ms()}

        def bury(connection: sqlite3.Connection) -> None:
            connection.execute(BURY, values)
            connection.execute(clear, values)

        await self._write(bury)

    async def get(self, table: str, partition: str, keys: Sequence[str], *, fresh: bool = True) -> Mapping[str, Row]:
        """There is one copy only, and it is always fresh."""
        check_get(table, partition, keys)
        statement, asked = GET.format(", ".join("?" * len(keys))), (table, partition, self._now_ms(), *keys)
        rows = await self._read(lambda connection: list(_rows(connection.execute(statement, asked))))
        return {row.key: row for row in rows}

    async def page(self, table: str, partition: str, limit: int, after: str = "", *, fresh: bool = True) -> Sequence[Row]:
        check_page(table, partition, limit, after)
        asked = {"tab": table, "partition": partition, "seen_ms": self._now_ms(), "after": after, "limit": limit}
        return await self._read(lambda connection: _page(_rows(connection.execute(PAGE, asked))))

    async def walk(self, mark: str = "") -> tuple[Sequence[Cell], str]:
        """The mark is the last row's place."""
        now_ms = self._now_ms()
        after = json.loads(mark) if mark else ["", "", ""]
        found = await self._read(lambda connection: _some_rows(connection.execute(WALK, (now_ms, *after)), now_ms))
        return found, json.dumps([found[-1].table, found[-1].partition, found[-1].key]) if found else ""

    async def close(self) -> None:
        """Lets the writes under way finish, then closes the file. Safe to repeat."""
        await self._file.close()

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._file.run(work, writing=False)

    async def _write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        def write_and_sweep(connection: sqlite3.Connection) -> None:
            work(connection)
            connection.execute(SWEEP, (self._now_ms() - GRACE_MS, SWEPT_AT_ONCE))

        await self._file.run(write_and_sweep, writing=True)


def _page(rows: Iterator[Row]) -> list[Row]:
    page, size = list[Row](), 0
    for row in rows:
        page.append(row)
        size += sum(map(len, row.cells.values()))
        if size >= MOST_BYTES:
            break
    return page


def _some_rows(cells: sqlite3.Cursor, now_ms: int) -> list[Cell]:
    """Whole rows, until they are many enough or large enough."""
    found, size = list[Cell](), 0
    for _, row in groupby(cells, key=itemgetter(0, 1, 2)):
        for table, partition, key, name, value, at_ms, until_ms in row:
            # The second that every put grants beyond its word is taken off, or each move would grant another.
            ttl_s = max(1, (until_ms - now_ms) // 1000) if until_ms else None
            found.append(Cell(table, partition, key, name, value, at_ms, ttl_s))
            size += len(value)
        if len(found) >= WALKED_CELLS or size >= MOST_BYTES:
            break
    return found


def _rows(cells: sqlite3.Cursor) -> Iterator[Row]:
    """One after the other, each read when it is asked for."""
    for key, held in groupby(cells, key=itemgetter(0)):
        yield Row(key, {name: value for _, name, value in held})
