"""One watching of one title, gathered from the stretches that were told of it."""

import msgspec

from matinee.insight.streams.fact import Fact, Watched

ENOUGH_MS = 120_000
"""Who watched so long, or half of what is shorter than twice that, has watched it."""

TELL_EVERY_MS = 60_000
TENTHS = 10


class View(msgspec.Struct, array_like=True, gc=False):
    view_id: str
    profile_id: str
    title_id: str
    began_ms: int  # as the first fact of it has it; stays, for history is sorted by it
    last_ms: int
    runtime_ms: int = 0
    watched_ms: int = 0
    position_ms: int = 0
    furthest_ms: int = 0
    finished: bool = False
    over: bool = False
    device: str = ""
    country: str = ""
    mark_ms: int = 0  # goes up whenever this is told: of two tellings the higher holds
    # What was told of it, and counted.
    told_ms: int = -1  # watched_ms then
    tenth: int = -1  # how far it came, once it counts; -1: it does not count yet

    @property
    def counts(self) -> bool:
        return self.tenth >= 0

    @property
    def permille(self) -> int:
        """How far it came."""
        if self.finished:
            return 1000
        return min(1000, self.furthest_ms * 1000 // self.runtime_ms) if self.runtime_ms > 0 else 0

    def is_enough(self) -> bool:
        enough_ms = min(ENOUGH_MS, self.runtime_ms // 2) if self.runtime_ms > 0 else ENOUGH_MS
        return self.finished or self.watched_ms >= max(enough_ms, 1)


def begun(fact: Fact, watched: Watched) -> View:
    """Before its first stretch."""
    began_ms = max(fact.at_ms - watched.watched_ms, 0)
    return View(fact.view_id, fact.profile_id, fact.title_id, began_ms, began_ms)


def hear(view: View, fact: Fact, watched: Watched) -> bool:
    """Adds a stretch. True when it is time to tell of it: first, each minute watched, finished, over."""
    news = view.told_ms < 0 or (watched.finished and not view.finished) or watched.over
    view.watched_ms += watched.watched_ms
    if watched.runtime_ms > view.runtime_ms:
        view.runtime_ms = watched.runtime_ms
    if watched.position_ms > view.furthest_ms:
        view.furthest_ms = watched.position_ms
    if fact.at_ms >= view.last_ms:
        # Of two stretches the later one says where it stands.
        view.last_ms, view.position_ms, view.over = fact.at_ms, watched.position_ms, watched.over
        view.country = fact.teller.country
        view.device = " on ".join(filter(None, (fact.teller.browser, fact.teller.system)))
    view.finished = view.finished or watched.finished
    return news or view.watched_ms - view.told_ms >= TELL_EVERY_MS


def telling(view: View, heard_ms: int) -> View:
    """A copy to be told, with a mark higher than the last."""
    view.mark_ms = max(view.mark_ms + 1, heard_ms)
    view.told_ms = view.watched_ms
    return msgspec.structs.replace(view)


def later(one: View, other: View) -> View:
    return one if one.mark_ms > other.mark_ms else other
