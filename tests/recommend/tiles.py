"""A great many tiles, over random rights, ratings and histories, through the code of real pages: none that may not be there.

What may be shown is worked out here anew, from the titles' terms alone, in the plainest way; nothing of the house's own filters
is asked. Between two pages rights change, windows open and close, titles come and go, so caches and shelves are out of date
most of the time; so they do while a page is made. Rows are ranked by a model, by two in a trial or by none, and now and then
recommendations, charts or bookmarks are away.
"""

import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from matinee.contracts import home_pb2
from matinee.contracts.playback_pb2 import Bookmark
from matinee.insight.rows.charts import Charts, Counted
from matinee.insight.rows.viewer import DOWN, LIKED, UP, Taste, Watched
from matinee.insight.serving import InUse
from matinee.insight.taste.interactions import gathered, numbered
from matinee.insight.taste.training import fit
from matinee.insight.trials.assignment import AB, INTERLEAVE, Trial
from matinee.library.nfo import Notes
from matinee.library.rights import Terms
from matinee.library.shelf import Edition, Known
from matinee.ports.unavailable import ASK_AGAIN_S, Unavailable
from recommend.house import House, Tables

COUNTRIES = ("DE", "FR", "US", "")
AGES = (0, 6, 12, 16, 18)
GENRES = tuple(["Crime", "Nature", "Space", "Drama", "Comedy", "War", "Music", "Horror", "Western", "Family"])
LIBRARIES, FILMS, SERIES = 2, 300, 20
TILES = 1_000_000 if os.environ.get("MATINEE_SOAK") else 50_000
OWN = (home_pb2.KEEP_WATCHING, home_pb2.MY_LIST)


class Sometimes:
    """A service of which one method may be told to be away, and what happens while it is asked."""

    def __init__(self, real: Any, method: str) -> None:
        self._real, self._method = real, method
        self.away, self.meanwhile = False, nothing

    def __getattr__(self, name: str) -> Any:
        return self._asked if name == self._method else getattr(self._real, name)

    async def _asked(self, request: Any, call: Any) -> Any:
        if self.away:
            raise Unavailable("for this page")
        answer = await getattr(self._real, self._method)(request, call)
        self.meanwhile()
        return answer


def nothing() -> None: ...


@dataclass
class World:
    """One library with its dice; `titles` are what lies on the shelf, series' episodes among them."""

    dice: np.random.Generator
    house: House
    parts: Sequence[Sometimes]
    ways: Sequence[InUse]  # in which rows may be ranked
    titles: dict[str, Known] = field(default_factory=dict[str, Known])
    series: dict[str, Known] = field(default_factory=dict[str, Known])

    def pick(self, of: Any, most: int) -> list[str]:
        names = list(of)
        return [
            names[n] for n in self.dice.choice(len(names), min(len(names), int(self.dice.integers(0, most + 1))), replace=False)
        ]

    def terms(self) -> Terms:
        dice, now_ms = self.dice, self.house.clock.now_ms()
        countries = frozenset(each for each in COUNTRIES[:3] if dice.random() < 0.6) if dice.random() < 0.4 else None
        years = int(dice.choice(AGES)) if dice.random() < 0.8 else None
        from_ms = now_ms + int(dice.integers(-90_000, 90_000)) if dice.random() < 0.2 else 0
        until_ms = now_ms + int(dice.integers(-90_000, 90_000)) if dice.random() < 0.2 else None
        return Terms(years, countries, from_ms, until_ms)

    def title(self, title_id: str, **more: Any) -> Known:
        genres = tuple(self.pick(GENRES, 3))
        edition = Edition("e1", complete=True) if self.dice.random() < 0.85 else None
        terms = self.terms()
        told = {
            "edition": edition,
            "kind": "film",
            "name": title_id,
            "year": 2000,
            "notes": Notes(genres=genres, terms=terms),
            "terms": terms,
        }
        return Known(title_id=title_id, added_ms=int(self.dice.integers(0, 10**9)), **{**told, **more})

    def change(self) -> None:
        """Some titles leave, some come back, some have other rights."""
        for title_id in self.pick(self.titles, 12):
            known = self.titles[title_id]
            if self.dice.random() < 0.3:
                self.house.catalog.put((), gone=[title_id])
                del self.titles[title_id]
                continue
            terms = self.terms()
            edition = None if self.dice.random() < 0.3 else Edition("e2", complete=True)
            self.titles[title_id] = replace(known, terms=terms, notes=replace(known.notes, terms=terms), edition=edition)
            self.house.catalog.put([self.titles[title_id]])

    def may(self, title: Known, years: int, country: str) -> bool:
        """An episode's terms and its series' must both be met; where only one of them is rated, that age holds for both."""
        series = self.series.get(title.series_path) if title.kind == "episode" else None
        all_terms = [each.terms for each in (title, series) if each]
        rated = [each.years for each in all_terms if each.years is not None]
        same_age = [replace(each, years=max(rated, default=None)) for each in all_terms]
        return all(met(each, years, country, self.house.clock.now_ms()) for each in same_age)

    def shown(self, years: int, country: str) -> Mapping[str, bool]:
        """By id whatever may be seen, and whether it plays; a series as its episodes make it."""
        found = {each.title_id: each.edition is not None for each in self.titles.values() if self.may(each, years, country)}
        for path, series in self.series.items():
            mine = [found[each.title_id] for each in self.titles.values() if each.series_path == path and each.title_id in found]
            if mine:
                found[series.title_id] = any(mine)
        return found


def met(terms: Terms, years: int, country: str, now_ms: int) -> bool:
    age = 18 if terms.years is None else min(terms.years, 18)
    begun = now_ms >= terms.from_ms
    return (
        age <= years and (terms.countries is None or country in terms.countries) and begun and now_ms < (terms.until_ms or 1e15)
    )


async def world(folder: Path, seed: int) -> World:
    folder.mkdir()
    tables = Tables()
    charts = Sometimes(tables, "ranking")
    house = House(folder, (), figures=charts)
    house.tables, house.marks = tables, cast(Any, Sometimes(house.marks, "bookmarks"))
    recommend = Sometimes(house.recommend, "rows")
    house.home = house.home_of(recommend)
    found = World(np.random.default_rng(seed), house, (recommend, charts, cast(Any, house.marks)), ways())
    for number in range(SERIES):
        series = found.title(f"s{number}", kind="series", series_path=f"p{number}", edition=None)
        found.series[series.series_path] = series
        for episode in range(3):
            more = {"kind": "episode", "series_path": series.series_path, "season": 1, "numbers": (episode + 1,)}
            found.titles[f"s{number}e{episode}"] = found.title(f"s{number}e{episode}", **more)
    for number in range(FILMS):
        found.titles[f"f{number:03}"] = found.title(f"f{number:03}")
    found.house.catalog.put(list(found.titles.values()), list(found.series.values()))
    await found.house.open()
    return found


@cache
def ways() -> Sequence[InUse]:
    """By one model, by two, or by none: models of random views of some of the films, and of some that are gone."""
    dice = np.random.default_rng(0)
    names, user = np.array([f"f{number:03}" for number in range(0, FILMS + 40, 2)]), np.repeat(np.arange(80), 15)
    items = [names[dice.integers(0, len(names), 1200)] for _ in range(2)]
    first, second = (fit(gathered(numbered(user), numbered(item), np.arange(1200.0)), seed=1) for item in items)
    both = {"blend-1": first, "blend-2": second}
    trials = [Trial(form, form, "blend-2", "blend-1", 0.5) for form in (INTERLEAVE, AB)]
    live = InUse("blend-1", None, {"blend-1": first})
    return [InUse(), live, live, live, *(InUse("blend-1", trial, both) for trial in trials)]


async def wrong_tiles(there: World, number: int) -> tuple[int, int, list[str]]:
    """One page: how many tiles it has, how many of them were recommended, and what is wrong with it."""
    dice, house = there.dice, there.house
    years, country, profile = int(dice.choice(AGES)), str(dice.choice(COUNTRIES)), f"p{number % 40}"
    now_ms = house.clock.now_ms()
    everything = [*there.titles, *(each.title_id for each in there.series.values()), "gone"]
    marks = [
        Bookmark(title_id=each, at_ms=now_ms, position_ms=9, finished=bool(dice.random() < 0.5))
        for each in there.pick(everything, 30)
    ]
    watched = [Watched(each, 1.0, now_ms) for each in there.pick(everything, 40)]
    thumbs = {each: int(dice.integers(0, 4)) for each in there.pick(everything, 20)}
    hidden = frozenset(there.pick(everything, 10))
    house.marks.of[profile] = marks
    liked = [Watched(each, LIKED, now_ms) for each, thumb in thumbs.items() if thumb >= UP]
    house.tables.tastes[profile] = Taste(watched, thumbs, hidden, liked)
    counted = [Counted(each, float(dice.integers(1, 500))) for each in there.pick(everything, 120)]
    house.tables.counted[country] = Charts(counted, counted, counted)
    house.recommend.serving.now = there.ways[int(dice.integers(len(there.ways)))]
    for part in there.parts:
        part.away, part.meanwhile = bool(dice.random() < 0.1), there.change if dice.random() < 0.1 else nothing
    page = await house.page(profile, years, country)
    may, seen = there.shown(years, country), {each.title_id for each in (*marks, *watched)}
    return judged(page, may, seen, hidden | {each for each, thumb in thumbs.items() if thumb == DOWN})


def judged(page: home_pb2.HomePage, may: Mapping[str, bool], seen: Set[str], shut: Set[str]) -> tuple[int, int, list[str]]:
    """`may` says of each title that may be seen whether it plays; the rest as `wrong_tiles`."""
    wrong, tiles, ranked = list[str](), 0, 0
    for row in page.rows:
        recommended = row.kind >= home_pb2.TOP_TEN
        for title in row.titles:
            tiles, ranked = tiles + 1, ranked + recommended
            plays = may.get(title.title_id)
            if plays is None or (not plays and row.kind not in OWN):
                wrong.append(f"{row.row_id}: {title.title_id} ({'does not play' if plays is False else 'not for them'})")
            if recommended and (title.title_id in shut or (title.title_id in seen and row.kind != home_pb2.TOP_TEN)):
                wrong.append(f"{row.row_id}: {title.title_id} was seen, hidden or disliked")
    for title in (*page.preparing, *([page.hero] if page.HasField("hero") else [])):
        tiles += 1
        wrong += [] if title.title_id in may else [f"hero or on its way: {title.title_id}"]
    others = [title.title_id for row in page.rows if row.kind not in OWN for title in row.titles]
    if any(row.kind >= home_pb2.TOP_TEN for row in page.rows) and len(others) != len(set(others)):
        wrong.append("a title stands twice")
    return tiles, ranked, wrong


@pytest.mark.soak
async def test_of_a_million_tiles_none_is_what_the_viewer_may_not_see_or_play(tmp_path: Path) -> None:
    """Fifty thousand of them here, a million in `make soak`: nothing above an age, outside a country, before or after its window,
    that is gone, does not play, was hidden or disliked, or (in a row that offers) was seen; and no title twice."""
    tiles = ranked = pages = 0
    for seed in range(LIBRARIES):
        there = await world(tmp_path / str(seed), seed)
        while tiles < TILES * (seed + 1) / LIBRARIES:
            found, of_them, wrong = await wrong_tiles(there, pages)
            assert wrong == [], f"page {pages} of library {seed}: {wrong[:5]}"
            tiles, ranked, pages = tiles + found, ranked + of_them, pages + 1
            away = any(each.away for each in there.parts)
            await there.house.clock.advance(ASK_AGAIN_S if away else float(there.dice.random() * 5))
            there.change()
            if len(there.titles) < FILMS * 0.7:
                fresh = [there.title(f"n{pages}-{number}") for number in range(60)]
                there.titles |= {each.title_id: each for each in fresh}
                there.house.catalog.put(fresh)
        await there.house.close()
    print(f"{tiles:,} tiles on {pages:,} pages, {ranked:,} of them recommended: none wrong")
    assert ranked > tiles / 4
