"""The lists of the home page that all who may see the same share: asked of the catalog once, then kept in the cache.

The catalog's mark for an audience is part of each key. It changes with the library and with the hour that shows or hides a
title, so no page is older than the mark it asked for, and what was kept for an earlier mark is never asked for again. What the
page is laid out by, a card for each title, stays at hand in this process, too: to read it out of the bytes anew for every page
takes longer than to lay the page out.
"""

import asyncio
import hashlib
from collections.abc import Sequence

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest, MarkRequest, Title, TitleList
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.ports.cache import Cache
from matinee.ports.rpc import Call
from matinee.screen.setting_out import card_of
from matinee.screen.shelves import Card

KEPT_S = 900
"""After that a mark nobody comes home to any more takes no room."""
MOST_AT_HAND = 1000
"""Lists of twenty to sixty cards, of a quarter of a kilobyte each; a mark has eleven of them."""


class SharedLists:
    def __init__(self, cache: Cache, catalog: CatalogClient) -> None:
        self._cache = cache
        self._catalog = catalog
        self._at_hand: dict[str, Sequence[Card]] = {}

    async def as_of_now(self, audience: Audience, call: Call) -> "Lists":
        mark = (await self._catalog.mark(MarkRequest(audience=audience), call)).mark
        return Lists(self._cache, self._catalog, mark, self._at_hand)


class Lists:
    """What the library holds at one mark."""

    def __init__(self, cache: Cache, catalog: CatalogClient, mark: str, at_hand: dict[str, Sequence[Card]]) -> None:
        self._cache = cache
        self._catalog = catalog
        self._mark = mark
        self._at_hand = at_hand

    async def cards(self, requests: Sequence[ListTitlesRequest], call: Call) -> list[Sequence[Card]]:
        """The same as `of`, of each title its card."""
        keys = [self._key(each) for each in requests]
        asked = dict(zip(keys, requests, strict=True))
        found = {key: self._at_hand[key] for key in asked if key in self._at_hand}
        left = [key for key in asked if key not in found]
        if left:
            lists = await self.of([asked[key] for key in left], call)
            found |= {key: [card_of(title) for title in titles] for key, titles in zip(left, lists, strict=True)}
            if await self._lasts(asked[left[0]], call):
                self._at_hand |= {key: found[key] for key in left}
            while len(self._at_hand) > MOST_AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
        return [found[key] for key in keys]

    async def of(self, requests: Sequence[ListTitlesRequest], call: Call) -> list[Sequence[Title]]:
        """All at the same time, each from the cache or from the catalog."""
        keys = [self._key(each) for each in requests]
        kept = await self._cache.get_many(keys)
        return await asyncio.gather(
            *(self._one(key, kept.get(key), request, call) for key, request in zip(keys, requests, strict=True))
        )

    async def _one(self, key: str, kept: bytes | None, request: ListTitlesRequest, call: Call) -> Sequence[Title]:
        if kept is not None:
            return TitleList.FromString(kept).titles
        found = await self._catalog.list_titles(request, call)
        if await self._lasts(request, call):
            await self._cache.put(key, found.SerializeToString(), KEPT_S)
        return found.titles

    async def _lasts(self, request: ListTitlesRequest, call: Call) -> bool:
        """Whether the library is still what the mark says: what was listed while it changed is of another, and is not kept."""
        return (await self._catalog.mark(MarkRequest(audience=request.audience), call)).mark == self._mark

    def _key(self, request: ListTitlesRequest) -> str:
        """The mark says for whom already."""
        what = f"{request.kind} {request.limit} {request.offset} {request.playable_only} {request.series_id} {request.genre}"
        return f"titles/{self._mark}/{hashlib.blake2b(what.encode(), digest_size=12).hexdigest()}"
