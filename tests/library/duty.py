"""Of several catalogs one looks at the libraries."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.library.catalog import CatalogSettings
from matinee.library.duty import HELD_S, Duty
from matinee.library.migrations import MIGRATIONS
from matinee.settings import settings_of
from matinee.topology import LAPTOP
from matinee.topology_file import Changes, read_topology
from matinee.up.state import open_state
from matinee.wiring import HOUSE


@asynccontextmanager
async def catalogs(folder: Path, clock: ManualClock, *names: str) -> AsyncGenerator[list[Duty]]:
    sqls = [SqliteSql(folder / "catalog.db") for _ in names]
    for sql in sqls:
        await sql.install(MIGRATIONS)
    yield [Duty(sql, clock, name) for sql, name in zip(sqls, names, strict=True)]
    for sql in sqls:
        await sql.close()


async def test_of_many_who_come_at_once_one_is_on_duty(tmp_path: Path) -> None:
    """However many catalogs start together, exactly one looks, and it stays the one."""
    async with catalogs(tmp_path, ManualClock(), "a", "b", "c", "d") as duties:
        first = await asyncio.gather(*(duty.held() for duty in duties))
        assert sorted(first) == [False, False, False, True]
        assert await asyncio.gather(*(duty.held() for duty in duties)) == first


async def test_who_renews_keeps_it_and_who_falls_silent_is_followed(tmp_path: Path) -> None:
    """For an hour of looking nobody else takes over; half a minute after the last word another does, and only one."""
    clock = ManualClock()
    async with catalogs(tmp_path, clock, "a", "b") as (one, other):
        assert await one.held()
        renewing = asyncio.ensure_future(one.keep_renewing())
        for _ in range(360):
            await clock.advance(10)
            # The renewal is written by a thread.
            assert await one.held()
            assert not await other.held()
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await clock.advance(HELD_S + 1)
        assert await other.held()
        assert not await one.held()


async def test_who_comes_back_under_its_name_is_on_duty_at_once(tmp_path: Path) -> None:
    """A catalog that was killed and started again goes on looking without a pause."""
    clock = ManualClock()
    async with catalogs(tmp_path, clock, "a", "b", "a") as (killed, other, again):
        assert await killed.held()
        assert not await other.held()
        assert await again.held()


async def test_houses_of_one_region_have_one_catalog_on_duty_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pods each run a `front-1`; those two are not taken for one, while one that comes back where it was still is."""
    monkeypatch.setenv("MATINEE_SHARED", str(tmp_path))
    laptop = read_topology(LAPTOP, tmp_path, tuple(HOUSE), Changes())
    houses = [open_state(replace(laptop, state=tmp_path / pod)) for pod in ("a", "b", "a")]
    names = [cast(CatalogSettings, settings_of("catalog", house, "front-1", None)).name for house in houses]
    assert len({house.instance for house in houses}) == 1
    monkeypatch.delenv("MATINEE_SHARED")
    alone = open_state(replace(laptop, state=tmp_path / "alone"))
    assert cast(CatalogSettings, settings_of("catalog", alone, "front-1", None)).name == "front-1"
    async with catalogs(tmp_path, ManualClock(), *names) as (one, other, again):
        assert await one.held()
        assert not await other.held()
        assert await again.held()


async def test_who_leaves_hands_it_over(tmp_path: Path) -> None:
    """A catalog that is stopped leaves its duty to the other at once."""
    async with catalogs(tmp_path, ManualClock(), "a", "b") as (one, other):
        assert await one.held()
        await other.leave()
        assert not await other.held()
        await one.leave()
        assert await other.held()
