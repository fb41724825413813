"""While an engine is away a film goes on, and what needs the engine says so, counts it, and recovers by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prometheus_client
import pytest

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest
from matinee.contracts.home_pb2 import ListChange, PageRequest
from matinee.contracts.identity_pb2 import AccountId, Credentials, NewProfile, ProfileId, ProfileRemoval
from matinee.engines.manual_clock import ManualClock
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.library.catalog import Catalog, CatalogSettings
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.last_seen import REMEMBERED_MS
from matinee.ports.log import LogUnavailable
from matinee.ports.rows import RowsUnavailable
from matinee.ports.rpc import Refused
from matinee.ports.sql import SqlUnavailable
from matinee.ports.unavailable import ASK_AGAIN_S, LONG_ENOUGH_S, Unavailable
from matinee.screen.home import Home
from matinee.screen.telling import Telling
from screen.small_library import LIBRARY, Library, Places, Silent
from screen.theatre import CALL, Theatre

MINUTE_MS = 60_000


class Cord:
    """An engine by a cord that may be cut (`away`), or along which nothing comes any more (`hangs`)."""

    def __init__(self, engine: object, failure: type[Unavailable]) -> None:
        self._engine, self._failure = engine, failure
        self.away = self.hangs = False
        self.keeps_waiting = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        async def asked(*words: Any, **more: Any) -> Any:
            if self.hangs:
                self.keeps_waiting.set()
                await asyncio.Event().wait()
            if self.away:
                raise self._failure("its cord is cut")
            return await getattr(self._engine, name)(*words, **more)

        return asked


def taken(name: str) -> float:
    return prometheus_client.REGISTRY.get_sample_value("matinee_fallbacks_total", {"fallback": name}) or 0.0


@pytest.fixture
async def theatre(tmp_path: Path) -> Theatre:
    theatre = await Theatre(tmp_path).open()
    theatre.shelf.put("film")
    theatre.shelf.put_series("show", [(1, 1), (1, 2)])
    theatre.rows, theatre.log = Cord(theatre.rows, RowsUnavailable), Cord(theatre.log, LogUnavailable)
    theatre.playback = await theatre.another()
    return theatre


async def test_a_film_begins_at_the_beginning_while_places_are_away_and_says_so(theatre: Theatre) -> None:
    """Play and its heartbeats are answered without the place, which is kept again as soon as it can be."""
    before = await theatre.play(screen="one")
    assert not before.without_place
    await theatre.stop(before.view_id, 20 * MINUTE_MS)
    theatre.rows.away = True
    counted = taken("playback: from the beginning"), taken("playback: a place is not kept")
    view = await theatre.play(screen="one")
    assert (view.without_place, view.position_ms) == (True, 0)
    assert (await theatre.play("show", screen="two")).title.title_id == "show-1-1"
    assert (await theatre.heartbeat(view.view_id, 25 * MINUTE_MS)).token
    assert taken("playback: from the beginning") >= counted[0] + 2
    assert taken("playback: a place is not kept") == counted[1] + 1
    theatre.rows.away = False
    await theatre.wait(ASK_AGAIN_S)
    await theatre.heartbeat(view.view_id, 26 * MINUTE_MS)
    assert [mark.position_ms for mark in await theatre.bookmarks("film")] == [26 * MINUTE_MS]


async def test_a_heartbeat_does_not_wait_for_places_that_hang(theatre: Theatre) -> None:
    """Somebody waits two seconds for the store that hangs, and then nobody does."""
    view = await theatre.play(screen="one")
    theatre.rows.hangs = True
    first = asyncio.create_task(theatre.heartbeat(view.view_id, MINUTE_MS))
    async with asyncio.timeout(30):
        await theatre.rows.keeps_waiting.wait()
        await theatre.clock.advance(LONG_ENOUGH_S)
        assert (await first).token
    theatre.rows.hangs = False
    await theatre.wait(ASK_AGAIN_S)
    await theatre.heartbeat(view.view_id, 2 * MINUTE_MS)
    assert [mark.position_ms for mark in await theatre.bookmarks("film")] == [2 * MINUTE_MS]


async def test_a_play_waits_for_no_log_and_the_log_is_told_of_it_later(theatre: Theatre) -> None:
    """What began and ended while the log was away is told when it is back, in its order."""
    theatre.log.away = True
    view = await theatre.play(screen="one")
    telling = Telling(SqliteSql(theatre.folder / "playback.db"), theatre.log, theatre.clock)
    with pytest.raises(LogUnavailable):
        await telling.tell()
    await theatre.stop(view.view_id)
    theatre.log.away = False
    await telling.tell()
    await telling.tell()
    assert await theatre.told() == [("granted", view.view_id), ("ended", view.view_id)]


@dataclass
class Members:
    identity: Identity
    sql: Cord
    clock: ManualClock

    async def join(self) -> ProfileId:
        asked = Credentials(email="asha@example.org", password="quiet evening")
        account_id = (await self.identity.sign_up(asked, CALL)).account.account_id
        first = (await self.identity.list_profiles(AccountId(account_id=account_id), CALL)).profiles[0]
        return ProfileId(account_id=account_id, profile_id=first.profile_id)


@pytest.fixture
async def members(tmp_path: Path) -> AsyncIterator[Members]:
    sql, log, clock = Cord(SqliteSql(tmp_path / "identity.db"), SqlUnavailable), SqliteLog(tmp_path / "log-2.db"), ManualClock()
    settings = IdentitySettings(tmp_path / "passport.pem", tmp_path / "jwks.json")
    identity = Identity(sql=sql, log=log, clock=clock, settings=settings)
    await identity.start()
    yield Members(identity, sql, clock)
    sql.away = False
    await identity.close()
    await log.close()


async def test_who_watched_lately_is_still_known_while_the_accounts_are_away(members: Members) -> None:
    """For ten minutes after it was last asked, with the limit it had then; and no stranger is."""
    who = await members.join()
    known = await members.identity.get_profile(who, CALL)
    members.sql.away = True
    counted = taken("identity: profiles as last seen")
    assert await members.identity.get_profile(who, CALL) == known
    assert taken("identity: profiles as last seen") == counted + 1
    with pytest.raises(Unavailable):
        await members.identity.get_profile(ProfileId(account_id=who.account_id, profile_id="another"), CALL)
    await members.clock.advance(REMEMBERED_MS / 1000 + 1)
    with pytest.raises(Unavailable):
        await members.identity.get_profile(who, CALL)
    members.sql.away = False
    await members.clock.advance(ASK_AGAIN_S)
    assert await members.identity.get_profile(who, CALL) == known


async def test_a_profile_that_was_removed_is_not_remembered(members: Members) -> None:
    """Who is gone stays gone, also while nobody can be asked."""
    who = await members.join()
    wanted = NewProfile(account_id=who.account_id, name="Second", avatar="moon", maturity_limit=18)
    gone = ProfileId(account_id=who.account_id, profile_id=(await members.identity.create_profile(wanted, CALL)).profile_id)
    await members.identity.get_profile(gone, CALL)
    removal = ProfileRemoval(account_id=gone.account_id, profile_id=gone.profile_id, asked_by=who.profile_id)
    await members.identity.remove_profile(removal, CALL)
    with pytest.raises(Refused):
        await members.identity.get_profile(gone, CALL)
    members.sql.away = True
    with pytest.raises(Unavailable):
        await members.identity.get_profile(gone, CALL)


async def test_home_opens_without_places_and_says_so(members: Members, tmp_path: Path) -> None:
    """The page shows what the library has, and says that what one watched and listed is not on it for now."""
    who, rows = await members.join(), Cord(SqliteRows(tmp_path / "rows-2.db"), RowsUnavailable)
    home = Home(
        rows=rows,
        cache=MemoryCache("memory://"),
        clock=members.clock,
        identity=members.identity,
        catalog=Library(LIBRARY),  # pyright: ignore
        playback=Places(),  # pyright: ignore
        recommend=Silent(),  # pyright: ignore
    )
    asked = PageRequest(account_id=who.account_id, profile_id=who.profile_id)
    await home.keep_title(ListChange(account_id=who.account_id, profile_id=who.profile_id, title_id="tide"), CALL)
    assert "my-list" in {row.row_id for row in (await home.page(asked, CALL)).rows}
    rows.away = True
    page = await home.page(asked, CALL)
    assert page.without_places
    assert {row.row_id for row in page.rows} >= {"new", "series"}
    assert "my-list" not in {row.row_id for row in page.rows}
    rows.away = False
    await members.clock.advance(ASK_AGAIN_S)
    page = await home.page(asked, CALL)
    assert (page.without_places, "my-list" in {row.row_id for row in page.rows}) == (False, True)
    await rows.close()


async def test_the_library_is_shown_as_last_read_while_its_store_is_away(tmp_path: Path) -> None:
    """What was known of titles goes on being shown; a catalog that never read any says that it cannot."""
    sql, log, clock = Cord(SqliteSql(tmp_path / "catalog.db"), SqlUnavailable), SqliteLog(tmp_path / "log-3.db"), ManualClock()
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "Quiet (2020).mkv").write_bytes(b"film")
    settings = CatalogSettings(libraries=(tmp_path / "films",), index=tmp_path / "search")
    asked = ListTitlesRequest(audience=Audience(maturity_limit=18))
    catalog, newcomer = (Catalog(sql=sql, log=log, clock=clock, settings=settings) for _ in range(2))
    await catalog.start()
    await catalog.scan()
    await clock.advance(60)
    await catalog.scan()
    before = await catalog.list_titles(asked, CALL)
    assert [title.name for title in before.titles] == ["Quiet"]
    sql.away = True
    counted = taken("catalog: titles as last read")
    assert await catalog.list_titles(asked, CALL) == before
    assert taken("catalog: titles as last read") == counted + 1
    with pytest.raises(Unavailable):
        await newcomer.list_titles(asked, CALL)
    sql.away = False
    await catalog.close()
    await log.close()
