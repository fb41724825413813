"""Trying again what may go well the next time: exponential back-off with full jitter.

The jitter keeps two that collided once from colliding for ever (M. Brooker, "Exponential Backoff And Jitter", 2015).
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 10.0
"""How long a transaction may be tried again before the caller is told. The longest wait seen with four writers is 2.3 s."""

FIRST_PAUSE_S = 0.002
LONGEST_PAUSE_S = 0.1


class OutOfPatience(Exception):
    """It was tried again for so long, and failed each time; the last failure is the cause."""


def patiently(
    attempt: Callable[[], T], failures: tuple[type[Exception], ...], passes: Callable[[Exception], bool], patience_s: float
) -> T:
    """Runs `attempt` again and again while it raises one of these `failures` that `passes` by itself.

    It blocks its thread, so it belongs on an engine's own thread, never on the event loop.
    """
    until_s = time.monotonic() + patience_s
    ceiling_s = FIRST_PAUSE_S
    while True:
        try:
            return attempt()
        except failures as error:
            if not passes(error):
                raise
            if time.monotonic() >= until_s:
                raise OutOfPatience(f"tried for {patience_s:g} s") from error
        # Spreads retries, guards no secret.
        time.sleep(random.uniform(0, ceiling_s))  # noqa: S311
        ceiling_s = min(2 * ceiling_s, LONGEST_PAUSE_S)
