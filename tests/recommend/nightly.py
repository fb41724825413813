"""The nightly fit: a child process learns, a worse model is not blessed, and whoever is killed leaves the house whole."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from matinee.contracts.home_pb2 import POPULAR
from matinee.insight import registry
from matinee.insight.deep.engine import PYTHON
from matinee.insight.fitting import fitted, held_out
from matinee.insight.rows.viewer import DOWN, Taste
from matinee.insight.taste.interactions import gathered, numbered
from matinee.insight.trainer import DidNotFit
from recommend.house import DAY_MS, House, film
from taste.world import Town, town

NOW_MS = 1_700_000_000_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A town's library and what the town watched."""
    there = town(seed=7, profiles=60, titles=60, views=8, new=5)
    found = await House(tmp_path, [film(name, *about.genres) for name, about in there.catalog.items()]).open()
    watch(found, there)
    yield found
    await found.close()


def watch(house: House, there: Town) -> None:
    views = there.interactions
    for profile in range(len(views.users)):
        mine = views.titles[views.title[views.user == profile]].tolist()
        house.tables.watch(f"profile-{profile:03}", *mine, at_ms=NOW_MS - 30 * DAY_MS)


async def test_the_first_model_is_fitted_as_soon_as_there_is_enough_and_goes_live(house: House) -> None:
    """A house without a model makes one from what was watched, measures it, and ranks by it; a second look makes no other.
    Of a title that the library does not have it learns nothing, however many say they watched it."""
    for profile in range(20):
        house.tables.watch(f"profile-{profile:03}", "never-was", at_ms=NOW_MS - 40 * DAY_MS)
    house.tables.tastes["profile-000"] = Taste(house.tables.tastes["profile-000"].watched, {"t0001": DOWN})
    await house.recommend.trainer.look()
    [made] = await house.sql.read(registry.every)
    assert (made.model_id, made.state) == ("blend-1", "live")
    assert made.manifest["figures"]["asked"] > 40
    assert made.manifest["metrics"]["ndcg@10"]["mean"] > 0
    assert set(made.manifest["facts"]) >= {"data", "seed", "profiles", "until_s"}
    await house.recommend.serving.look()
    rows = (await house.ranked("profile-001")).rows
    assert {row.model for row in rows if row.kind != POPULAR} == {"blend-1"}
    assert "never-was" not in house.recommend.serving.now.models["blend-1"].titles
    await house.recommend.trainer.look()
    assert len(await house.sql.read(registry.every)) == 1
    assert sorted(each.name for each in (house.folder / "models").iterdir()) == ["blend-1"]
    # A night later: the next one, held against the live one by what was watched since.
    for profile in range(60):
        house.tables.watch(f"profile-{profile:03}", f"t{(profile * 7) % 55:04}", at_ms=NOW_MS)
    await house.recommend.trainer.fit(await house.recommend.trainer.views())
    second = (await house.sql.read(registry.every))[0]
    assert second.manifest["figures"]["against"] == second.parent == "blend-1"
    assert second.manifest["figures"]["asked"] > 20


async def test_a_fit_that_is_killed_leaves_no_model_and_the_next_night_makes_one(house: House) -> None:
    """`kill -9` of the child, at any instant: nothing is blessed, nothing lies about, and the next try takes another name."""
    trainer = house.recommend.trainer
    fitting = asyncio.create_task(trainer.fit(await trainer.views()))
    async with asyncio.timeout(60):
        while not (children := children_of(os.getpid())):
            await asyncio.sleep(0.01)
    os.kill(children[0], signal.SIGKILL)
    with pytest.raises(DidNotFit, match="status -9"):
        await fitting
    assert await house.sql.read(registry.live) == ""
    assert [each.state for each in await house.sql.read(registry.every)] == ["making"]
    assert not list((house.folder / "models").glob("fit-*"))
    assert await house.blobs.units() == []
    await house.clock.advance(registry.ABANDONED_MS / 1000 + 1)
    assert await house.sql.read(lambda db: registry.abandoned(db, house.clock.now_ms())) == ["blend-1"]


def children_of(parent: int) -> list[int]:
    """Those that are fitting."""
    found = list[int]()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words, status = (entry / "cmdline").read_bytes(), (entry / "stat").read_text()
        except OSError:
            continue
        if b"matinee.insight.fitting" in words and int(status.rpartition(")")[2].split()[1]) == parent:
            found.append(int(entry.name))
    return found


def test_a_house_whose_jax_is_gone_has_its_model_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a transformer was to be learnt and cannot be, the night's model is made without it, and says why."""
    monkeypatch.setenv(PYTHON, str(tmp_path / "gone"))
    there = town(seed=7, profiles=30, titles=30, views=8, new=5)
    model = fitted(there.interactions, there.catalog, 0)
    assert model.learnt.deep is None and "no Python with jax" in model.facts["without"]


def test_what_is_asked_of_a_model_is_not_what_it_was_taught() -> None:
    """Of each profile asked, its last title is held out of the training, and only views since the live model count."""
    user, item = np.repeat(np.arange(10), 5), np.tile(np.arange(5), 10)
    views = gathered(numbered(user), numbered(np.array([f"t{each}" for each in item])), item * 100.0 + user)
    exam = held_out(views, 404.5, 1)
    assert len(exam.asked) == 5 and set(exam.asked.tolist()) == {"t4"}
    assert len(exam.training) == 45 and [len(each) for each in exam.given.histories()] == [4] * 5
