"""In a town whose tastes are known: the whole of recommend, from figures to rows, shows people what they would like."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from matinee.contracts import home_pb2, recommend_pb2
from matinee.insight import registry
from matinee.insight.figures_asked import FRESH_S
from matinee.insight.rows.charts import Charts, Counted
from matinee.insight.taste.keeping import keep
from matinee.insight.taste.model import Model
from matinee.insight.taste.training import fit
from recommend.house import House, film
from recommend.trials import GOOD
from taste.world import GENRES, Town, name_of, town

NEWER = 20
"""So many titles came after the model was learnt: it has never heard of them."""


@cache
def learnt() -> tuple[Town, Model]:
    there = town(seed=7, new=NEWER)
    older = {name: about for name, about in there.catalog.items() if int(name[1:]) < len(there.catalog) - NEWER}
    return there, fit(there.interactions, older, seed=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    there, model = learnt()
    found = House(tmp_path, [film(name, *about.genres) for name, about in there.catalog.items()])
    await found.recommend.start()
    model_id = await found.sql.transact(lambda db: registry.take_version(db, "blend", 1))
    await asyncio.to_thread(keep, model, tmp_path / "made")
    await found.blobs.put_tree(registry.unit_of(model_id), tmp_path / "made")
    await found.sql.transact(lambda db: registry.made(db, model_id, {"figures": asdict(GOOD)}, 1))
    await found.sql.transact(lambda db: registry.bless(db, model_id, 2))
    await found.recommend.serving.look()
    yield found
    await found.close()


def numbers(row: recommend_pb2.RecommendedRow) -> list[int]:
    return [int(each.title_id[1:]) for each in row.titles]


async def test_three_picks_make_a_page_worth_opening(house: House) -> None:
    """A new member's first page is everybody's; after three picks the first row is what the member likes, and
    so are most titles of the first three."""
    there, _ = learnt()
    plays = np.bincount(there.interactions.title, minlength=len(there.catalog))
    first, parts, before = list[float](), list[float](), list[float]()
    for genre in range(len(GENRES)):
        of_genre = np.flatnonzero(there.genre_of[: len(plays), genre] == 1)
        picks = of_genre[np.argsort(-plays[of_genre])][[0, 2, 4]]
        before.append(float(np.mean(there.genre_of[seen_first(await house.ranked(f"new-{genre}")), genre] > 0)))
        await house.pick(f"new-{genre}", *(name_of(each) for each in picks))
        page = await house.ranked(f"new-{genre}")
        first.append(float(np.mean(there.genre_of[numbers(page.rows[0]), genre] > 0)))
        parts.append(float(np.mean(there.genre_of[seen_first(page), genre] > 0)))
        assert {each.because_of for row in page.rows for each in row.titles} - {""} <= {name_of(each) for each in picks}
    assert np.mean(first) > 0.9
    assert np.mean(parts) > 0.5
    assert np.mean(parts) > 2 * np.mean(before)
    by_chance = np.mean(there.genre_of > 0, axis=0)
    assert min(ours / chance for ours, chance in zip(parts, by_chance, strict=True)) > 1.5


def seen_first(page: recommend_pb2.RecommendedRows) -> list[int]:
    """The titles one sees without reaching for any: the first of the first three rows."""
    return [each for row in page.rows[:3] for each in numbers(row)[:8]]


async def test_titles_the_model_has_never_heard_of_find_the_right_people(house: House) -> None:
    """Those who see a title that came today at the front of a row like it far more than others do; and nearly all are seen."""
    there, _ = learnt()
    views, seen_by = there.interactions, dict[int, list[int]]()
    for profile in range(0, len(views.users), 5):
        user = f"profile-{profile}"
        mine = views.titles[views.title[views.user == profile]].tolist()
        house.tables.watch(user, *mine, at_ms=house.clock.now_ms() - 10**9)
        for each in {title for row in (await house.ranked(user)).rows for title in numbers(row)[:6]}:
            if each >= len(there.catalog) - NEWER:
                seen_by.setdefault(each, []).append(int(views.users[profile]))
    assert len(seen_by) > 0.8 * NEWER
    lifts = [there.likes[those, each].mean() / there.likes[:, each].mean() for each, those in seen_by.items()]
    assert np.mean(lifts) > 2.5


async def test_rows_of_ones_own_are_hardly_louder_than_what_people_choose(house: House) -> None:
    """What is recommended is little more popular than what is watched, and all together most titles are on somebody's page."""
    there, model = learnt()
    views, plays = there.interactions, np.zeros(len(there.catalog))
    known = np.array([int(each[1:]) for each in model.titles])
    plays[known] = model.learnt.plays
    pages = list[recommend_pb2.RecommendedRows]()
    for profile in range(0, len(views.users), 5):
        mine = views.titles[views.title[views.user == profile]].tolist()
        house.tables.watch(f"profile-{profile}", *mine, at_ms=house.clock.now_ms() - 10**9)
        pages.append(await house.ranked(f"profile-{profile}"))
    chosen = plays[[int(each[1:]) for each in views.titles[views.title]]].mean()
    first = [seen_first(page) for page in pages]
    hits = np.sort(plays)[-int(np.mean([len(each) for each in first])) :].mean()
    loudness = np.mean([plays[each].mean() for each in first])
    assert loudness < 1.1 * chosen < 1.5 * chosen < hits
    shown = {title for page in pages for row in page.rows for title in numbers(row)[:8]}
    assert len(shown) > 0.8 * len(there.catalog)


async def test_what_is_watched_all_of_a_sudden_trends_on_the_next_page(house: House) -> None:
    """As soon as the figures count it, it stands in Trending now, first what rose most; what is always popular does not."""
    usual = [Counted(name_of(number), 100.0) for number in range(40)]
    rises = [Counted(name_of(number), number - 95.0) for number in (100, 101, 102, 103)]
    house.tables.counted["DE"] = Charts(popular=usual, trending=[Counted(each.title_id, 0.5) for each in usual])
    assert home_pb2.TRENDING not in {row.kind for row in (await house.ranked("me")).rows}
    house.tables.counted["DE"] = Charts(popular=usual, trending=rises)
    await house.clock.advance(FRESH_S)
    row = next(row for row in (await house.ranked("me")).rows if row.kind == home_pb2.TRENDING)
    assert numbers(row) == [103, 102, 101, 100]
