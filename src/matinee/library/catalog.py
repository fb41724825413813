"""Catalog: what is known of every title. It scans the libraries, tells the studio what it found, and learns from its facts."""

import asyncio
import functools
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.events_pb2 import FilmFound, TitleFact
from matinee.contracts.ids import TitleId
from matinee.library import titles
from matinee.library.scan import Found, films_in, notes_of
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

SCAN_EVERY_S = 2.0
POLL_S = 1.0
SETTLED_S = 5


@dataclass(frozen=True)
class CatalogSettings:
    libraries: tuple[Path, ...]


class Catalog:
    """Implements `CatalogService`."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, settings: CatalogSettings) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock
        self._settings = settings
        self._last_seen: dict[str, Found] = {}

    async def start(self) -> None:
        await self._sql.install(titles.TABLES)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("catalog.scan", self._scan_for_ever), ("catalog.learn", self._learn_for_ever))

    async def close(self) -> None:
        await self._sql.close()

    async def list_titles(self, request: pb.ListTitlesRequest, call: Call) -> pb.TitleList:
        found = await self._everything()
        if request.series_id:
            return pb.TitleList(titles=[title for title in found if title.series_id == request.series_id])
        kinds = {request.kind} if request.kind else {pb.FILM, pb.SERIES}
        listed = [title for title in found if title.kind in kinds and (not request.genre or request.genre in title.genres)]
        listed = listed[request.offset :]
        return pb.TitleList(titles=listed[: request.limit] if request.limit else listed)

    async def get_title(self, request: pb.GetTitleRequest, call: Call) -> pb.Title:
        row = await self._sql.read(lambda db: titles.one_title(db, TitleId(request.title_id)))
        if row is None:
            raise Refused(
                "missing", "We do not have that title.", "It may have left the library: go back home to see what is on."
            )
        return _title(row)

    async def get_titles(self, request: pb.GetTitlesRequest, call: Call) -> pb.TitleList:
        known = {title.title_id: title for title in await self._everything()}
        return pb.TitleList(titles=[known[title_id] for title_id in request.title_ids if title_id in known])

    async def search(self, request: pb.SearchRequest, call: Call) -> pb.TitleList:
        words = request.text.lower().split()
        hits = [title for title in await self._everything() if words and all(word in title.name.lower() for word in words)]
        return pb.TitleList(titles=hits[: request.limit] if request.limit else hits)

    async def similar(self, request: pb.GetTitleRequest, call: Call) -> pb.TitleList:
        known = await self.get_title(request, call)
        alike = [title for title in await self._everything() if set(title.genres) & set(known.genres)]
        return pb.TitleList(titles=[title for title in alike if title.title_id != known.title_id][:12])

    async def list_genres(self, request: pb.ListGenresRequest, call: Call) -> pb.GenreList:
        counts = Counter(genre for title in await self._everything() for genre in title.genres)
        return pb.GenreList(genres=[pb.Genre(name=name, title_count=counts[name]) for name in sorted(counts)])

    async def _everything(self) -> list[pb.Title]:
        return [_title(row) for row in await self._sql.read(titles.all_titles)]

    async def scan(self) -> None:
        """One look at every library: new and changed films are kept, vanished ones hidden, and the studio is told.

        A file counts once it was written five seconds ago or held still between two looks: one still being copied can wait.
        """
        found = await asyncio.to_thread(
            lambda: {film.path: film for library in self._settings.libraries for film in films_in(library)}
        )
        known = await self._sql.read(titles.known_paths)
        settled_ns = (self._clock.now_ms() - SETTLED_S * 1000) * 1_000_000
        for film in found.values():
            is_known = known.get(film.path) == (film.size_bytes, film.modified_ns, film.notes_ns)
            is_settled = film.modified_ns < settled_ns or self._last_seen.get(film.path) == film
            if not is_known and is_settled:
                await self._keep(film)
        self._last_seen = found
        gone = [path for path in known if path not in found]
        if gone:
            await self._sql.transact(lambda db: titles.mark_gone(db, gone))
        await self._announce()

    async def _keep(self, film: Found) -> None:
        title_id, now_ms = TitleId(uuid.uuid4().hex), self._clock.now_ms()
        notes = await asyncio.to_thread(notes_of, film)
        await self._sql.transact(lambda db: titles.keep_found(db, title_id, film, notes, now_ms))

    async def _announce(self) -> None:
        for news in await self._sql.read(titles.unannounced):
            fact = FilmFound(
                title_id=news.title_id,
                path=news.path,
                size_bytes=news.size_bytes,
                modified_ns=news.modified_ns,
                finding=news.finding,
            )
            await self._log.append("films", [Entry(news.title_id, fact.SerializeToString())])
            await self._sql.transact(functools.partial(titles.mark_announced, news=news))

    async def _scan_for_ever(self) -> None:
        while True:
            await self.scan()
            await self._clock.sleep(SCAN_EVERY_S)

    async def _learn_for_ever(self) -> None:
        facts = await self._log.subscribe("titles", "catalog")
        while True:
            reads = await facts.poll(100, POLL_S)
            for read in reads:
                fact = TitleFact.FromString(read.entry.value)
                await self._sql.transact(functools.partial(learn_fact, fact=fact))
                await facts.commit(read)


def learn_fact(db: sa.Connection, fact: TitleFact) -> None:
    """Takes one fact of the studio into the titles; repeating it changes nothing."""
    what = fact.WhichOneof("what")
    if what == "probed":
        learnt: dict[str, Any] = {"runtime_ms": fact.probed.runtime_ms}
    elif what == "art_cut":
        learnt = {"art_id": fact.art_cut.art.art_id, "glow": fact.art_cut.art.glow}
    elif what == "published":
        edition = fact.published.edition
        heights = json.dumps(list(edition.heights_px))
        learnt = {"edition_id": edition.edition_id, "complete": edition.complete, "heights_px": heights, "problem": ""}
    elif what == "failed":
        learnt = {"problem": fact.failed.reason}
    else:
        return
    titles.learn(db, fact.title_id, fact.modified_ns, **learnt)


def _title(row: sa.Row[Any]) -> pb.Title:
    notes = titles.read_notes(row.notes)
    title = pb.Title(
        title_id=row.title_id,
        name=row.name,
        kind=pb.FILM,
        year=row.year,
        plot=notes.plot,
        genres=notes.genres,
        credits=[pb.Credit(role=credit.role, names=credit.names) for credit in notes.credits],
        licence_name=notes.licence_name,
        licence_url=notes.licence_url,
        state=_state(row),
        problem=row.problem,
        runtime_ms=row.runtime_ms,
        added_ms=row.added_ms,
    )
    if row.edition_id:
        heights = json.loads(row.heights_px)
        title.edition.CopyFrom(pb.Edition(edition_id=row.edition_id, complete=row.complete, heights_px=heights))
    if row.art_id:
        title.art.CopyFrom(pb.Art(art_id=row.art_id, glow=row.glow))
    return title


def _state(row: sa.Row[Any]) -> pb.TitleState:
    if row.edition_id:
        return pb.PLAYABLE
    return pb.FAILED if row.problem else pb.PREPARING
