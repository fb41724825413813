"""A small house that recommends: a library on the real shelf and rights, figures in memory, and the real recommend and home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matinee.contracts import figures_pb2, home_pb2, recommend_pb2
from matinee.contracts.catalog_pb2 import Audience
from matinee.contracts.identity_pb2 import Profile, ProfileId
from matinee.contracts.playback_pb2 import Bookmark, BookmarkList, BookmarksRequest
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.manual_clock import ManualClock
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.recommend import Recommend, RecommendSettings
from matinee.insight.rows.charts import Charts, Counted
from matinee.insight.rows.viewer import Taste, Watched
from matinee.library.answers import Told
from matinee.library.catalog import Catalog
from matinee.library.nfo import CAST, Credit, Notes
from matinee.library.rights import Terms
from matinee.library.search import Mark
from matinee.library.shelf import Edition, Known, Shelf
from matinee.ports.rpc import Call
from matinee.screen.home import Home

CALL = Call("test", "test", 1e12)
DAY_MS = 86_400_000


class Stacks(Catalog):
    """The catalog on what a test puts on its shelf: no folder is looked through and no store is read."""

    def __init__(self, clock: ManualClock, titles: Sequence[Known], series: Sequence[Known] = ()) -> None:
        self._clock = clock
        self._shelf = Shelf()
        self._read = Mark("test", 0)
        self._told = Told()
        self.asked_for_titles = 0
        self.put(titles, series)

    def put(self, titles: Sequence[Known], series: Sequence[Known] = (), gone: Sequence[str] = ()) -> None:
        self._shelf.put(titles, series, gone)
        self._read = Mark("test", self._read.revision + 1)

    async def _refresh(self) -> None:
        return

    async def get_titles(self, request: Any, call: Call) -> Any:
        self.asked_for_titles += 1
        return await super().get_titles(request, call)


@dataclass
class Tables:
    """The figures, as dictionaries."""

    tastes: dict[str, Taste] = field(default_factory=dict[str, Taste])
    counted: dict[str, Charts] = field(default_factory=dict[str, Charts])
    arms: dict[str, list[figures_pb2.TrialArm]] = field(default_factory=dict[str, list[figures_pb2.TrialArm]])

    async def taste(self, request: figures_pb2.TasteRequest, call: Call) -> figures_pb2.TasteOf:
        return told(self.tastes.get(request.profile_id, Taste()))

    async def ranking(self, request: figures_pb2.RankingRequest, call: Call) -> figures_pb2.TitleRanking:
        charts = self.counted.get(request.country, Charts())
        listed = {
            figures_pb2.BY_POPULARITY: charts.popular,
            figures_pb2.BY_TREND: charts.trending,
            figures_pb2.BY_TOP_TEN: charts.week,
        }[request.kind]
        listed = listed[request.skip : request.skip + request.limit]
        titles = [figures_pb2.RankedTitle(title_id=each.title_id, score=each.count) for each in listed]
        return figures_pb2.TitleRanking(titles=titles)

    async def everybody(self, request: figures_pb2.EverybodyRequest, call: Call) -> figures_pb2.EverybodysTaste:
        some = [each for each in sorted(self.tastes) if each > request.after][: request.limit]
        found = [figures_pb2.ProfilesTaste(profile_id=each, taste=told(self.tastes[each])) for each in some]
        return figures_pb2.EverybodysTaste(profiles=found)

    async def votes(self, request: figures_pb2.TrialRequest, call: Call) -> figures_pb2.TrialVotes:
        return figures_pb2.TrialVotes(arms=self.arms.get(request.trial_id, []))

    def watch(self, profile_id: str, *title_ids: str, at_ms: int, weight: float = 1.0) -> None:
        """One after the other, a minute apart."""
        before = self.tastes.get(profile_id, Taste())
        seen = [Watched(each, weight, at_ms + 60_000 * step) for step, each in enumerate(title_ids)]
        self.tastes[profile_id] = Taste([*before.watched, *seen], before.thumbs, before.hidden, before.liked)


def told(taste: Taste) -> figures_pb2.TasteOf:
    likings = [
        figures_pb2.Liking(title_id=each.title_id, permille=round(each.weight * 1000), last_ms=each.at_ms)
        for each in taste.watched
    ]
    likings += [figures_pb2.Liking(title_id=each.title_id, last_ms=each.at_ms) for each in taste.liked]
    return figures_pb2.TasteOf(likings=likings, thumbs=taste.thumbs, hidden=taste.hidden)


@dataclass
class Profiles:
    """Identity, of profiles that a test names."""

    found: dict[str, Profile] = field(default_factory=dict[str, Profile])

    async def get_profile(self, request: ProfileId, call: Call) -> Profile:
        return self.found[request.profile_id]


@dataclass
class Marks:
    """Playback, of bookmarks that a test sets."""

    of: dict[str, list[Bookmark]] = field(default_factory=dict[str, list[Bookmark]])

    async def bookmarks(self, request: BookmarksRequest, call: Call) -> BookmarkList:
        return BookmarkList(bookmarks=self.of.get(request.profile_id, []))


class House:
    def __init__(
        self, folder: Path, titles: Sequence[Known], series: Sequence[Known] = (), *, clock: Any = None, figures: Any = None
    ) -> None:
        self.folder, self.clock, self.tables = folder, clock or ManualClock(), Tables()
        self._figures = figures or self.tables
        self.profiles, self.marks = Profiles(), Marks()
        self.catalog = Stacks(self.clock, titles, series)
        self.rows, self.log, self.blobs = (
            SqliteRows(folder / "rows.db"),
            SqliteLog(folder / "log.db"),
            DirectoryBlobs(folder / "blobs"),
        )
        self.sql = SqliteSql(folder / "recommend.db")
        self.recommend = self.another_recommend("models")
        self.home = self.home_of(self.recommend)

    def another_recommend(self, models: str) -> Recommend:
        """As another process has it."""
        return Recommend(
            sql=self.sql,
            log=self.log,
            blobs=self.blobs,
            clock=self.clock,
            catalog=self.catalog,  # pyright: ignore
            settings=RecommendSettings(self.folder / models),
            figures=self._figures,
        )

    def home_of(self, recommend: Any) -> Home:
        return Home(
            rows=self.rows,
            cache=MemoryCache("memory://"),
            clock=self.clock,
            identity=self.profiles,  # pyright: ignore
            catalog=self.catalog,  # pyright: ignore
            playback=self.marks,  # pyright: ignore
            recommend=recommend,
        )

    async def open(self) -> "House":
        await self.recommend.start()
        return self

    async def close(self) -> None:
        await self.recommend.close()
        await self.rows.close()
        await self.log.close()

    def profile(self, profile_id: str, years: int = 18, country: str = "DE") -> home_pb2.PageRequest:
        self.profiles.found[profile_id] = Profile(
            profile_id=profile_id, account_id="acc", maturity_limit=years, seen_limit=years, country=country
        )
        return home_pb2.PageRequest(account_id="acc", profile_id=profile_id)

    async def page(self, profile_id: str, years: int = 18, country: str = "DE") -> home_pb2.HomePage:
        return await self.home.page(self.profile(profile_id, years, country), CALL)

    async def ranked(self, profile_id: str, years: int = 18, country: str = "DE") -> recommend_pb2.RecommendedRows:
        audience = Audience(maturity_limit=years, country=country)
        asked = recommend_pb2.RowsQuestion(account_id="acc", profile_id=profile_id, audience=audience)
        return await self.recommend.rows(asked, CALL)

    async def pick(self, profile_id: str, *title_ids: str) -> None:
        choice = recommend_pb2.PicksChoice(account_id="acc", profile_id=profile_id, title_ids=title_ids)
        await self.recommend.keep_picks(choice, CALL)


def film(
    title_id: str,
    *genres: str,
    people: Sequence[str] = (),
    years: int | None = 0,
    countries: frozenset[str] | None = None,
    playable: bool = True,
    added_ms: int = 0,
    from_ms: int = 0,
    until_ms: int | None = None,
) -> Known:
    """One title as the catalog knows it."""
    terms = Terms(years, countries, from_ms, until_ms)
    notes = Notes(name=title_id, genres=genres, credits=(Credit(CAST, tuple(people)),) if people else (), terms=terms)
    return Known(
        title_id=title_id,
        kind="film",
        name=title_id.capitalize(),
        year=2000,
        notes=notes,
        terms=terms,
        added_ms=added_ms,
        runtime_ms=6_000_000,
        edition=Edition("e1", complete=True) if playable else None,
    )


def charted(counts: Mapping[str, float], rises: Mapping[str, float] | None = None) -> Charts:
    """The same counts for what is popular and for the week."""
    listed = [Counted(each, count) for each, count in counts.items()]
    return Charts(popular=listed, trending=[Counted(each, rise) for each, rise in (rises or {}).items()], week=listed)
