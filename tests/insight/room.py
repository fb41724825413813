"""The service `warehouse`: has the facts loaded once an hour, by a process that does not outlive it."""

import asyncio
import os
import sys
from pathlib import Path

from prometheus_client import REGISTRY

from matinee.engines.manual_clock import ManualClock
from matinee.insight.warehouse.room import BUSY, HUNG, Warehouse, WarehouseSettings, wait_s


def room(tmp_path: Path, clock: ManualClock, script: str) -> Warehouse:
    command = (sys.executable, "-c", script, str(tmp_path / "said"))
    return Warehouse(clock=clock, settings=WarehouseSettings(command, command, b"{}", tmp_path / "house.json"))


def said(tmp_path: Path) -> list[str]:
    return (tmp_path / "said").read_text().split() if (tmp_path / "said").exists() else []


async def lines(tmp_path: Path, count: int) -> list[str]:
    """What was said, once so much was."""
    async with asyncio.timeout(30):
        while len(said(tmp_path)) < count:
            await asyncio.sleep(0.02)
    return said(tmp_path)


async def test_facts_are_loaded_once_an_hour(tmp_path: Path) -> None:
    """Ten minutes after the start, and then two minutes after every full hour, also when a loading failed."""
    clock = ManualClock(1_790_000_000_000 // 3_600_000 * 3_600_000)
    warehouse = room(tmp_path, clock, "import sys; open(sys.argv[1], 'a').write('loaded '); sys.exit(1)")
    await warehouse.start()
    assert (tmp_path / "house.json").read_bytes() == b"{}"
    (_, loop), _ = warehouse.loops()
    going = asyncio.create_task(loop())
    await clock.advance(599)
    assert said(tmp_path) == []
    await clock.advance(2)
    assert await lines(tmp_path, 1) == ["loaded"]
    while len(said(tmp_path)) < 3:
        await asyncio.sleep(0.05)
        await clock.advance(300)
    assert not going.done()
    hour_ms = 3_600_000
    minutes = {0: 2, 1: 1, 2: 60, 3: 59, 59: 3}
    assert {minute: wait_s(hour_ms * 7 + minute * 60_000) / 60 for minute in minutes} == minutes
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    await warehouse.close()


async def test_a_second_process_that_finds_another_loading_has_not_failed(tmp_path: Path) -> None:
    """Two share the viewers of a house, and an hour: one loads, and the other is content."""

    def counted(outcome: str) -> float:
        return REGISTRY.get_sample_value("matinee_warehouse_runs_total", {"outcome": outcome}) or 0.0

    before = {outcome: counted(outcome) for outcome in ("failed", "another loads")}
    for status in (BUSY, 1):
        warehouse = room(tmp_path, ManualClock(), f"raise SystemExit({status})")
        assert await warehouse.load() == status
        await warehouse.close()
    assert {outcome: counted(outcome) - count for outcome, count in before.items()} == {"failed": 1, "another loads": 1}


async def test_a_loading_that_hangs_does_not_hold_up_the_next(tmp_path: Path) -> None:
    """After six hours it is ended, and counted as failed; the hour after loads again."""
    clock = ManualClock()
    script = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(600)"
    warehouse = room(tmp_path, clock, script)
    loading = asyncio.create_task(warehouse.load())
    (pid,) = await lines(tmp_path, 1)
    await clock.advance(6 * 3600 + 1)
    assert await asyncio.wait_for(loading, 20) == HUNG
    assert not Path(f"/proc/{pid}").exists()
    again = asyncio.create_task(warehouse.load())
    assert len(await lines(tmp_path, 2)) == 2
    await warehouse.close()
    await again


async def test_a_loading_does_not_outlive_the_house(tmp_path: Path) -> None:
    """Who closes does not wait for a loading to end."""
    warehouse = room(
        tmp_path, ManualClock(), "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    )
    loading = asyncio.create_task(warehouse.load())
    (pid,) = await lines(tmp_path, 1)
    await warehouse.close()
    assert await asyncio.wait_for(loading, 20) != 0
    assert not Path(f"/proc/{pid}").exists() or os.waitpid(int(pid), os.WNOHANG)
