"""Facts, in the order they happened.

The promise: `append` returns when the entries survive the death of this process. After an error, or when the caller hung up or
died, any of them may be there, in their order as far as they go: appending again may double. Entries of one key keep their
order; those of different keys have none. A subscription reads from its group's committed offsets; what was polled but not
committed is delivered again (at least once), so whoever reads must be able to repeat. A new group starts at the first
entry there is. Subscriptions of one group may share the entries out among them, by key: when one joins, goes or dies, what it
had not committed is delivered to another. Have one in a process: subscribing again may end the one before.
An entry is kept for seven days, and longer until every group that has ever committed is past it; then it may go: who must know
for longer writes it down elsewhere. `LogUnavailable`: nothing is known to be appended.
An entry larger than `MOST_ENTRY_BYTES` is a ValueError, and then none of its call's entries are appended: large things go into
the blobs, their names into the log.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from matinee.ports.unavailable import Unavailable

KEPT_S = 7 * 24 * 3600
MOST_ENTRY_BYTES = 1 << 20
"""An entry's key, in UTF-8, and its value may be so large together."""


class LogUnavailable(Unavailable):
    """The log did not answer; the text says which and why."""


# Structs, for they come by the hundred thousand and are made in an eighth of the time; none is ever part of a ring.


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    key: str
    value: bytes


class Position(msgspec.Struct, frozen=True, gc=False):
    partition: int
    offset: int


class Read(msgspec.Struct, frozen=True, gc=False):
    position: Position
    entry: Entry


class Subscription(Protocol):
    async def poll(self, most: int, wait_s: float) -> Sequence[Read]:
        """Up to `most` entries after those polled before; fewer when there were no more a moment ago.

        Empty when none came within `wait_s` seconds: then there was none, or others of the group have them. A call given up
        loses none: the next one has them.
        """
        ...

    async def commit(self, upto: Read) -> None:
        """All entries of that partition up to and including this one are done with, for good: going back does nothing.

        Nor does it do anything when the partition went to another of the group meanwhile, who is given the entries again.
        """
        ...


class Log(Protocol):
    async def append(self, topic: str, entries: Sequence[Entry]) -> None: ...

    async def subscribe(self, topic: str, group: str) -> Subscription: ...

    # How far a topic's readers are, for who sees to it that they move.

    async def standings(self, topic: str) -> Mapping[str, Mapping[int, int]]:
        """By group, for each partition in which it has committed, the offset of the first entry that it is not done with."""
        ...

    async def ends(self, topic: str) -> Mapping[int, int]:
        """For each partition that ever had an entry, the offset after its last; a partition that had none may be there with 0."""
        ...

    # For whoever carries a house elsewhere, while nobody else reads or writes.

    async def topics(self) -> Sequence[str]:
        """Those that ever had an entry, sorted."""
        ...

    async def look(self, topic: str, after: Position | None = None) -> Sequence[Read]:
        """Some of the entries after that one, partition by partition, and in order within each; without a group, whatever was
        committed. Empty is the end; None is the beginning."""
        ...

    async def stand(self, topic: str, group: str, offsets: Mapping[int, int]) -> None:
        """The group is done with all before these offsets, by partition. It never goes back."""
        ...

    async def close(self) -> None: ...
