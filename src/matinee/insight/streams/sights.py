"""What came into sight, and what was played from there."""

import msgspec


class Sight(msgspec.Struct, frozen=True, array_like=True, gc=False):
    seen: int = 0
    titles: int = 0  # how many stood in it, all in all
    plays: int = 0


def merged(one: Sight, other: Sight) -> Sight:
    return Sight(one.seen + other.seen, one.titles + other.titles, one.plays + other.plays)
