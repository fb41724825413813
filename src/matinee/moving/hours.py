"""The warehouse: its facts hour by hour, the profiles that were forgotten, and what titles are called.

An Iceberg table names its files by their whole addresses, so its rows are carried, not its files: a fact that is there is not
added again. The tables of models are made anew by the new house. Where only the catalog moves, the new one takes up the tables.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from matinee.insight.warehouse.arrow import pa, pc, where
from matinee.insight.warehouse.facts import TIME, TOPICS, Topic, form_of
from matinee.insight.warehouse.place import Place
from matinee.insight.warehouse.tables import FACTS, FORGOTTEN, TITLES, Tables
from matinee.moving.part import Step
from matinee.moving.tables import UnknownTable
from matinee.moving.tally import Tally
from matinee.ports.blobs import BlobsUnavailable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Found = TypeVar("Found")
Stretch = tuple[int, int, int]
"""First hour since 1970, the hour after the last, and how many rows lie between."""


@dataclass(frozen=True)
class Hours:
    """`at_once` rows, and what the last hour has beyond, are one commit."""

    source: Place
    target: Place
    at_once: int = 50_000
    name: str = "warehouse"

    @cached_property
    def old(self) -> Tables:
        return Tables(self.source)

    @cached_property
    def new(self) -> Tables:
        """Opened when it is first asked, for whoever only plans asks nothing of it."""
        return Tables(self.target)

    def close(self) -> None:
        for name in ("old", "new"):
            if name in self.__dict__:
                self.__dict__[name].close()

    async def total(self) -> int:
        return await _on_a_thread(
            lambda: sum(rows for topic in TOPICS for _, _, rows in _stretches(self.old, topic, 0, self.at_once))
        )

    async def taken(self) -> bool:
        return await _on_a_thread(lambda: bool(self.new.standing()))

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        if self.source.files == self.target.files:
            await _on_a_thread(self._enter)
            yield Step(await self.total())
            return
        await _on_a_thread(self._carry_lists)
        reached, following = mark or (TOPICS[0].name, 0)
        names = [topic.name for topic in TOPICS]
        for topic in TOPICS[names.index(reached) :]:
            first = following if topic.name == reached else 0
            for begin, end, rows in await _on_a_thread(
                lambda topic=topic, first=first: list(_stretches(self.old, topic, first, self.at_once))
            ):
                await _on_a_thread(lambda topic=topic, span=(begin, end): self.new.add(topic, _rows(self.old, topic, *span)))
                yield Step(rows, [topic.name, end])

    async def tallies(self) -> tuple[Tally, Tally]:
        return await _on_a_thread(lambda: _tally(self.old, self.at_once)), await _on_a_thread(
            lambda: _tally(self.new, self.at_once)
        )

    def _enter(self) -> None:
        for name in set(self.old.names()) - set(self.new.names()):
            self.new.enter(name, self.old.table(name).metadata_location)

    def _carry_lists(self) -> None:
        there = self.old.names()
        if FORGOTTEN in there:
            self.new.forget(_column(self.old, FORGOTTEN, "profile_id"))
        if f"{FACTS}.{TITLES}" in there:
            self.new.keep_titles(self.old.dataset(f"{FACTS}.{TITLES}").to_table().to_pylist())


def _stretches(tables: Tables, topic: Topic, first: int, at_once: int) -> Iterator[Stretch]:
    """From that hour on, in order."""
    if f"{FACTS}.{topic.name}" not in tables.names():
        return
    begin, rows, last = first, 0, first
    by_hour = sorted(
        (task.file.partition[0], task.file.record_count)
        for task in tables.table(f"{FACTS}.{topic.name}").scan().plan_files()
        if task.file.partition[0] >= first
    )
    for hour, count in by_hour:
        if rows >= at_once and hour > last:
            yield begin, hour, rows
            begin, rows = hour, 0
        rows, last = rows + count, hour
    if rows:
        yield begin, last + 1, rows


def _rows(tables: Tables, topic: Topic, begin: int, end: int) -> Any:
    """A pyarrow.Table of the columns that we know. Raises UnknownTable where there are others."""
    first, after = ((EPOCH + timedelta(hours=hour)).isoformat() for hour in (begin, end))
    inside = where.And(where.GreaterThanOrEqual("happened", first), where.LessThan("happened", after))
    rows = tables.dataset_of(tables.table(f"{FACTS}.{topic.name}"), inside).to_table()
    schema = form_of(topic).schema
    if unknown := set(rows.schema.names) - set(schema.names):
        raise UnknownTable(f"the warehouse's table {topic.name} has columns unknown here: {', '.join(sorted(unknown))}")
    known = [rows[each.name] if each.name in rows.schema.names else pa.nulls(rows.num_rows, each.type) for each in schema]
    return pa.table(known, schema=schema)


def _tally(tables: Tables, at_once: int) -> Tally:
    tally, there = Tally(), tables.names()
    for topic in TOPICS:
        for begin, end, _ in _stretches(tables, topic, 0, at_once):
            for row in _plain(_rows(tables, topic, begin, end)).to_pylist():
                tally.add(topic.name, row)
    for gone in _column(tables, FORGOTTEN, "profile_id") if FORGOTTEN in there else ():
        tally.add("forgotten", gone)
    if f"{FACTS}.{TITLES}" in there:
        for title in tables.dataset(f"{FACTS}.{TITLES}").to_table().to_pylist():
            tally.add("title", title)
    return tally


def _plain(rows: Any) -> Any:
    """Times as numbers, for a digest."""
    columns = [pc.cast(rows[each.name], pa.int64()) if each.type == TIME else rows[each.name] for each in rows.schema]
    return pa.table(columns, names=rows.schema.names)


def _column(tables: Tables, name: str, column: str) -> list[str]:
    return tables.dataset(name).to_table()[column].to_pylist()


async def _on_a_thread(work: Callable[[], Found]) -> Found:
    """Raises BlobsUnavailable."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise BlobsUnavailable(f"the warehouse's files: {error}") from error
