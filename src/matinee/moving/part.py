"""One kind of thing that is carried from house to house.

Whatever is carried may be carried again, and comes out the same: so a move may be killed at any instant, and the mark that
the journal has of a part only saves work.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from matinee.moving.tally import Tally


@dataclass(frozen=True)
class Step:
    """So many things are in the new house now, in a way that survives; `mark` is where to go on, in JSON."""

    count: int
    mark: Any = None


class Part(Protocol):
    @property
    def name(self) -> str: ...

    async def total(self) -> int:
        """How many things there are to carry."""
        ...

    async def taken(self) -> bool:
        """Whether the new house holds such things already."""
        ...

    def carry(self, mark: Any) -> AsyncIterator[Step]:
        """From the mark on; None is the beginning."""
        ...

    async def tallies(self) -> tuple[Tally, Tally]:
        """What the old house holds, and what the new one does."""
        ...
