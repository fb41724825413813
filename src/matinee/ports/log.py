"""Facts, in the order they happened.

The promise: `append` returns when the entries survive the death of this process; all of one call become readable at once,
or, after an error, none or all. Entries of one key keep their order. A subscription reads from its group's committed
offset; what was polled but not committed is delivered again (at least once), so whoever reads must be able to repeat.
A new group starts at the first entry there is. An entry is kept for seven days, and longer until every group that has ever
committed is past it; then it may go: who must know for longer writes it down elsewhere. `LogUnavailable`: nothing is known to
be appended; appending again may double.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

KEPT_S = 7 * 24 * 3600


class LogUnavailable(Exception):
    """The log did not answer; the text says which and why."""


@dataclass(frozen=True)
class Entry:
    key: str
    value: bytes


@dataclass(frozen=True)
class Position:
    partition: int
    offset: int


@dataclass(frozen=True)
class Read:
    position: Position
    entry: Entry


class Subscription(Protocol):
    async def poll(self, most: int, wait_s: float) -> Sequence[Read]:
        """Up to `most` entries after those polled before; empty when none came within `wait_s` seconds."""
        ...

    async def commit(self, upto: Read) -> None:
        """All entries of that partition up to and including this one are done with."""
        ...


class Log(Protocol):
    async def append(self, topic: str, entries: Sequence[Entry]) -> None: ...

    async def subscribe(self, topic: str, group: str) -> Subscription: ...

    async def close(self) -> None: ...
