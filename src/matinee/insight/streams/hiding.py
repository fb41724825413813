"""What somebody took out of what they watched: each title since when, or all that was until then.

Watched again, a title counts again: what was taken out is what happened up to that moment. The same is known in the end whatever
order it is heard in.
"""

from collections.abc import Mapping

import msgspec

ALL = ""
"""As a title: every one."""

MOST_TITLES = 1000

Hidden = dict[str, int]
"""By title, when it was taken out, in ms."""


class Erased(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """To be taken out of a profile's history: views of that title that ended by then."""

    at_ms: int
    profile_id: str
    title_id: str


def merged(one: Hidden, other: Hidden) -> Hidden:
    hidden = dict(one)
    for title_id, at_ms in other.items():
        hidden[title_id] = max(at_ms, hidden.get(title_id, 0))
    if len(hidden) > MOST_TITLES:
        latest = sorted(hidden, key=lambda each: (each == ALL, hidden[each], each))[-MOST_TITLES:]
        hidden = {title_id: hidden[title_id] for title_id in latest}
    return hidden


def covers(hidden: Mapping[str, int], title_id: str, last_ms: int) -> bool:
    """Whether what was last watched then is taken out."""
    return last_ms <= out_ms(hidden, title_id)


def out_ms(hidden: Mapping[str, int], title_id: str) -> int:
    """Up to when what was watched of it is taken out."""
    return max(hidden.get(title_id, 0), hidden.get(ALL, 0))
