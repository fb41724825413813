"""What is written all the time and may be a second late: bookmarks, lists, later history and taste.

A table holds partitions (one profile's bookmarks), a partition holds rows sorted by key, a row holds named cells of
bytes. A row with no cell is no row. Nothing spans partitions: no counting, no listing, no transaction.

The promise: every write carries its writer's time, and per cell the latest time wins, in whatever order writes arrive
and however often they are repeated; so repeat them freely. At the same millisecond a drop beats a put, and of two puts the
greater bytes win. A dropped or expired cell hides earlier writes that come in after it for ten days. What `put` returned
from survives the death of any process. A read sees everything this process has written before; what others wrote, soon.
`RowsUnavailable`: the write may or may not have happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_ROWS = 1000
"""Of one page, and of one `get`."""


class RowsUnavailable(Exception):
    """The store did not answer; the text says which and why."""


@dataclass(frozen=True)
class Row:
    key: str
    cells: Mapping[str, bytes]


class Rows(Protocol):
    async def put(
        self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None = None
    ) -> None:
        """Writes these cells, leaving the row's others alone; they go by themselves `ttl_s` seconds after this call."""
        ...

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        """Every cell of the row written up to that time is gone."""
        ...

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        """Every cell of the partition written up to that time is gone, of rows that are not known yet too."""
        ...

    async def get(self, table: str, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        """Those of the rows that are there, by key."""
        ...

    async def page(self, table: str, partition: str, limit: int, after: str = "") -> Sequence[Row]:
        """Up to `limit` rows with keys greater than `after`, by key as UTF-8 bytes; a short page is the last one."""
        ...

    async def close(self) -> None: ...
