"""What a job is given: one fact that a player or a page told, in plain structs. `reading.py` makes them of the log's bytes.

They know no protobuf, so that a job runs wherever Python does; the words are those of `events.proto`, units in the names.
"""

import msgspec


class Watched(msgspec.Struct, frozen=True, gc=False):
    position_ms: int
    runtime_ms: int
    watched_ms: int
    finished: bool = False
    over: bool = False


class Thumbed(msgspec.Struct, frozen=True, gc=False):
    thumb: int  # 0 taken back, 1 down, 2 up, 3 love


class Hidden(msgspec.Struct, frozen=True, gc=False):
    title_ids: tuple[str, ...] = ()  # none: all that was watched


class PlayAsked(msgspec.Struct, frozen=True, gc=False):
    row_id: str = ""
    trial: str = ""
    arm: str = ""


class PlayBegan(msgspec.Struct, frozen=True, gc=False):
    join_ms: int
    height: int = 0
    box_id: str = ""


class Paused(msgspec.Struct, frozen=True, gc=False):
    position_ms: int
    resumed: bool = False


class Sought(msgspec.Struct, frozen=True, gc=False):
    from_ms: int
    to_ms: int


class RungChanged(msgspec.Struct, frozen=True, gc=False):
    from_height: int
    to_height: int
    by_hand: bool = False


class Stalled(msgspec.Struct, frozen=True, gc=False):
    stalled_ms: int
    position_ms: int = 0
    box_id: str = ""


class Failed(msgspec.Struct, frozen=True, gc=False):
    code: str
    fatal: bool = False
    box_id: str = ""


class Measured(msgspec.Struct, frozen=True, gc=False):
    """Sums since the view began."""

    playing_ms: int = 0
    stalled_ms: int = 0
    stalls: int = 0
    switches: int = 0
    failures: int = 0
    join_ms: int = 0
    bits: int = 0
    dropped_frames: int = 0
    box_id: str = ""


class Left(msgspec.Struct, frozen=True, gc=False):
    before_start: bool = False
    waited_ms: int = 0


class RowSeen(msgspec.Struct, frozen=True, gc=False):
    page: str
    row_id: str
    row: int = 0
    title_ids: tuple[str, ...] = ()
    trial: str = ""
    arm: str = ""
    teams: tuple[str, ...] = ()


Ledger = Watched | Thumbed | Hidden
Telemetry = PlayAsked | PlayBegan | Paused | Sought | RungChanged | Stalled | Failed | Measured | Left | RowSeen
What = Ledger | Telemetry


class Teller(msgspec.Struct, frozen=True, gc=False):
    browser: str = ""
    system: str = ""
    app: str = ""
    network: str = ""
    country: str = ""


class Fact(msgspec.Struct, frozen=True, gc=False):
    producer_id: str
    sequence: int
    profile_id: str
    view_id: str
    title_id: str
    at_ms: int
    heard_ms: int
    teller: Teller
    what: What
