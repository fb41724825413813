"""What the catalog's outline says to each audience, as it last did; asked for anew when its mark changes, while nobody waits.

That may be seconds older than the library. It is for ranking only: whoever shows a title asks the catalog last of all.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Set
from typing import Generic, TypeVar

import numpy as np

from matinee.contracts.catalog_pb2 import Audience, LibraryOutline, MarkRequest, OutlineRequest
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.insight.rows.shelf import Shelf, Traits, shelf_of
from matinee.insight.under_way import UnderWay
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

T = TypeVar("T")

EVERYTHING = Audience(operator=True)
MOST_AUDIENCES = 16
ASKED_WITHIN_S = 60.0
AGAIN_AFTER_S = 2.0
"""So long it stands before it is made anew, however often the library changes."""


class Outlined(Generic[T]):
    """`make` says what becomes of an outline, and is run beside the event loop."""

    def __init__(self, catalog: CatalogClient, clock: Clock, make: Callable[[LibraryOutline], T]) -> None:
        self._catalog = catalog
        self._clock = clock
        self._make = make
        self._kept: OrderedDict[bytes, tuple[T, str, float]] = OrderedDict()  # with its mark, and when it was made
        self._coming: UnderWay[bytes, T] = UnderWay()

    async def of(self, audience: Audience, call: Call) -> T:
        """As the catalog has it, or as it had it a moment ago."""
        key = audience.SerializeToString(deterministic=True)
        mark = (await self._catalog.mark(MarkRequest(audience=audience), call)).mark
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            made, its_mark, made_s = kept
            if its_mark != mark and self._clock.monotonic_s() - made_s >= AGAIN_AFTER_S:
                self._coming.begin(key, lambda: self._made(key, audience, call))
            return made
        return await self._coming.ask(key, lambda: self._made(key, audience, call))

    async def _made(self, key: bytes, audience: Audience, call: Call) -> T:
        patient = Call(call.trace_id, call.caller, self._clock.monotonic_s() + ASKED_WITHIN_S, house=True)
        outline = await self._catalog.outline(OutlineRequest(audience=audience), patient)
        made = await asyncio.to_thread(self._make, outline)
        self._kept[key] = (made, outline.mark, self._clock.monotonic_s())
        while len(self._kept) > MOST_AUDIENCES:
            self._kept.popitem(last=False)
        return made


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
