"""The tables of one subject, carried page by page in the order of their primary keys, one transaction to a page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from matinee.moving.part import Step
from matinee.moving.tally import Tally
from matinee.ports.sql import Migration, Sql

PAGE_ROWS = 500

Record = Mapping[str, Any]

NOT_CARRIED = ("alembic_version",)
"""What says how tables are laid out is the new house's own."""


class UnknownTable(Exception):
    """The old house keeps a table that this version of Matinee knows nothing of; the text says which."""


@dataclass(frozen=True)
class Tables:
    subject: str
    tables: sa.MetaData
    history: Sequence[Migration]
    source: Sql
    target: Sql

    @property
    def name(self) -> str:
        return f"sql {self.subject}"

    async def total(self) -> int:
        return await self.source.read(self._count)

    async def taken(self) -> bool:
        return await self.target.read(self._count) > 0

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        await self.target.install(self.history)
        there = await self.source.read(lambda db: self._known(db))
        begun, after = mark or ("", None)
        names = [table.name for table in there]
        for table in there[names.index(begun) if begun else 0 :]:
            while page := await self.source.read(lambda db, table=table, after=after: _page(db, table, after)):
                await self.target.transact(lambda db, table=table, page=page: _replace(db, table, page))
                after = [page[-1][column.name] for column in table.primary_key]
                yield Step(len(page), (table.name, after))
            after = None

    async def tallies(self) -> tuple[Tally, Tally]:
        return await self._tally(self.source), await self._tally(self.target)

    async def _tally(self, side: Sql) -> Tally:
        tally = Tally()
        for table in await side.read(self._known):
            after = None
            while page := await side.read(lambda db, table=table, after=after: _page(db, table, after)):
                for record in page:
                    tally.add(table.name, dict(record))
                after = [page[-1][column.name] for column in table.primary_key]
        return tally

    def _count(self, db: sa.Connection) -> int:
        return sum(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in self._known(db))

    def _known(self, db: sa.Connection) -> list[sa.Table]:
        """The tables that are there, those that others point to first."""
        there = set(sa.inspect(db).get_table_names()) - set(NOT_CARRIED)
        if strange := there - self.tables.tables.keys():
            raise UnknownTable(f"{self.name} holds the table {', '.join(sorted(strange))}, which this version knows nothing of")
        return [table for table in self.tables.sorted_tables if table.name in there]


def _page(db: sa.Connection, table: sa.Table, after: Sequence[Any] | None) -> list[Record]:
    key = list(table.primary_key)
    wanted = sa.select(table).order_by(*key).limit(PAGE_ROWS)
    if after is not None:
        wanted = wanted.where(sa.tuple_(*key) > sa.tuple_(*after))
    return [dict(row) for row in db.execute(wanted).mappings()]


def _replace(db: sa.Connection, table: sa.Table, page: Sequence[Record]) -> None:
    """As they are, whatever was under their keys."""
    key = list(table.primary_key)
    same = sa.and_(*(column == sa.bindparam(f"old_{column.name}") for column in key))
    db.execute(sa.delete(table).where(same), [{f"old_{column.name}": record[column.name] for column in key} for record in page])
    db.execute(sa.insert(table), [dict(record) for record in page])
