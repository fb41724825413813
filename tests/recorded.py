"""Recorded hours: what the players and pages of a small town told, as it stands on the log, late and doubled facts included.

Everything follows from a seed. A view is a story: Play is pressed in a row that came into sight, the first picture stands, the
film is watched in stretches, the rung changes, the picture stalls, and it ends. Some take out what they watched, in the midst of
it or after. Some facts are heard hours after they happened, some are told again, with another time of hearing and, as clocks go,
a time of happening some milliseconds off, on either side of an hour's end. `once` is what there was to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from matinee.contracts import events_pb2 as pb
from matinee.ports.log import Entry

HOUR_MS = 3_600_000
START_MS = 1_790_000_000_000 // HOUR_MS * HOUR_MS
BROWSERS, SYSTEMS, NETWORKS = (
    ("Firefox 142", "Chrome 140", "Safari 26"),
    ("Linux", "Android", "macOS"),
    ("wifi", "cellular", "ethernet"),
)
COUNTRIES, BOXES = ("DE", "IN", "US"), ("a", "b")
RUNGS = ((360, 800_000), (720, 2_600_000), (1080, 5_200_000))
MINUTE_MS = 60_000
FOLLOWING_MS = 20 * MINUTE_MS


@dataclass
class Recorded:
    """Facts in the order in which they were appended; `once` has each of them a single time, as it was told first."""

    ledger: list[pb.PlayerFact] = field(default_factory=list[pb.PlayerFact])
    telemetry: list[pb.PlayerFact] = field(default_factory=list[pb.PlayerFact])
    plays: list[pb.PlayFact] = field(default_factory=list[pb.PlayFact])

    def entries(self, topic: str) -> list[Entry]:
        """As the house appends them: the ledger by profile, telemetry by view, plays by title."""
        if topic == "ledger":
            return [Entry(fact.profile_id, fact.SerializeToString()) for fact in self.ledger]
        if topic == "telemetry":
            return [Entry(fact.view_id or fact.producer_id, fact.SerializeToString()) for fact in self.telemetry]
        return [Entry(fact.granted.title_id or fact.ended.title_id, fact.SerializeToString()) for fact in self.plays]

    def once(self) -> "Recorded":
        def first(facts: Sequence[pb.PlayerFact]) -> list[pb.PlayerFact]:
            return list({(fact.producer_id, fact.sequence): fact for fact in reversed(facts)}.values())[::-1]

        plays = list({fact.SerializeToString(): fact for fact in self.plays}.values())
        return Recorded(first(self.ledger), first(self.telemetry), plays)


class _Tab:
    """One browser's tab while one profile watches: it counts its facts, topic by topic."""

    def __init__(self, dice: Random, number: int, profiles: int) -> None:
        profile = number % profiles
        home = Random(profile)
        self.producer_id = f"tab-{number:012d}"
        self.account_id, self.profile_id = f"account-{profile // 2:04d}", f"profile-{profile:04d}"
        self.teller = pb.Teller(
            browser=dice.choice(BROWSERS),
            system=dice.choice(SYSTEMS),
            app="web 0.6.0",
            network=dice.choice(NETWORKS),
            country=home.choice(COUNTRIES),
        )
        self.told: dict[str, list[pb.PlayerFact]] = {"ledger": [], "telemetry": []}

    def tell(self, topic: str, at_ms: int, view_id: str = "", title_id: str = "", **what: Any) -> None:
        fact = pb.PlayerFact(
            producer_id=self.producer_id,
            sequence=len(self.told[topic]) + 1,
            account_id=self.account_id,
            profile_id=self.profile_id,
            view_id=view_id,
            title_id=title_id,
            at_ms=at_ms,
            heard_ms=at_ms,
            teller=self.teller,
            **what,
        )
        self.told[topic].append(fact)


def recorded(
    seed: int, views: int = 120, profiles: int = 40, titles: int = 25, hours: int = 1, late: float = 0.05, doubled: float = 0.05
) -> Recorded:
    """So many views that begin within so many hours from START_MS; parts of the facts are heard late, or told twice."""
    dice, found = Random(seed), Recorded()
    heard = dict[str, list[tuple[int, int, pb.PlayerFact]]](ledger=[], telemetry=[])
    for number in range(views):
        tab = _Tab(dice, number, profiles)
        title = f"title-{min(int(dice.paretovariate(1.0)), titles):03d}"
        at_ms = START_MS + dice.randrange(hours * HOUR_MS)
        _view(dice, tab, f"view-{number:06d}", title, at_ms, found)
        for topic, facts in tab.told.items():
            heard[topic] += [each for fact in facts for each in _heard(dice, fact, late, doubled)]
    heard["ledger"] += _hidden(Random(seed), [fact for _, _, fact in heard["ledger"]], doubled)
    for topic, facts in heard.items():
        getattr(found, topic).extend(fact for _, _, fact in sorted(facts, key=lambda each: each[:2]))
    found.plays += dice.sample(found.plays, k=round(len(found.plays) * doubled))
    return found


def _view(dice: Random, tab: _Tab, view_id: str, title_id: str, at_ms: int, found: Recorded) -> None:
    row, arm = dice.choice(("trending", "for you", "top")), dice.choice(("live", "candidate"))
    seen = pb.RowSeen(
        page_id=f"page {view_id}", page="home", row_id=row, row=dice.randrange(8), title_ids=[title_id, "title-000"]
    )
    seen.model, seen.propensity, seen.trial, seen.arm = "blend 12", 1.0, "t1", arm
    seen.teams.extend((arm, "candidate" if arm == "live" else "live"))
    tab.tell("telemetry", at_ms - 5_000, row_seen=seen)
    tab.tell("telemetry", at_ms, view_id, title_id, play_asked=pb.PlayAsked(row_id=row, row=seen.row, trial="t1", arm=arm))
    owner = {"account_id": tab.account_id, "profile_id": tab.profile_id, "title_id": title_id, "edition_id": f"{title_id}-e"}
    found.plays.append(pb.PlayFact(granted=pb.PlayGranted(view_id=view_id, at_ms=at_ms, **owner)))
    waited_ms = round(dice.lognormvariate(7, 0.6))
    if dice.random() < 0.05:
        tab.tell("telemetry", at_ms + waited_ms, view_id, title_id, left=pb.Left(before_start=True, waited_ms=waited_ms))
    else:
        at_ms = _watch(dice, tab, view_id, title_id, at_ms + waited_ms, waited_ms)
    found.plays.append(pb.PlayFact(ended=pb.PlayEnded(view_id=view_id, at_ms=at_ms, **owner)))


def _watch(dice: Random, tab: _Tab, view_id: str, title_id: str, at_ms: int, join_ms: int) -> int:
    """Minute by minute; when it ended."""
    runtime_ms, box, (height, bitrate_bps) = dice.randrange(3, 40) * MINUTE_MS, dice.choice(BOXES), dice.choice(RUNGS)
    begun = pb.PlayBegan(join_ms=join_ms, height=height, bitrate_bps=bitrate_bps, box_id=box)
    tab.tell("telemetry", at_ms, view_id, title_id, play_began=begun)
    far = pb.Measured(join_ms=join_ms, box_id=box)
    rungs = {height: 0}
    minutes = min(dice.randrange(1, 30), runtime_ms // MINUTE_MS)
    for minute in range(1, minutes + 1):
        at_ms += MINUTE_MS
        if dice.random() < 0.1:
            before, (height, bitrate_bps) = height, dice.choice(RUNGS)
            change = pb.RungChanged(from_height=before, to_height=height, bitrate_bps=bitrate_bps)
            tab.tell("telemetry", at_ms, view_id, title_id, rung_changed=change)
            far.switches += 1
        if dice.random() < 0.05:
            stall = pb.Stalled(stalled_ms=dice.randrange(200, 9_000), position_ms=minute * MINUTE_MS, box_id=box)
            tab.tell("telemetry", at_ms, view_id, title_id, stalled=stall)
            far.stalls, far.stalled_ms, at_ms = far.stalls + 1, far.stalled_ms + stall.stalled_ms, at_ms + stall.stalled_ms
        rungs[height] = rungs.get(height, 0) + MINUTE_MS
        far.playing_ms, far.bits = far.playing_ms + MINUTE_MS, far.bits + bitrate_bps * 60
        del far.rungs[:]
        far.rungs.extend(pb.Rung(height=each, playing_ms=ms) for each, ms in rungs.items())
        tab.tell("telemetry", at_ms, view_id, title_id, measured=far)
        last = minute == minutes
        stretch = pb.Watched(position_ms=minute * MINUTE_MS, runtime_ms=runtime_ms, watched_ms=MINUTE_MS, over=last)
        stretch.finished = last and minute * MINUTE_MS >= runtime_ms * 9 // 10
        tab.tell("ledger", at_ms, view_id, title_id, watched=stretch)
    if dice.random() < 0.04:
        failed = pb.Failed(code=dice.choice(("shaka 1001", "media 4")), fatal=dice.random() < 0.5, box_id=box)
        tab.tell("telemetry", at_ms, view_id, title_id, failed=failed)
    tab.tell("telemetry", at_ms, view_id, title_id, left=pb.Left())
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        thumb = dice.choice((pb.Thumbed.DOWN, pb.Thumbed.UP, pb.Thumbed.LOVE, pb.Thumbed.NONE))
        at_ms += 1_000
        tab.tell("ledger", at_ms, "", title_id, thumbed=pb.Thumbed(thumb=thumb))
    return at_ms


def _hidden(dice: Random, ledger: Sequence[pb.PlayerFact], doubled: float) -> list[tuple[int, int, pb.PlayerFact]]:
    """After one stretch in sixty somebody takes out that title, or (the first who does, and some) all that was watched.

    The house says so, and its outbox perhaps twice, word for word.
    """
    stretches = [fact for fact in ledger if fact.HasField("watched")]
    told = list[tuple[int, int, pb.PlayerFact]]()
    for number, fact in enumerate(dice.sample(stretches, k=max(2, len(stretches) // 60))):
        at_ms = fact.at_ms + 1 + dice.randrange(dice.choice((MINUTE_MS, HOUR_MS)))
        hidden = pb.PlayerFact(
            producer_id=f"hides {number:04d}",
            sequence=1,
            account_id=fact.account_id,
            profile_id=fact.profile_id,
            at_ms=at_ms,
            heard_ms=at_ms,
            hidden=pb.Hidden(title_ids=[fact.title_id, "title-000"] if number % 6 else []),
        )
        told += [(at_ms, 1, hidden)] * (2 if dice.random() < doubled else 1)
    return told


def _heard(dice: Random, fact: pb.PlayerFact, late: float, doubled: float) -> list[tuple[int, int, pb.PlayerFact]]:
    """When it is heard, once or twice; with what breaks the tie."""
    delay_ms = dice.randrange(HOUR_MS) + FOLLOWING_MS if dice.random() < late else dice.randrange(2_500)
    fact.heard_ms = fact.at_ms + delay_ms
    told = [(fact.heard_ms, fact.sequence, fact)]
    if dice.random() < doubled:
        again = pb.PlayerFact()
        again.CopyFrom(fact)
        again.heard_ms = fact.heard_ms + dice.choice((10, 3_000, HOUR_MS))
        # Its clock was set right anew; near an hour's end that is another hour.
        again.at_ms = fact.at_ms + dice.randrange(-400, 400)
        told.append((again.heard_ms, again.sequence, again))
    return told
