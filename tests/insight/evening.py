"""An evening of facts, dealt by dice: profiles that watch, pause, go on elsewhere and say what they think."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

from matinee.contracts import events_pb2 as pb
from matinee.insight.streams import job as jobs
from matinee.insight.streams.job import Job
from matinee.insight.streams.reader import TableReader
from matinee.insight.streams.reading import read
from matinee.ports.log import Entry, Position, Read
from matinee.ports.sql import Sql

NOW_MS = 1_700_000_000_000
RUNTIME_MS = 600_000
TITLES = ("heat", "ran", "alien", "up", "big")
Tables = dict[str, dict[str, Any]]


def fact(producer: str, sequence: int, at_ms: int, *, heard_ms: int = 0, profile: str = "asha", **what: Any) -> pb.PlayerFact:
    """`what` names the kind and what else the fact says: watched=Watched(…), view_id="v1"."""
    teller = pb.Teller(browser="Firefox 142", system="Linux", app="web 0.6.0", network="wifi", country="DE")
    return pb.PlayerFact(
        producer_id=producer,
        sequence=sequence,
        profile_id=profile,
        at_ms=at_ms,
        heard_ms=heard_ms or at_ms + 500,
        teller=teller,
        **what,
    )


def ledger(dice: random.Random, profiles: int = 3, facts: int = 40) -> list[list[pb.PlayerFact]]:
    """For each profile its facts in order. Some were heard an hour late, some are about a view told of long before."""
    evening = list[list[pb.PlayerFact]]()
    for number in range(profiles):
        told, at_ms, view, position_ms = list[pb.PlayerFact](), NOW_MS + dice.randrange(10**6), 0, 0
        title = dice.choice(TITLES)
        for sequence in range(1, facts + 1):
            at_ms += dice.choice((10_000, 10_000, 60_000))
            late_ms = 3_600_000 if dice.random() < 0.1 else 500
            about = {"profile": f"p{number}", "heard_ms": at_ms + late_ms}
            if dice.random() < 0.1:
                thumb = pb.Thumbed(thumb=dice.randrange(4))  # pyright: ignore[reportArgumentType]
                told.append(fact(f"tab{number}", sequence, at_ms, title_id=dice.choice(TITLES), thumbed=thumb, **about))
                continue
            if dice.random() < 0.1:
                view, position_ms, title = view + 1, 0, dice.choice(TITLES)
            position_ms = min(position_ms + dice.choice((10_000, 10_000, 50_000)), RUNTIME_MS)
            finished, over = position_ms > 0.95 * RUNTIME_MS, dice.random() < 0.1
            watched = pb.Watched(position_ms=position_ms, runtime_ms=RUNTIME_MS, watched_ms=10_000, finished=finished, over=over)
            seen = {"view_id": f"v{number}-{view}", "title_id": title, "watched": watched}
            told.append(fact(f"tab{number}", sequence, at_ms, **seen, **about))
        evening.append(told)
    return evening


def telemetry(dice: random.Random, views: int = 3, facts: int = 30) -> list[list[pb.PlayerFact]]:
    """For each view its facts in order."""
    evening = list[list[pb.PlayerFact]]()
    for number in range(views):
        at_ms, box = NOW_MS + dice.randrange(10**6), dice.choice("ab")
        sums = {"playing_ms": 0, "stalled_ms": 0, "stalls": 0, "join_ms": dice.randrange(100, 3000), "bits": 0}
        told = [fact(f"tab{number}", 1, at_ms, play_asked=pb.PlayAsked(row_id="new", trial="rows", arm=dice.choice("xy")))]
        for sequence in range(2, facts + 1):
            at_ms += 10_000
            sums["playing_ms"] += 9_000
            sums["bits"] += 5 * 10**7
            what: dict[str, Any] = {"measured": pb.Measured(box_id=box, **sums)}
            if dice.random() < 0.3:
                sums["stalled_ms"] += 700
                sums["stalls"] += 1
                what = {"stalled": pb.Stalled(stalled_ms=700, box_id=box)}
            elif dice.random() < 0.1:
                what = {"rung_changed": pb.RungChanged(from_height=360, to_height=dice.choice((360, 720)))}
            late_ms = 3_600_000 if dice.random() < 0.1 else 500
            told.append(fact(f"tab{number}", sequence, at_ms, heard_ms=at_ms + late_ms, **what))
        for each in told:
            each.view_id, each.title_id = f"v{number}", TITLES[number % len(TITLES)]
        evening.append(told)
    return evening


def mixed(dice: random.Random, told: Sequence[Sequence[pb.PlayerFact]]) -> list[pb.PlayerFact]:
    """All of them, in another order but for those of a key; some told again later."""
    left, order = [list(each) for each in told], list[pb.PlayerFact]()
    while any(left):
        order.append(dice.choice([each for each in left if each]).pop(0))
    for _ in range(len(order) // 5):
        first = dice.randrange(len(order))
        order.insert(dice.randrange(first, len(order)) + 1, order[first])
    return order


def entries(job: Job, facts: Iterable[pb.PlayerFact]) -> list[Entry]:
    return [
        Entry(each.profile_id if job.personal else each.view_id or each.producer_id, each.SerializeToString()) for each in facts
    ]


def reads(job: Job, facts: Iterable[pb.PlayerFact], first: int = 0) -> list[Read]:
    return [Read(Position(0, offset), entry) for offset, entry in enumerate(entries(job, facts), first)]


def worked_out(job: Job, facts: Iterable[pb.PlayerFact]) -> Tables:
    """What the job's steps make of them, by the plainest engine there is."""
    states, rows = dict[str, Any](), dict[tuple[str, str], Any]()
    for each in facts:
        if known := read(each.SerializeToString()):
            key = job.key(known)
            states[key], deltas = job.step(states.get(key), known)
            jobs.combined(job.tables, deltas, rows)
    return {table: {key: value for (name, key), value in rows.items() if name == table} for table in job.tables}


async def kept(job: Job, sql: Sql) -> Tables:
    """What lies in the store."""
    reader = TableReader(sql, job)
    return {name: dict(await reader.range(name, "", "\x7f")) for name in job.tables}


def stored(job: Job, tables: Tables) -> Tables:
    """Without what is kept elsewhere."""
    return {name: {} if job.tables[name].in_rows else rows for name, rows in tables.items()}
