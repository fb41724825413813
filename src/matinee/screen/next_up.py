"""Which episode comes next: what Play starts on a series, what follows an episode, what stands in Keep watching.

One bookmark per episode is all there is to go by, and the latest of them speaks for the series: whoever went back to an
old episode means to go on from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SPECIALS = 0


@dataclass(frozen=True)
class Episode:
    title_id: str
    season: int  # 0: specials
    number: int
    playable: bool


@dataclass(frozen=True)
class Watched:
    """How far somebody came in one title, and when."""

    at_ms: int
    finished: bool


def in_order(episodes: Sequence[Episode]) -> list[Episode]:
    """As one watches them: season by season, specials last, for nobody begins with the outtakes."""
    return sorted(episodes, key=lambda each: (each.season == SPECIALS, each.season, each.number, each.title_id))


def after(episodes: Sequence[Episode], title_id: str) -> Episode | None:
    """The first playable episode after `title_id`; None after the last. Specials do not follow the story by themselves."""
    ordered = in_order(episodes)
    here = next((place for place, each in enumerate(ordered) if each.title_id == title_id), None)
    if here is None:
        return None
    is_special = ordered[here].season == SPECIALS
    later = ordered[here + 1 :]
    return next((each for each in later if each.playable and (each.season == SPECIALS) == is_special), None)


def next_up(episodes: Sequence[Episode], watched: Mapping[str, Watched]) -> Episode | None:
    """The episode to go on with: the one left unfinished, the one after a finished one, or the first.

    None when the series was watched to its end, or none of it can be played; `first` begins it anew.
    """
    seen = [each for each in episodes if each.title_id in watched]
    if not seen:
        return first(episodes)
    latest = max(seen, key=lambda each: (watched[each.title_id].at_ms, each.title_id))
    if watched[latest.title_id].finished:
        return after(episodes, latest.title_id)
    return latest if latest.playable else after(episodes, latest.title_id)


def first(episodes: Sequence[Episode]) -> Episode | None:
    return next((each for each in in_order(episodes) if each.playable), None)
