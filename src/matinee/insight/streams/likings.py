"""A profile's taste as facts have it: the last two hundred titles, how far each was watched and what was said of it.

Whatever order facts come in, the same is known in the end: the furthest, the latest, and the thumb that was given last.
"""

from collections.abc import Mapping

import msgspec

MOST_TITLES = 200
DOWN, UP, LOVE = 1, 2, 3
SAID: Mapping[int, float] = {DOWN: 0.0, UP: 1.5, LOVE: 2.0}
UNWATCHED = 0.5
"""What a good word weighs for a title that was not watched here."""


class Thumb(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    at_ms: int = 0
    thumb: int = 0


NO_THUMB = Thumb()


class Liking(msgspec.Struct, frozen=True, array_like=True, gc=False):
    last_ms: int  # when it was watched; 0: never
    permille: int = 0  # of its length, at the furthest
    thumb: Thumb = NO_THUMB

    @property
    def at_ms(self) -> int:
        return max(self.last_ms, self.thumb.at_ms)


Taste = dict[str, Liking]


def last_said(one: Thumb, other: Thumb) -> Thumb:
    """Of two thumbs at one instant the higher."""
    return max(one, other)


def both(one: Liking, other: Liking) -> Liking:
    return Liking(max(one.last_ms, other.last_ms), max(one.permille, other.permille), max(one.thumb, other.thumb))


def merged(one: Taste, other: Taste) -> Taste:
    taste = dict(one)
    for title_id, liking in other.items():
        taste[title_id] = both(taste[title_id], liking) if title_id in taste else liking
    if len(taste) > MOST_TITLES:
        latest = sorted(taste, key=lambda each: (taste[each].at_ms, each))[-MOST_TITLES:]
        taste = {title_id: taste[title_id] for title_id in latest}
    return taste


def since(liking: Liking, out_ms: int) -> Liking | None:
    """What is left of it when what happened up to then was taken out: what was said later, of a title that was not watched."""
    if liking.last_ms > out_ms:
        return liking
    return Liking(0, 0, liking.thumb) if liking.thumb.at_ms > out_ms else None


def weight(liking: Liking) -> float:
    """What a title says of who watched it, from 0 to 2: how far they came, times what they said."""
    said = SAID.get(liking.thumb.thumb)
    if liking.permille == 0:
        return UNWATCHED * said if said else 0.0
    return liking.permille / 1000 * (1.0 if said is None else said)
