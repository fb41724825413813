"""What every port says when its engine does not answer, and what a service may do about it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from prometheus_client import Counter

from matinee.ports.clock import Clock

T = TypeVar("T")
log: structlog.stdlib.BoundLogger = structlog.get_logger("matinee.fallback")

TAKEN = Counter("matinee_fallbacks_total", "Answers given without a part of the house that was away, by name", ["fallback"])
ASK_AGAIN_S = 1.0
LONG_ENOUGH_S = 2.0


class Unavailable(Exception):
    """A part we need did not answer. Do: try again later, or use a named fallback. The text says which part and why."""


class Fallback:
    """How an answer is given without a part that is away: by a name that is counted, told in the log, and told the viewer.

    Whoever asks waits `within_s` at most. While the part is away it is asked once a second, and all others go on at once.
    """

    def __init__(self, name: str, clock: Clock, within_s: float = LONG_ENOUGH_S) -> None:
        self._name = name
        self._clock = clock
        self._within_s = within_s
        self._ask_from_s: float | None = None  # while it is away

    async def instead(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What was asked for; None when the part that has it is away."""
        now_s, was_away = self._clock.monotonic_s(), self._ask_from_s is not None
        if self._ask_from_s is not None and now_s < self._ask_from_s:
            TAKEN.labels(self._name).inc()
            return None
        if was_away:
            self._ask_from_s = now_s + ASK_AGAIN_S
        try:
            async with self._clock.timeout(self._within_s):
                answer = await ask()
        except (Unavailable, TimeoutError) as why:
            self._ask_from_s = self._clock.monotonic_s() + ASK_AGAIN_S
            TAKEN.labels(self._name).inc()
            if not was_away:
                log.warning("fallback", fallback=self._name, why=str(why) or f"no answer within {self._within_s:g} s")
            return None
        if was_away:
            self._ask_from_s = None
            log.warning("fallback over", fallback=self._name)
        return answer
