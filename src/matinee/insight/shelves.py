"""What the catalog's outline says to each audience, as it last did; asked for anew when its mark changes, while nobody waits.

That may be seconds older than the library. It is for ranking only: whoever shows a title asks the catalog last of all.
Audiences that may see the same have the same mark, and share one outline: of forty countries with the same rights there are as
many outlines as there are ages, and not forty times as many.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Set, Sized
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from matinee.contracts.catalog_pb2 import Audience, LibraryOutline, MarkRequest, OutlineRequest
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.insight.rows.shelf import Shelf, Traits, shelf_of
from matinee.insight.under_way import UnderWay
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

T = TypeVar("T", bound=Sized)

EVERYTHING = Audience(operator=True)
MOST_TITLES = 1_500_000
"""So many are kept in all outlines together, of 435 bytes each; of one library that is larger, one outline."""
MOST_AUDIENCES = 4096
ASKED_WITHIN_S = 60.0
AGAIN_AFTER_S = 2.0
"""So long it stands before it is made anew, however often the library changes."""


@dataclass(frozen=True)
class Made(Generic[T]):
    what: T
    at_s: float


class Outlined(Generic[T]):
    """`make` says what becomes of an outline, and is run beside the event loop."""

    def __init__(
        self, catalog: CatalogClient, clock: Clock, make: Callable[[LibraryOutline], T], most_titles: int = MOST_TITLES
    ) -> None:
        self._catalog = catalog
        self._most_titles = most_titles
        self._clock = clock
        self._make = make
        self._kept: OrderedDict[str, Made[T]] = OrderedDict()  # by mark, the last asked for last
        self._marks: OrderedDict[bytes, str] = OrderedDict()  # by audience, of what it was given last
        self._coming: UnderWay[str, T] = UnderWay()

    async def of(self, audience: Audience, call: Call) -> T:
        """As the catalog has it, or as it had it a moment ago."""
        key = audience.SerializeToString(deterministic=True)
        mark = (await self._catalog.mark(MarkRequest(audience=audience), call)).mark
        if mark in self._kept:
            self._give(key, mark)
        given = self._marks.get(key, "")
        kept = self._kept.get(given)
        if kept is None:
            return await self._coming.ask(mark, lambda: self._made(key, audience, call))
        self._kept.move_to_end(given)
        if given != mark and self._clock.monotonic_s() - kept.at_s >= AGAIN_AFTER_S:
            self._coming.begin(mark, lambda: self._made(key, audience, call))
        return kept.what

    async def _made(self, key: bytes, audience: Audience, call: Call) -> T:
        patient = Call(call.trace_id, call.caller, self._clock.monotonic_s() + ASKED_WITHIN_S, house=True)
        outline = await self._catalog.outline(OutlineRequest(audience=audience), patient)
        made = await asyncio.to_thread(self._make, outline)
        self._kept[outline.mark] = Made(made, self._clock.monotonic_s())
        self._kept.move_to_end(outline.mark)
        self._give(key, outline.mark)
        while len(self._kept) > 1 and sum(len(each.what) for each in self._kept.values()) > self._most_titles:
            self._kept.popitem(last=False)
        return made

    def _give(self, key: bytes, mark: str) -> None:
        """What this audience had before goes, if it was the last that had it."""
        before = self._marks.pop(key, mark)
        self._marks[key] = mark
        if before != mark and before not in self._marks.values():
            self._kept.pop(before, None)
        if len(self._marks) > MOST_AUDIENCES:
            self._marks.popitem(last=False)


def ids_in(outline: LibraryOutline) -> Set[str]:
    """Of films, series and episodes."""
    return frozenset((*outline.title_ids, *outline.episode_ids))


def shelf_in(outline: LibraryOutline) -> Shelf:
    episodes = dict(zip(outline.episode_ids, outline.episode_series, strict=True))
    return shelf_of(
        outline.mark,
        list(outline.title_ids),
        list(outline.playable),
        list(outline.added_ms),
        list(outline.genre_names),
        Traits(np.array(outline.genre_counts, np.int64), np.array(outline.genres, np.int64)),
        Traits(np.array(outline.people_counts, np.int64), np.array(outline.people, np.int64)),
        episodes,
    )
