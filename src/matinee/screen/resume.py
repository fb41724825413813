"""Where a film begins for somebody who saw part of it, and when it counts as seen.

The first moments and the credits say little: who stops there means "not begun" and "done". Both margins shrink with the
film, or a short one would have no middle.
"""

OPENING_MS = 15_000
CREDITS_MS = 90_000
MARGIN = 0.05


def is_finished(position_ms: int, runtime_ms: int) -> bool:
    """Within the last 90 s, or the last 5 % of a shorter film."""
    return 0 < runtime_ms <= position_ms + min(CREDITS_MS, runtime_ms * MARGIN)


def is_opening(position_ms: int, runtime_ms: int) -> bool:
    """Within the first 15 s, or the first 5 % of a film shorter than five minutes: as good as not begun."""
    return position_ms < (min(OPENING_MS, runtime_ms * MARGIN) if runtime_ms else OPENING_MS)


def begins_at_ms(position_ms: int, runtime_ms: int) -> int:
    """Where Play starts a title left at `position_ms`: there, or at the start when it was as good as not begun, or done."""
    if is_opening(position_ms, runtime_ms) or is_finished(position_ms, runtime_ms):
        return 0
    return position_ms
