"""What is written all the time and may be a second late: bookmarks, lists, later history and taste.

A table holds partitions (one profile's bookmarks), a partition holds rows sorted by key, a row holds named cells of
bytes. A row with no cell is no row. Nothing spans partitions: no counting, no listing, no transaction (but see `walk`).

The promise: every write carries its writer's time, and per cell the latest time wins, in whatever order writes arrive
and however often they are repeated; so repeat them freely. Nobody's clock is asked but the writer's: a write from the
future wins until then. At the same millisecond a drop beats a put. Of two puts the one that goes by itself wins, and of two
that do the one that goes later, by the second; else the greater bytes. A dropped or expired cell hides earlier writes that
come in after it for ten days. What `put` returned from survives the death of any process. A read sees everything this
process has written before; what others wrote, soon.

`ValueError`: asked for what no store gives (a name empty or too long, too many bytes), and nothing was written.
`RowsUnavailable`: the write may or may not have happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from matinee.ports.unavailable import Unavailable

MOST_ROWS = 1000
"""Of one page, and of one `get`."""

MOST_BYTES = 1_000_000
"""Of the cells of one `put`; and a page ends with the row that reaches it."""

MOST_NAME_BYTES = 1000
"""Of a table's, a partition's, a row's and a cell's name, in UTF-8."""

LONGEST_TTL_S = 10 * 365 * 24 * 3600

LATEST_MS = 253_402_300_799_999
"""The end of the year 9999."""


class RowsUnavailable(Unavailable):
    """The store did not answer; the text says which and why."""


class Row(msgspec.Struct, frozen=True):
    key: str
    cells: Mapping[str, bytes]


@dataclass(frozen=True)
class Cell:
    """One cell with all that is known of it: when it was written, and in how many seconds it goes by itself, if it does."""

    table: str
    partition: str
    key: str
    name: str
    value: bytes
    at_ms: int
    ttl_s: int | None


class Rows(Protocol):
    async def put(
        self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None = None
    ) -> None:
        """Writes these cells, leaving the row's others alone. They go by themselves within a second after `ttl_s`."""
        ...

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        """Every cell of the row written up to that time is gone."""
        ...

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        """Every cell of the partition written up to that time is gone, of rows that are not known yet too."""
        ...

    async def get(self, table: str, partition: str, keys: Sequence[str], *, fresh: bool = True) -> Mapping[str, Row]:
        """Those of the rows that are there, by key. `fresh=False` asks one copy only, which may be a second behind."""
        ...

    async def page(self, table: str, partition: str, limit: int, after: str = "", *, fresh: bool = True) -> Sequence[Row]:
        """Rows with keys greater than `after`, by key as UTF-8 bytes: one at least if there is one, `limit` at most, and fewer
        when they are large. An empty page is the end."""
        ...

    async def walk(self, mark: str = "") -> tuple[Sequence[Cell], str]:
        """Some of the cells of the whole store, and the mark to go on from; the empty mark begins, and ends.

        For whoever carries a house elsewhere, while nobody writes. Every cell comes once, those of one row together, in an order
        of the engine's own. What was dropped does not come: its gravestone stays behind, and hides no late write elsewhere."""
        ...

    async def close(self) -> None: ...
