"""A few titles and remembered places, standing in for the catalog and playback where a test is about their askers."""

import hashlib
from dataclasses import dataclass, field

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.playback_pb2 import Bookmark, BookmarkList, BookmarksRequest
from matinee.contracts.recommend_pb2 import AlikeQuestion, AlikeTitles, RecommendedRows, RowsQuestion
from matinee.ports.rpc import Call, Refused


@dataclass
class Library:
    """A catalog of a few titles, newest first, that keeps to what its audience may see."""

    titles: list[pb.Title]
    listed: int = 0  # how often it was asked for a list
    asked: int = 0  # how often it was asked for titles by their ids

    def seen_by(self, audience: pb.Audience) -> list[pb.Title]:
        return [title for title in self.titles if title.maturity_years <= audience.maturity_limit]

    async def mark(self, request: pb.MarkRequest, call: Call) -> pb.LibraryMark:
        seen = pb.TitleList(titles=self.seen_by(request.audience)).SerializeToString(deterministic=True)
        return pb.LibraryMark(mark=hashlib.sha256(seen).hexdigest())

    async def list_titles(self, request: pb.ListTitlesRequest, call: Call) -> pb.TitleList:
        self.listed += 1
        seen = self.seen_by(request.audience)
        if request.series_id:
            return pb.TitleList(titles=[title for title in seen if title.series_id == request.series_id])
        wanted = [title for title in seen if (title.kind == request.kind if request.kind else not title.series_id)]
        wanted = [title for title in wanted if title.state == pb.PLAYABLE or not request.playable_only]
        wanted = [title for title in wanted if not request.genre or request.genre in title.genres]
        return pb.TitleList(titles=wanted[: request.limit or None])

    async def get_titles(self, request: pb.GetTitlesRequest, call: Call) -> pb.TitleList:
        self.asked += 1
        return pb.TitleList(titles=[title for title in self.seen_by(request.audience) if title.title_id in request.title_ids])

    async def get_title(self, request: pb.GetTitleRequest, call: Call) -> pb.Title:
        for title in self.seen_by(request.audience):
            if title.title_id == request.title_id:
                return title
        raise Refused("missing", "We do not have that title.", "Go back home.")

    async def similar(self, request: pb.GetTitleRequest, call: Call) -> pb.TitleList:
        seen = [title for title in self.seen_by(request.audience) if not title.series_id]
        return pb.TitleList(titles=[title for title in seen if title.title_id != request.title_id])

    async def list_genres(self, request: pb.ListGenresRequest, call: Call) -> pb.GenreList:
        names = [genre for title in self.seen_by(request.audience) for genre in title.genres]
        return pb.GenreList(genres=[pb.Genre(name=name, title_count=names.count(name)) for name in sorted(set(names))])


class Silent:
    """Recommend, that has nothing to recommend."""

    async def rows(self, request: RowsQuestion, call: Call) -> RecommendedRows:
        return RecommendedRows()

    async def alike(self, request: AlikeQuestion, call: Call) -> AlikeTitles:
        return AlikeTitles()


@dataclass
class Places:
    marks: list[Bookmark] = field(default_factory=list[Bookmark])
    asked: int = 0

    async def bookmarks(self, request: BookmarksRequest, call: Call) -> BookmarkList:
        self.asked += 1
        return BookmarkList(bookmarks=self.marks)


def film(title_id: str, *genres: str, years: int = 0, state: pb.TitleState = pb.PLAYABLE) -> pb.Title:
    art = pb.Art(art_id=title_id) if state == pb.PLAYABLE else None
    return pb.Title(title_id=title_id, kind=pb.FILM, genres=genres, maturity_years=years, state=state, art=art)


def episode(title_id: str, number: int) -> pb.Title:
    return pb.Title(
        title_id=title_id, kind=pb.EPISODE, series_id="show", season_number=1, episode_number=number, state=pb.PLAYABLE
    )


LIBRARY = [
    film("soon", state=pb.PREPARING),
    film("grim", "Drama", years=18),
    film("calm", "Nature"),
    pb.Title(title_id="show", kind=pb.SERIES, genres=["Drama"], state=pb.PLAYABLE, art=pb.Art(art_id="show")),
    film("tide", "Nature", "Drama"),
    episode("e1", 1),
    episode("e2", 2),
]
