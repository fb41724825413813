"""The port `clock` with a hand to turn: `await clock.advance(90)` is a minute and a half in no time.

Sleepers wake in the order of their hours, each at its own hour, and get to run before the next one wakes: a loop that
sleeps ten seconds runs nine times in that minute and a half, as it would by the wall.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

TURNS_TO_SETTLE = 20
"""How often the event loop goes round before we believe that whoever woke has gone back to sleep."""


class ManualClock:
    def __init__(self, start_ms: int = 1_700_000_000_000) -> None:
        self._start_ms = start_ms
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    def now_ms(self) -> int:
        return self._start_ms + round(self._elapsed_s * 1000)

    def monotonic_s(self) -> float:
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._arrivals), alarm))
        await alarm

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return self._timeout(seconds)

    async def advance(self, seconds: float) -> None:
        """Turns the hand forward, waking everybody whose hour comes on the way."""
        until_s = self._elapsed_s + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= until_s:
            hour_s, _, alarm = heapq.heappop(self._sleepers)
            if alarm.done():
                continue
            self._elapsed_s = max(self._elapsed_s, hour_s)
            alarm.set_result(None)
            await _settle()
        self._elapsed_s = until_s

    @asynccontextmanager
    async def _timeout(self, seconds: float) -> AsyncGenerator[None]:
        async with asyncio.timeout(None) as limit:
            alarm = asyncio.ensure_future(self._ring(limit, seconds))
            try:
                yield
            finally:
                alarm.cancel()

    async def _ring(self, limit: asyncio.Timeout, seconds: float) -> None:
        await self.sleep(seconds)
        # A moment in the past: the block is cancelled at the loop's next turn and leaves with TimeoutError.
        limit.reschedule(0)


async def _settle() -> None:
    for _ in range(TURNS_TO_SETTLE):
        await asyncio.sleep(0)
