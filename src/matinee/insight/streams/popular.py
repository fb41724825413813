"""What is watched, by country: for a fortnight, and just now.

Each view that counts is counted twice, decaying slowly and fast. Trending is what the fast count has beyond what the slow one
lets expect, in standard deviations of a Poisson count: so that neither what is always popular nor one view of a rarity trends.
"""

import math

import msgspec

from matinee.insight.streams import decay
from matinee.insight.streams.hours import DAY_MS, HOUR_MS

SLOW_MS = 14 * DAY_MS
FAST_MS = 6 * HOUR_MS
FEW = 1.0
"""Views that any title is granted in expectation, so that the first one is no sensation."""

WEIGHTLESS_DAYS = 200
"""After so long without a view a ten-thousandth is left of what was counted."""

EVERYWHERE = ""
"""As a country: all of them."""


class Popular(msgspec.Struct, frozen=True, array_like=True):
    slow: decay.Decayed
    fast: decay.Decayed
    views: int  # ever


def one_view(at_ms: int) -> Popular:
    return Popular(decay.one_at(at_ms, SLOW_MS), decay.one_at(at_ms, FAST_MS), 1)


def merged(one: Popular, other: Popular) -> Popular:
    return Popular(decay.merged(one.slow, other.slow), decay.merged(one.fast, other.fast), one.views + other.views)


def popularity(popular: Popular, now_ms: int) -> float:
    return decay.worth(popular.slow, now_ms, SLOW_MS)


def trend(popular: Popular, now_ms: int) -> float:
    """0 and below: no more than is usual."""
    usual = popularity(popular, now_ms) * FAST_MS / SLOW_MS + FEW
    return (decay.worth(popular.fast, now_ms, FAST_MS) - usual) / math.sqrt(usual)
