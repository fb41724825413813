"""The job `playing`: of telemetry, told by views, come sessions, quality windows, and what rows were seen.

A fact heard too late for its minute still counts for its session; of the windows it is left out, and counted as late.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from matinee.insight.streams import buckets, firsts, once, qoe, quality, sights
from matinee.insight.streams.counts import sum_of
from matinee.insight.streams.fact import Fact, PlayAsked, RowSeen
from matinee.insight.streams.firsts import First
from matinee.insight.streams.hours import as_key, hour_of, is_late, minute_of
from matinee.insight.streams.job import Delta, Job, Table, path, told
from matinee.insight.streams.qoe import Session
from matinee.insight.streams.quality import NOTHING, Quality
from matinee.insight.streams.sights import Sight


class Minute(msgspec.Struct, array_like=True, gc=False):
    """The newest minute of a view, for its place in the histogram of rebuffering: under one rung and box, those it began with."""

    minute: int
    of: list[tuple[str, str]]
    playing_ms: int = 0
    stalled_ms: int = 0
    bucket: int = 0


class Behind(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """A session behind the figures of an hour; the later mark holds."""

    mark: int
    badness: int


class Player(msgspec.Struct, array_like=True):
    """What is known of a view, or of a page, to understand the next fact."""

    heard: dict[str, once.Window] = {}
    session: Session | None = None
    minute: Minute | None = None
    listed: tuple[int, int, int, str] = (-1, 0, 0, "")  # hour, badness, height and box under which it stands behind figures


def key(fact: Fact) -> str:
    return fact.view_id or fact.producer_id


def step(state: Player | None, fact: Fact) -> tuple[Player, Sequence[Delta]]:
    player = state or Player()
    if not once.first_heard(player.heard, fact):
        return player, ()
    deltas = _seen(fact)
    if fact.view_id:
        if player.session is None:
            player.session = qoe.begun(fact)
        deltas += _played(player, player.session, fact)
    if is_late(fact):
        deltas.append(Delta("late", as_key(hour_of(fact.heard_ms)), 1))
    return player, deltas


def _played(player: Player, session: Session, fact: Fact) -> list[Delta]:
    worth = qoe.hear(session, fact)
    deltas = [Delta("sessions", session.view_id, msgspec.structs.replace(session, timeline=list(session.timeline)))]
    if is_late(fact):
        return deltas
    of = _dimensions(session)
    place, its = _place(player, fact, worth, of)
    if its == of:
        # As nearly always: one addition instead of two.
        worth, place = quality.merged(worth, place), NOTHING
    deltas += _in_windows(fact, worth, of) + _in_windows(fact, place, its)
    return deltas + _behind(player, session, fact, of)


def _in_windows(fact: Fact, worth: Quality, of: Sequence[tuple[str, str]]) -> list[Delta]:
    if worth == NOTHING:
        return []
    minute, hour = as_key(minute_of(fact.at_ms)), as_key(hour_of(fact.at_ms))
    minutes = [Delta("minutes", path(dimension, minute, value), worth) for dimension, value in of]
    return minutes + [Delta("hours", path(dimension, hour, value), worth) for dimension, value in of]


def _dimensions(session: Session) -> list[tuple[str, str]]:
    of = {
        "title": session.title_id,
        "rung": str(session.height or ""),
        "box": session.box_id,
        "network": session.network,
        "browser": session.browser,
        "app": session.app,
        "country": session.country,
    }
    return list(quality.dimensions(of))


def _place(player: Player, fact: Fact, worth: Quality, of: list[tuple[str, str]]) -> tuple[Quality, Sequence[tuple[str, str]]]:
    """How the view's place in the histogram of this minute changes, and under what; a minute that is past stays as it was."""
    minute, now = player.minute, minute_of(fact.at_ms)
    if not (worth.playing_ms or worth.stalled_ms) or (minute and now < minute.minute):
        return NOTHING, ()
    new = minute is None or now > minute.minute
    if minute is None or new:
        minute = player.minute = Minute(now, of)
    minute.playing_ms += worth.playing_ms
    minute.stalled_ms += worth.stalled_ms
    before, bucket = minute.bucket, buckets.bucket_of(minute.stalled_ms * 1000 // (minute.playing_ms + minute.stalled_ms))
    minute.bucket = bucket
    if new:
        return Quality(view_minutes=1, rebuffering={bucket: 1}), minute.of
    return (Quality(rebuffering={before: -1, bucket: 1}), minute.of) if bucket != before else (NOTHING, ())


def _behind(player: Player, session: Session, fact: Fact, of: Sequence[tuple[str, str]]) -> list[Delta]:
    """Under which figures the session is found; said anew when that, or how bad it is, changes."""
    listed = (hour_of(fact.at_ms), session.badness, session.height, session.box_id)
    if listed == player.listed or listed[0] < player.listed[0]:
        return []
    player.listed = listed
    hour, behind = as_key(listed[0]), Behind(session.mark, session.badness)
    return [Delta("behind", path(dimension, value, hour, session.view_id), behind) for dimension, value in of]


def _seen(fact: Fact) -> list[Delta]:
    """Rows that came into sight, what was played from them, and what that says of two arms of a trial."""
    match fact.what:
        case RowSeen() as seen:
            sight, row_id, trial = Sight(seen=1, titles=len(seen.title_ids)), seen.row_id, seen.trial
            arms = [seen.arm, *dict.fromkeys(seen.teams)]
            deltas = list[Delta]()
        case PlayAsked(row_id, trial, arm) if row_id:
            sight, arms = Sight(plays=1), [arm]
            deltas = _vote(fact, trial, arm)
        case _:
            return []
    deltas.append(Delta("sights", path(as_key(hour_of(fact.at_ms)), told(row_id)), sight))
    if trial:
        unit = firsts.unit(trial, fact.profile_id)
        deltas += [Delta("votes", path(told(trial), told(arm), unit), sight) for arm in dict.fromkeys(filter(None, arms))]
    return deltas


def _vote(fact: Fact, trial: str, arm: str) -> list[Delta]:
    if not trial or not arm:
        return []
    voter = firsts.voter(trial, fact.profile_id, fact.at_ms)
    return [Delta("firsts", path(told(trial), voter), First(fact.at_ms, told(arm)))]


def _table(name: str, value: Any, merge: Any, **more: Any) -> tuple[str, Table]:
    return name, Table(name, value, merge, **more)


TABLES = dict(
    (
        _table("sessions", Session, qoe.later, whole=True, kept_days=8),
        _table("behind", Behind, max, whole=True, kept_days=8),
        _table("minutes", Quality, quality.merged, kept_days=3),
        _table("hours", Quality, quality.merged, lasts=True, kept_days=400),
        _table("sights", Sight, sights.merged, lasts=True, kept_days=100),
        _table("votes", Sight, sights.merged, lasts=True, kept_days=100),
        _table("firsts", First, min, lasts=True, kept_days=100),
        _table("late", int, sum_of, kept_days=30),
    )
)

PLAYING = Job("playing", 1, "telemetry", Player, key, step, TABLES, state_kept_days=8)
