"""All rows, cell by cell, each with the time it was written and the time it has left."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from matinee.moving.part import Step
from matinee.moving.tally import Tally
from matinee.ports.rows import MOST_BYTES, Cell, Rows

PUTS_AT_ONCE = 32

SHORT_S = 3600
"""What goes by itself within the hour may be gone from one house and not from the other, and is not compared."""


@dataclass(frozen=True)
class Cells:
    source: Rows
    target: Rows
    name: str = "rows"

    async def total(self) -> int:
        return sum([len(cells) async for cells, _ in _walked(self.source)])

    async def taken(self) -> bool:
        async for cells, _ in _walked(self.target):
            if cells:
                return True
        return False

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        async for cells, following in _walked(self.source, mark or ""):
            puts = _puts(cells)
            for first in range(0, len(puts), PUTS_AT_ONCE):
                await asyncio.gather(*(self._put(put) for put in puts[first : first + PUTS_AT_ONCE]))
            yield Step(len(cells), following)

    async def tallies(self) -> tuple[Tally, Tally]:
        return await _tally(self.source), await _tally(self.target)

    async def _put(self, cells: Sequence[Cell]) -> None:
        """Cells that were written at once, written at once."""
        one = cells[0]
        values = {cell.name: cell.value for cell in cells}
        await self.target.put(one.table, one.partition, one.key, values, one.at_ms, one.ttl_s)


async def _walked(rows: Rows, mark: str = "") -> AsyncIterator[tuple[Sequence[Cell], str]]:
    """Pages with the mark that follows each; the last one's is that of itself."""
    while True:
        cells, following = await rows.walk(mark)
        yield cells, following or mark
        if not following:
            return
        mark = following


def _puts(cells: Sequence[Cell]) -> list[list[Cell]]:
    """By row, time and time left, none larger than a put may be."""
    together: dict[tuple[object, ...], list[list[Cell]]] = defaultdict(lambda: [[]])
    for cell in cells:
        puts = together[cell.table, cell.partition, cell.key, cell.at_ms, cell.ttl_s]
        if sum(len(each.value) for each in puts[-1]) + len(cell.value) > MOST_BYTES:
            puts.append([])
        puts[-1].append(cell)
    return [put for puts in together.values() for put in puts if put]


async def _tally(rows: Rows) -> Tally:
    tally = Tally()
    async for cells, _ in _walked(rows):
        for cell in cells:
            if cell.ttl_s is None or cell.ttl_s > SHORT_S:
                tally.add(cell.table, cell.partition, cell.key, cell.name, cell.value, cell.at_ms, cell.ttl_s is None)
    return tally
