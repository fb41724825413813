"""A real Flink on this machine makes the tables that the small runner makes (`make test-flink`)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from insight.evening import Tables, kept
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.flink.engine import Task, flink, record
from matinee.insight.flink.tables import tables_in
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams import keeping, versions
from matinee.insight.streams.job import Delta, Job, combined, path
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.views import View
from matinee.insight.streams.watching import WATCHING
from recorded import recorded

pytestmark = [pytest.mark.flink]
TOLD = recorded(seed=47, views=60, late=0.1, doubled=0.1)
JOBS = (WATCHING, PLAYING)
SOON_S = 60.0


@pytest.fixture(scope="module")
def on_flink(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Tables]:
    """By job, the tables of the recorded hour; Flink runs both at once."""
    folder = tmp_path_factory.mktemp("flink")
    for job in JOBS:
        record((entry.value for entry in TOLD.entries(job.topic)), folder / f"{job.topic}.facts")
    flink().run([Task(job, folder / f"{job.topic}.facts", folder / job.name) for job in JOBS])
    return {job.name: tables_in(folder / job.name, job) for job in JOBS}


@dataclass
class Small:
    """The small runner; history, which it gives away, is gathered beside."""

    sql: SqliteSql
    log: SqliteLog
    history: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def run(self, job: Job, until: Callable[[Any], bool], facts: Sequence[Any] = ()) -> Tables:
        """Its tables once a condition on the store holds; the facts come while it runs, a few at a time."""
        runner = Runner(job, self.sql, self.log, SystemClock(), {"history": self.keep_history} if job is WATCHING else {})
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


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
async def test_a_recorded_hour_is_the_same_on_every_engine(on_flink: Mapping[str, Tables], job: Job, tmp_path: Path) -> None:
    """Late and doubled facts included: on the small runner as they come, in a backfill from the log's start, and on Flink."""
    small = Small(SqliteSql(tmp_path / "insight.db"), SqliteLog(tmp_path / "log.db"))
    await small.sql.install(MIGRATIONS)
    facts, again = TOLD.entries(job.topic), replace(job, version=job.version + 1)
    live = await small.run(job, lambda db: sum(keeping.offsets(db, keeping.run_of(job)).values()) == len(facts), facts)
    backfilled = await small.run(again, lambda db: versions.serves(db, again))
    await small.log.close()
    await small.sql.close()
    assert backfilled == live
    given_away = {"history": {key: row for (_, key), row in small.history.items()}} if job is WATCHING else {}
    assert on_flink[job.name] == live | given_away
    assert all(live[name] for name, table in job.tables.items() if not table.in_rows)
