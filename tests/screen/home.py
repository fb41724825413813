"""The page one comes home to, on real profiles and lists, beside a small library and remembered places."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from matinee.contracts.catalog_pb2 import FAILED
from matinee.contracts.home_pb2 import KeptRequest, ListChange, PageRequest, RowKind
from matinee.contracts.identity_pb2 import AccountId, Credentials, NewProfile
from matinee.contracts.playback_pb2 import Bookmark
from matinee.engines.manual_clock import ManualClock
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.identity import Identity, IdentitySettings
from matinee.ports.rows import MOST_ROWS
from matinee.ports.rpc import Call, Refused
from matinee.screen.home import NEWEST, Home
from matinee.screen.my_list import ADDED, TABLE, MyList
from screen.small_library import LIBRARY, Library, Places, Silent, film

CALL = Call("test", "test", 1e12)


@dataclass
class House:
    home: Home
    library: Library
    places: Places
    clock: ManualClock
    account_id: str
    grown_up: str
    kid: str

    def asked_by(self, profile_id: str) -> PageRequest:
        return PageRequest(account_id=self.account_id, profile_id=profile_id)

    async def rows(self, profile_id: str) -> dict[str, list[str]]:
        page = await self.home.page(self.asked_by(profile_id), CALL)
        return {row.row_id: [title.title_id for title in row.titles] for row in page.rows}

    async def keep(self, profile_id: str, title_id: str) -> None:
        await self.clock.advance(1)
        await self.home.keep_title(ListChange(account_id=self.account_id, profile_id=profile_id, title_id=title_id), CALL)

    async def my_list(self, profile_id: str) -> list[str]:
        return [title.title_id for title in (await self.home.my_list(self.asked_by(profile_id), CALL)).titles]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock, rows, places, library = ManualClock(), SqliteRows(tmp_path / "rows.db"), Places(), Library(LIBRARY)
    settings = IdentitySettings(tmp_path / "passport.pem", tmp_path / "jwks.json")
    identity = Identity(
        sql=SqliteSql(tmp_path / "identity.db"), log=SqliteLog(tmp_path / "log.db"), clock=clock, settings=settings
    )
    await identity.start()
    account_id = (
        await identity.sign_up(Credentials(email="asha@example.org", password="quiet evening"), CALL)
    ).account.account_id
    kids = NewProfile(account_id=account_id, name="Kid", avatar="moon", kids=True, maturity_limit=7)
    kid = (await identity.create_profile(kids, CALL)).profile_id
    everybody = (await identity.list_profiles(AccountId(account_id=account_id), CALL)).profiles
    grown_up = next(each.profile_id for each in everybody if each.profile_id != kid)
    asked = {"identity": identity, "catalog": library, "playback": places, "recommend": Silent()}
    home = Home(rows=rows, cache=MemoryCache("memory://"), clock=clock, **asked)  # pyright: ignore
    yield House(home, library, places, clock, account_id, grown_up, kid)
    await identity.close()
    await rows.close()


async def test_the_page_gathers_what_a_profile_may_see_and_has_done(house: House) -> None:
    """A new profile finds what is new, series, and genres with enough to choose from; what is on its way is named apart."""
    page = await house.home.page(house.asked_by(house.grown_up), CALL)
    assert await house.rows(house.grown_up) == {
        "new": ["grim", "calm", "show", "tide"],
        "series": ["show"],
        "genre-drama": ["grim", "show", "tide"],
        "genre-nature": ["calm", "tide"],
    }
    assert [row.kind for row in page.rows][:2] == [RowKind.NEW, RowKind.SERIES_ROW]
    assert (page.hero.title_id, [title.title_id for title in page.preparing]) == ("grim", ["soon"])


async def test_newcomers_that_cannot_play_hide_nothing(house: House) -> None:
    """However many files were added that cannot be played yet, or ever, what plays stays the hero and in its rows."""
    newcomers = [film(f"odd-{number}", "Drama", "Nature", state=FAILED) for number in range(3 * NEWEST)]
    before = await house.rows(house.grown_up)
    house.library.titles = [*newcomers, *LIBRARY]
    page = await house.home.page(house.asked_by(house.grown_up), CALL)
    assert (page.hero.title_id, await house.rows(house.grown_up)) == ("grim", before)
    assert len(page.preparing) == NEWEST


async def test_a_page_is_never_older_than_the_library(house: House) -> None:
    """Coming home again asks for no list a second time; and a film that comes or goes shows at once, for whom it is."""
    before = [await house.rows(house.grown_up), await house.rows(house.kid)]
    asked = house.library.listed
    assert [await house.rows(house.grown_up), await house.rows(house.kid)] == before
    assert house.library.listed == asked
    house.library.titles = [film("fresh", "Drama"), *LIBRARY[1:]]
    assert (await house.rows(house.grown_up))["new"] == [
        "fresh",
        *(each for each in before[0]["new"] if each != LIBRARY[0].title_id),
    ]
    house.library.titles = LIBRARY
    assert [await house.rows(house.grown_up), await house.rows(house.kid)] == before


async def test_a_kid_sees_nothing_above_the_limit_anywhere(house: House) -> None:
    """On a kids' page there is no grown-up film: not as hero, in no row, and not by way of the list."""
    page = await house.home.page(house.asked_by(house.kid), CALL)
    assert page.hero.title_id == "calm"
    assert "grim" not in {title_id for row in (await house.rows(house.kid)).values() for title_id in row}
    with pytest.raises(Refused) as refused:
        await house.keep(house.kid, "grim")
    assert refused.value.kind == "missing"


async def test_the_page_goes_on_with_what_was_left_unfinished(house: House) -> None:
    """An episode seen whole brings the next one, a film seen whole goes, and the hero is something not seen yet."""
    house.places.marks = [
        Bookmark(title_id="e1", at_ms=30, finished=True),
        Bookmark(title_id="tide", at_ms=20, position_ms=5000),
        Bookmark(title_id="grim", at_ms=10, finished=True),
        Bookmark(title_id="left the library", at_ms=5),
    ]
    assert (await house.rows(house.grown_up))["keep-watching"] == ["e2", "tide"]
    assert (await house.home.page(house.asked_by(house.grown_up), CALL)).hero.title_id == "calm"


async def test_what_is_put_away_comes_back_when_it_is_watched_again(house: House) -> None:
    """A film, or a series by any of its episodes, leaves Keep watching; nobody else's row changes, and no place is forgotten."""
    house.places.marks = [
        Bookmark(title_id="e1", at_ms=30, finished=True),
        Bookmark(title_id="tide", at_ms=20, position_ms=5000),
    ]
    for title_id in ("e2", "tide"):
        change = ListChange(account_id=house.account_id, profile_id=house.grown_up, title_id=title_id)
        await house.home.put_away(change, CALL)
    assert "keep-watching" not in await house.rows(house.grown_up)
    assert "tide" in (await house.rows(house.kid))["keep-watching"]
    later_ms = house.clock.now_ms() + 1
    house.places.marks[1] = Bookmark(title_id="tide", at_ms=later_ms, position_ms=6000)
    assert (await house.rows(house.grown_up))["keep-watching"] == ["tide"]
    house.places.marks.insert(0, Bookmark(title_id="e1", at_ms=later_ms, position_ms=9000))
    del house.places.marks[1]
    assert (await house.rows(house.grown_up))["keep-watching"] == ["e1", "tide"]
    with pytest.raises(Refused) as refused:
        await house.home.put_away(ListChange(account_id=house.account_id, profile_id=house.kid, title_id="grim"), CALL)
    assert refused.value.kind == "missing"


async def test_my_list_keeps_what_i_put_there_last_first(house: House) -> None:
    """My list is mine: the last one added comes first, adding twice changes nothing, dropping takes it off."""
    for title_id in ("tide", "show", "tide"):
        await house.keep(house.grown_up, title_id)
    assert await house.my_list(house.grown_up) == ["show", "tide"]
    assert (await house.rows(house.grown_up))["my-list"] == ["show", "tide"]
    assert await house.my_list(house.kid) == []
    asked = KeptRequest(profile_id=house.grown_up, title_ids=["tide", "calm", "show"])
    assert set((await house.home.kept(asked, CALL)).title_ids) == {"tide", "show"}
    await house.clock.advance(1)
    drop = ListChange(account_id=house.account_id, profile_id=house.grown_up, title_id="show")
    await house.home.drop_title(drop, CALL)
    await house.home.drop_title(drop, CALL)
    assert await house.my_list(house.grown_up) == ["tide"]


async def test_a_list_of_somebody_else_cannot_be_seen_or_changed(house: House) -> None:
    """Knowing a profile's id is not enough: it must be of one's own account."""
    foreign = PageRequest(account_id="another account", profile_id=house.grown_up)
    change = ListChange(account_id="another account", profile_id=house.grown_up, title_id="tide")
    attempts = [
        house.home.page(foreign, CALL),
        house.home.my_list(foreign, CALL),
        house.home.keep_title(change, CALL),
        house.home.drop_title(change, CALL),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.kind == "no_profile"


async def test_the_newest_of_a_very_long_list_comes_first(tmp_path: Path) -> None:
    """However much a profile has kept, all of it is there, and what was put there last comes first."""
    rows = SqliteRows(tmp_path / "rows.db")
    kept = [f"title-{number:04}" for number in range(MOST_ROWS + 2)]
    for put_ms, title_id in enumerate(kept):
        await rows.put(TABLE, "me", title_id, {ADDED: b"%d" % put_ms}, at_ms=put_ms)
    assert await MyList(rows).all_of("me") == kept[::-1]
    await rows.close()
