"""Reads a job's tables: rows by their keys, and ranges of keys; those of the version that serves."""

from collections.abc import AsyncIterator, Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from matinee.insight.streams import keeping, versions
from matinee.insight.streams.job import SEPARATOR, Job, path
from matinee.insight.streams.tables import ROWS
from matinee.ports.sql import Sql

MOST_ROWS = 50_000
PAGE_ROWS = 5_000
"""Of a range of any length, so many are in memory at once."""


class TableReader:
    def __init__(self, sql: Sql, job: Job) -> None:
        self._sql = sql
        self._job = job

    async def get(self, table: str, keys: Collection[str]) -> dict[str, Any]:
        """Those of these rows that there are."""
        spec = self._job.tables[table]

        def read(db: sa.Connection) -> dict[str, Any]:
            return keeping.rows(db, self._job, spec, keys, versions.serving(db, self._job))

        return await self._sql.read(read) if keys else {}

    async def range(
        self, table: str, first: str, end: str, most: int = MOST_ROWS, *, newest_first: bool = False
    ) -> list[tuple[str, Any]]:
        """Keys from `first` to before `end`, in order, with their values; the greatest keys first for `newest_first`."""
        low, high = keeping.as_stored(first), keeping.as_stored(end)
        return await self._sql.read(lambda db: self._range(db, table, low, high, most, newest_first))

    async def under(self, table: str, *parts: str, most: int = MOST_ROWS) -> list[tuple[str, Any]]:
        """All whose keys begin with these parts, and go on."""
        beginning = path(*parts)
        return await self.range(table, beginning + SEPARATOR, beginning + chr(ord(SEPARATOR) + 1), most)

    async def all_under(self, table: str, *parts: str) -> AsyncIterator[tuple[str, Any]]:
        """The same, however many there are: read page by page, each as it is then."""
        async for page in self.pages_under(table, *parts):
            for each in page:
                yield each

    def pages_under(self, table: str, *parts: str) -> AsyncIterator[list[tuple[str, Any]]]:
        beginning = path(*parts)
        return self.pages(table, beginning + SEPARATOR, beginning + chr(ord(SEPARATOR) + 1))

    async def pages(self, table: str, first: str, end: str) -> AsyncIterator[list[tuple[str, Any]]]:
        """A range of any length."""
        while page := await self.range(table, first, end, PAGE_ROWS):
            yield page
            if len(page) < PAGE_ROWS:
                return
            first = page[-1][0] + "\0"

    def _range(self, db: sa.Connection, table: str, low: str, high: str, most: int, newest_first: bool) -> list[tuple[str, Any]]:
        decoder = msgspec.msgpack.Decoder(self._job.tables[table].value)
        tab = keeping.tab_of(self._job, table, versions.serving(db, self._job))
        which = (ROWS.c.tab == tab, ROWS.c.key >= low, ROWS.c.key < high)
        asked = sa.select(ROWS.c.key, ROWS.c.value).where(*which).limit(most)
        found = db.execute(asked.order_by(ROWS.c.key.desc() if newest_first else ROWS.c.key))
        return [(keeping.as_told(key), decoder.decode(value)) for key, value in found]
