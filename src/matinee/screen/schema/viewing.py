"""One question: who asks it, whom the door asks on their behalf, and what it has looked up so far.

What a page needs of many titles is fetched for all of them at once: each loader gathers what the parts of one answer want
in the same moment, and asks once. What a profile has to do with a title is looked up before the title is shown, so that a
card's fields are answered without waiting: a page of two hundred cards has thousands of fields.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from matinee.contracts.audit_rpc import AuditClient
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.catalog_pb2 import EPISODE, PLAYABLE, Audience, GetTitleRequest, GetTitlesRequest, ListTitlesRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.figures_rpc import FiguresClient
from matinee.contracts.home_pb2 import KeptRequest, PageRequest
from matinee.contracts.home_rpc import HomeClient
from matinee.contracts.identity_pb2 import Profile, ProfileId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.notices_rpc import NoticesClient
from matinee.contracts.playback_pb2 import Bookmark, BookmarksRequest
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.contracts.recommend_rpc import RecommendClient
from matinee.contracts.steering_rpc import SteeringClient
from matinee.contracts.studio_rpc import StudioClient
from matinee.contracts.warehouse_rpc import WarehouseClient
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Fallback
from matinee.screen.recommended import Recommended

MOST_TITLES = 2000
"""In one answer. The largest page of ours holds a third of it."""

LEAST_ALIKE, MOST_ALIKE = 4, 12

TOO_MUCH = Refused("invalid", "That is too much at once.", f"Ask for {MOST_TITLES} titles at most, nested ones too.")

PLACES = "places"
"""What an answer was given without: how far one came in each title, and one's list."""
RECOMMENDATIONS = "recommendations"
"""The same: rows that are one's own."""


@dataclass(frozen=True)
class Desks:
    """The services behind the door, and what of the house's rules a page shows."""

    identity: IdentityClient
    notices: NoticesClient
    catalog: CatalogClient
    playback: PlaybackClient
    steering: SteeringClient
    home: HomeClient
    studio: StudioClient
    screens: int  # of one account at once: the house's rule
    without_places: Fallback
    cashier: CashierClient
    audit: AuditClient
    recommended: Recommended
    recommend: RecommendClient
    figures: FiguresClient
    without_thumbs: Fallback
    warehouse: WarehouseClient


@dataclass(frozen=True)
class Asker:
    """Who asks, and how they reached us. The passport says the first three."""

    account_id: str
    profile_id: str  # empty: nobody was picked
    operator: bool
    scheme: str
    host: str  # with its port, as they wrote it
    device: str  # "Firefox on Linux"


class Viewing:
    def __init__(self, asker: Asker, desks: Desks, call: Call) -> None:
        self.asker = asker
        self.desks = desks
        self.call = call
        self.titles: DataLoader[str, Title | None] = DataLoader(self._titles)
        self.titles_for_operator: DataLoader[str, Title | None] = DataLoader(self._titles_for_operator)
        self.episodes: DataLoader[str, Sequence[Title]] = DataLoader(self._episodes)
        self.bookmarks: dict[str, Bookmark] = {}
        self.kept: set[str] = set()
        self.without: set[str] = set()
        self.opens_up_to = 0  # years: titles above are locked; known as soon as the profile is
        self._marks: DataLoader[str, Bookmark | None] = DataLoader(self._load_marks)
        self._list: DataLoader[str, bool] = DataLoader(self._load_list)
        self._profile: asyncio.Task[Profile] | None = None
        self._titles_left = MOST_TITLES

    async def profile(self) -> Profile:
        """Who watches; asked once for all fields of a question. Refused "no_profile" when nobody was picked."""
        if self._profile is None:
            who = ProfileId(account_id=self.asker.account_id, profile_id=self.asker.profile_id)
            self._profile = asyncio.ensure_future(self.desks.identity.get_profile(who, self.call))
        found = await self._profile
        self.opens_up_to = found.maturity_limit
        return found

    async def audience(self) -> Audience:
        """What this profile is shown. To the catalog, nothing else exists."""
        profile = await self.profile()
        return Audience(maturity_limit=profile.seen_limit, country=profile.country)

    async def look_up(self, titles: Iterable[Title]) -> None:
        """What the profile has to do with these titles: `bookmarks` and `kept` know of them from now on."""
        ids = list(dict.fromkeys(title.title_id for title in titles))
        found = await self.desks.without_places.instead(
            lambda: asyncio.gather(self._marks.load_many(ids), self._list.load_many(ids))
        )
        if found is None:
            self.without.add(PLACES)
            return
        marks, kept = found
        self.bookmarks |= {mark.title_id: mark for mark in marks if mark}
        self.kept |= {title_id for title_id, is_kept in zip(ids, kept, strict=True) if is_kept}

    def changed(self) -> None:
        """Something was written: what was looked up before is out of date."""
        self.bookmarks.clear()
        self.kept.clear()
        self._marks.clear_all()
        self._list.clear_all()

    def count(self, titles: Sequence[Title]) -> Sequence[Title]:
        """The same titles, counted: a question whose answer would never end is refused on the way."""
        self._titles_left -= len(titles)
        if self._titles_left < 0:
            raise TOO_MUCH
        return titles

    async def asked_by(self) -> PageRequest:
        """Who watches, as pages are asked for."""
        return PageRequest(account_id=self.asker.account_id, profile_id=(await self.profile()).profile_id)

    async def similar(self, title_id: str) -> Sequence[Title]:
        """As recommended, and where too little is, as the catalog finds by genres and people."""
        audience = await self.audience()
        alike = await self.desks.recommended.alike(await self.asked_by(), audience, title_id, self.call)
        found = [title for title in await self._titles(list(alike)) if title and title.state == PLAYABLE] if alike else []
        if len(found) >= LEAST_ALIKE:
            return found[:MOST_ALIKE]
        return (await self.desks.catalog.similar(GetTitleRequest(title_id=title_id, audience=audience), self.call)).titles

    async def _titles(self, title_ids: list[str]) -> list[Title | None]:
        return await self._titles_for(await self.audience(), title_ids)

    async def _titles_for_operator(self, title_ids: list[str]) -> list[Title | None]:
        """The operator's own view of the library needs no profile."""
        return await self._titles_for(Audience(operator=True), title_ids)

    async def _titles_for(self, audience: Audience, title_ids: list[str]) -> list[Title | None]:
        request = GetTitlesRequest(title_ids=title_ids, audience=audience)
        found = {title.title_id: title for title in (await self.desks.catalog.get_titles(request, self.call)).titles}
        return [found.get(title_id) for title_id in title_ids]

    async def _episodes(self, series_ids: list[str]) -> list[Sequence[Title]]:
        """Of each series, in their order. The catalog is asked once per series, all at the same time."""
        audience = await self.audience()
        requests = [ListTitlesRequest(series_id=each, kind=EPISODE, audience=audience) for each in series_ids]
        return [each.titles for each in await asyncio.gather(*(self.desks.catalog.list_titles(r, self.call) for r in requests))]

    async def _load_marks(self, title_ids: list[str]) -> list[Bookmark | None]:
        request = BookmarksRequest(profile_id=(await self.profile()).profile_id, title_ids=title_ids)
        found = {each.title_id: each for each in (await self.desks.playback.bookmarks(request, self.call)).bookmarks}
        return [found.get(title_id) for title_id in title_ids]

    async def _load_list(self, title_ids: list[str]) -> list[bool]:
        request = KeptRequest(profile_id=(await self.profile()).profile_id, title_ids=title_ids)
        kept = set((await self.desks.home.kept(request, self.call)).title_ids)
        return [title_id in kept for title_id in title_ids]


Info = StrawberryInfo[Viewing, None]
