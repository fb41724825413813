"""A real Flink on this machine makes the tables that the small runner makes (`make test-flink`)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from insight.evening import Tables
from insight.flink_machine import JOBS, TOLD, histories_of, on_the_small_runner
from matinee.insight.flink.engine import Task, flink, record
from matinee.insight.flink.tables import tables_in
from matinee.insight.streams.job import Job

pytestmark = [pytest.mark.flink]


@pytest.fixture(scope="module")
def on_flink(tmp_path_factory: pytest.TempPathFactory, brief_java: None) -> Mapping[str, Tables]:
    """By job, the tables of the recorded hour; Flink runs both at once."""
    folder = tmp_path_factory.mktemp("flink")
    for job in JOBS:
        record((entry.value for entry in TOLD.entries(job.topic)), folder / f"{job.topic}.facts")
    flink().run([Task(job, folder / f"{job.topic}.facts", folder / job.name) for job in JOBS])
    return {job.name: tables_in(folder / job.name, job) for job in JOBS}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
async def test_a_recorded_hour_is_the_same_on_every_engine(on_flink: Mapping[str, Tables], job: Job, tmp_path: Path) -> None:
    """Late and doubled facts and what was taken out included: on the small runner as they come, in a backfill from the log's
    start, and on Flink. What a page of history shows can be read off Flink's tables, too."""
    small = await on_the_small_runner(job, tmp_path)
    assert small.backfilled == small.live
    assert on_flink[job.name] == small.live
    assert all(small.live.values())
    assert histories_of(on_flink[job.name]) == small.histories
    views = small.live.get("history", {})
    assert sum(map(len, small.histories.values())) < len(views) or not views, "some were taken out"
