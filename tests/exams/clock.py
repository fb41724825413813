"""The exam of the port `clock`: the one on the wall and the one with a hand to turn keep the same time."""

import asyncio
import time

import pytest

from matinee.engines.manual_clock import ManualClock
from matinee.engines.system_clock import SystemClock

CLOCKS = {"system": SystemClock, "manual": ManualClock}


@pytest.fixture(params=sorted(CLOCKS))
def clock(request: pytest.FixtureRequest) -> SystemClock | ManualClock:
    return CLOCKS[request.param]()


async def let_pass(clock: SystemClock | ManualClock, seconds: float) -> None:
    """So much time goes by, and whoever was due has run."""
    await (clock.advance(seconds) if isinstance(clock, ManualClock) else asyncio.sleep(seconds))


async def test_time_goes_forward(clock: SystemClock | ManualClock) -> None:
    """A tenth of a second later it is a tenth of a second later, by either reading."""
    wall_ms, steady_s = clock.now_ms(), clock.monotonic_s()
    await let_pass(clock, 0.1)
    assert 95 <= clock.now_ms() - wall_ms < 5000
    assert 0.095 <= clock.monotonic_s() - steady_s < 5


async def test_sleep_is_never_short(clock: SystemClock | ManualClock) -> None:
    """Who asks to be woken in 30 ms is not woken in 29."""

    async def nap() -> float:
        before_s = clock.monotonic_s()
        await clock.sleep(0.03)
        return clock.monotonic_s() - before_s

    naps = [asyncio.create_task(nap()) for _ in range(5)]
    await let_pass(clock, 0.2)
    assert min(await asyncio.gather(*naps)) >= 0.03 - 1e-9


async def test_sleepers_wake_in_the_order_of_their_hours(clock: SystemClock | ManualClock) -> None:
    """Whoever is due first wakes first, whenever he lay down; and no sleep at all is soon over."""
    woken: list[str] = []

    async def nap(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    hours = {"late": 0.15, "never": 30, "early": 0.05, "middle": 0.1, "at once": 0}
    naps = [asyncio.create_task(nap(name, seconds)) for name, seconds in hours.items()]
    await let_pass(clock, 0.4)
    assert woken == ["at once", "early", "middle", "late"]
    naps[1].cancel()


async def test_a_timeout_cuts_off_what_takes_too_long(clock: SystemClock | ManualClock) -> None:
    """What is not done in time ends with TimeoutError, and what it was doing is told to stop."""
    fates: list[str] = []

    async def hurry() -> None:
        async with clock.timeout(0.05):
            try:
                await clock.sleep(30)
            finally:
                fates.append("stopped")

    hurrying = asyncio.create_task(hurry())
    await let_pass(clock, 0.3)
    with pytest.raises(TimeoutError):
        await hurrying
    assert fates == ["stopped"]


async def test_a_timeout_leaves_the_quick_alone(clock: SystemClock | ManualClock) -> None:
    """Who is done in time never hears of the limit, not even afterwards."""

    async def quick() -> str:
        async with clock.timeout(1):
            await clock.sleep(0.01)
        await clock.sleep(1.1)
        return "done"

    working = asyncio.create_task(quick())
    await let_pass(clock, 1.5)
    assert await working == "done"


async def test_a_timeout_passes_other_errors_on(clock: SystemClock | ManualClock) -> None:
    """A limit hides no failure that happened within it, and no hanging up."""
    with pytest.raises(KeyError):
        async with clock.timeout(1):
            raise KeyError

    async def long() -> None:
        async with clock.timeout(30):
            await clock.sleep(20)

    working = asyncio.create_task(long())
    await let_pass(clock, 0.01)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_the_manual_clock_needs_no_waiting() -> None:
    """A day of a loop that wakes every hour takes no time, and the loop sees each of its hours."""
    clock = ManualClock(start_ms=0)
    hours: list[int] = []

    async def strike() -> None:
        while True:
            await clock.sleep(3600)
            hours.append(clock.now_ms() // 3_600_000)

    striking = asyncio.create_task(strike())
    before_s = time.monotonic()
    await clock.advance(24 * 3600)
    assert hours == list(range(1, 25))
    assert time.monotonic() - before_s < 2
    striking.cancel()


def test_the_system_clock_is_the_machines() -> None:
    """It says what the machine says, in milliseconds since 1970."""
    assert abs(SystemClock().now_ms() - time.time() * 1000) < 2000
