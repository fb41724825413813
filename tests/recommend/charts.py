"""Charts are made once for all who wait for them, and whoever gives up leaves them to who comes next."""

import asyncio
from typing import Any

import pytest

from matinee.contracts import figures_pb2
from matinee.engines.manual_clock import ManualClock
from matinee.insight.figures_asked import FRESH_S, NEW_WITHIN_S, STALE_S, AskedFigures
from matinee.insight.rankings import Rankings
from matinee.insight.rows.charts import Charts
from matinee.insight.streams.popular import Popular, one_view
from matinee.ports.rpc import Call

CALL = Call("trace", "test", 5.0)
KINDS = 3


class Titles:
    async def of(self, audience: Any, call: Call) -> set[str]:
        return {"heat", "ran"}


class Slow:
    """Figures that answer when they are let to, of what is first just then."""

    def __init__(self) -> None:
        self.asked, self.first, self.free = 0, "heat", asyncio.Event()

    async def ranking(self, request: figures_pb2.RankingRequest, call: Call) -> figures_pb2.TitleRanking:
        self.asked += 1
        await self.free.wait()
        return figures_pb2.TitleRanking(titles=[figures_pb2.RankedTitle(title_id=self.first, score=1)])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def figures(slow: Slow, clock: ManualClock) -> AskedFigures:
    return AskedFigures(slow, clock, Titles())  # pyright: ignore[reportArgumentType] # all of them that is asked


def first_of(charts: Charts) -> str:
    return charts.week[0].title_id


async def test_pages_that_come_together_ask_once(slow: Slow, figures: AskedFigures) -> None:
    """Each list is made once, however many pages wait for it."""
    pages = [asyncio.create_task(figures.charts("DE", CALL)) for _ in range(20)]
    await asyncio.sleep(0)
    slow.free.set()
    assert {first_of(each) for each in await asyncio.gather(*pages)} == {"heat"}
    assert slow.asked == KINDS


async def test_charts_come_for_the_next_page_though_no_page_waits_so_long(slow: Slow, figures: AskedFigures) -> None:
    """A page goes without them when they take too long; they are made all the same, and the next one has them at once."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await figures.charts("DE", CALL)
    slow.free.set()
    assert first_of(await figures.charts("DE", CALL)) == "heat"
    assert first_of(await figures.charts("DE", CALL)) == "heat"
    assert slow.asked == KINDS


async def test_while_new_charts_take_long_those_before_are_shown(slow: Slow, figures: AskedFigures, clock: ManualClock) -> None:
    """For a minute at most; then a page has new ones or none."""
    slow.free.set()
    await figures.charts("DE", CALL)
    slow.free.clear()
    slow.first = "ran"
    await clock.advance(FRESH_S)
    page = asyncio.create_task(figures.charts("DE", CALL))
    await clock.advance(NEW_WITHIN_S)
    assert first_of(await page) == "heat"
    await clock.advance(STALE_S)
    page = asyncio.create_task(figures.charts("DE", CALL))
    await clock.advance(NEW_WITHIN_S)
    assert not page.done()
    slow.free.set()
    assert first_of(await page) == "ran"


class Table:
    """Of what is popular, which says how often it was read."""

    read = 0

    async def pages_under(self, table: str, country: str) -> Any:
        self.read += 1
        found = [(f"{country}\x1f{title}", many(count)) for title, count in (("heat", 2), ("ran", 3))]
        for each in found:
            await asyncio.sleep(0)
            yield [each]


def many(count: int) -> Popular:
    popular = one_view(ManualClock().now_ms())
    return Popular({half: weight * count for half, weight in popular.slow.items()}, popular.fast, count)


async def test_a_list_is_ranked_once_for_all_who_ask(clock: ManualClock) -> None:
    """Also when it was asked for anew while it was being made."""
    table = Table()
    rankings = Rankings(table, clock)  # pyright: ignore[reportArgumentType] # all of it that is asked
    found = await asyncio.gather(*(rankings.popular("DE") for _ in range(10)))
    assert [[title for title, _ in each] for each in found] == [["ran", "heat"]] * 10
    assert table.read == 1
