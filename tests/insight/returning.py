"""Who comes back, as the operator is told: from the warehouse's tables, read beside the house and seldom."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from matinee.contracts.warehouse_pb2 import CohortList, RetentionRequest
from matinee.engines.manual_clock import ManualClock
from matinee.insight.warehouse.cohorts import Cohort, Counted, cohorts
from matinee.insight.warehouse.retention import AGAIN_S, FRESH_S
from matinee.insight.warehouse.room import Warehouse, WarehouseSettings
from matinee.ports.rpc import Call

NOVEMBER_MS = 1_795_000_000_000  # 2026-11-18
CALL = Call("test", "test", 1e12)
ANSWERS = """import sys, pathlib
times = pathlib.Path(sys.argv[1]); times.write_text((times.read_text() if times.exists() else '') + 'x')
script = pathlib.Path(sys.argv[2]).read_text(); exec(script)"""
TWO_MONTHS = """for later, active in ((0, 8), (1, 6)):
    print('{"cohort": "2026-10-01", "months_later": %d, "active": %d, "profiles": 8, "share": 1.0}' % (later, active))"""


class Desk:
    """The service, whose tables are read by a script that counts how often it was called."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.times, self.script = ManualClock(NOVEMBER_MS), folder / "times", folder / "script"
        command = (sys.executable, "-c", ANSWERS, str(self.times), str(self.script))
        self.warehouse = Warehouse(clock=self.clock, settings=WarehouseSettings(command, command, b"{}", folder / "house.json"))

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Desk"]:
        reading = asyncio.ensure_future(dict(self.warehouse.loops())["warehouse.retention"]())
        try:
            yield self
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await self.warehouse.close()

    async def ask(self) -> CohortList:
        return await self.warehouse.retention(RetentionRequest(), CALL)

    async def read(self, times: int) -> CohortList:
        """What is told once the tables were read so often."""
        async with asyncio.timeout(60):
            before = await self.ask()
            while (self.times.read_text() if self.times.exists() else "").count("x") < times or await self.ask() == before:
                await asyncio.sleep(0.02)
        return await self.ask()


async def test_the_operator_is_told_at_once_and_what_is_old_is_read_beside(tmp_path: Path) -> None:
    """The first who asks hears that it is being read; for an hour all hear the same, without another reading."""
    desk = Desk(tmp_path)
    desk.script.write_text(TWO_MONTHS)
    async with desk.open():
        first = await desk.ask()
        assert (len(first.cohorts), first.read_ms, first.problem) == (0, 0, "")
        told = await desk.read(1)
        assert [(each.month, each.profiles, list(each.active)) for each in told.cohorts] == [("2026-10", 8, [8, 6])]
        assert told.read_ms == NOVEMBER_MS
        for _ in range(5):
            assert await desk.ask() == told
        await desk.clock.advance(FRESH_S + 1)
        assert (await desk.read(2)).read_ms > told.read_ms


async def test_what_cannot_be_read_keeps_its_last_words_and_says_why(tmp_path: Path) -> None:
    """The months stay, with their time, beside the reason; a minute later it is tried again."""
    desk = Desk(tmp_path)
    desk.script.write_text(TWO_MONTHS)
    async with desk.open():
        known = await desk.read(1)
        desk.script.write_text("sys.exit('matinee: the disk is full')")
        await desk.clock.advance(FRESH_S + 1)
        told = await desk.read(2)
        assert (list(told.cohorts), told.read_ms) == (list(known.cohorts), known.read_ms)
        assert "the disk is full" in told.problem
        desk.script.write_text("print('no table')")
        await desk.clock.advance(AGAIN_S + 1)
        assert "do not understand" in (await desk.read(3)).problem
        desk.script.write_text(TWO_MONTHS)
        await desk.clock.advance(AGAIN_S + 1)
        assert (await desk.read(4)).problem == ""


def test_a_month_in_which_nobody_came_back_is_none_and_not_left_out() -> None:
    """Each cohort reaches from its month to this one; what lies more than a year back is left out."""
    counted = [
        Counted(date(2026, 8, 1), 0, 5, 5),
        Counted(date(2026, 8, 1), 2, 1, 5),
        Counted(date(2026, 11, 1), 0, 2, 2),
        Counted(date(2025, 11, 1), 0, 9, 9),
        Counted(date(2025, 12, 1), 11, 3, 4),
    ]
    assert cohorts(counted, date(2026, 11, 18)) == [
        Cohort("2026-11", 2, (2,)),
        Cohort("2026-08", 5, (5, 0, 1, 0)),
        Cohort("2025-12", 4, (0,) * 11 + (3,)),
    ]
    assert cohorts([], date(2026, 11, 18)) == []
