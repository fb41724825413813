"""What of a batch of told facts is taken: which are refused and why, when each happened, how many an account may tell.

A batch numbers its facts of each class without a gap, from the oldest that was not acknowledged. One that cannot be taken is
refused and acknowledged all the same, so that it never keeps the others waiting; a batch with a gap is refused whole, for the
highest number in it would acknowledge what was never told.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, astuple, fields

from matinee.screen.told_facts import MOST_FACTS, LedgerFact, Measured, TelemetryFact, Thumbed, Told, Watched

Class = Literal["ledger", "telemetry"]
Reason = Literal["malformed", "unknown", "ambiguous", "nameless", "old"]
REASONS: Mapping[Reason, str] = {
    "malformed": "a part is missing, of another kind, or out of bounds",
    "unknown": "it says nothing that this house knows",
    "ambiguous": "it says several things at once",
    "nameless": "it is of no view or no title",
    "old": "it happened more than seven days ago",
}
KEPT_MS = 7 * 24 * 3_600_000
"""As long as the log keeps facts: what comes later could not be told from what was counted already."""
LONGEST_APP = 40
NETWORKS = ("wifi", "cellular", "ethernet")
PRODUCER = re.compile(r"[A-Za-z0-9_-]{16,40}")
NAME = re.compile(r"[A-Za-z0-9_-]*")
FACTS_PER_MINUTE = 6_000
"""Of one account, and at once: five screens that were away for an evening have told all of it within a few minutes."""
FACTS_PER_MS = FACTS_PER_MINUTE / 60_000
SHARED = len(Told.__struct_fields__)
WHAT: Mapping[type[Struct], str] = {
    get_args(field.type)[0]: field.name for told in (LedgerFact, TelemetryFact) for field in fields(told)[SHARED:]
}
"""What the field of events.proto is called in which this stands."""
OF_A_TITLE: frozenset[type[Struct]] = frozenset((Watched, Thumbed))
F = TypeVar("F", bound=Told)


class Unreadable(Exception):
    """Nothing of the batch can be taken; the text says what to send instead."""


class Taken(Struct, frozen=True, gc=False):
    """`at_ms` is by the house's clock; `what` names the field of events.proto, and `said` what stands in it."""

    sequence: int
    at_ms: int
    view_id: str
    title_id: str
    what: str
    said: dict[str, Any]


class Answer(Struct, frozen=True, gc=False):
    """Of each class the highest number, which is acknowledged; 0 where there was nothing."""

    ledger: int
    telemetry: int
    refused: Mapping[Reason, int]


class Heard(Struct, frozen=True, gc=False):
    """A batch, sorted out."""

    producer_id: str
    profile_id: str
    app: str
    network: str
    ledger: Sequence[Taken]
    telemetry: Sequence[Taken]
    answer: Answer


class _Head(Struct, rename="camel", gc=False):
    producer: str
    profile: str
    app: str = ""
    network: str = ""
    sent_at: int | None = None


class _Batch(_Head, gc=False):
    ledger: list[LedgerFact] = []
    telemetry: list[TelemetryFact] = []


class _Parts(_Head, gc=False):
    """The same, its facts yet to be read: for a batch of which some cannot be."""

    ledger: list[msgspec.Raw] = []
    telemetry: list[msgspec.Raw] = []


class _Numbered(Struct, gc=False):
    seq: int


_batch = msgspec.json.Decoder(_Batch)
_parts = msgspec.json.Decoder(_Parts)
_ledger = msgspec.json.Decoder(LedgerFact)
_telemetry = msgspec.json.Decoder(TelemetryFact)
_numbered = msgspec.json.Decoder(_Numbered)
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Read = Sequence[Told | int | None]
"""Facts; of those that cannot be read the number, if at least that can."""


def hear(body: bytes, heard_ms: int) -> Heard:
    """Sorts out one batch; raises Unreadable."""
    head, ledger, telemetry = _read(body)
    if max(len(ledger), len(telemetry)) > MOST_FACTS:
        raise Unreadable(f"Send {MOST_FACTS} facts of a class at most, the oldest first.")
    sent_ms = heard_ms if head.sent_at is None else head.sent_at
    refused: dict[Reason, int] = {}
    taken_ledger, highest_ledger = _sort_out("ledger", ledger, sent_ms, heard_ms, refused)
    taken_telemetry, highest_telemetry = _sort_out("telemetry", telemetry, sent_ms, heard_ms, refused)
    return Heard(
        producer_id=head.producer,
        profile_id=head.profile,
        app=_plain(head.app[:LONGEST_APP]),
        network=head.network if head.network in NETWORKS else "",
        ledger=taken_ledger,
        telemetry=taken_telemetry,
        answer=Answer(highest_ledger, highest_telemetry, refused),
    )


def _read(body: bytes) -> tuple[_Head, Read, Read]:
    """At one go, as nearly every batch can be; else fact by fact."""
    try:
        batch = _batch.decode(body)
    except UNREADABLE:
        pass
    else:
        return batch, batch.ledger, batch.telemetry
    try:
        parts = _parts.decode(body)
    except UNREADABLE as error:
        raise Unreadable("Send a JSON object with producer and profile as text, ledger and telemetry as lists.") from error
    return parts, [_one(raw, _ledger) for raw in parts.ledger], [_one(raw, _telemetry) for raw in parts.telemetry]


def _one(raw: msgspec.Raw, decoder: msgspec.json.Decoder[F]) -> F | int | None:
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        pass
    try:
        return _numbered.decode(raw).seq
    except UNREADABLE:
        return None


def _sort_out(which: Class, facts: Read, sent_ms: int, heard_ms: int, refused: dict[Reason, int]) -> tuple[list[Taken], int]:
    """The facts that are taken, and the highest number there was."""
    first = _first_number(facts)
    if first is None:
        if facts:
            refused["malformed"] = refused.get("malformed", 0) + len(facts)
        return [], 0
    taken: list[Taken] = []
    for number, fact in enumerate(facts, first):
        if ((fact or number) if fact is None or isinstance(fact, int) else fact.seq) != number:
            raise Unreadable(f"The facts of {which} have a gap before or after number {number}: send them all, in order.")
        if fact is None or isinstance(fact, int):
            refused["malformed"] = refused.get("malformed", 0) + 1
            continue
        says: list[Struct] = list(filter(None, astuple(fact)[SHARED:]))
        age_ms = sent_ms - fact.at if fact.at < sent_ms else 0
        if reason := _wrong_with(fact, says, age_ms):
            refused[reason] = refused.get(reason, 0) + 1
            continue
        taken.append(Taken(number, heard_ms - age_ms, fact.view, fact.title, WHAT[type(says[0])], _said(says[0])))
    return taken, first + len(facts) - 1


def _first_number(facts: Read) -> int | None:
    for place, fact in enumerate(facts):
        if fact is not None:
            return (fact if isinstance(fact, int) else fact.seq) - place
    return None


def _wrong_with(fact: Told, says: Sequence[Struct], age_ms: int) -> Reason | None:
    if len(says) != 1:
        return "ambiguous" if says else "unknown"
    what = says[0]
    if not (_is_name(fact.view) and _is_name(fact.title) and _is_name(getattr(what, "box_id", ""))):
        return "malformed"
    kind = type(what)
    if (not fact.title and kind in OF_A_TITLE) or (not fact.view and kind is Watched):
        return "nameless"
    return "old" if age_ms > KEPT_MS else None


def _said(what: Struct) -> dict[str, Any]:
    said = asdict(what)
    if type(what) is Measured:
        said["rungs"] = [asdict(rung) for rung in what.rungs]
    return said


@functools.lru_cache(maxsize=100_000)
def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


@functools.lru_cache(maxsize=1000)
def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


class Allowance(Struct, frozen=True, gc=False):
    """What an account may still tell, as of an hour: a bucket that is filled steadily."""

    left: float
    at_ms: int


class Wait(Struct, frozen=True, gc=False):
    until_ms: int


def had_by(before: Allowance | None, most: int, per_ms: float, now_ms: int) -> float:
    """What is in the bucket by now, which holds `most` and was full at first."""
    if before is None:
        return most
    if now_ms <= before.at_ms:
        return before.left
    return min(before.left + (now_ms - before.at_ms) * per_ms, most)


def spend(before: Allowance | None, facts: int, now_ms: int) -> Allowance | Wait:
    """For one batch, which costs one more than its facts."""
    left = had_by(before, FACTS_PER_MINUTE, FACTS_PER_MS, now_ms) - facts - 1
    return Allowance(left, now_ms) if left >= 0 else Wait(now_ms + int(-left / FACTS_PER_MS) + 1)
