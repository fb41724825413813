"""Catalog: what is known of every title. It scans the libraries, tells the studio what it found, and learns from its facts.

Its answers are drawn from a view: what the audience may see, and nothing else (`shelf.py`, `rights.py`).
"""

import asyncio
import contextlib
import functools
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.events_pb2 import FilmFact, FilmFound, FilmGone, TitleFact
from matinee.library import titles
from matinee.library.answers import KINDS, Question, Told, audience_of, learnt_from, tell
from matinee.library.duty import Duty
from matinee.library.keeping import SCAN_EVERY_S, Keeping
from matinee.library.migrations import MIGRATIONS
from matinee.library.outline import outline_of
from matinee.library.search import Mark, SearchIndex
from matinee.library.shelf import Known, Shelf, View
from matinee.library.similar import alike
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql, SqlUnavailable
from matinee.ports.unavailable import Fallback

INDEX_EVERY_S = 1.0
POLL_S = 1.0
ANNOUNCED_AT_ONCE = 100
LONGEST_QUESTION = 200
MOST_HITS = 200
NOTHING_READ = Mark("", 0)


@dataclass(frozen=True)
class CatalogSettings:
    libraries: tuple[Path, ...]
    index: Path  # the folder of the search index, which may be lost
    name: str = "front"  # tells one catalog from another, wherever they run


class Catalog:
    """Implements `CatalogService`."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, settings: CatalogSettings) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock
        self._settings = settings
        self._keeping = Keeping(sql, clock, settings.libraries)
        self._duty = Duty(sql, clock, settings.name)
        self._shelf = Shelf()
        self._read = NOTHING_READ  # how far the shelf has read
        self._as_last_read = Fallback("catalog: titles as last read", clock)
        self._refreshing = asyncio.Lock()
        self._indexing = asyncio.Lock()
        self._told = Told()
        self._all_announced = False

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        epoch = uuid.uuid4().hex
        await self._sql.transact(lambda db: titles.open_library(db, epoch))
        self._index = await asyncio.to_thread(SearchIndex, self._settings.index)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (
            ("catalog.scan", self._scan_for_ever),
            ("catalog.duty", self._duty.keep_renewing),
            ("catalog.learn", self._learn_for_ever),
            ("catalog.index", self._index_for_ever),
        )

    async def close(self) -> None:
        with contextlib.suppress(SqlUnavailable):
            await self._duty.leave()
        await self._sql.close()

    async def list_titles(self, request: pb.ListTitlesRequest, call: Call) -> pb.TitleList:
        view = await self._view(request, call)
        if request.series_id:
            found = view.episodes(request.series_id)
        elif request.kind == pb.EPISODE:
            found = [each for series in view.listed for each in series.episodes]
        else:
            found = view.listed
        if request.kind and not request.series_id:
            found = [each for each in found if KINDS[each.kind] == request.kind]
        if request.genre and not request.series_id:
            wanted = request.genre.casefold()
            found = [each for each in found if any(wanted == genre.casefold() for genre in each.notes.genres)]
        if request.playable_only:
            found = [each for each in found if each.state == "playable"]
        first = max(request.offset, 0)
        return self._told.all_of(found[first : first + request.limit] if request.limit > 0 else found[first:])

    async def get_title(self, request: pb.GetTitleRequest, call: Call) -> pb.Title:
        return tell(await self._one(request, call), pb.Title())

    async def get_titles(self, request: pb.GetTitlesRequest, call: Call) -> pb.TitleList:
        view = await self._view(request, call)
        return self._told.all_of(view.titles[title_id] for title_id in request.title_ids if title_id in view.titles)

    async def search(self, request: pb.SearchRequest, call: Call) -> pb.TitleList:
        view = await self._view(request, call)
        text, limit = request.text[:LONGEST_QUESTION], min(request.limit or MOST_HITS, MOST_HITS)
        most = limit * 2
        while True:
            ids = await asyncio.to_thread(self._index.search, text, most)
            hits = [view.titles[title_id] for title_id in ids if title_id in view.titles]
            if len(hits) >= limit or len(ids) < most:
                return self._told.all_of(hits[:limit])
            most *= 8  # most of what was found is not for this audience

    async def similar(self, request: pb.GetTitleRequest, call: Call) -> pb.TitleList:
        view, title = await self._view(request, call), await self._one(request, call)
        whole = view.titles.get(title.series_id, title) if title.kind == "episode" else title
        return self._told.all_of(alike(whole, view.listed))

    async def list_genres(self, request: pb.ListGenresRequest, call: Call) -> pb.GenreList:
        counts = (await self._view(request, call)).genres
        return pb.GenreList(genres=[pb.Genre(name=name, title_count=count) for name, count in counts.items()])

    async def mark(self, request: pb.MarkRequest, call: Call) -> pb.LibraryMark:
        await self._refresh()
        mark = f"{self._read.epoch}-{self._read.revision}"
        if request.HasField("audience"):
            mark += f"-{self._shelf.mark(audience_of(request, call), self._clock.now_ms())}"
        return pb.LibraryMark(mark=mark)

    async def outline(self, request: pb.OutlineRequest, call: Call) -> pb.LibraryOutline:
        # The mark first: of two that differ by a change, the older one is asked for again.
        mark = (await self.mark(pb.MarkRequest(audience=request.audience), call)).mark
        view = await self._view(request, call)
        return await asyncio.to_thread(outline_of, view, mark)

    async def _one(self, request: pb.GetTitleRequest, call: Call) -> Known:
        title = (await self._view(request, call)).titles.get(request.title_id)
        if title is None:
            raise Refused(
                "missing", "We do not have that title.", "It may have left the library: go back home to see what is on."
            )
        return title

    async def _view(self, request: Question, call: Call) -> View:
        """What the asker may see, as it is now."""
        await self._refresh()
        return self._shelf.view(audience_of(request, call), self._clock.now_ms())

    async def _refresh(self) -> None:
        async with self._refreshing:
            known = self._read

            def read() -> Awaitable[titles.Changes]:
                return self._sql.read(lambda db: titles.changes_since(db, known.epoch, known.revision))

            changes = await read() if known == NOTHING_READ else await self._as_last_read.instead(read)
            if changes and Mark(changes.epoch, changes.revision) != known:
                self._shelf.put(changes.titles, changes.series, changes.gone)
                self._read = Mark(changes.epoch, changes.revision)

    async def index(self) -> None:
        """Brings the search up to date with the titles."""
        async with self._indexing:
            known = self._index.mark
            changes = await self._sql.read(lambda db: titles.changes_since(db, known.epoch, known.revision))
            mark = Mark(changes.epoch, changes.revision)
            if mark == known:
                return
            await self._refresh()
            changed = [found for each in changes.titles if (found := self._shelf.find(each.title_id))]
            changed += self._shelf.below({each.series_path for each in changes.series})
            once = {each.title_id: each for each in changed}
            await asyncio.to_thread(self._index.update, once.values(), changes.gone, mark)

    async def scan(self) -> None:
        """One look at every library; then the studio is told what is new, and what is gone."""
        if await self._keeping.look() or not self._all_announced:
            self._all_announced = False
            while news := await self._sql.read(lambda db: titles.unannounced(db, ANNOUNCED_AT_ONCE)):
                await self._log.append("films", [Entry(each.title_id, _fact(each)) for each in news])
                await self._sql.transact(functools.partial(titles.mark_announced, told=news))
            self._all_announced = True

    async def _scan_for_ever(self) -> None:
        while True:
            if await self._duty.held():
                await self.scan()
            await self._clock.sleep(SCAN_EVERY_S)

    async def _index_for_ever(self) -> None:
        while True:
            await self.index()
            await self._clock.sleep(INDEX_EVERY_S)

    async def _learn_for_ever(self) -> None:
        facts = await self._log.subscribe("titles", "catalog")
        while True:
            reads = await facts.poll(100, POLL_S)
            await self.learn([TitleFact.FromString(read.entry.value) for read in reads])
            for read in {read.position.partition: read for read in reads}.values():
                await facts.commit(read)

    async def learn(self, facts: Iterable[TitleFact]) -> None:
        """Takes the studio's facts into the titles; repeating them changes nothing."""
        learnt = [each for fact in facts if (each := learnt_from(fact))]
        if learnt:
            await self._sql.transact(lambda db: titles.learn(db, learnt))


def _fact(news: titles.News) -> bytes:
    if news.news == titles.GONE:
        return FilmFact(gone=FilmGone(title_id=news.title_id, finding=news.finding)).SerializeToString()
    found = FilmFound(
        title_id=news.title_id,
        path=news.path,
        size_bytes=news.size_bytes,
        modified_ns=news.modified_ns,
        finding=news.finding,
        sidecar_paths=news.sidecars,
        sidecar_digest=news.sidecar_digest,
    )
    return FilmFact(found=found).SerializeToString()
