"""Home and its recommended rows: in time or not at all, in words that are true, and nothing that may not be shown."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from matinee.contracts import home_pb2
from matinee.contracts.playback_pb2 import Bookmark
from matinee.insight.figures_asked import AskedFigures
from matinee.insight.rows.viewer import DOWN, LIKED, UP, Taste, Watched
from matinee.library.shelf import Known
from matinee.ports.rpc import Call
from matinee.ports.unavailable import ASK_AGAIN_S, Unavailable
from matinee.screen.recommended import WITHIN_S
from recommend.house import House, Tables, charted, film

NOW_MS = 1_700_000_000_000
GENRES = ("Crime", "Nature", "Space")


def library() -> list[Known]:
    """Sixty films of three genres, each with somebody in it who is in six others; every tenth is for grown-ups."""
    return [
        film(f"f{n:02}", GENRES[n % 3], people=[f"star {n % 9}"], years=18 if n % 10 == 7 else 6, added_ms=n) for n in range(60)
    ]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    found = await House(tmp_path, library()).open()
    yield found
    await found.close()


def rows(page: home_pb2.HomePage) -> dict[str, list[str]]:
    return {row.name: [title.title_id for title in row.titles] for row in page.rows}


def taken(name: str) -> float:
    return REGISTRY.get_sample_value("matinee_fallbacks_total", {"fallback": name}) or 0.0


async def test_a_view_counts_as_soon_as_it_has_a_bookmark(house: House) -> None:
    """What was watched a moment ago has a row about it at once, says so on its cards, and is not offered again."""
    assert not any(row.kind >= home_pb2.TOP_TEN for row in (await house.page("me")).rows)
    house.marks.of["me"] = [Bookmark(title_id="f04", at_ms=NOW_MS, finished=True)]
    page = await house.page("me")
    about = next(row for row in page.rows if row.kind == home_pb2.BECAUSE)
    assert about.name == "Because you watched F04"
    assert set(about.reasons) == {"Because you watched F04"}
    assert all("Nature" in title.genres for title in about.titles[:5])
    assert "f04" not in {title.title_id for row in page.rows if row.kind >= home_pb2.TOP_TEN for title in row.titles}
    assert not page.asks_for_picks and not page.without_recommendations


async def test_no_title_stands_twice_but_in_ones_own_rows(house: House) -> None:
    """On the whole page, everybody's rows below included, a title stands once; what one began stays in Keep watching, too."""
    house.marks.of["me"] = [Bookmark(title_id=f"f{n:02}", at_ms=NOW_MS - n, position_ms=5, finished=n > 2) for n in range(6)]
    house.tables.counted["DE"] = charted({f"f{n:02}": 90.0 - n for n in range(30)}, {f"f{n:02}": 9.0 for n in range(20, 30)})
    page = await house.page("me")
    own = (home_pb2.KEEP_WATCHING, home_pb2.MY_LIST)
    shown = [title.title_id for row in page.rows if row.kind not in own for title in row.titles]
    assert len(shown) == len(set(shown))
    assert {home_pb2.TOP_TEN, home_pb2.BECAUSE, home_pb2.FOR_YOU, home_pb2.TRENDING} <= {row.kind for row in page.rows}
    assert rows(page)["Keep watching"] == ["f00", "f01", "f02"]


async def test_the_top_ten_says_where_and_by_how_many(house: House) -> None:
    """Its name has the country, each title its place and count; a child's chart counts what a child may see, and only that."""
    house.tables.counted["DE"] = charted({f"f{n:02}": 90.0 - n for n in range(30)})
    row = next(row for row in (await house.page("me")).rows if row.kind == home_pb2.TOP_TEN)
    assert (row.name, list(row.told.places)) == ("Top 10 in Germany", list(range(1, 11)))
    assert row.reasons[2] == "No. 3 this week: 88 profiles watched it"
    kids = next(row for row in (await house.page("kid", years=6)).rows if row.kind == home_pb2.TOP_TEN)
    assert [title.title_id for title in kids.titles] == [f"f{n:02}" for n in range(11) if n != 7]
    assert list(kids.told.places) == list(range(1, 11))


async def test_titles_that_never_were_fill_no_chart(house: House) -> None:
    """However many made-up titles players tell of, and however often, the charts are those of the library."""
    counts = {f"f{n:02}": 90.0 - n for n in range(30)}
    made_up = {f"made-up-{n}": 1000.0 for n in range(1200)}
    house.tables.counted["DE"] = charted(made_up | counts, made_up | {f"f{n:02}": 9.0 for n in range(20, 30)})
    found = {row.kind: [title.title_id for title in row.titles] for row in (await house.page("me")).rows}
    assert found[home_pb2.TOP_TEN] == [f"f{n:02}" for n in range(10)]
    assert set(found[home_pb2.TRENDING]) == {f"f{n:02}" for n in range(20, 30)}


async def test_thumbs_down_and_hidden_titles_stay_away(house: House) -> None:
    """What got a thumb down, or was hidden, is in no recommended row and is no reason; a thumb up makes its like come first."""
    house.tables.watch("me", "f00", "f01", at_ms=NOW_MS - 10**6)
    watched = house.tables.tastes["me"].watched
    house.tables.tastes["me"] = Taste(watched, {"f03": DOWN, "f01": DOWN}, frozenset({"f09"}))
    page = await house.page("me")
    shown = {title.title_id for row in page.rows if row.kind >= home_pb2.TOP_TEN for title in row.titles}
    assert shown and not shown & {"f00", "f01", "f03", "f09"}
    assert {reason for row in page.rows for reason in row.reasons} <= {"Because you watched F00", "You watch Crime", ""}


async def test_what_was_liked_and_not_watched_here_speaks_for_its_like(house: House) -> None:
    """By a thumb up: a row about it says that it was liked, and nothing says that anything was watched; watched, it says so."""
    house.tables.tastes["me"] = Taste(thumbs={"f04": UP}, liked=[Watched("f04", LIKED, NOW_MS)])
    page = await house.page("me")
    about = next(row for row in page.rows if row.kind == home_pb2.BECAUSE)
    assert about.name == "Because you liked F04" and set(about.reasons) == {"Because you liked F04"}
    assert {reason for row in page.rows for reason in row.reasons} <= {"Because you liked F04", "You like Nature", ""}
    assert "f04" not in {title.title_id for row in page.rows if row.kind >= home_pb2.TOP_TEN for title in row.titles}
    assert not page.asks_for_picks
    house.marks.of["me"] = [Bookmark(title_id="f04", at_ms=NOW_MS, finished=True)]
    again = await house.page("me")
    assert "Because you watched F04" in rows(again) and "Because you liked F04" not in rows(again)


async def test_a_title_that_left_meanwhile_is_neither_shown_nor_named(house: House) -> None:
    """Ranking may remember a title for seconds; the page asks the catalog last, so it is gone at once, as a reason too."""
    house.marks.of["me"] = [Bookmark(title_id=each, at_ms=NOW_MS, finished=True) for each in ("f04", "f12")]
    before = await house.page("me")
    about = next(row for row in before.rows if row.kind == home_pb2.BECAUSE)
    gone = about.titles[0].title_id
    house.catalog.put((), gone=[gone, "f04"])
    after = await house.page("me")
    assert gone not in {title.title_id for row in after.rows for title in row.titles}
    assert not any("F04" in words for row in after.rows for words in (row.name, *row.reasons))
    assert any(row.kind >= home_pb2.TOP_TEN for row in after.rows)


class ThumbsAway(Tables):
    """Figures that do not know what anybody likes."""

    async def taste(self, request: Any, call: Call) -> Any:
        raise Unavailable("figures are away")

    async def ranking(self, request: Any, call: Call) -> Any:
        raise Unavailable("figures are away")


async def test_what_was_disliked_is_not_offered_while_nobody_knows_what_was(house: House) -> None:
    """While the figures are away nothing is recommended, for it might be what got a thumb down; the page is everybody's."""
    house.marks.of["me"] = [Bookmark(title_id="f04", at_ms=NOW_MS, finished=True)]
    house.recommend._figures = AskedFigures(ThumbsAway(), house.clock, house.recommend._figures._titles)  # pyright: ignore
    page = await house.page("me")
    assert page.without_recommendations
    assert list(rows(page)) == ["New", "Crime", "Nature", "Space"]


class Away:
    """A recommend that does not answer, or never."""

    def __init__(self, hangs: bool) -> None:
        self._hangs = hangs
        self.asked = asyncio.Event()

    async def rows(self, request: Any, call: Any) -> Any:
        self.asked.set()
        if self._hangs:
            await asyncio.Event().wait()
        raise Unavailable("recommend is away")


@pytest.mark.parametrize("hangs", [False, True])
async def test_without_recommendations_the_page_is_everybodys_and_says_so(house: House, hangs: bool) -> None:
    """Whether it is away or hangs, the page comes within its time, as it always was, counted and told."""
    house.marks.of["me"] = [Bookmark(title_id="f04", at_ms=NOW_MS, position_ms=5)]
    away = Away(hangs)
    house.home = house.home_of(away)
    counted = taken("home: without recommendations")
    coming = asyncio.create_task(house.page("me"))
    async with asyncio.timeout(20):
        await away.asked.wait()
        await house.clock.advance(WITHIN_S)
        page = await coming
    assert page.without_recommendations and not page.asks_for_picks
    assert list(rows(page)) == ["Keep watching", "New", "Crime", "Nature", "Space"]
    assert taken("home: without recommendations") == counted + 1
    house.home = house.home_of(house.recommend)
    await house.clock.advance(ASK_AGAIN_S)
    assert not (await house.page("me")).without_recommendations


async def test_a_small_library_and_a_new_profile_have_the_page_they_always_had(tmp_path: Path) -> None:
    """Where there is nothing to rank, no row of one's own appears, and nobody is asked to pick from three films."""
    house = await House(tmp_path, library()[:3]).open()
    page = await house.page("me")
    assert (list(rows(page)), page.asks_for_picks) == (["New"], False)
    house.catalog.put(library())
    await house.clock.advance(10)
    await house.page("me")
    async with asyncio.timeout(20):
        while not (await house.page("me")).asks_for_picks:
            await asyncio.sleep(0.01)
    await house.close()
