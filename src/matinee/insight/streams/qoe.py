"""One view's quality of experience, in the words of CTA-2066 (Streaming Quality of Experience Events, Properties and Metrics).

Video startup time (join), rebuffering (stalls, but those at the start and after a seek), rendition switches, exits before video
start and playback failures. Sums are told by the player as sums since the view began; each telling is worth what it has beyond
the one before, so that one that is lost or comes late harms nothing.
"""

import msgspec

from matinee.insight.streams import buckets
from matinee.insight.streams.fact import (
    Fact,
    Failed,
    Left,
    Measured,
    Paused,
    PlayAsked,
    PlayBegan,
    RungChanged,
    Sought,
    Stalled,
)
from matinee.insight.streams.quality import Quality

MOST_MOMENTS = 200
"""Of a timeline; what comes after is counted only."""


class Moment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that happened in a view: what, and a number or a word that goes with it."""

    at_ms: int
    what: str
    detail: str = ""


class Session(msgspec.Struct, array_like=True):
    view_id: str
    title_id: str
    began_ms: int
    last_ms: int = 0
    join_ms: int = 0  # 0: it has not begun
    playing_ms: int = 0
    stalled_ms: int = 0
    stalls: int = 0
    switches: int = 0
    failures: int = 0
    fatal: int = 0
    bits: int = 0
    dropped_frames: int = 0
    height: int = 0  # of the rung that plays
    box_id: str = ""
    network: str = ""
    browser: str = ""
    system: str = ""
    app: str = ""
    country: str = ""
    left: bool = False
    exited_before_start: bool = False
    waited_ms: int = 0
    timeline: list[Moment] = []
    untold: int = 0  # moments beyond those of the timeline
    mark: int = 0  # counts up with each fact

    @property
    def stalled_permille(self) -> int:
        """CTA-2066's rebuffering percentage, in tenths."""
        whole_ms = self.playing_ms + self.stalled_ms
        return self.stalled_ms * 1000 // whole_ms if whole_ms > 0 else 0

    @property
    def badness(self) -> int:
        """From 0, in steps that are coarse enough to stay: by this the worst views behind a figure are found first."""
        bad = 100_000 * (self.fatal > 0) + 50_000 * self.exited_before_start
        return buckets.bucket_of(bad + 20 * self.stalled_permille + self.join_ms // 100)


def begun(fact: Fact) -> Session:
    return Session(fact.view_id, fact.title_id, fact.at_ms)


def later(one: Session, other: Session) -> Session:
    return one if one.mark > other.mark else other


def hear(session: Session, fact: Fact) -> Quality:
    """Adds a fact; what it is worth in the windows of its time."""
    session.mark += 1
    session.last_ms = max(session.last_ms, fact.at_ms)
    teller = fact.teller
    session.network, session.browser, session.system = teller.network, teller.browser, teller.system
    session.app, session.country = teller.app, teller.country
    if box_id := getattr(fact.what, "box_id", ""):
        session.box_id = box_id
    worth = _worth(session, fact)
    # Play was pressed, whether or not the fact that says so was lost.
    return msgspec.structs.replace(worth, attempts=1) if session.mark == 1 else worth


def _worth(session: Session, fact: Fact) -> Quality:
    match fact.what:
        case PlayAsked():
            _remember(session, fact, "asked")
        case PlayBegan(join_ms, height):
            session.height = height or session.height
            _remember(session, fact, "began", str(join_ms))
            return _joined(session, join_ms)
        case Paused(position_ms, resumed):
            _remember(session, fact, "resumed" if resumed else "paused", str(position_ms))
        case Sought(from_ms, to_ms):
            _remember(session, fact, "sought", f"{from_ms} {to_ms}")
        case RungChanged(from_height, to_height, by_hand):
            session.height = to_height or session.height
            _remember(session, fact, "rung by hand" if by_hand else "rung", f"{from_height} {to_height}")
        case Stalled(stalled_ms):
            _remember(session, fact, "stalled", str(stalled_ms))
        case Failed(code, fatal):
            _remember(session, fact, "failed" if fatal else "faltered", code)
            session.fatal += fatal
            return Quality(fatal=int(fatal))
        case Measured() as measured:
            return _measured(session, measured)
        case Left(before_start, waited_ms):
            _remember(session, fact, "left", str(waited_ms) if before_start else "")
            first = before_start and not session.exited_before_start
            session.left, session.exited_before_start = True, session.exited_before_start or before_start
            session.waited_ms = max(session.waited_ms, waited_ms)
            return Quality(exits_before_start=int(first))
        case _:
            pass
    return Quality()


def _joined(session: Session, join_ms: int) -> Quality:
    """The first to say so counts."""
    if session.join_ms or join_ms <= 0:
        return Quality()
    session.join_ms = join_ms
    return Quality(starts=1, joins={buckets.bucket_of(join_ms): 1})


def _measured(session: Session, measured: Measured) -> Quality:
    worth = _joined(session, measured.join_ms)
    return Quality(
        starts=worth.starts,
        joins=worth.joins,
        playing_ms=_beyond(session, measured, "playing_ms"),
        stalled_ms=_beyond(session, measured, "stalled_ms"),
        stalls=_beyond(session, measured, "stalls"),
        switches=_beyond(session, measured, "switches"),
        failures=_beyond(session, measured, "failures"),
        bits=_beyond(session, measured, "bits"),
        dropped_frames=_beyond(session, measured, "dropped_frames"),
    )


def _beyond(session: Session, measured: Measured, name: str) -> int:
    """What a sum has beyond the one before; nothing when it comes late."""
    now, before = getattr(measured, name), getattr(session, name)
    if now <= before:
        return 0
    setattr(session, name, now)
    return now - before


def _remember(session: Session, fact: Fact, what: str, detail: str = "") -> None:
    """In the order of their hours, though they are heard in another."""
    if len(session.timeline) >= MOST_MOMENTS:
        session.untold += 1
        return
    session.timeline.append(Moment(fact.at_ms, what, detail))
    if len(session.timeline) > 1 and session.timeline[-2].at_ms > fact.at_ms:
        session.timeline.sort(key=lambda moment: moment.at_ms)
