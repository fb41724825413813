"""What tests of Flink share: the recorded hour, its tables as the small runner makes them, and ways to kill parts of a Flink."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from insight.evening import Tables, kept
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams import keeping, versions
from matinee.insight.streams.job import Delta, Job, combined, path
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.views import View
from matinee.insight.streams.watching import WATCHING
from recorded import recorded

TOLD = recorded(seed=47, views=60, late=0.1, doubled=0.1)
JOBS = (WATCHING, PLAYING)
SOON_S = 60.0


@dataclass
class Small:
    """The small runner; history, which it gives away, is gathered beside."""

    sql: SqliteSql
    log: SqliteLog
    history: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def run(self, job: Job, until: Callable[[Any], bool], facts: Sequence[Any] = ()) -> Tables:
        """Its tables once a condition on the store holds; the facts come while it runs, a few at a time."""
        runner = Runner(job, self.sql, self.log, SystemClock(), {"history": self.keep_history} if job.personal else {})
        running = asyncio.create_task(runner.keep_running())
        for first in range(0, len(facts), 150):
            await self.log.append(job.topic, facts[first : first + 150])
            await asyncio.sleep(0)
        async with asyncio.timeout(SOON_S):
            while not await self.sql.read(until):
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return await kept(job, self.sql)

    async def keep_history(self, views: Sequence[View]) -> None:
        deltas = [Delta("history", path(view.profile_id, view.view_id), view) for view in views]
        combined(WATCHING.tables, deltas, self.history)


async def on_the_small_runner(job: Job, folder: Path) -> tuple[Tables, Tables]:
    """As the facts came, and in a backfill by the job's next version; with what the runner gives away."""
    small = Small(SqliteSql(folder / "insight.db"), SqliteLog(folder / "log.db"))
    await small.sql.install(MIGRATIONS)
    facts, again = TOLD.entries(job.topic), replace(job, version=job.version + 1)
    live = await small.run(job, lambda db: sum(keeping.offsets(db, keeping.run_of(job)).values()) == len(facts), facts)
    given_away = {name: {key: row for (_, key), row in small.history.items()} for name in job.tables if name == "history"}
    backfilled = await small.run(again, lambda db: versions.serves(db, again))
    await small.log.close()
    await small.sql.close()
    return live | given_away, backfilled | given_away


def offspring(pid: int) -> list[int]:
    """A process's children and theirs, those furthest down last."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found[1:]


def kill(pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def steps_of(pid: int) -> list[int]:
    """The processes in which a Flink runs our steps: what its Java began."""
    return [each for each in offspring(pid) if b"pyflink.fn_execution" in _words(each) or b"beam" in _words(each)]


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
