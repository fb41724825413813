"""Forward decay: a count in which everything weighs half as much for each half-life that has passed since.

Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems" (2009): the weight of
an event is set against a landmark in the past, and so never changes; only reading divides by what has grown since. Here the
landmark is the beginning of each half-life, counted from 1970, and a count is a whole number for each of them: no overflow, and
the same sum in whatever order events come. What is older than forty half-lives is a trillionth and is dropped.
"""

from collections.abc import Mapping

from matinee.insight.streams.counts import added

UNIT = 1 << 20
"""What an event weighs at the beginning of a half-life; at its end, twice that."""

KEPT_HALVES = 40

Decayed = dict[int, int]


def one_at(at_ms: int, half_life_ms: int) -> Decayed:
    half, within_ms = divmod(at_ms, half_life_ms)
    return {half: round(UNIT * 2 ** (within_ms / half_life_ms))}


def merged(one: Decayed, other: Decayed) -> Decayed:
    total = added(one, other)
    newest = max(total, default=0)
    return {half: weight for half, weight in total.items() if half > newest - KEPT_HALVES}


def worth(decayed: Mapping[int, int], now_ms: int, half_life_ms: int) -> float:
    """How many events of just now it is worth."""
    halves = now_ms / half_life_ms
    return sum(weight / UNIT * 2 ** (half - halves) for half, weight in decayed.items())
