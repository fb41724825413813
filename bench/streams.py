"""What the jobs over players' facts cost: alone, with a runner that keeps their tables, and from a fact to its table."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.row import Row

from matinee.contracts import events_pb2 as pb
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams.job import Job, combined
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.reader import TableReader
from matinee.insight.streams.reading import read
from matinee.insight.streams.runner import MOST_AT_ONCE, Runner
from matinee.insight.streams.watching import WATCHING
from matinee.ports.log import Entry, Position, Read

GOAL = 50_000.0
FACTS = 50_000
PROFILES = 1000
TOLD = 200
SOON_MS = 100.0
NOW_MS = 1_790_000_000_000
TELLER = pb.Teller(browser="Firefox 142", system="Linux", app="web 0.6.0", network="wifi", country="DE")


def rows() -> Iterator[Row]:
    """CPU of the process; facts as they come: a thousand who watch at once, each heard of every ten seconds."""
    watched, measured = list(_facts("watched")), list(_facts("measured"))
    yield Row("view job: decoded, stepped, added up, against the goal", _alone(WATCHING, watched), GOAL, "facts per CPU-s")
    decoded = _rate(watched, lambda: [read(value) for value in watched])
    yield Row("view job, against decoding alone", _alone(WATCHING, watched), decoded, "facts per CPU-s")
    yield Row("session and quality job, against the goal", _alone(PLAYING, measured), GOAL, "facts per CPU-s")
    kept = asyncio.run(_kept(WATCHING, watched))
    yield Row("view job with states, tables and offsets in SQLite, against the goal", kept, GOAL, "facts per CPU-s")
    yield Row("from a fact told to a table that has it, median, against the promise", asyncio.run(_soon()), SOON_MS, "ms")


def _facts(kind: str) -> Iterator[bytes]:
    for number in range(FACTS):
        who, turn = number % PROFILES, number // PROFILES + 1
        what: dict[str, Any] = {"watched": pb.Watched(position_ms=turn * 10_000, runtime_ms=5_400_000, watched_ms=10_000)}
        if kind == "measured":
            sums = {"playing_ms": turn * 9_900, "stalled_ms": turn * 100, "join_ms": 700, "bits": turn * 10**7}
            what = {"measured": pb.Measured(box_id="ab"[who % 2], **sums)}
        at_ms = NOW_MS + turn * 10_000
        yield pb.PlayerFact(
            producer_id=f"producer-{who:08d}",
            sequence=turn,
            account_id=f"account-{who:08d}",
            profile_id=f"profile-{who:08d}",
            view_id=f"view-{who:08d}",
            title_id=f"title-{who % 200:08d}",
            at_ms=at_ms,
            heard_ms=at_ms + 900,
            teller=TELLER,
            **what,
        ).SerializeToString()


def _rate(facts: Sequence[bytes], work: Any) -> float:
    began = time.process_time()
    work()
    return len(facts) / (time.process_time() - began)


def _alone(job: Job, facts: Sequence[bytes]) -> float:
    def work() -> None:
        states = dict[str, Any]()
        for first in range(0, len(facts), MOST_AT_ONCE):
            into = dict[tuple[str, str], Any]()
            for value in facts[first : first + MOST_AT_ONCE]:
                if fact := read(value):
                    key = job.key(fact)
                    states[key], deltas = job.step(states.get(key), fact)
                    combined(job.tables, deltas, into)

    return _rate(facts, work)


async def _kept(job: Job, facts: Sequence[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        sql, log = SqliteSql(Path(folder, "insight.db")), SqliteLog(Path(folder, "log.db"))
        await sql.install(MIGRATIONS)
        runner = Runner(job, sql, log, SystemClock())
        await runner.begin()
        reads = [Read(Position(0, number), Entry("", value)) for number, value in enumerate(facts)]
        began = time.process_time()
        for first in range(0, len(reads), MOST_AT_ONCE):
            await runner.take(reads[first : first + MOST_AT_ONCE])
        spent = time.process_time() - began
        await sql.close()
        await log.close()
    return len(facts) / spent


async def _soon() -> float:
    """By the wall, in ms; whoever looks, looks every two of them."""
    with tempfile.TemporaryDirectory() as folder:
        sql, log = SqliteSql(Path(folder, "insight.db")), SqliteLog(Path(folder, "log.db"))
        await sql.install(MIGRATIONS)
        running = asyncio.create_task(Runner(WATCHING, sql, log, SystemClock()).keep_running())
        tables, waits = TableReader(sql, WATCHING), list[float]()
        for number in range(TOLD):
            fact = pb.PlayerFact(producer_id="p", sequence=number + 1, profile_id=f"p{number}", title_id="t", at_ms=1, heard_ms=1)
            fact.thumbed.thumb = pb.Thumbed.UP
            began = time.perf_counter()
            await log.append("ledger", [Entry(fact.profile_id, fact.SerializeToString())])
            while not await tables.get("taste", [fact.profile_id]):  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            waits.append((time.perf_counter() - began) * 1000)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await sql.close()
        await log.close()
    return sorted(waits)[len(waits) // 2]
