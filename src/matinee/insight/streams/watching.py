"""The job `watching`: of the ledger's facts, told by profiles, come views, history, taste, and what is popular.

A view counts once it was watched for two minutes. For what is popular a profile counts once for a title and day, for the top ten
once for a title and week, however often it watches. What profiles go on to is counted from one view that counts to the next.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from matinee.insight.streams import completion, hiding, likings, once, popular, views
from matinee.insight.streams.completion import Completion
from matinee.insight.streams.counts import sum_of
from matinee.insight.streams.fact import Fact, Hidden, Thumbed, Watched
from matinee.insight.streams.hiding import Erased
from matinee.insight.streams.hours import DAY_MS, as_key, hour_of, is_late, week_of
from matinee.insight.streams.job import Delta, Job, Table, path
from matinee.insight.streams.likings import Liking, Taste, Thumb
from matinee.insight.streams.popular import EVERYWHERE, Popular
from matinee.insight.streams.views import TENTHS, View

HELD_VIEWS = 256
"""So many views of a profile may still be told of; one that was silent longer begins anew."""

FOLLOWS_WITHIN_MS = 30 * DAY_MS
MOST_COUNTED = 100
"""Titles a day that count of a profile for what everybody sees: nobody watches more, and a page may tell what it likes."""

NEVER = (-DAY_MS, -1)


class Watcher(msgspec.Struct, array_like=True):
    """What is known of a profile, to understand the next fact."""

    heard: dict[str, once.Window] = {}
    views: dict[str, View] = {}  # the one heard of last stands last
    counted: dict[str, tuple[int, int]] = {}  # by title: when it last counted as popular, and in which week for the top ten
    hidden: hiding.Hidden = {}
    last_title: str = ""
    last_ms: int = 0


def key(fact: Fact) -> str:
    return fact.profile_id


def step(state: Watcher | None, fact: Fact) -> tuple[Watcher, Sequence[Delta]]:
    watcher = state or Watcher()
    if isinstance(fact.what, Hidden):
        return watcher, _hidden(watcher, fact, fact.what)
    if not once.first_heard(watcher.heard, fact):
        return watcher, ()
    match fact.what:
        case Watched() as watched if fact.view_id and fact.title_id:
            deltas = _watched(watcher, fact, watched)
        case Thumbed(thumb) if fact.title_id:
            said = Thumb(fact.at_ms, thumb)
            deltas = [
                Delta("thumbs", path(fact.profile_id, fact.title_id), said),
                Delta("taste", fact.profile_id, {fact.title_id: Liking(0, 0, said)}),
            ]
        case _:
            deltas = []
    if is_late(fact):
        deltas.append(Delta("late", as_key(hour_of(fact.heard_ms)), 1))
    return watcher, deltas


def _watched(watcher: Watcher, fact: Fact, watched: Watched) -> list[Delta]:
    view = watcher.views.pop(fact.view_id, None)
    if view is None:
        view = views.begun(fact, watched)
        if len(watcher.views) >= HELD_VIEWS:
            del watcher.views[next(iter(watcher.views))]
    watcher.views[fact.view_id] = view
    was_finished = view.finished
    news = views.hear(view, fact, watched)
    deltas = list[Delta]()
    if not view.counts and view.is_enough():
        view.tenth = min(view.permille * TENTHS // 1000, TENTHS)
        deltas += _counts(watcher, view, fact)
        news = True
    elif view.counts and (tenth := min(view.permille * TENTHS // 1000, TENTHS)) > view.tenth:
        deltas.append(Delta("completion", view.title_id, completion.moved(view.tenth, tenth)))
        view.tenth = tenth
    if view.finished and not was_finished:
        deltas.append(Delta("completion", view.title_id, Completion(finished=1)))
    # Told late, of what was taken out of the history meanwhile, it is no news; watched on, it is told anew.
    if news and not hiding.covers(watcher.hidden, view.title_id, view.last_ms):
        copy = views.telling(view, fact.heard_ms)
        deltas.append(Delta("views", path(view.profile_id, view.view_id), copy))
        deltas.append(Delta("history", path(view.profile_id, view.view_id), copy))
        deltas.append(Delta("taste", view.profile_id, {view.title_id: Liking(view.last_ms, view.permille)}))
    return deltas


def _hidden(watcher: Watcher, fact: Fact, what: Hidden) -> list[Delta]:
    """However often it is told, it is the same."""
    since = dict.fromkeys(what.title_ids or (hiding.ALL,), fact.at_ms)
    watcher.hidden = hiding.merged(watcher.hidden, since)
    erased = [Erased(fact.at_ms, fact.profile_id, title_id) for title_id in since]
    return [
        Delta("hidden", fact.profile_id, since),
        *(Delta("erased", path(fact.profile_id, each.title_id), each) for each in erased),
    ]


def _counts(watcher: Watcher, view: View, fact: Fact) -> list[Delta]:
    """What changes when a view begins to count."""
    title_id, at_ms, week = view.title_id, fact.at_ms, week_of(fact.at_ms)
    countries = {EVERYWHERE, fact.teller.country}
    deltas = [Delta("completion", title_id, completion.counted(view.tenth))]
    if sum(at_ms - its[0] < DAY_MS for its in watcher.counted.values()) >= MOST_COUNTED:
        return deltas
    counted_ms, counted_week = watcher.counted.get(title_id, NEVER)
    if at_ms - counted_ms >= DAY_MS:
        counted_ms, one = at_ms, popular.one_view(at_ms)
        deltas += [Delta("popular", path(country, title_id), one) for country in countries]
    if week > counted_week:
        counted_week = week
        deltas += [Delta("top_ten", path(as_key(week), country, title_id), 1) for country in countries]
    watcher.counted = {each: its for each, its in watcher.counted.items() if its[1] >= week - 1}
    watcher.counted[title_id] = (counted_ms, counted_week)
    last, since_ms = watcher.last_title, at_ms - watcher.last_ms
    if last and last != title_id and 0 <= since_ms <= FOLLOWS_WITHIN_MS:
        deltas.append(Delta("followers", path(last, title_id), 1))
    if at_ms >= watcher.last_ms:
        watcher.last_title, watcher.last_ms = title_id, at_ms
    return deltas


def _table(name: str, value: Any, merge: Any, **more: Any) -> tuple[str, Table]:
    return name, Table(name, value, merge, **more)


TABLES = dict(
    (
        _table("views", View, views.later, whole=True, personal=True, kept_days=30),
        _table("history", View, views.later, whole=True, personal=True, in_rows=True),
        _table("taste", Taste, likings.merged, personal=True, lasts=True),
        _table("hidden", hiding.Hidden, hiding.merged, personal=True, lasts=True),
        _table("erased", Erased, max, personal=True, in_rows=True),
        _table("thumbs", Thumb, likings.last_said, personal=True, lasts=True),
        _table("popular", Popular, popular.merged, lasts=True, kept_days=popular.WEIGHTLESS_DAYS),
        _table("top_ten", int, sum_of, lasts=True, kept_days=100),
        _table("completion", Completion, completion.merged, lasts=True),
        _table("followers", int, sum_of, lasts=True, kept_days=400),
        _table("late", int, sum_of, kept_days=30),
    )
)

WATCHING = Job("watching", 1, "ledger", Watcher, key, step, TABLES, personal=True)
