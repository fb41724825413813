"""PINs: what counts as one, which of them opens what, and how long a wrong one makes wait. Decides, and knows no store.

A PIN keeps people of one household apart, not burglars out: four digits are soon tried. So a try is counted before it is
looked at, and after five that were wrong each further one costs a longer wait. Whoever forgot it has the account's password.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PIN = re.compile(r"[0-9]{4,6}")
FREE_TRIES = 5
WAITS_MS = (60_000, 300_000, 900_000, 3_600_000)
"""After the fifth wrong one, the sixth, …; the last for each further one."""
PERMIT_MS = 120_000
"""So long a right PIN opens a title: time enough to reach the player."""


@dataclass(frozen=True)
class Person:
    """What there is to know of a profile to say whose PIN is asked for."""

    profile_id: str
    kids: bool
    has_pin: bool


@dataclass(frozen=True)
class Tries:
    """How often it was tried since it was last right, and until when no try counts."""

    count: int = 0
    wait_until_ms: int = 0


def is_pin(text: str) -> bool:
    return PIN.fullmatch(text) is not None


def whose_pin(people: Sequence[Person], watching: str, wanted: str) -> list[str]:
    """The profiles any of whose PINs lets `wanted` be picked while `watching` watches; empty: it is picked without.

    A profile's own PIN is asked for whoever comes. One that has none is left to everybody, but for children: where a grown-up
    has a PIN, a child leaves its profile with a grown-up's only, be it to no profile at all.
    """
    if wanted == watching:
        return []
    here = {each.profile_id: each for each in people}
    if wanted in here and here[wanted].has_pin:
        return [wanted]
    if watching in here and here[watching].kids:
        return grown_ups_pins(people)
    return []


def grown_ups_pins(people: Sequence[Person]) -> list[str]:
    return [each.profile_id for each in people if each.has_pin and not each.kids]


def after_another(tries: Tries, now_ms: int) -> Tries:
    """As it stands once one more was counted, right or wrong."""
    count = tries.count + 1
    late = count - FREE_TRIES
    return Tries(count, now_ms + WAITS_MS[min(late, len(WAITS_MS) - 1)] if late >= 0 else 0)


def one_less(tries: Tries) -> Tries:
    """As it stood before one that was never looked at."""
    count = max(0, tries.count - 1)
    return Tries(count, 0 if count < FREE_TRIES else tries.wait_until_ms)


def tries_left(tries: Tries) -> int:
    """Before the next wrong one makes wait."""
    return max(0, FREE_TRIES - tries.count)
