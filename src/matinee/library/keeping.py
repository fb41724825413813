"""Brings what lies in the libraries into the titles: new and changed films are kept, vanished ones hidden."""

import asyncio
import functools
import uuid
from collections.abc import Sequence
from pathlib import Path

from matinee.contracts.ids import TitleId
from matinee.library import titles
from matinee.library.found import FoundFilm
from matinee.library.nfo import Notes
from matinee.library.scan import Shelves, Watch, notes_at
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

SCAN_EVERY_S = 2.0
SETTLED_S = 5
THOROUGH_EVERY_S = 60
AT_ONCE = 200


class Keeping:
    def __init__(self, sql: Sql, clock: Clock, libraries: tuple[Path, ...]) -> None:
        self._sql = sql
        self._clock = clock
        self._watch = Watch(libraries)
        self._seen = Shelves()
        self._done: Shelves | None = None
        self._thorough_at_s = 0.0

    async def look(self) -> bool:
        """One look at every library; whether anything was there to do.

        A film counts once all its files were written five seconds ago or held still between two looks: one still being copied
        can wait.
        """
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        thorough = now_s >= self._thorough_at_s
        shelves = await asyncio.to_thread(self._watch.look, now_ms * 1_000_000, thorough=thorough)
        if thorough:
            self._thorough_at_s = now_s + THOROUGH_EVERY_S
        if shelves is self._done:
            return False
        known = await self._sql.read(titles.known_stamps)
        new = [film for film in shelves.films.values() if known.get(film.path) != film.stamp]
        settled = [film for film in new if self._is_settled(film, now_ms)]
        await self._keep_series(shelves)
        for first in range(0, len(settled), AT_ONCE):
            await self._keep(settled[first : first + AT_ONCE], now_ms)
        missing = [path for path in known if path not in shelves.films]
        if missing:
            await self._sql.transact(lambda db: titles.hide(db, missing))
        hidden = await self._sql.read(titles.hidden)
        gone = await asyncio.to_thread(self._watch.gone, hidden) if hidden else []
        if gone:
            await self._sql.transact(lambda db: titles.mark_gone(db, gone))
        self._seen = shelves
        self._done = shelves if len(settled) == len(new) else None
        return True

    def _is_settled(self, film: FoundFilm, now_ms: int) -> bool:
        return film.touched_ns < (now_ms - SETTLED_S * 1000) * 1_000_000 or self._seen.films.get(film.path) == film

    async def _keep(self, films: Sequence[FoundFilm], now_ms: int) -> None:
        def named() -> list[tuple[TitleId, FoundFilm, Notes]]:
            return [(_new_id(), film, notes_at(film.notes, film.place.numbers if film.place else ())) for film in films]

        read = await asyncio.to_thread(named)
        await self._sql.transact(functools.partial(titles.keep_films, films=read, now_ms=now_ms))

    async def _keep_series(self, shelves: Shelves) -> None:
        known = await self._sql.read(titles.known_series)
        for series in shelves.series.values():
            if known.get(series.path) != series.stamp:
                notes = await asyncio.to_thread(notes_at, series.notes)
                await self._sql.transact(functools.partial(titles.keep_series, title_id=_new_id(), found=series, notes=notes))


def _new_id() -> TitleId:
    return TitleId(uuid.uuid4().hex)
