"""What one account may tell is bounded: its facts, the names it makes up, and what is remembered of its browsers."""

import gc
import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from matinee.screen import beacon_rules
from matinee.screen.beacon_names import NAMES_AT_ONCE, NAMES_PER_MINUTE
from screen.telling_house import ACCOUNT, FIREFOX, TellingHouse


@pytest.fixture
def house(tmp_path: Path) -> TellingHouse:
    return TellingHouse(tmp_path)


async def test_one_account_tells_so_many_a_minute(house: TellingHouse) -> None:
    """Whoever floods the house is told until when to wait; others are not held up, and after a minute all is well."""

    async def told(account: str) -> tuple[int, dict[str, Any]]:
        facts = [house.watched(number) for number in range(1, 401)]
        return await house.tell({"ledger": facts}, {"x-matinee-account": account})

    statuses = [(await told(ACCOUNT))[0] for _ in range(beacon_rules.FACTS_PER_MINUTE // 401)]
    assert set(statuses) == {200}
    status, said = await told(ACCOUNT)
    assert status == 429
    assert said["retryAt"]
    assert (await told("another"))[0] == 200
    await house.clock.advance(60)
    assert (await told(ACCOUNT))[0] == 200


async def test_nobody_fills_the_tables_with_names_they_make_up(house: TellingHouse) -> None:
    """Of views, titles and rows an account tells a thousand new ones at once and one a second from then on, however it asks;
    what goes on about those it told of before is not held up."""
    numbers = itertools.count(1)

    async def makes_up() -> int:
        """How many of 201 new names are taken: all, or none."""
        row = {"rowSeen": {"pageId": "page", "page": "home", "rowId": f"row-{next(numbers)}"}}
        facts = [house.watched(seq, view=f"view-{next(numbers)}", title=f"title-{next(numbers)}") for seq in range(1, 101)]
        said = await house.tell({"ledger": facts, "telemetry": [{"seq": 1, "at": house.clock.now_ms(), **row}]})
        return 201 if said[0] == 200 else 0

    known, taken = {"ledger": [house.watched(1)]}, 0
    assert (await house.tell(known))[0] == 200
    for _ in range(60):
        taken += await makes_up()
        assert (await house.tell(known))[0] == 200
        await house.clock.advance(10)
    assert NAMES_AT_ONCE <= taken <= NAMES_AT_ONCE + 10 * NAMES_PER_MINUTE + 201
    await house.clock.advance(5 * 60)
    assert await makes_up()


async def test_what_a_browser_calls_itself_is_remembered_as_far_as_it_is_told(house: TellingHouse) -> None:
    """However long the names that somebody makes up, hundreds of them take no room."""
    await house.tell({"ledger": [house.watched(1)]})
    tracemalloc.start()
    try:
        for number in range(100):
            agent = FIREFOX + f" {number}" + "x" * 40_000
            batch = {"app": f"{number}" + "y" * 40_000, "ledger": [house.watched(number + 2)]}
            status, _ = await house.tell(batch, {"user-agent": agent})
            assert status == 200
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000
    assert (await house.logged("ledger"))[-1].teller.browser == "Firefox 142"
