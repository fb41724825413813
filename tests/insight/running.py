"""The runner: whatever dies, comes twice or comes too late, each fact has its effect once."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insight.evening import Tables, entries, fact, kept, ledger, mixed, reads, stored, telemetry, worked_out
from matinee.contracts import events_pb2 as pb
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams import keeping
from matinee.insight.streams.job import Job
from matinee.insight.streams.keeping import Fenced
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.popular import WEIGHTLESS_DAYS
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.views import View
from matinee.insight.streams.watching import WATCHING
from matinee.ports.log import Log, Read
from matinee.ports.sql import Sql, SqlUnavailable

SOON_S = 20.0


@dataclass
class Stage:
    sql: Sql
    log: SqliteLog

    def runner(self, job: Job = WATCHING, sql: Sql | None = None, log: Log | None = None) -> Runner:
        return Runner(job, sql or self.sql, log or self.log, SystemClock())

    async def until(self, job: Job, tables: Tables) -> None:
        """Waits until the store holds just these."""
        try:
            async with asyncio.timeout(SOON_S):
                while await kept(job, self.sql) != tables:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            assert await kept(job, self.sql) == tables


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(SqliteSql(tmp_path / "insight.db"), SqliteLog(tmp_path / "log.db"))
    await stage.sql.install(MIGRATIONS)
    yield stage
    await stage.sql.close()
    await stage.log.close()


def evening(seed: int = 1, profiles: int = 4) -> list[pb.PlayerFact]:
    dice = random.Random(seed)
    return mixed(dice, ledger(dice, profiles))


async def cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("job", [WATCHING, PLAYING], ids=lambda job: job.name)
async def test_what_was_told_is_in_the_tables(stage: Stage, job: Job) -> None:
    """Facts that come while the runner runs, and those that came before, are in the tables soon, as the steps have them."""
    dice = random.Random(2)
    told = mixed(dice, (ledger if job is WATCHING else telemetry)(dice))
    await stage.log.append(job.topic, entries(job, told[:50]))
    running = asyncio.create_task(stage.runner(job).keep_running())
    for first in range(50, len(told), 20):
        await stage.log.append(job.topic, entries(job, told[first : first + 20]))
        await asyncio.sleep(0)
    await stage.until(job, stored(job, worked_out(job, told)))
    await cancelled(running)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_a_backfill_gives_what_live_gave(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """All at once from the log's start, or in batches as they came, again and again: the tables are the same."""
    dice, folder = random.Random(seed), tmp_path_factory.mktemp("both")
    told = reads(WATCHING, evening(seed, 3))
    found = list[Tables]()
    for name in ("live", "backfill"):
        stage = Stage(SqliteSql(folder / f"{name}.db"), SqliteLog(folder / f"{name}.log"))
        await stage.sql.install(MIGRATIONS)
        runner, first = stage.runner(), 0
        await runner.begin()
        while first < len(told):
            last = len(told) if name == "backfill" else first + dice.randrange(1, 60)
            await runner.take(told[max(0, first - dice.randrange(20)) : last])
            if dice.random() < 0.3:
                runner = stage.runner()
                await runner.begin()
            first = last
        found.append(await kept(WATCHING, stage.sql))
        await stage.sql.close()
        await stage.log.close()
    assert found[0] == found[1]
    assert found[0]["taste"]


async def test_who_lost_his_partition_keeps_nothing(stage: Stage) -> None:
    """A runner that slept while another did its work is fenced: nothing of it is kept, and it goes on where the other stands."""
    told = evening()
    batch = reads(WATCHING, told)
    sleeper, heir = stage.runner(), stage.runner()
    await sleeper.begin()
    await sleeper.take(batch[:40])
    await heir.begin()
    await heir.take(batch[20:70])
    with pytest.raises(Fenced):
        await sleeper.take(batch[40:90])
    assert await kept(WATCHING, stage.sql) == stored(WATCHING, worked_out(WATCHING, told[:70]))
    await sleeper.begin()
    await sleeper.take(batch[30:])
    assert await kept(WATCHING, stage.sql) == stored(WATCHING, worked_out(WATCHING, told))


class Ailing:
    """A store that goes away at the third writing, after it was done or before, as when nobody heard the answer."""

    def __init__(self, sql: Sql, *, done: bool) -> None:
        self._sql, self._done, self._left = sql, done, 3

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sql, name)

    async def transact(self, work: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._done:
            raise SqlUnavailable("it went away")
        answer = await self._sql.transact(work)
        if self._left == 0:
            raise SqlUnavailable("it went away")
        return answer


@pytest.mark.parametrize("done", [True, False], ids=["kept", "lost"])
async def test_a_store_that_went_away_loses_and_doubles_nothing(stage: Stage, done: bool) -> None:
    """Whether what was being kept was kept, or not: the runner, begun again, finds out, and goes on from there."""
    told = evening()
    await stage.log.append("ledger", entries(WATCHING, told[:60]))
    runner = stage.runner(sql=Ailing(stage.sql, done=done))  # pyright: ignore[reportArgumentType]  # all it is asked for
    running = asyncio.create_task(runner.keep_running())
    await stage.until(WATCHING, stored(WATCHING, worked_out(WATCHING, told[:60])))
    await stage.log.append("ledger", entries(WATCHING, told[60:]))
    with pytest.raises(SqlUnavailable):
        await asyncio.wait_for(running, SOON_S)
    running = asyncio.create_task(runner.keep_running())
    await stage.until(WATCHING, stored(WATCHING, worked_out(WATCHING, told)))
    await cancelled(running)


async def test_what_nobody_understands_stops_nothing(stage: Stage) -> None:
    """Bytes that are no fact, and facts of a later version, are passed by."""
    told = evening()
    batch = reads(WATCHING, told[:50])
    strange = [b"\xff\xff no fact", b"", fact("tab", 1, 5).SerializeToString()]
    middle = [
        Read(each.position, type(each.entry)("x", value))
        for each, value in zip(reads(WATCHING, told[:3], 50), strange, strict=True)
    ]
    runner = stage.runner()
    await runner.begin()
    await runner.take([*batch, *middle, *reads(WATCHING, told[50:], 53)])
    assert await kept(WATCHING, stage.sql) == stored(WATCHING, worked_out(WATCHING, told))


SECOND = replace(WATCHING, version=2)
LASTING = [table.name for table in WATCHING.tables.values() if table.lasts]


def half(told: Sequence[pb.PlayerFact]) -> int:
    return len(told) // 2


async def test_a_new_version_is_read_once_it_has_caught_up(stage: Stage) -> None:
    """Until it came by where the old one stood readers have the old tables; then the new ones, with everything counted once."""
    told = evening()
    await stage.log.append("ledger", entries(WATCHING, told))
    first, second = stage.runner(), stage.runner(SECOND)
    await first.begin()
    await first.take(reads(WATCHING, told[: half(told)]))
    before = await kept(SECOND, stage.sql)
    assert before == stored(WATCHING, worked_out(WATCHING, told[: half(told)]))
    await second.begin()
    await second.take(reads(WATCHING, told[: half(told) - 1]))
    await second.change_over_if_caught_up()
    assert await kept(SECOND, stage.sql) == before
    await second.take(reads(WATCHING, told)[half(told) - 1 :])
    await second.change_over_if_caught_up()
    assert await kept(SECOND, stage.sql) == stored(WATCHING, worked_out(WATCHING, told))
    assert await kept(WATCHING, stage.sql) == before


async def test_a_new_version_gives_on_what_the_old_one_had_not_come_by(stage: Stage) -> None:
    """No view is missing in a history, also of the batch in which it catches up: the old one may run no more."""
    told, given = evening(), dict[int, dict[str, View]]()

    async def give(version: int, views: Sequence[View]) -> None:
        given[version] = {each.view_id: each for each in views}

    outlets = {job.version: {"history": partial(give, job.version)} for job in (WATCHING, SECOND)}
    first, second = (Runner(job, stage.sql, stage.log, SystemClock(), outlets[job.version]) for job in (WATCHING, SECOND))
    await first.begin()
    await first.take(reads(WATCHING, told[: half(told)]))
    await second.begin()
    await second.take(reads(WATCHING, told))
    await first.take(reads(WATCHING, told))
    assert given[2] and given[2] == given[1]


async def test_what_is_older_than_the_log_is_taken_over(stage: Stage) -> None:
    """Taste, thumbs and counters reach back to the house's first day, though the log has forgotten that."""
    told = evening()
    first, second = stage.runner(), stage.runner(SECOND)
    await first.begin()
    await first.take(reads(WATCHING, told[: half(told)]))
    lasting = await kept(WATCHING, stage.sql)
    await second.begin()
    await second.change_over_if_caught_up()
    found = await kept(SECOND, stage.sql)
    assert {name: found[name] for name in LASTING} == {name: lasting[name] for name in LASTING}
    assert found["views"] == {}
    await second.take(reads(WATCHING, told)[half(told) :])
    assert (await kept(SECOND, stage.sql))["thumbs"] == worked_out(WATCHING, told)["thumbs"]


async def test_a_house_that_moved_counts_on(stage: Stage) -> None:
    """In another log, with other offsets, and told again some of what was counted already: nothing is counted twice."""
    told = evening()
    old, new = stage.runner(), stage.runner()
    await old.begin()
    await old.take(reads(WATCHING, told[:80], first=1000))
    await stage.sql.transact(keeping.forget_offsets)
    await new.begin()
    await new.take(reads(WATCHING, told[60:]))
    assert await kept(WATCHING, stage.sql) == stored(WATCHING, worked_out(WATCHING, told))


async def test_what_is_old_is_tidied_away(stage: Stage) -> None:
    """Views go when they are in the warehouse for long, what was popular when nothing is left of it, taste never; no
    version of the past keeps the log from forgetting."""
    told, clock = evening(), ManualClock()
    runners = [Runner(job, stage.sql, stage.log, clock) for job in (WATCHING, SECOND)]
    await stage.log.append("ledger", entries(WATCHING, told))
    for runner in runners:
        await runner.begin()
        await runner.take(reads(WATCHING, told))
        await runner.change_over_if_caught_up()
    before = await kept(SECOND, stage.sql)
    await runners[1].tidy()
    assert await kept(SECOND, stage.sql) == before
    await clock.advance(31 * 24 * 3600)
    await runners[1].tidy()
    after = await kept(SECOND, stage.sql)
    assert before["views"] and after == before | {"views": {}, "late": {}}
    assert (await stage.log.standings("ledger"))["watching.1"] == {0: len(told)}
    await clock.advance(WEIGHTLESS_DAYS * 24 * 3600)
    await runners[1].tidy()
    last = await kept(SECOND, stage.sql)
    assert before["popular"] and last["popular"] == {}
    assert {name: last[name] for name in ("taste", "thumbs", "completion")} == {
        name: before[name] for name in ("taste", "thumbs", "completion")
    }


async def test_an_idle_house_is_left_alone(stage: Stage) -> None:
    """While nobody watches the runner asks the log to wake it, and the store for nothing."""
    asked = list[str]()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(stage.sql, name)

    clock = ManualClock()
    runner = Runner(WATCHING, Counting(), stage.log, clock)  # pyright: ignore[reportArgumentType]  # all it is asked for
    running = asyncio.create_task(runner.keep_running())
    told = evening()
    await stage.log.append("ledger", entries(WATCHING, told))
    await stage.until(WATCHING, stored(WATCHING, worked_out(WATCHING, told)))
    await clock.advance(1)
    await asyncio.sleep(0.1)
    settled = len(asked)
    await asyncio.sleep(0.3)
    assert len(asked) == settled
    await cancelled(running)
