"""Models in use: taken up beside the pages that are made meanwhile, gone back from by a pointer, and never half there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from matinee.contracts.catalog_pb2 import Audience
from matinee.contracts.events_pb2 import ProfileGone
from matinee.contracts.home_pb2 import FOR_YOU, POPULAR, TOP_TEN
from matinee.contracts.recommend_pb2 import PicksQuestion
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.insight import registry, trial_book
from matinee.insight.taste.keeping import keep
from matinee.insight.taste.model import Model
from matinee.insight.taste.training import fit
from matinee.ports.log import Entry
from recommend.house import CALL, House, charted, film
from recommend.trials import GOOD
from taste.world import GENRES, Town, town

NOW_MS = 1_700_000_000_000


@cache
def learnt(seed: int) -> tuple[Town, Model]:
    there = town(seed=7, profiles=120, titles=120)
    return there, fit(there.interactions, there.catalog, seed=seed)


def library(there: Town) -> list[object]:
    return [
        film(name, *[genre for genre, has in zip(GENRES, row, strict=True) if has])
        for name, row in zip(there.catalog, there.genre_of, strict=True)
    ]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    found = await House(tmp_path, library(learnt(1)[0])).open()  # pyright: ignore
    found.tables.watch("me", "t0001", "t0005", "t0009", at_ms=NOW_MS - 10**7)
    yield found
    await found.close()


async def add(house: House, model: Model, bless: bool = True) -> str:
    model_id = await house.sql.transact(lambda db: registry.take_version(db, "blend", 1))
    folder = house.folder / f"made-{model_id}"
    await asyncio.to_thread(keep, model, folder)
    await house.blobs.put_tree(registry.unit_of(model_id), folder)
    await house.sql.transact(lambda db: registry.made(db, model_id, {"figures": asdict(GOOD)}, 1))
    if bless:
        await house.sql.transact(lambda db: registry.bless(db, model_id, 2))
    return model_id


async def model_of_the_page(house: House) -> str:
    return (await house.ranked("me")).rows[0].model


async def test_a_blessed_model_ranks_and_the_one_before_is_back_by_a_pointer(house: House) -> None:
    """Rows are ranked by description until there is a model, then by it, by the next one, and by the one before again."""
    assert await model_of_the_page(house) == ""
    for expected in ("blend-1", "blend-2"):
        await add(house, learnt(1)[1])
        await house.recommend.serving.look()
        assert await model_of_the_page(house) == expected
    await house.sql.transact(lambda db: registry.roll_back(db, 3))
    await house.recommend.serving.look()
    assert await model_of_the_page(house) == "blend-1"
    models = house.recommend.serving.now.models
    assert isinstance(models["blend-1"].learnt.factors.base, np.memmap) or isinstance(models["blend-1"].learnt.factors, np.memmap)
    assert sorted(each.name for each in (house.folder / "models").iterdir()) == ["blend-1"]


async def test_a_model_that_cannot_be_read_leaves_the_one_before_in_its_place(house: House) -> None:
    """Blessed or not: one whose unit is gone or half there is not taken up, and pages go on as before."""
    await add(house, learnt(1)[1])
    await house.recommend.serving.look()
    broken = await add(house, learnt(1)[1], bless=False)
    await house.blobs.delete(registry.unit_of(broken))
    await house.sql.transact(lambda db: registry.bless(db, broken, 3))
    await house.recommend.serving.look()
    assert await model_of_the_page(house) == "blend-1"
    half = house.folder / "half"
    await asyncio.to_thread(keep, learnt(1)[1], half)
    next(half.glob("*/factors.npy")).write_bytes(b"nothing of it")
    await house.blobs.put_tree(registry.unit_of(broken), half)
    await house.recommend.serving.look()
    assert await model_of_the_page(house) == "blend-1"
    another = house.another_recommend("models-2")
    await another.serving.look()
    assert another.serving.now.live == ""


class Slow:
    """Blobs that are read from only when a test lets them be."""

    def __init__(self, blobs: DirectoryBlobs) -> None:
        self._blobs = blobs
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def names(self, unit: str) -> list[str]:
        return await self._blobs.names(unit)

    async def read(self, name: str, first: int = 0, last: int | None = None) -> bytes:
        self.asked.set()
        await self.let.wait()
        return await self._blobs.read(name, first, last)


async def test_pages_are_made_while_a_model_is_on_its_way(house: House) -> None:
    """However slowly a model comes, whoever asks meanwhile is answered by the one before; then by the new one, in one step."""
    await add(house, learnt(1)[1])
    await house.recommend.serving.look()
    slow = Slow(house.blobs)
    house.recommend.serving._blobs = slow  # pyright: ignore
    await add(house, learnt(2)[1])
    looking = asyncio.create_task(house.recommend.serving.look())
    await slow.asked.wait()
    assert [await model_of_the_page(house) for _ in range(3)] == ["blend-1"] * 3
    slow.let.set()
    await looking
    assert await model_of_the_page(house) == "blend-2"


async def test_a_trial_is_told_with_the_row_and_both_models_are_in_it(house: House) -> None:
    """In an interleaved row each title bears its team, the row its trial, arm and chance, and no other row does; in an A/B
    trial every row does, and charts, which both arms share, name no model. Nobody sees a shadow."""
    await add(house, learnt(1)[1])
    challenger = await add(house, learnt(2)[1], bless=False)
    await house.recommend.serving.look()
    house.tables.counted["DE"] = charted({f"t{number:04}": 90.0 - number for number in range(60, 80)})
    for number in range(20):
        house.tables.watch(f"profile-{number}", "t0002", "t0003", at_ms=NOW_MS - 10**7)
    before = await house.ranked("me")
    shadow = await house.sql.transact(lambda db: trial_book.begin(db, challenger, "shadow", 1.0, 0, 3))
    await house.recommend.serving.look()
    assert house.recommend.serving.now.trial == shadow
    assert await house.ranked("me") == before
    await house.sql.transact(lambda db: trial_book.end(db, 4))
    trial = await house.sql.transact(lambda db: trial_book.begin(db, challenger, "interleave", 1.0, 0, 5))
    await house.recommend.serving.look()
    row, *others = (await house.ranked("me")).rows
    assert others and not any(each.trial or each.arm for each in others)
    assert (row.kind, row.trial, row.arm, row.propensity) == (FOR_YOU, trial.trial_id, "interleave", 1.0)
    assert {title.team for title in row.titles} == {"base", "challenger"}
    await house.sql.transact(lambda db: trial_book.end(db, 6))
    await house.sql.transact(lambda db: trial_book.begin(db, challenger, "ab", 0.5, 10, 7))
    await house.recommend.serving.look()
    rows = [row for n in range(20) for row in (await house.ranked(f"profile-{n}")).rows]
    told = {(row.model, row.arm, row.propensity) for row in rows if row.model}
    assert told == {("blend-1", "base", 0.5), (challenger, "challenger", 0.5)}
    charts = {(row.kind, row.arm) for row in rows if not row.model}
    assert charts == {(kind, arm) for kind in (TOP_TEN, POPULAR) for arm in ("base", "challenger")}


async def test_picks_are_offered_kept_and_forgotten_with_their_profile(house: House) -> None:
    """A new profile is offered titles unlike each other; its picks are its history; a profile that leaves leaves none behind."""
    asked = PicksQuestion(account_id="acc", profile_id="new", audience=Audience(maturity_limit=18, country="DE"))
    offer = await house.recommend.offer_picks(asked, CALL)
    assert len(set(offer.title_ids)) == len(offer.title_ids) == 36 and not offer.picked
    first = [learnt(1)[0].genre_of[int(each[1:])].argmax() for each in offer.title_ids[:6]]
    assert len(set(first)) >= 4
    assert (await house.ranked("new")).asks_for_picks
    await house.pick("new", *offer.title_ids[:3])
    page = await house.ranked("new")
    assert not page.asks_for_picks and page.rows
    assert {each.because_of for row in page.rows for each in row.titles} - {""} <= set(offer.title_ids[:3])
    assert not {each.title_id for row in page.rows for each in row.titles} & set(offer.title_ids[:3])
    await house.log.append("profiles", [Entry("new", ProfileGone(profile_id="new", account_id="acc").SerializeToString())])
    hearing = asyncio.create_task(house.recommend.keep_hearing())
    async with asyncio.timeout(20):
        while (await house.recommend.offer_picks(asked, CALL)).picked:
            await asyncio.sleep(0.01)
    hearing.cancel()
