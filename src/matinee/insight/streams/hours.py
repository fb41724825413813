"""Event time: minutes, hours and weeks by when something happened, and what comes too late for its minute.

Late is said by a fact's own two stamps, when it happened and when it was heard of, and never by what came before it. So the
watermark is a quarter of an hour behind hearing, on every engine and at every repetition.
"""

from matinee.insight.streams.fact import Fact

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LATE_MS = 15 * MINUTE_MS
WEEK = 7
MONDAY = 3
"""The first of January 1970 was a Thursday, three days into its week."""


def minute_of(at_ms: int) -> int:
    return at_ms // MINUTE_MS


def hour_of(at_ms: int) -> int:
    return at_ms // HOUR_MS


def week_of(at_ms: int) -> int:
    """Weeks begin on Monday, in UTC."""
    return (at_ms // DAY_MS + MONDAY) // WEEK


def is_late(fact: Fact) -> bool:
    return fact.heard_ms - fact.at_ms > LATE_MS


def as_key(number: int) -> str:
    """In the order of the numbers: minutes have eight digits until the year 2160."""
    return f"{number:08d}"
