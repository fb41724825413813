"""What a player or a page may tell of itself, as it travels in JSON: names are those of events.proto in camel case, times are
milliseconds and sizes bounded here. What stands in a fact beside this is not looked at: newer pages talk to older houses."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

MOST_FACTS = 500
"""Of each class in one batch: more would not fit into what the front door takes anyway."""
LONGEST_FILM_MS = 48 * 3_600_000
MOST_WATCHED_MS = 60_000
LONGEST_WAIT_MS = 10 * 60_000

LONGEST_NAME = 40
Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
"""Of what letters, is asked by the rules: once for all facts that share it, for asking costs as much as reading a fact."""
Named = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}\Z")]
# No control characters: PostgreSQL keeps no "\0", and a log has one line for each line.
Words = Annotated[str, Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Hour = Annotated[int, Meta(ge=0, le=2**53)]
Film = Annotated[int, Meta(ge=0, le=LONGEST_FILM_MS)]
Wait = Annotated[int, Meta(ge=0, le=LONGEST_WAIT_MS)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Place = Annotated[int, Meta(ge=0, le=10_000)]
Lines = Annotated[int, Meta(ge=0, le=10_000)]
Bits = Annotated[int, Meta(ge=0, le=10**15)]
Chance = Annotated[float, Meta(ge=0, le=1)]


class Watched(Struct, rename="camel", gc=False):
    position_ms: Film
    watched_ms: Annotated[int, Meta(ge=0, le=MOST_WATCHED_MS)]
    runtime_ms: Film = 0
    finished: bool = False
    over: bool = False


class Thumbed(Struct, rename="camel", gc=False):
    thumb: Literal["NONE", "DOWN", "UP", "LOVE"]


class PlayAsked(Struct, rename="camel", gc=False):
    row_id: Words = ""
    row: Place = 0
    place: Place = 0
    trial: Words = ""
    arm: Words = ""


class PlayBegan(Struct, rename="camel", gc=False):
    join_ms: Wait
    height: Lines = 0
    bitrate_bps: Bits = 0
    box_id: Name = ""


class Paused(Struct, rename="camel", gc=False):
    position_ms: Film
    resumed: bool = False


class Sought(Struct, rename="camel", gc=False):
    from_ms: Film
    to_ms: Film


class RungChanged(Struct, rename="camel", gc=False):
    to_height: Lines
    from_height: Lines = 0
    bitrate_bps: Bits = 0
    by_hand: bool = False


class Stalled(Struct, rename="camel", gc=False):
    stalled_ms: Wait
    position_ms: Film
    box_id: Name = ""


class Failed(Struct, rename="camel", gc=False):
    code: Words
    fatal: bool = False
    box_id: Name = ""


class Rung(Struct, rename="camel", gc=False):
    height: Lines
    playing_ms: Film


class Measured(Struct, rename="camel", gc=False):
    playing_ms: Film = 0
    stalled_ms: Film = 0
    stalls: Count = 0
    switches: Count = 0
    failures: Count = 0
    join_ms: Wait = 0
    bits: Bits = 0
    dropped_frames: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    rungs: Annotated[list[Rung], Meta(max_length=30)] = []
    box_id: Name = ""
    waiting_ms: Wait = 0


class Left(Struct, rename="camel", gc=False):
    before_start: bool = False
    waited_ms: Wait = 0


class RowSeen(Struct, rename="camel", gc=False):
    page_id: Named
    page: Words
    row_id: Words
    row: Place = 0
    title_ids: Annotated[list[Named], Meta(max_length=100)] = []
    model: Words = ""
    propensity: Chance = 1.0
    trial: Words = ""
    arm: Words = ""
    teams: Annotated[list[Words], Meta(max_length=100)] = []


class Told(Struct, gc=False):
    """What every fact says: its number, counted by the teller for each class, and when it happened by the teller's clock."""

    seq: Sequence
    at: Hour
    view: Name = ""
    title: Name = ""


class LedgerFact(Told, rename="camel", gc=False):
    watched: Watched | None = None
    thumbed: Thumbed | None = None


class TelemetryFact(Told, rename="camel", gc=False):
    play_asked: PlayAsked | None = None
    play_began: PlayBegan | None = None
    paused: Paused | None = None
    sought: Sought | None = None
    rung_changed: RungChanged | None = None
    stalled: Stalled | None = None
    failed: Failed | None = None
    measured: Measured | None = None
    left: Left | None = None
    row_seen: RowSeen | None = None
