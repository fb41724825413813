"""Of an interleaved row, whose title a profile played first that day: one vote, cast once, in a trial of two models.

The later plays of a day say nothing new of the two; and a vote that no later play can change may be counted at any time.
"""

import hashlib

import msgspec

from matinee.insight.streams.hours import DAY_MS


class First(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """Of two the lesser holds."""

    at_ms: int
    arm: str


def voter(trial: str, profile_id: str, at_ms: int) -> str:
    """A profile on one day (UTC), as the trial alone knows it."""
    return unit(trial, f"{profile_id}\n{at_ms // DAY_MS}")


def unit(trial: str, profile_id: str) -> str:
    """Who took part is told apart, and not told."""
    return hashlib.blake2b(f"{trial}\n{profile_id}".encode(), digest_size=8).hexdigest()
