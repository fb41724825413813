"""The GraphQL schema: what a browser may ask. Exported to `web/schema.graphql` by `matinee schema`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter
from strawberry.types import Info as StrawberryInfo

from matinee.contracts import catalog_pb2, playback_pb2
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.identity_pb2 import AccountId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.playback_pb2 import PlayRequest
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.ports.rpc import Call
from matinee.ports.rpc import Refused as RefusedCall


@dataclass(frozen=True)
class Viewing:
    """Who asks, from where, and whom to ask on their behalf."""

    account_id: str
    scheme: str
    host: str  # without port
    call: Call
    identity: IdentityClient
    catalog: CatalogClient
    playback: PlaybackClient


Info = StrawberryInfo[Viewing, None]


@strawberry.enum
class TitleState(Enum):
    PREPARING = catalog_pb2.PREPARING
    PLAYABLE = catalog_pb2.PLAYABLE
    FAILED = catalog_pb2.FAILED


@strawberry.type
class Art:
    card: str = strawberry.field(description="16:9, 640 px wide: for cards.")
    backdrop: str = strawberry.field(description="16:9, up to 1280 px wide: for heroes.")
    poster: str = strawberry.field(description="2:3, up to 600 px wide.")
    glow: str = strawberry.field(description="The dominant colour as #rrggbb: the glow a hero lends its page.")

    @classmethod
    def of(cls, art: catalog_pb2.Art) -> Self:
        unit = f"/art/{art.art_id}"
        return cls(card=f"{unit}/card.webp", backdrop=f"{unit}/backdrop.webp", poster=f"{unit}/poster.webp", glow=art.glow)


@strawberry.type
class Credit:
    role: str
    names: list[str]


@strawberry.type
class Licence:
    name: str
    url: str | None


@strawberry.type
class Title:
    id: strawberry.ID
    name: str
    year: int | None
    plot: str
    genres: list[str]
    runtime_ms: int | None = strawberry.field(description="Length in milliseconds; null until the film was probed.")
    state: TitleState
    problem: str | None = strawberry.field(description="Why it could not be prepared; null unless state is FAILED.")
    complete: bool = strawberry.field(
        description="All its rungs are made; false while better or smaller ones are still being encoded."
    )
    heights_px: list[int] = strawberry.field(description="The heights on offer in pixels, largest first.")
    art: Art | None = strawberry.field(description="Null until its pictures are cut.")
    credits: list[Credit]
    licence: Licence | None

    @classmethod
    def of(cls, title: catalog_pb2.Title) -> Self:
        return cls(
            id=strawberry.ID(title.title_id),
            name=title.name,
            year=title.year or None,
            plot=title.plot,
            genres=list(title.genres),
            runtime_ms=title.runtime_ms or None,
            state=TitleState(title.state),
            problem=title.problem if title.state == catalog_pb2.FAILED else None,
            complete=title.edition.complete,
            heights_px=list(title.edition.heights_px),
            art=Art.of(title.art) if title.HasField("art") else None,
            credits=[Credit(role=credit.role, names=list(credit.names)) for credit in title.credits],
            licence=Licence(name=title.licence_name, url=title.licence_url or None) if title.licence_name else None,
        )


@strawberry.type
class Viewer:
    email: str
    operator: bool


@strawberry.type(description="A granted play: signed addresses of the title's newest edition.")
class Play:
    id: strawberry.ID
    title: Title
    dash: str = strawberry.field(description="The DASH manifest's address.")
    hls: str = strawberry.field(description="The HLS multivariant playlist's address.")
    until: str = strawberry.field(description="When the addresses stop working, as ISO 8601 in UTC.")

    @classmethod
    def of(cls, grant: playback_pb2.PlayGrant, title: catalog_pb2.Title) -> Self:
        return cls(
            id=strawberry.ID(grant.view_id),
            title=Title.of(title),
            dash=grant.dash_url,
            hls=grant.hls_url,
            until=_iso(grant.until_ms),
        )


@strawberry.type(description="A no, in words for the viewer, with the way out.")
class Refused:
    headline: str
    reason: str
    retry_at: str | None = strawberry.field(description="When to try again, as ISO 8601 in UTC; null when waiting does not help.")

    @classmethod
    def of(cls, refused: RefusedCall) -> Self:
        return cls(headline=refused.title, reason=refused.reason, retry_at=_iso(refused.until_ms) if refused.until_ms else None)


PlayAnswer = Annotated[Play | Refused, strawberry.union("PlayAnswer")]


@strawberry.type
class Query:
    @strawberry.field(description="Who is signed in.")
    async def viewer(self, info: Info) -> Viewer:
        viewing = info.context
        account = await viewing.identity.whois(AccountId(account_id=viewing.account_id), viewing.call)
        return Viewer(email=account.email, operator=account.operator)

    @strawberry.field(description="Every title of the library, newest first.")
    async def titles(self, info: Info) -> list[Title]:
        viewing = info.context
        found = await viewing.catalog.list_titles(catalog_pb2.ListTitlesRequest(), viewing.call)
        return [Title.of(title) for title in found.titles]

    @strawberry.field(description="One title, or null when there is none of that id.")
    async def title(self, info: Info, id: strawberry.ID) -> Title | None:
        viewing = info.context
        try:
            return Title.of(await viewing.catalog.get_title(catalog_pb2.GetTitleRequest(title_id=id), viewing.call))
        except RefusedCall as refused:
            if refused.kind == "missing":
                return None
            raise


@strawberry.type
class Mutation:
    @strawberry.mutation(description="Ask to watch a title: everything a player needs, or why not.")
    async def play(self, info: Info, title: strawberry.ID) -> PlayAnswer:
        viewing = info.context
        request = PlayRequest(account_id=viewing.account_id, title_id=title, scheme=viewing.scheme, host=viewing.host)
        try:
            grant = await viewing.playback.play(request, viewing.call)
            found = await viewing.catalog.get_title(catalog_pb2.GetTitleRequest(title_id=title), viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return Play.of(grant, found)


# What a page of ours asks is a tenth of this; more is somebody trying how much we can bear.
LIMITS = [lambda: MaxTokensLimiter(1000), lambda: MaxAliasesLimiter(15), lambda: QueryDepthLimiter(10)]
SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, extensions=LIMITS)


def _iso(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat()
