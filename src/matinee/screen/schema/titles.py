"""Titles: what is known of a film, a series or an episode, and what the one who asks has to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Optional, Self

import strawberry
from strawberry.utils.await_maybe import AwaitableOrValue

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.playback_pb2 import Bookmark as BookmarkMessage
from matinee.screen import next_up
from matinee.screen.locked import is_locked
from matinee.screen.schema.refused import iso
from matinee.screen.schema.viewing import Info, Viewing


@strawberry.enum
class TitleKind(Enum):
    FILM = pb.FILM
    SERIES = pb.SERIES
    EPISODE = pb.EPISODE


@strawberry.enum
class TitleState(Enum):
    PREPARING = pb.PREPARING
    PLAYABLE = pb.PLAYABLE
    FAILED = pb.FAILED


@strawberry.type
class Art:
    card: str = strawberry.field(description="16:9, 640 px wide: for cards.")
    backdrop: str = strawberry.field(description="16:9, up to 1280 px wide: for heroes.")
    poster: str = strawberry.field(description="2:3, up to 600 px wide.")
    glow: str = strawberry.field(description="The dominant colour as #rrggbb: the glow a hero lends its page.")

    @classmethod
    def of(cls, art: pb.Art) -> Self:
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


@strawberry.type(description="A language to hear or to read.")
class Track:
    language: str = strawberry.field(description='BCP 47; "und" when it is not known.')
    name: str
    forced: bool
    hearing_impaired: bool

    @classmethod
    def of_kind(cls, kind: pb.TrackKind, tracks: Iterable[pb.Track]) -> list[Self]:
        return [
            cls(language=each.language, name=each.name, forced=each.forced, hearing_impaired=each.hearing_impaired)
            for each in tracks
            if each.kind == kind
        ]


@strawberry.type(description="How far this profile came.")
class Bookmark:
    position_ms: int
    runtime_ms: int
    at: str
    finished: bool

    @classmethod
    def of(cls, mark: BookmarkMessage) -> Self:
        return cls(position_ms=mark.position_ms, runtime_ms=mark.runtime_ms, at=iso(mark.at_ms), finished=mark.finished)


@strawberry.type
class Season:
    number: int = strawberry.field(description="0: specials.")
    name: str
    episodes: list[Title]


@strawberry.type
class Title:
    message: strawberry.Private[pb.Title]
    for_operator: strawberry.Private[bool]
    id: strawberry.ID
    kind: TitleKind
    name: str
    year: int | None
    plot: str
    tagline: str
    genres: list[str]
    maturity_years: int = strawberry.field(description="From which age; 0: for everyone.")
    maturity_label: str = strawberry.field(description='As its owner rated it; "" when not rated.')
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
    audio: list[Track]
    subtitles: list[Track]
    added_at: str
    season_number: int | None = strawberry.field(description="Of an episode; 0: specials.")
    episode_number: int | None
    premiered: str | None = strawberry.field(description="Of an episode: an ISO date.")
    season_count: int
    episode_count: int

    @classmethod
    def of(cls, title: pb.Title, *, for_operator: bool = False) -> Self:
        is_episode = title.kind == pb.EPISODE
        return cls(
            message=title,
            for_operator=for_operator,
            id=strawberry.ID(title.title_id),
            kind=TitleKind(title.kind),
            name=title.name,
            year=title.year or None,
            plot=title.plot,
            tagline=title.tagline,
            genres=list(title.genres),
            maturity_years=title.maturity_years,
            maturity_label=title.maturity_label,
            runtime_ms=title.runtime_ms or None,
            state=TitleState(title.state),
            problem=title.problem if title.state == pb.FAILED else None,
            complete=title.edition.complete,
            heights_px=list(title.edition.heights_px),
            art=Art.of(title.art) if title.HasField("art") else None,
            credits=[Credit(role=credit.role, names=list(credit.names)) for credit in title.credits],
            licence=Licence(name=title.licence_name, url=title.licence_url or None) if title.licence_name else None,
            audio=Track.of_kind(pb.AUDIO, title.tracks),
            subtitles=Track.of_kind(pb.SUBTITLES, title.tracks),
            added_at=iso(title.added_ms),
            season_number=title.season_number if is_episode else None,
            episode_number=title.episode_number if is_episode else None,
            premiered=title.premiered or None,
            season_count=title.season_count,
            episode_count=title.episode_count,
        )

    @classmethod
    async def all_of(cls, viewing: Viewing, titles: Iterable[pb.Title]) -> list[Self]:
        counted = viewing.count(list(titles))
        await viewing.look_up(counted)
        return [cls.of(title) for title in counted]

    @classmethod
    async def one_of(cls, viewing: Viewing, title: pb.Title | None) -> Self | None:
        return (await cls.all_of(viewing, [title]))[0] if title else None

    @strawberry.field(description="Of an episode.", graphql_type=Optional["Title"])
    def series(self, info: Info) -> AwaitableOrValue[Title | None]:
        return self._series(info.context) if self.message.series_id else None

    @strawberry.field(description="Of a series, specials last; else empty.")
    async def seasons(self, info: Info) -> list[Season]:
        if self.message.kind != pb.SERIES:
            return []
        viewing = info.context
        episodes = await viewing.episodes.load(self.message.title_id)
        await viewing.look_up(episodes)
        numbers = sorted({each.season_number for each in episodes}, key=lambda number: (number == next_up.SPECIALS, number))
        return [
            Season(
                number=number,
                name=f"Season {number}" if number != next_up.SPECIALS else "Specials",
                episodes=await Title.all_of(viewing, (each for each in episodes if each.season_number == number)),
            )
            for number in numbers
        ]

    @strawberry.field(
        description="What Play starts: the film itself; of a series the episode to go on with, or the first. Null: nothing yet.",
        graphql_type=Optional["Title"],
    )
    def up_next(self, info: Info) -> AwaitableOrValue[Title | None]:
        if self.message.kind == pb.SERIES:
            return self._up_next(info.context)
        return self if self.message.state == pb.PLAYABLE else None

    @strawberry.field(description="Of an episode: the one after it.")
    async def next_episode(self, info: Info) -> Title | None:
        if not self.message.series_id:
            return None
        titles = {each.title_id: each for each in await info.context.episodes.load(self.message.series_id)}
        found = next_up.after([_episode(each) for each in titles.values()], self.message.title_id)
        return await Title.one_of(info.context, titles[found.title_id] if found else None)

    @strawberry.field(description="Null: never watched by this profile.")
    def bookmark(self, info: Info) -> Bookmark | None:
        mark = info.context.bookmarks.get(self.message.title_id)
        return Bookmark.of(mark) if mark else None

    @strawberry.field(description="Above the profile's limit: it plays once for its PIN (Mutation.openTitle).")
    def locked(self, info: Info) -> bool:
        limit = info.context.opens_up_to
        return not self.for_operator and is_locked(self.maturity_years, self.maturity_label, limit)

    @strawberry.field
    def in_my_list(self, info: Info) -> bool:
        return self.message.title_id in info.context.kept

    @strawberry.field(description="More like this, best first, at most 12.")
    async def similar(self, info: Info) -> list[Title]:
        return await Title.all_of(info.context, await info.context.similar(self.message.title_id))

    async def _series(self, viewing: Viewing) -> Title | None:
        if self.for_operator:
            found = await viewing.titles_for_operator.load(self.message.series_id)
            return Title.of(found, for_operator=True) if found else None
        return await Title.one_of(viewing, await viewing.titles.load(self.message.series_id))

    async def _up_next(self, viewing: Viewing) -> Title | None:
        titles = {each.title_id: each for each in await viewing.episodes.load(self.message.title_id)}
        await viewing.look_up(titles.values())
        marks = [viewing.bookmarks[title_id] for title_id in titles if title_id in viewing.bookmarks]
        watched = {each.title_id: next_up.Watched(each.at_ms, each.finished) for each in marks}
        episodes = [_episode(each) for each in titles.values()]
        found = next_up.next_up(episodes, watched) or next_up.first(episodes)
        return Title.of(titles[found.title_id]) if found else None


def _episode(title: pb.Title) -> next_up.Episode:
    playable = title.state == pb.PLAYABLE
    return next_up.Episode(title.title_id, title.season_number, title.episode_number, playable)
