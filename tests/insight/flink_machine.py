"""What tests of Flink share: the recorded hour, its tables as the small runner makes them, and ways to kill parts of a Flink."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from insight.evening import Tables, kept
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.gone_profiles import GoneProfiles
from matinee.insight.history import History, key_of
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams import hiding, keeping, versions
from matinee.insight.streams.job import Delta, Job, combined, parted, path
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.runner import Outlet, Runner
from matinee.insight.streams.views import View
from matinee.insight.streams.watching import WATCHING
from recorded import recorded

TOLD = recorded(seed=47, views=60, late=0.1, doubled=0.1)
JOBS = (WATCHING, PLAYING)
SOON_S = 60.0


@dataclass(frozen=True)
class Hour:
    """The tables of a job as the facts came and in a backfill; of each profile what a page of its history shows in the end."""

    live: Tables
    backfilled: Tables
    histories: dict[str, list[View]]


@dataclass
class Small:
    """The small runner, as `collect` has it; what it gives away is gathered beside."""

    sql: SqliteSql
    log: SqliteLog
    rows: SqliteRows
    given_away: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    async def run(self, job: Job, until: Callable[[Any], bool], facts: Sequence[Any] = ()) -> Tables:
        """Its tables once a condition on the store holds; the facts come while it runs, a few at a time."""
        gone = GoneProfiles(self.sql, SystemClock(), History(self.rows), JOBS)
        taken_by = {"history": gone.keep_history, "erased": gone.erase_history}
        outlets = {name: partial(self.give, name, taken_by[name]) for name, table in job.tables.items() if table.in_rows}
        runner = Runner(job, self.sql, self.log, SystemClock(), outlets)
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

    async def give(self, table: str, taken: Outlet, values: Sequence[Any]) -> None:
        about = [each.view_id if table == "history" else each.title_id for each in values]
        keys = [path(each.profile_id, of) for each, of in zip(values, about, strict=True)]
        deltas = [Delta(table, key, value) for key, value in zip(keys, values, strict=True)]
        combined(WATCHING.tables, deltas, self.given_away)
        await taken(values)


async def on_the_small_runner(job: Job, folder: Path) -> Hour:
    """As the facts came, and in a backfill by the job's next version; with what the runner gives away."""
    small = Small(SqliteSql(folder / "insight.db"), SqliteLog(folder / "log.db"), SqliteRows(folder / "rows.db"))
    await small.sql.install(MIGRATIONS)
    facts, again = TOLD.entries(job.topic), replace(job, version=job.version + 1)
    live = await small.run(job, lambda db: sum(keeping.offsets(db, keeping.run_of(job)).values()) == len(facts), facts)
    for name, key in small.given_away:
        live[name][key] = small.given_away[name, key]
    backfilled = await small.run(again, lambda db: versions.serves(db, again))
    backfilled |= {name: live[name] for name, table in job.tables.items() if table.in_rows}
    profiles = {parted(key)[0] for key in live.get("history", {})}
    histories = {each: (await History(small.rows).page(each, 200))[0] for each in profiles}
    for store in (small.log, small.sql, small.rows):
        await store.close()
    return Hour(live, backfilled, {profile: views for profile, views in histories.items() if views})


def histories_of(tables: Tables) -> dict[str, list[View]]:
    """What a job's tables say that a page of history shows: each view, but what was taken out; the latest first."""
    found = dict[str, list[View]]()
    for view in sorted(tables.get("history", {}).values(), key=key_of):
        if not hiding.covers(tables["hidden"].get(view.profile_id, {}), view.title_id, view.last_ms):
            found.setdefault(view.profile_id, []).append(view)
    return found


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
