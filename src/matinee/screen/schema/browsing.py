"""Browsing: the page one comes home to, one title, lists and search. Nothing here shows what is not for the profile."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, Self

import strawberry

from matinee.contracts import home_pb2
from matinee.contracts.catalog_pb2 import ListGenresRequest, ListTitlesRequest, MarkRequest, SearchRequest
from matinee.ports.rpc import Call
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.titles import Title, TitleKind
from matinee.screen.schema.viewing import PLACES, RECOMMENDATIONS, Info, Viewing

MOST_LISTED = 200
LONGEST_SEARCH = 200


@strawberry.enum
class RowKind(Enum):
    KEEP_WATCHING = home_pb2.KEEP_WATCHING
    MY_LIST = home_pb2.MY_LIST
    NEW = home_pb2.NEW
    SERIES = home_pb2.SERIES_ROW
    GENRE = home_pb2.GENRE
    TOP_TEN = home_pb2.TOP_TEN
    TRENDING = home_pb2.TRENDING
    BECAUSE = home_pb2.BECAUSE
    FOR_YOU = home_pb2.FOR_YOU
    FOR_YOU_GENRE = home_pb2.FOR_YOU_GENRE
    NEWCOMERS = home_pb2.NEWCOMERS
    POPULAR = home_pb2.POPULAR


@strawberry.type(description="How a row came to be ranked: told again when it is seen, or played from.")
class RowTold:
    model: str
    trial: str = strawberry.field(description='"": none.')
    arm: str
    propensity: float = strawberry.field(description="With what chance this profile came to see it so.")
    teams: list[str] = strawberry.field(description="Of an interleaved row, the arm each title came from; else empty.")

    @classmethod
    def of(cls, told: home_pb2.RowTold) -> Self:
        return cls(model=told.model, trial=told.trial, arm=told.arm, propensity=told.propensity, teams=list(told.teams))


@strawberry.type(description="Titles that belong together on a page.")
class Row:
    id: strawberry.ID
    kind: RowKind
    name: str
    titles: list[Title]
    reasons: list[str] = strawberry.field(description='Of each title why it stands here; "" where none is told. Or empty.')
    places: list[int] = strawberry.field(description="Of a numbered row each title's place, from 1; else empty.")
    told: RowTold | None = strawberry.field(description="Null: nobody ranked it.")

    @classmethod
    async def of(cls, viewing: Viewing, row: home_pb2.Row) -> Self:
        return cls(
            id=strawberry.ID(row.row_id),
            kind=RowKind(row.kind),
            name=row.name,
            titles=await Title.all_of(viewing, row.titles),
            reasons=list(row.reasons),
            places=list(row.told.places),
            told=RowTold.of(row.told) if row.HasField("told") else None,
        )


@strawberry.type(description="The page a profile comes home to.")
class Home:
    hero: Title | None = strawberry.field(description="Null: nothing can be played yet.")
    rows: list[Row] = strawberry.field(description="None is empty.")
    preparing: list[Title] = strawberry.field(description="On their way, or failed; newest first.")
    asks_for_picks: bool = strawberry.field(description="Nothing is known of the profile: a few picks would help.")


@strawberry.type
class BrowsingQuery:
    @strawberry.field
    async def home(self, info: Info) -> Home:
        viewing = info.context
        page = await viewing.desks.home.page(await viewing.asked_by(), viewing.call)
        if page.without_places:
            viewing.without.add(PLACES)
        if page.without_recommendations:
            viewing.without.add(RECOMMENDATIONS)
        await viewing.look_up(title for titles in (*(row.titles for row in page.rows), page.preparing) for title in titles)
        return Home(
            hero=await Title.one_of(viewing, page.hero if page.HasField("hero") else None),
            rows=[await Row.of(viewing, row) for row in page.rows],
            preparing=await Title.all_of(viewing, page.preparing),
            asks_for_picks=page.asks_for_picks,
        )

    @strawberry.field(description="Another one whenever a title came, went or changed: cheap to ask, before home is asked again.")
    async def library_mark(self, info: Info) -> str:
        viewing = info.context
        return (await viewing.desks.catalog.mark(MarkRequest(), viewing.call)).mark

    @strawberry.field(description="Null: none of that id, or not for this profile.")
    async def title(self, info: Info, id: strawberry.ID) -> Title | None:
        return await Title.one_of(info.context, await info.context.titles.load(id))

    @strawberry.field(description="Best first; forgives typing errors and accents. No text finds nothing.")
    async def search(self, info: Info, text: str, limit: int = 24) -> list[Title]:
        viewing = info.context
        asked = SearchRequest(text=text[:LONGEST_SEARCH], limit=_within(limit), audience=await viewing.audience())
        return await Title.all_of(viewing, (await viewing.desks.catalog.search(asked, viewing.call)).titles)

    @strawberry.field(description="Those that have titles.")
    async def genres(self, info: Info) -> list[str]:
        viewing = info.context
        asked = ListGenresRequest(audience=await viewing.audience())
        return [genre.name for genre in (await viewing.desks.catalog.list_genres(asked, viewing.call)).genres]

    @strawberry.field(description="Newest first; films and series, unless a kind is given.")
    async def titles(
        self, info: Info, kind: TitleKind | None = None, genre: str | None = None, limit: int = 60, offset: int = 0
    ) -> list[Title]:
        viewing = info.context
        asked = ListTitlesRequest(
            audience=await viewing.audience(),
            kind=kind.value if kind else None,
            genre=genre or "",
            limit=_within(limit),
            offset=max(0, offset),
        )
        return await Title.all_of(viewing, (await viewing.desks.catalog.list_titles(asked, viewing.call)).titles)

    @strawberry.field(description="What the profile wants to see, the last added first.")
    async def my_list(self, info: Info) -> list[Title]:
        viewing = info.context
        return await Title.all_of(viewing, (await viewing.desks.home.my_list(await viewing.asked_by(), viewing.call)).titles)


@strawberry.type
class BrowsingMutation:
    @strawberry.mutation(description="On my list. Null: there is no such title.")
    async def keep_title(self, info: Info, title: strawberry.ID) -> Title | None:
        viewing = info.context
        return await _if_there(viewing, title, viewing.desks.home.keep_title)

    @strawberry.mutation(description="Off my list. Null: there is no such title.")
    async def drop_title(self, info: Info, title: strawberry.ID) -> Title | None:
        viewing = info.context
        await viewing.desks.home.drop_title(await _change(viewing, title), viewing.call)
        return await _again(viewing, title)

    @strawberry.mutation(
        description="Out of Keep watching, until it is watched again; an episode with its series. Null: there is no such title."
    )
    async def put_away(self, info: Info, title: strawberry.ID) -> Title | None:
        viewing = info.context
        return await _if_there(viewing, title, viewing.desks.home.put_away)


async def _if_there(
    viewing: Viewing, title_id: str, change: Callable[[home_pb2.ListChange, Call], Awaitable[Any]]
) -> Title | None:
    try:
        await change(await _change(viewing, title_id), viewing.call)
    except RefusedCall as refused:
        if refused.kind == "missing":
            return None
        raise
    return await _again(viewing, title_id)


async def _change(viewing: Viewing, title_id: str) -> home_pb2.ListChange:
    profile = await viewing.profile()
    return home_pb2.ListChange(account_id=viewing.asker.account_id, profile_id=profile.profile_id, title_id=title_id)


async def _again(viewing: Viewing, title_id: str) -> Title | None:
    """The title as it is after the change."""
    viewing.changed()
    return await Title.one_of(viewing, await viewing.titles.load(title_id))


def _within(limit: int) -> int:
    return min(max(1, limit), MOST_LISTED)
