"""Home: the page a profile comes home to, gathered from catalog and playback, and the list it keeps."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from matinee.contracts import home_pb2 as pb
from matinee.contracts.catalog_pb2 import (
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
from matinee.contracts.recommend_rpc import RecommendClient
from matinee.ports.cache import Cache
from matinee.ports.clock import Clock
from matinee.ports.rows import Rows
from matinee.ports.rpc import Call
from matinee.ports.unavailable import Fallback
from matinee.screen.my_list import MyList
from matinee.screen.next_up import Episode, Watched
from matinee.screen.put_away import PutAway
from matinee.screen.recommended import Recommended
from matinee.screen.setting_out import Plan, card_of, episode_of, set_out
from matinee.screen.shared_lists import Lists, SharedLists
from matinee.screen.shelves import MOST_GENRES, MOST_IN_ROW, Card, Facts

NEWEST = 3 * MOST_IN_ROW
"""So many that play are looked at for the hero, and so many of all for what is on its way."""

LATELY_WATCHED = 60
"""So many bookmarks are looked at for Keep watching."""


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
        recommend: RecommendClient,
    ) -> None:
        self._my_list = MyList(rows)
        self._put_away = PutAway(rows)
        self._without_places = Fallback("home: without places and list", clock)
        self._recommended = Recommended(recommend, clock, "home: without recommendations")
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
        """Everything is asked of what the profile may see, in rounds: each asks what the one before made known.

        The last one asks the catalog for every title the page has come to name, wherever its name was from, and nothing else
        is shown.
        """
        onward = call.from_("home")
        audience = await self._audience(request.account_id, request.profile_id, onward)
        lists = await self._shared.as_of_now(audience, onward)
        places = await self._without_places.instead(lambda: self._places(request.profile_id, onward))
        watched, kept, put_away = places or ({}, [], {})
        known = [*list(watched)[:LATELY_WATCHED], *kept[:MOST_IN_ROW]]
        ranked, found, (newest, series, newcomers), genres = await asyncio.gather(
            # Who does not know what was watched would offer it as new.
            self._recommended.rows(request, audience, watched, onward) if places else _nobody(),
            self._titles(known, audience, onward),
            lists.cards(_first_lists(audience), onward),
            self._genres(lists, audience, onward),
        )
        facts = Facts(
            newest=newest,
            series=series,
            genres=genres,
            kept=[card_of(found[each]) for each in kept if each in found],
            watched=watched,
            put_away=put_away,
            cards={title_id: card_of(title) for title_id, title in found.items()},
            episodes=await self._episodes(lists, [found[each] for each in watched if each in found], audience, onward),
        )
        plan = Plan(facts, ranked.rows if ranked else (), [card.title_id for card in newcomers])
        page = set_out(plan, await self._titles(plan.named, audience, onward), audience.country)
        page.without_places = places is None
        page.without_recommendations = ranked is None
        page.asks_for_picks = ranked is not None and ranked.asks_for_picks
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

    async def put_away(self, request: pb.ListChange, call: Call) -> pb.ListChanged:
        onward = call.from_("home")
        audience = await self._audience(request.account_id, request.profile_id, onward)
        title = await self._catalog.get_title(GetTitleRequest(title_id=request.title_id, audience=audience), onward)
        await self._put_away.put(request.profile_id, title.series_id or title.title_id, self._clock.now_ms())
        return pb.ListChanged()

    async def kept(self, request: pb.KeptRequest, call: Call) -> pb.KeptTitles:
        return pb.KeptTitles(title_ids=await self._my_list.which_of(request.profile_id, request.title_ids))

    async def _audience(self, account_id: str, profile_id: str, call: Call) -> Audience:
        profile = await self._identity.get_profile(ProfileId(account_id=account_id, profile_id=profile_id), call)
        return Audience(maturity_limit=profile.seen_limit, country=profile.country)

    async def _genres(self, lists: Lists, audience: Audience, call: Call) -> dict[str, Sequence[Card]]:
        """The biggest first, each with its newest."""
        genres = (await self._catalog.list_genres(ListGenresRequest(audience=audience), call)).genres
        names = [each.name for each in sorted(genres, key=lambda genre: (-genre.title_count, genre.name))[:MOST_GENRES]]
        asked = [ListTitlesRequest(audience=audience, genre=each, limit=MOST_IN_ROW, playable_only=True) for each in names]
        return dict(zip(names, await lists.cards(asked, call), strict=True))

    async def _episodes(
        self, lists: Lists, watched: Sequence[Title], audience: Audience, call: Call
    ) -> dict[str, Sequence[Episode]]:
        """Of every series that was watched, in the order in which they were."""
        ids = list(dict.fromkeys(title.series_id for title in watched if title.series_id))
        found = await lists.of([ListTitlesRequest(audience=audience, series_id=each) for each in ids], call)
        return {each: [episode_of(title) for title in titles] for each, titles in zip(ids, found, strict=True)}

    async def _titles(self, title_ids: Iterable[str], audience: Audience, call: Call) -> dict[str, Title]:
        request = GetTitlesRequest(title_ids=list(dict.fromkeys(title_ids)), audience=audience)
        return {title.title_id: title for title in (await self._catalog.get_titles(request, call)).titles}

    async def _places(self, profile_id: str, call: Call) -> tuple[dict[str, Watched], list[str], dict[str, int]]:
        """What was watched and what is on the list, the latest first; and what was put away, by when."""
        return await asyncio.gather(
            self._watched(profile_id, call), self._my_list.all_of(profile_id), self._put_away.all_of(profile_id)
        )

    async def _watched(self, profile_id: str, call: Call) -> dict[str, Watched]:
        found = await self._playback.bookmarks(BookmarksRequest(profile_id=profile_id), call)
        return {each.title_id: Watched(each.at_ms, each.finished) for each in found.bookmarks}


async def _nobody() -> None:
    return None


def _first_lists(audience: Audience) -> list[ListTitlesRequest]:
    """What is new and plays, series, and what is new at all."""
    return [
        ListTitlesRequest(audience=audience, limit=NEWEST, playable_only=True),
        ListTitlesRequest(audience=audience, kind=SERIES, limit=MOST_IN_ROW, playable_only=True),
        ListTitlesRequest(audience=audience, limit=NEWEST),
    ]
