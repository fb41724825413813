"""Figures: answers what the jobs found out, for the operator's pages and for the rows of a profile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from matinee.contracts import figures_pb2 as pb
from matinee.insight import figures_words as words
from matinee.insight.gone_profiles import GoneProfiles
from matinee.insight.history import History
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.polls import poll
from matinee.insight.rankings import Rankings
from matinee.insight.streams.hours import HOUR_MS, MINUTE_MS, as_key
from matinee.insight.streams.job import parted, path, told
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.quality import DIMENSIONS, NOTHING, Quality, merged
from matinee.insight.streams.reader import TableReader
from matinee.insight.streams.watching import WATCHING
from matinee.ports.clock import Clock
from matinee.ports.rows import Rows
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

HOUR_MINUTES = HOUR_MS // MINUTE_MS
MOST_POINTS = 10_000
MOST_SESSIONS = 200
MOST_BEHIND = 5_000
MOST_ON_A_PAGE = 200
MOST_LISTED = 500
MOST_TASTES = 200
LAST = chr(0x7F)
"""As a key: after every profile."""


class Figures:
    """Implements `FiguresService`."""

    def __init__(self, *, sql: Sql, rows: Rows, clock: Clock) -> None:
        self._sql = sql
        self._clock = clock
        self._watching = TableReader(sql, WATCHING)
        self._playing = TableReader(sql, PLAYING)
        self._rankings = Rankings(self._watching, clock)
        self._history = History(rows)
        self._gone = GoneProfiles(sql, clock, self._history, (WATCHING, PLAYING))

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        await self._sql.close()

    async def taste(self, request: pb.TasteRequest, call: Call) -> pb.TasteOf:
        profile_id = request.profile_id
        taste, hidden, thumbs = await asyncio.gather(
            self._watching.get("taste", [profile_id]),
            self._watching.get("hidden", [profile_id]),
            self._watching.under("thumbs", profile_id),
        )
        said = {parted(key)[1]: each for key, each in thumbs}
        return words.taste(taste.get(profile_id, {}), hidden.get(profile_id, {}), said)

    async def everybody(self, request: pb.EverybodyRequest, call: Call) -> pb.EverybodysTaste:
        """Thumbs only of titles that are among the likings."""
        limit = _between(request.limit, MOST_TASTES, "limit")
        found = dict(await self._watching.range("taste", request.after + "\0", LAST, limit))
        hidden = await self._watching.get("hidden", list(found))
        answer = pb.EverybodysTaste()
        for profile_id, taste in found.items():
            said = {title_id: each.thumb for title_id, each in taste.items()}
            answer.profiles.add(profile_id=profile_id, taste=words.taste(taste, hidden.get(profile_id, {}), said))
        return answer

    async def votes(self, request: pb.TrialRequest, call: Call) -> pb.TrialVotes:
        arms = await poll(self._playing, request.trial_id)
        return pb.TrialVotes(
            arms=[
                pb.TrialArm(arm=name, profiles=each.profiles, watched=each.watched, votes=each.votes)
                for name, each in arms.items()
            ]
        )

    async def history(self, request: pb.HistoryRequest, call: Call) -> pb.HistoryPage:
        limit = _between(request.limit, MOST_ON_A_PAGE, "limit")
        if await self._gone.is_gone(request.profile_id):
            return pb.HistoryPage()
        views, after = await self._history.page(request.profile_id, limit, request.after)
        return pb.HistoryPage(views=[words.view(each) for each in views], after=after)

    async def ranking(self, request: pb.RankingRequest, call: Call) -> pb.TitleRanking:
        limit, now_ms = _between(request.limit, MOST_LISTED, "limit"), self._clock.now_ms()
        first = max(0, request.skip)
        if request.kind == pb.BY_TOP_TEN:
            ranked = await self._rankings.top_ten(request.country, request.week_of_ms or now_ms)
        elif request.kind == pb.BY_TREND:
            ranked = await self._rankings.trending(request.country)
        elif request.kind == pb.BY_POPULARITY:
            ranked = await self._rankings.popular(request.country)
        else:
            raise Refused("invalid", "There is no such list.", "Ask by popularity, by trend or for the top ten.", field="kind")
        titles = [pb.RankedTitle(title_id=title_id, score=score) for title_id, score in ranked[first : first + limit]]
        return pb.TitleRanking(titles=titles, as_of_ms=now_ms)

    async def followers(self, request: pb.FollowersRequest, call: Call) -> pb.TitleRanking:
        limit = _between(request.limit, MOST_LISTED, "limit")
        ranked = await self._rankings.followers(request.title_id)
        titles = [pb.RankedTitle(title_id=title_id, score=score) for title_id, score in ranked[:limit]]
        return pb.TitleRanking(titles=titles, as_of_ms=self._clock.now_ms())

    async def completion(self, request: pb.CompletionRequest, call: Call) -> pb.Completions:
        found = await self._watching.get("completion", list(request.title_ids)[:MOST_LISTED])
        return pb.Completions(titles=[words.completion(title_id, each) for title_id, each in found.items()])

    async def quality(self, request: pb.QualityRequest, call: Call) -> pb.QualitySeries:
        """A point for each minute or hour in which something happened."""
        dimension, value = _dimension(request.dimension), told(request.value)
        width_ms = HOUR_MS if request.hourly else MINUTE_MS
        windows = _windows(request.from_ms, request.to_ms, width_ms)
        keys = {path(dimension, as_key(each), value): each for each in windows}
        found = await self._playing.get("hours" if request.hourly else "minutes", list(keys))
        points = [words.point(keys[key] * width_ms, value, found[key]) for key in keys if key in found]
        return pb.QualitySeries(points=points, as_of_ms=self._clock.now_ms())

    async def breakdown(self, request: pb.BreakdownRequest, call: Call) -> pb.QualitySeries:
        """A point for each value of the dimension, all of that time together; those that most was played of first."""
        dimension = _dimension(request.dimension)
        width_ms = HOUR_MS if request.hourly else MINUTE_MS
        windows = _windows(request.from_ms, request.to_ms, width_ms)
        by_value = dict[str, Quality]()
        for table, some in _stretches(windows, hourly=request.hourly):
            first, end = path(dimension, as_key(some.start), ""), path(dimension, as_key(some.stop), "")
            async for page in self._playing.pages(table, first, end):
                await asyncio.to_thread(_add, by_value, page)
        most = sorted(by_value, key=lambda value: (-by_value[value].playing_ms, value))[: _between(request.limit, 500, "limit")]
        points = [words.point(windows.start * width_ms, value, by_value[value]) for value in most]
        return pb.QualitySeries(points=points, as_of_ms=self._clock.now_ms())

    async def sessions(self, request: pb.SessionsRequest, call: Call) -> pb.SessionList:
        """Those behind a figure, the worst first."""
        dimension, value = _dimension(request.dimension), told(request.value)
        hours = _windows(request.from_ms, request.to_ms, HOUR_MS)
        first, end = path(dimension, value, as_key(hours.start), ""), path(dimension, value, as_key(hours.stop), "")
        behind = await self._playing.range("behind", first, end, MOST_BEHIND, newest_first=True)
        worst = dict[str, int]()
        for key, each in behind:
            view_id = parted(key)[3]
            worst[view_id] = max(worst.get(view_id, 0), each.badness)
        limit = _between(request.limit, MOST_SESSIONS, "limit")
        wanted = sorted(worst, key=lambda view_id: (-worst[view_id], view_id))
        found = await self._playing.get("sessions", wanted[: 2 * limit])
        within = [found[each] for each in wanted if each in found and found[each].last_ms >= request.from_ms]
        chosen = [each for each in within if each.began_ms < request.to_ms][:limit]
        return pb.SessionList(sessions=[words.session(each) for each in chosen], of=len(worst))

    async def session(self, request: pb.SessionId, call: Call) -> pb.SessionFigures:
        """With its timeline."""
        found = (await self._playing.get("sessions", [request.view_id])).get(request.view_id)
        if found is None:
            raise Refused("missing", "We know nothing of this view.", "Sessions are kept for eight days. Choose another.")
        return words.session(found, with_timeline=True)


def _dimension(name: str) -> str:
    if name not in DIMENSIONS:
        raise Refused("invalid", "There is no such figure.", f"Ask by one of {', '.join(DIMENSIONS)}.", field="dimension")
    return name


def _windows(from_ms: int, to_ms: int, width_ms: int) -> range:
    """The windows of that time, the last one whole."""
    windows = range(from_ms // width_ms, -(-to_ms // width_ms))
    if not 0 < len(windows) <= MOST_POINTS:
        reason = f"Let it end after it begins, within {MOST_POINTS} windows."
        raise Refused("invalid", "That time is none.", reason, field="to_ms")
    return windows


def _stretches(windows: range, *, hourly: bool) -> list[tuple[str, range]]:
    """By table. Of minutes the whole hours are read as such: a sixtieth of the rows, with the same sums."""
    whole = range(-(-windows.start // HOUR_MINUTES), windows.stop // HOUR_MINUTES)
    if hourly or not whole:
        return [("hours" if hourly else "minutes", windows)]
    first, last = whole.start * HOUR_MINUTES, whole.stop * HOUR_MINUTES
    return [("minutes", range(windows.start, first)), ("hours", whole), ("minutes", range(last, windows.stop))]


def _add(by_value: dict[str, Quality], page: Iterable[tuple[str, Quality]]) -> None:
    for key, quality in page:
        value = parted(key)[2]
        by_value[value] = merged(by_value.get(value, NOTHING), quality)


def _between(asked: int, most: int, field: str) -> int:
    if not 1 <= asked <= most:
        raise Refused("invalid", "That is too many, or none.", f"Ask for 1 to {most}.", field=field)
    return asked
