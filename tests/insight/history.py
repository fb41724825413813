"""The history of a profile: all of it, the latest first, and no page dearer than another."""

import bisect
import random
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from matinee.engines.sqlite_rows import SqliteRows
from matinee.insight.history import CELL, LIVE, LOOKED_AT_EACH, MOST_LIVE, PAST, History, key_of
from matinee.insight.streams import hiding
from matinee.insight.streams.views import View
from matinee.ports.rows import Row, Rows, RowsUnavailable

NOW_MS = 1_700_000_000_000


def view(number: int, profile: str = "asha", mark: int = 1) -> View:
    """The later the higher its number."""
    began_ms = NOW_MS + number * 60_000
    return View(f"v{number}", profile, f"t{number % 7}", began_ms, began_ms + 50_000, mark_ms=mark)


def is_counted_with(number: int) -> bool:
    """Whether the live views are counted, and rolled, when this one is kept."""
    return zlib.crc32(f"v{number}".encode()) % LOOKED_AT_EACH == 0


class Counted:
    """Rows in a dict, which say how many were read: so many that a file would take minutes to hold them."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
        self.read = 0
        self._keys: dict[tuple[str, str], list[str]] = {}  # sorted, until the next writing

    async def put(self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int) -> None:
        self._keys.pop((table, partition), None)
        self.tables[table, partition][key] = Row(key, cells)

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        self._keys.pop((table, partition), None)
        self.tables[table, partition].pop(key, None)

    async def page(self, table: str, partition: str, limit: int, after: str = "") -> Sequence[Row]:
        rows = self.tables[table, partition]
        keys = self._keys.setdefault((table, partition), sorted(rows) if (table, partition) not in self._keys else [])
        first = bisect.bisect_right(keys, after)
        found = [rows[key] for key in keys[first : first + limit]]
        self.read += len(found)
        return found


@pytest.fixture
async def rows(tmp_path: Path) -> AsyncIterator[Rows]:
    rows = SqliteRows(tmp_path / "rows.db")
    yield rows
    await rows.close()


async def all_of(history: History, profile: str = "asha", limit: int = 50) -> list[View]:
    found, after = list[View](), ""
    while True:
        page, after = await history.page(profile, limit, after)
        found += page
        if not after:
            return found


async def cost_of_a_page(views: int) -> tuple[int, int]:
    """How many rows the first page reads, and the costliest of any, in a life of so many views."""
    counted = Counted()
    history = History(counted)  # pyright: ignore[reportArgumentType]  # all it is asked for
    told = [view(number) for number in range(views)]
    counted.tables[LIVE, "asha"] = {key_of(each): Row(key_of(each), {CELL: msgspec.msgpack.encode(each)}) for each in told}
    await history.roll("asha")
    costs, after = list[int](), ""
    dice = random.Random(5)
    for _ in range(10):
        counted.read = 0
        page, _ = await history.page("asha", 50, after)
        assert len(page) == min(50, views)
        costs.append(counted.read)
        after = key_of(told[dice.randrange(50, views)]) if views > 50 else ""
    return costs[0], max(costs)


async def test_a_page_costs_the_same_after_a_hundred_thousand_views_as_after_ten() -> None:
    """Fifty views are fifty-odd rows to read on the first page, two at most in old times, however long a life is."""
    few, _ = await cost_of_a_page(10)
    first, costliest = await cost_of_a_page(100_000)
    assert few == 10
    assert first == 52
    assert costliest <= 53


async def test_all_that_was_watched_is_there_once_and_in_order(rows: Rows) -> None:
    """Views come twice and in disorder, grow old and are compressed: each is told once, as it was last, the latest first."""
    history, dice = History(rows), random.Random(3)
    for first in range(0, 1200, 60):
        some = [view(number) for number in range(first, first + 60)]
        await history.keep(dice.sample(some, 60))
        await history.keep(dice.sample(some, 20))
    again = [view(number, mark=2) for number in (3, 500, 1100)]
    await history.keep(again)
    found = await all_of(history)
    assert [each.view_id for each in found] == [f"v{number}" for number in reversed(range(1200))]
    assert [each.view_id for each in found if each.mark_ms == 2] == ["v1100", "v500", "v3"]
    assert len(await rows.page(LIVE, "asha", 1000)) < 2 * MOST_LIVE
    assert len(await rows.page(PAST, "asha", 1000)) >= 3


async def test_a_view_that_went_on_after_two_hundred_others_stays_where_it_was(rows: Rows) -> None:
    """Old views that are live again go back into the block they came from, as they are now."""
    history = History(rows)
    await history.keep([view(number) for number in range(450)])
    await history.roll("asha")
    await history.keep([view(number, mark=7) for number in (20, 21, 100)])
    await history.keep([view(number) for number in range(450, 700)])
    await history.roll("asha")
    assert {row.key for row in await rows.page(LIVE, "asha", 1000)}.isdisjoint({key_of(view(20)), key_of(view(100))})
    found = await all_of(history)
    assert [each.view_id for each in found] == [f"v{number}" for number in reversed(range(700))]
    assert sorted(each.view_id for each in found if each.mark_ms == 7) == ["v100", "v20", "v21"]


class Failing:
    """Rows that fail at a given writing, as when the process dies there."""

    def __init__(self, rows: Any, hour: int) -> None:
        self._rows, self._left = rows, hour
        self.page = rows.page

    async def put(self, *about: object) -> None:
        await self._at(self._rows.put, about)

    async def drop(self, *about: object) -> None:
        await self._at(self._rows.drop, about)

    async def _at(self, write: Any, about: Sequence[object]) -> None:
        self._left -= 1
        if self._left == 0:
            raise RowsUnavailable("it went away")
        await write(*about)


async def test_rolling_may_be_interrupted_anywhere() -> None:
    """Between any two writings: nothing is missing meanwhile, nothing is told twice, and the next time it is mended."""
    rows: Any = Counted()
    for hour in (1, 2, 3, 4, 50, 200, 300):
        profile = f"p{hour}"
        await History(rows).keep([view(number, profile) for number in range(630) if not is_counted_with(number)])
        before = await all_of(History(rows), profile)
        with pytest.raises(RowsUnavailable):
            await History(Failing(rows, hour)).roll(profile)
        assert await all_of(History(rows), profile) == before
        await History(rows).roll(profile)
        assert await all_of(History(rows), profile) == before
        assert len(await rows.page(LIVE, profile, 1000)) <= MOST_LIVE


async def test_what_is_taken_out_is_gone_from_all_of_it(rows: Rows) -> None:
    """A film's views, live and old; none from afterwards, and nobody else's. Interrupted and repeated, it is the same."""
    history, number = History(rows), 650
    told = [view(each) for each in range(number)]
    await history.keep([*told, view(3, "ben")])
    await history.roll("asha")
    assert await rows.page(PAST, "asha", 1)
    out_ms = NOW_MS + 600 * 60_000
    for hour in (1, 2, 5):
        with pytest.raises(RowsUnavailable):
            await History(Failing(rows, hour)).erase("asha", {"t3": out_ms})  # pyright: ignore
    for _ in range(2):
        await history.erase("asha", {"t3": out_ms})
        left = [each for each in reversed(told) if each.title_id != "t3" or each.last_ms > out_ms]
        assert await all_of(history) == left
    await history.roll("asha")
    assert await all_of(history) == left
    await history.erase("asha", {hiding.ALL: out_ms})
    assert await all_of(history) == [each for each in left if each.last_ms > out_ms]
    assert await all_of(history, "ben") == [view(3, "ben")]


async def test_a_forgotten_history_stays_forgotten(rows: Rows) -> None:
    """Nothing of a removed profile is found again, nor what is still on its way to its history."""
    history = History(rows)
    await history.keep([view(number) for number in range(500)] + [view(1, "ben")])
    await history.roll("asha")
    await history.forget("asha")
    await history.keep([view(501), view(3, mark=NOW_MS * 2)])
    assert await all_of(history) == []
    assert await all_of(history, "ben") == [view(1, "ben")]
