"""The port `clock` on the machine's own."""

import asyncio
import time
from contextlib import AbstractAsyncContextManager


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        left_s = max(seconds, 0.0)
        while True:
            await asyncio.sleep(left_s)
            # Event loops round to the millisecond and may wake a little early; the promise is "no earlier".
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)
