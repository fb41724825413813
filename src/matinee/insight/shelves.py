"""The shelf of each audience, as the catalog last told it; asked for anew when its mark changes, while nobody waits.

A shelf may be seconds older than the library. That is for ranking only: whoever shows a title asks the catalog last of all.
"""

import asyncio
from collections import OrderedDict

import numpy as np

from matinee.contracts.catalog_pb2 import Audience, LibraryOutline, MarkRequest, OutlineRequest
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.insight.rows.shelf import Shelf, Traits, shelf_of
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

MOST_AUDIENCES = 16
ASKED_WITHIN_S = 60.0
AGAIN_AFTER_S = 2.0
"""So long a shelf stands before it is made anew, however often the library changes."""


class Shelves:
    def __init__(self, catalog: CatalogClient, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[Shelf, float]] = OrderedDict()
        self._coming: dict[bytes, asyncio.Task[Shelf]] = {}

    async def of(self, audience: Audience, call: Call) -> Shelf:
        """As the catalog has it, or as it had it a moment ago."""
        key = audience.SerializeToString(deterministic=True)
        mark = (await self._catalog.mark(MarkRequest(audience=audience), call)).mark
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            shelf, made_s = kept
            if shelf.mark != mark and self._clock.monotonic_s() - made_s >= AGAIN_AFTER_S:
                self._ask(key, audience, call)
            return shelf
        return await asyncio.shield(self._ask(key, audience, call))

    def _ask(self, key: bytes, audience: Audience, call: Call) -> asyncio.Task[Shelf]:
        """One at a time for an audience; whoever gives up waiting for it leaves it to the others."""
        if key not in self._coming:
            task = asyncio.create_task(self._made(key, audience, call))
            self._coming[key] = task
            task.add_done_callback(lambda done: self._over(key, done))
        return self._coming[key]

    def _over(self, key: bytes, done: asyncio.Task[Shelf]) -> None:
        self._coming.pop(key, None)
        if not done.cancelled():
            # Whoever waits hears of it; where nobody does, the next one asks again.
            done.exception()

    async def _made(self, key: bytes, audience: Audience, call: Call) -> Shelf:
        patient = Call(call.trace_id, call.caller, self._clock.monotonic_s() + ASKED_WITHIN_S, house=True)
        outline = await self._catalog.outline(OutlineRequest(audience=audience), patient)
        shelf = await asyncio.to_thread(_shelf, outline)
        self._kept[key] = (shelf, self._clock.monotonic_s())
        while len(self._kept) > MOST_AUDIENCES:
            self._kept.popitem(last=False)
        return shelf


def _shelf(outline: LibraryOutline) -> Shelf:
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
