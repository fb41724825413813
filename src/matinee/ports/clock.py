"""Time, so that tests can drive it.

The promise: `now_ms` is the wall clock and may jump; `monotonic_s` never goes back and has no meaning across machines.
`sleep` returns no earlier than asked; `timeout` raises TimeoutError inside its block and cancels what was running.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        ...

    def monotonic_s(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]: ...
