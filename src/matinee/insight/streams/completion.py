"""How far those come who begin a title: views by tenth, and how many reached the credits."""

import msgspec

from matinee.insight.streams.counts import added


class Completion(msgspec.Struct, frozen=True, array_like=True):
    views: int = 0
    finished: int = 0
    tenths: dict[int, int] = {}  # how many views came just so far: 0 to 10 tenths


def merged(one: Completion, other: Completion) -> Completion:
    return Completion(one.views + other.views, one.finished + other.finished, added(one.tenths, other.tenths))


def counted(tenth: int) -> Completion:
    """A view begins to count, this far in."""
    return Completion(views=1, tenths={tenth: 1})


def moved(before: int, after: int) -> Completion:
    """One that counts came further."""
    return Completion(tenths={before: -1, after: 1})
