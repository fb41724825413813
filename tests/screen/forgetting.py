"""A profile that was removed is forgotten: its places, its bookmarks, its list."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from matinee.contracts.events_pb2 import ProfileGone
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.log import Entry
from matinee.ports.rows import Rows, RowsUnavailable
from matinee.ports.rpc import Refused
from matinee.screen.forgetting import Forgetting
from matinee.screen.my_list import MyList

from .theatre import HOUR_MS, Theatre

HALF_MS = HOUR_MS // 2


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    theatre = await Theatre(tmp_path).open()
    for title in ("one", "two"):
        theatre.shelf.put(title)
    for profile in ("me", "gone"):
        view = await theatre.play("one", screen="before", profile=profile)
        await theatre.stop(view.view_id, HALF_MS)
        await MyList(theatre.rows).keep(profile, "two", theatre.clock.now_ms())
        await theatre.wait(1)
    word = ProfileGone(profile_id="gone", account_id="acc")
    await theatre.log.append("profiles", [Entry("gone", word.SerializeToString())])
    yield theatre
    await theatre.playback.close()
    await theatre.log.close()
    await theatre.rows.close()


async def kept(theatre: Theatre, profile: str) -> tuple[list[str], list[str]]:
    """The profile's bookmarks and its list."""
    marks = [mark.title_id for mark in await theatre.bookmarks(profile=profile)]
    return marks, await MyList(theatre.rows).all_of(profile)


@asynccontextmanager
async def hearing(theatre: Theatre, rows: Rows | None = None) -> AsyncGenerator[asyncio.Task[None]]:
    sql = SqliteSql(theatre.folder / "playback.db")
    forgetting = Forgetting(sql, rows or theatre.rows, theatre.log, theatre.clock)
    task = asyncio.create_task(forgetting.keep_hearing())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await sql.close()


async def forgotten(theatre: Theatre) -> None:
    async with asyncio.timeout(30):
        while await kept(theatre, "gone") != ([], []):
            await asyncio.sleep(0.02)


async def test_nothing_of_a_removed_profile_is_kept(theatre: Theatre) -> None:
    """Its screen is free for others at once and plays no further; its bookmarks and list are gone, everybody else's stay."""
    mine = await theatre.play("two", screen="mine", device="Mine")
    its = await theatre.play("two", screen="its", device="Its", profile="gone")
    async with hearing(theatre):
        await forgotten(theatre)
    assert await theatre.watching() == ["Mine"]
    with pytest.raises(Refused):
        await theatre.heartbeat(its.view_id, HALF_MS)
    await theatre.stop(its.view_id, HALF_MS)
    await theatre.heartbeat(mine.view_id, HALF_MS)
    assert await kept(theatre, "gone") == ([], [])
    assert await kept(theatre, "me") == (["two", "one"], ["two"])


async def test_a_late_heartbeat_brings_nothing_back(theatre: Theatre) -> None:
    """One that was on its way when the profile was forgotten is older than its forgetting, and writes nothing that is seen."""
    before_ms = theatre.clock.now_ms()
    async with hearing(theatre):
        await forgotten(theatre)
    await theatre.rows.put("bookmarks", "gone", "never watched before", {"mark": b"{}"}, before_ms)
    assert await kept(theatre, "gone") == ([], [])


class Ailing:
    """Rows that fail at the second word, as when the process dies between the two."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._words = rows, 0

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        self._words += 1
        if self._words > 1:
            raise RowsUnavailable("they went away")
        await self._rows.drop_partition(table, partition, at_ms)


async def test_what_was_forgotten_by_half_is_forgotten_wholly_later(theatre: Theatre) -> None:
    """Interrupted between bookmarks and list, the word is heard again."""
    async with hearing(theatre, Ailing(theatre.rows)) as task:  # pyright: ignore[reportArgumentType]  # all it is asked for
        await asyncio.wait([task])
    assert await kept(theatre, "gone") == ([], ["two"])
    async with hearing(theatre):
        await forgotten(theatre)
    assert await kept(theatre, "me") == (["one"], ["two"])
