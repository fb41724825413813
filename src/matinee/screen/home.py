"""Home: the page a profile comes home to, gathered from catalog and playback, and the list it keeps."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from matinee.contracts import home_pb2 as pb
from matinee.contracts.catalog_pb2 import (
    FILM,
    PLAYABLE,
    SERIES,
    Audience,
    GetTitleRequest,
    GetTitlesRequest,
    ListGenresRequest,
    ListTitlesRequest,
    Title,
    TitleList,
)
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.identity_pb2 import ProfileId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.playback_pb2 import BookmarksRequest
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.ports.cache import Cache
from matinee.ports.clock import Clock
from matinee.ports.rows import Rows
from matinee.ports.rpc import Call
from matinee.ports.unavailable import Fallback
from matinee.screen.my_list import MyList
from matinee.screen.next_up import Episode, Watched
from matinee.screen.shared_lists import SharedLists
from matinee.screen.shelves import MOST_GENRES, MOST_IN_ROW, Card, Facts, Kind, Shelf, compose, hero

NEWEST = 3 * MOST_IN_ROW
"""So many that play are looked at for the hero, and so many of all for what is on its way."""

LATELY_WATCHED = 60
"""So many bookmarks are looked at for Keep watching."""

SHORT_MS = 300_000
"""A film that takes less is a short."""

KINDS = {
    Kind.KEEP_WATCHING: pb.KEEP_WATCHING,
    Kind.MY_LIST: pb.MY_LIST,
    Kind.NEW: pb.NEW,
    Kind.SERIES: pb.SERIES_ROW,
    Kind.GENRE: pb.GENRE,
}


class Home:
    """Implements `HomeService`."""

    def __init__(
        self,
        *,
        rows: Rows,
        cache: Cache,
        clock: Clock,
        identity: IdentityClient,
        catalog: CatalogClient,
        playback: PlaybackClient,
    ) -> None:
        self._my_list = MyList(rows)
        self._without_places = Fallback("home: without places and list", clock)
        self._shared = SharedLists(cache, catalog)
        self._clock = clock
        self._identity = identity
        self._catalog = catalog
        self._playback = playback

    async def start(self) -> None:
        return

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        return

    async def page(self, request: pb.PageRequest, call: Call) -> pb.HomePage:
        """Everything is asked of what the profile may see, in three rounds: each asks what the one before made known."""
        onward = call.from_("home")
        audience = await self._audience(request.account_id, request.profile_id, onward)
        asked = ListGenresRequest(audience=audience)
        lists = await self._shared.as_of_now(audience, onward)
        first_lists = [
            ListTitlesRequest(audience=audience, limit=NEWEST, playable_only=True),
            ListTitlesRequest(audience=audience, kind=SERIES, limit=MOST_IN_ROW, playable_only=True),
            ListTitlesRequest(audience=audience, limit=NEWEST),
        ]
        (newest, series, newcomers), genres, places = await asyncio.gather(
            lists.of(first_lists, onward),
            self._catalog.list_genres(asked, onward),
            self._without_places.instead(lambda: self._places(request.profile_id, onward)),
        )
        watched, kept_ids = places or ({}, [])
        biggest = sorted(genres.genres, key=lambda genre: (-genre.title_count, genre.name))[:MOST_GENRES]
        known = [*list(watched)[:LATELY_WATCHED], *kept_ids[:MOST_IN_ROW]]
        of_genre = [
            ListTitlesRequest(audience=audience, genre=each.name, limit=MOST_IN_ROW, playable_only=True) for each in biggest
        ]
        found, by_genre = await asyncio.gather(self._titles(known, audience, onward), lists.of(of_genre, onward))
        series_ids = list(dict.fromkeys(found[each].series_id for each in watched if each in found and found[each].series_id))
        of_series = [ListTitlesRequest(audience=audience, series_id=each) for each in series_ids]
        episodes = await lists.of(of_series, onward)
        every = [newest, series, *by_genre, list(found.values()), *episodes]
        shown = {title.title_id: title for titles in every for title in titles}
        facts = Facts(
            newest=[_card(title) for title in newest],
            series=[_card(title) for title in series],
            genres={genre.name: [_card(title) for title in titles] for genre, titles in zip(biggest, by_genre, strict=True)},
            kept=[_card(found[each]) for each in kept_ids if each in found],
            watched=watched,
            cards={title_id: _card(title) for title_id, title in found.items()},
            episodes={each: [_episode(title) for title in titles] for each, titles in zip(series_ids, episodes, strict=True)},
        )
        page = _page(facts, shown, newcomers)
        page.without_places = places is None
        return page

    async def my_list(self, request: pb.PageRequest, call: Call) -> TitleList:
        onward = call.from_("home")
        audience = await self._audience(request.account_id, request.profile_id, onward)
        kept = await self._my_list.all_of(request.profile_id)
        found = await self._titles(kept, audience, onward)
        return TitleList(titles=[found[each] for each in kept if each in found])

    async def keep_title(self, request: pb.ListChange, call: Call) -> pb.ListChanged:
        """Refused "missing" for a title the profile may not see."""
        onward = call.from_("home")
        audience = await self._audience(request.account_id, request.profile_id, onward)
        await self._catalog.get_title(GetTitleRequest(title_id=request.title_id, audience=audience), onward)
        await self._my_list.keep(request.profile_id, request.title_id, self._clock.now_ms())
        return pb.ListChanged()

    async def drop_title(self, request: pb.ListChange, call: Call) -> pb.ListChanged:
        """A title that is not there, or no longer, may be dropped too."""
        await self._audience(request.account_id, request.profile_id, call.from_("home"))
        await self._my_list.drop(request.profile_id, request.title_id, self._clock.now_ms())
        return pb.ListChanged()

    async def kept(self, request: pb.KeptRequest, call: Call) -> pb.KeptTitles:
        return pb.KeptTitles(title_ids=await self._my_list.which_of(request.profile_id, request.title_ids))

    async def _audience(self, account_id: str, profile_id: str, call: Call) -> Audience:
        profile = await self._identity.get_profile(ProfileId(account_id=account_id, profile_id=profile_id), call)
        return Audience(maturity_limit=profile.seen_limit, country=profile.country)

    async def _titles(self, title_ids: Sequence[str], audience: Audience, call: Call) -> dict[str, Title]:
        request = GetTitlesRequest(title_ids=list(dict.fromkeys(title_ids)), audience=audience)
        return {title.title_id: title for title in (await self._catalog.get_titles(request, call)).titles}

    async def _places(self, profile_id: str, call: Call) -> tuple[dict[str, Watched], list[str]]:
        """What was watched and what is on the list, the latest first."""
        return await asyncio.gather(self._watched(profile_id, call), self._my_list.all_of(profile_id))

    async def _watched(self, profile_id: str, call: Call) -> dict[str, Watched]:
        found = await self._playback.bookmarks(BookmarksRequest(profile_id=profile_id), call)
        return {each.title_id: Watched(each.at_ms, each.finished) for each in found.bookmarks}


def _page(facts: Facts, shown: Mapping[str, Title], newcomers: Sequence[Title]) -> pb.HomePage:
    chosen = hero(facts)
    return pb.HomePage(
        hero=shown[chosen] if chosen else None,
        rows=[_row(shelf, shown) for shelf in compose(facts)],
        preparing=[title for title in newcomers if title.state != PLAYABLE],
    )


def _row(shelf: Shelf, shown: Mapping[str, Title]) -> pb.Row:
    row_id = f"genre-{shelf.name.casefold().replace(' ', '-')}" if shelf.kind is Kind.GENRE else shelf.kind.value
    titles = [shown[title_id] for title_id in shelf.title_ids]
    return pb.Row(row_id=row_id, kind=KINDS[shelf.kind], name=shelf.name, titles=titles)


def _card(title: Title) -> Card:
    return Card(
        title_id=title.title_id,
        series_id=title.series_id,
        playable=title.state == PLAYABLE,
        has_art=title.HasField("art"),
        short=title.kind == FILM and 0 < title.runtime_ms < SHORT_MS,
    )


def _episode(title: Title) -> Episode:
    return Episode(title.title_id, title.season_number, title.episode_number, title.state == PLAYABLE)
