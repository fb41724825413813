"""Lists of titles that everybody shares: popular, trending, the top ten of a week, and what is watched after a title."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from matinee.insight.streams.hours import as_key, week_of
from matinee.insight.streams.job import parted
from matinee.insight.streams.popular import Popular, popularity, trend
from matinee.insight.streams.reader import TableReader
from matinee.insight.under_way import UnderWay
from matinee.ports.clock import Clock

FRESH_S = 1.0
"""So long a list is given again; making one reads a row for each title, once for all who wait."""

MOST_LISTS = 500
Ranked = Sequence[tuple[str, float]]


class Rankings:
    def __init__(self, watching: TableReader, clock: Clock) -> None:
        self._watching = watching
        self._clock = clock
        self._made: dict[tuple[str, ...], tuple[float, Ranked]] = {}
        self._coming: UnderWay[tuple[str, ...], Ranked] = UnderWay()

    async def popular(self, country: str) -> Ranked:
        """By views of the last weeks, decayed; an empty country is all of them."""
        return await self._shared(("popular", country), lambda: self._by(country, popularity))

    async def trending(self, country: str) -> Ranked:
        """Only what is watched more than usual."""
        return await self._shared(("trending", country), lambda: self._by(country, trend))

    async def top_ten(self, country: str, at_ms: int) -> Ranked:
        """By the number of profiles that watched a title in the week of that moment, for two minutes at least."""
        week = as_key(week_of(at_ms))
        return await self._shared(("top_ten", country, week), lambda: self._counted("top_ten", week, country))

    async def followers(self, title_id: str) -> Ranked:
        """By how often a title was the next that a profile watched."""
        return await self._shared(("followers", title_id), lambda: self._counted("followers", title_id))

    async def _by(self, country: str, score: Callable[[Popular, int], float]) -> Ranked:
        now_ms, scored = self._clock.now_ms(), list[tuple[str, float]]()
        async for page in self._watching.pages_under("popular", country):
            # Forty halvings of each title: others get their turn meanwhile.
            scored += await asyncio.to_thread(_scored, page, score, now_ms)
        return _sorted(scored)

    async def _counted(self, table: str, *parts: str) -> Ranked:
        return _sorted([(parted(key)[-1], float(count)) async for key, count in self._watching.all_under(table, *parts)])

    async def _shared(self, name: tuple[str, ...], make: Callable[[], Coroutine[Any, Any, Ranked]]) -> Ranked:
        until_s, ranked = self._made.get(name, (0.0, ()))
        if self._clock.monotonic_s() < until_s:
            return ranked
        return await self._coming.ask(name, lambda: self._keep(name, make))

    async def _keep(self, name: tuple[str, ...], make: Callable[[], Coroutine[Any, Any, Ranked]]) -> Ranked:
        ranked = await make()
        self._made.pop(name, None)
        self._made[name] = (self._clock.monotonic_s() + FRESH_S, ranked)
        if len(self._made) > MOST_LISTS:
            del self._made[next(iter(self._made))]
        return ranked


def _scored(page: list[tuple[str, Popular]], score: Callable[[Popular, int], float], now_ms: int) -> list[tuple[str, float]]:
    return [(parted(key)[1], score(each, now_ms)) for key, each in page]


def _sorted(titles: list[tuple[str, float]]) -> Ranked:
    return sorted(((title_id, score) for title_id, score in titles if score > 0), key=lambda title: (-title[1], title[0]))
