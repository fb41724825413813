"""Several runners of one job: on engines that share the work out among them, and on those that give it to each."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exams.sitters import LOG, SQL
from insight.evening import Tables, entries, kept, ledger, mixed, stored, worked_out
from matinee.contracts import events_pb2 as pb
from matinee.engines.system_clock import SystemClock
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.watching import WATCHING
from matinee.ports.log import Log
from matinee.ports.sql import Sql

SOON_S = 60.0
SMALL = pytest.param(("sqlite", "sqlite"), marks=pytest.mark.exam, id="small")
LARGE = pytest.param(("postgres", "kafka"), marks=pytest.mark.engines, id="large")


@dataclass
class Process:
    """A runner with stores of its own, as in a process of its own."""

    sql: Sql
    log: Log
    running: asyncio.Task[None]

    async def leave(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.log.close()
        await self.sql.close()


@dataclass
class Shared:
    folder: Path
    engines: tuple[str, str]
    processes: list[Process] = field(default_factory=list[Process])

    async def join(self) -> Process:
        sql, log = SQL[self.engines[0]](self.folder), LOG[self.engines[1]](self.folder)
        await sql.install(MIGRATIONS)
        process = Process(sql, log, asyncio.create_task(Runner(WATCHING, sql, log, SystemClock()).keep_running()))
        self.processes.append(process)
        return process

    async def until(self, tables: Tables) -> None:
        """Waits until the store holds just these."""
        sql = SQL[self.engines[0]](self.folder)
        try:
            async with asyncio.timeout(SOON_S):
                while await kept(WATCHING, sql) != tables:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            assert await kept(WATCHING, sql) == tables
        finally:
            await sql.close()


@pytest.fixture(params=[SMALL, LARGE])
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shared]:
    shared = Shared(tmp_path, request.param)
    yield shared
    for process in shared.processes:
        await process.leave()


def evening() -> list[pb.PlayerFact]:
    dice = random.Random(5)
    return mixed(dice, ledger(dice, profiles=8))


async def tell(log: Log, facts: list[pb.PlayerFact]) -> None:
    for first in range(0, len(facts), 20):
        await log.append("ledger", entries(WATCHING, facts[first : first + 20]))
        await asyncio.sleep(0.005)


async def test_two_share_the_work_and_one_leaves(shared: Shared) -> None:
    """While two work, one joins and one leaves with its hands full, everything that is told counts once."""
    told = evening()
    first, _ = await shared.join(), await shared.join()
    teller = LOG[shared.engines[1]](shared.folder)
    await tell(teller, told[:150])
    await shared.until(stored(WATCHING, worked_out(WATCHING, told[:150])))
    await tell(teller, told[150:200])
    await first.leave()
    await shared.join()
    await tell(teller, told[200:])
    await shared.until(stored(WATCHING, worked_out(WATCHING, told)))
    await teller.close()
