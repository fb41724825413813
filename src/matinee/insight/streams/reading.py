"""From the log's bytes to the facts of jobs."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from matinee.contracts.events_pb2 import PlayerFact
from matinee.insight.streams import fact as facts
from matinee.insight.streams.fact import Fact, Teller

MADE_OF: Mapping[str, Callable[[Any], facts.What]] = {
    "watched": lambda told: facts.Watched(told.position_ms, told.runtime_ms, told.watched_ms, told.finished, told.over),
    "thumbed": lambda told: facts.Thumbed(told.thumb),
    "hidden": lambda told: facts.Hidden(tuple(told.title_ids)),
    "play_asked": lambda told: facts.PlayAsked(told.row_id, told.trial, told.arm),
    "play_began": lambda told: facts.PlayBegan(told.join_ms, told.height, told.box_id),
    "paused": lambda told: facts.Paused(told.position_ms, told.resumed),
    "sought": lambda told: facts.Sought(told.from_ms, told.to_ms),
    "rung_changed": lambda told: facts.RungChanged(told.from_height, told.to_height, told.by_hand),
    "stalled": lambda told: facts.Stalled(told.stalled_ms, told.position_ms, told.box_id),
    "failed": lambda told: facts.Failed(told.code, told.fatal, told.box_id),
    "measured": lambda told: facts.Measured(
        told.playing_ms,
        told.stalled_ms,
        told.stalls,
        told.switches,
        told.failures,
        told.join_ms,
        told.bits,
        told.dropped_frames,
        told.box_id,
    ),
    "left": lambda told: facts.Left(told.before_start, told.waited_ms),
    "row_seen": lambda told: facts.RowSeen(
        told.page, told.row_id, told.row, tuple(told.title_ids), told.trial, told.arm, tuple(told.teams)
    ),
}


def read(value: bytes) -> Fact | None:
    """None for what is no fact of a player, is of no profile, or of a kind that this version does not know yet."""
    try:
        told = PlayerFact.FromString(value)
    except DecodeError:
        return None
    kind = told.WhichOneof("what")
    if kind not in MADE_OF or not told.producer_id or not told.profile_id:
        return None
    what = MADE_OF[kind](getattr(told, kind))
    by = told.teller
    return Fact(
        told.producer_id,
        told.sequence,
        told.profile_id,
        told.view_id,
        told.title_id,
        told.at_ms,
        told.heard_ms,
        Teller(by.browser, by.system, by.app, by.network, by.country),
        what,
    )
