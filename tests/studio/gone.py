"""A film whose file left the library: what was made of it stays for a day and a half, and then goes, whoever dies on the way."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from films import generated
from matinee.contracts.studio_pb2 import CANCELLED, DONE, JOB_FAILED, JobId
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.studio import holdings, ledger
from matinee.studio.film import Film
from matinee.studio.migrations import MIGRATIONS
from matinee.studio.sweep import Sweep

from .conftest import LONGER, Films
from .farm import CALL, jobs
from .pipeline import encoding, until
from .scene import PATIENCE_S, Scene, complete, studio

HOUR_S = 3600
IN_YEARS_MS = 4_000_000_000_000
UNITS = ("films/whole", "art/pictures")


@dataclass
class Attic:
    """The studio's stores and its sweep, without anybody at work."""

    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    told: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def open(self) -> "Attic":
        self.sql, self.blobs = SqliteSql(self.folder / "studio.db"), DirectoryBlobs(self.folder / "blobs")
        await self.sql.install(MIGRATIONS)
        return self

    async def withdraw(self, title_id: str, unit: str) -> None:
        self.told.append((title_id, unit))

    async def sweep(self) -> None:
        await Sweep(self.sql, self.blobs, self.clock, self.withdraw).clear()

    async def find(self, title_id: str, finding: int = 0) -> Film:
        film = Film(title_id, f"/films/{title_id}.mkv", 1, 1, finding)
        await self.sql.transact(lambda db: holdings.film_found(db, film, self.clock.now_ms()))
        return film

    async def make(self, title_id: str, finding: int = 0) -> None:
        """The title is found and holds both units; one piece was never cleared away."""
        film, now_ms = await self.find(title_id, finding), self.clock.now_ms()
        for unit in UNITS:
            await self._put(unit)
            assert await self.sql.transact(lambda db, unit=unit: holdings.claim(db, title_id, unit))
            await self.sql.transact(lambda db, unit=unit: holdings.shown(db, film, unit, now_ms))
        await self._put("chunks/piece")
        await self.sql.transact(lambda db: ledger.lay_out(db, [ledger.Piece(film.job_id, "piece", "rung", 1, 1)]))
        await self.sql.transact(lambda db: ledger.end(db, film, ledger.DONE, now_ms))

    async def take_away(self, title_id: str, finding: int = 0) -> None:
        await self.sql.transact(lambda db: holdings.film_gone(db, title_id, finding, self.clock.now_ms()))

    async def left(self) -> list[str]:
        """All blobs, and every row that any table has."""
        kept = [unit for unit in (*UNITS, "chunks/piece") if await self.blobs.has(unit)]
        tables = ledger.TABLES.sorted_tables
        counted = await self.sql.read(lambda db: [f"{table}: {row}" for table in tables for row in db.execute(table.select())])
        return kept + counted

    async def _put(self, unit: str) -> None:
        tree = self.folder / "tree"
        tree.mkdir(exist_ok=True)
        (tree / "file").write_text("x")
        await self.blobs.put_tree(unit, tree)


@pytest.fixture
async def attic(tmp_path: Path) -> Attic:
    return await Attic(tmp_path).open()


async def test_what_was_made_of_a_film_outlives_it_by_a_day_and_a_half(attic: Attic) -> None:
    """Whoever was watching sees it to its end; then editions, pictures, chunks, jobs are gone, and the library knows."""
    await attic.make("film")
    await attic.take_away("film")
    await attic.clock.advance(35 * HOUR_S)
    await attic.sweep()
    assert [await attic.blobs.has(unit) for unit in UNITS] == [True, True]
    assert attic.told == []
    await attic.clock.advance(2 * HOUR_S)
    await attic.sweep()
    assert await attic.left() == []
    assert sorted(attic.told) == [("film", "art/pictures"), ("film", "films/whole")]


async def test_a_film_that_comes_back_in_time_has_lost_nothing(attic: Attic) -> None:
    """A disk unplugged for a day: its films' editions stay, for as long as the films do."""
    await attic.make("film")
    await attic.take_away("film")
    await attic.clock.advance(30 * HOUR_S)
    await attic.find("film", finding=1)
    await attic.clock.advance(1000 * HOUR_S)
    await attic.sweep()
    assert [await attic.blobs.has(unit) for unit in UNITS] == [True, True]
    assert attic.told == []


async def test_a_film_that_was_moved_keeps_what_was_made_of_it(attic: Attic) -> None:
    """Under its new name it holds the same edition; its old name lets go and is forgotten."""
    await attic.make("old name")
    await attic.take_away("old name")
    await attic.make("new name")
    await attic.clock.advance(37 * HOUR_S)
    await attic.sweep()
    assert [await attic.blobs.has(unit) for unit in UNITS] == [True, True]
    assert sorted(attic.told) == [("old name", "art/pictures"), ("old name", "films/whole")]
    assert not [line for line in await attic.left() if "old name" in line]
    await attic.take_away("new name")
    await attic.clock.advance(37 * HOUR_S)
    await attic.sweep()
    assert await attic.left() == []


async def test_a_sweep_that_is_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    """At whichever word to a store it dies: the next one leaves nothing behind, and the library hears of all."""
    for steps in itertools.count():
        folder = tmp_path / str(steps)
        folder.mkdir()
        attic = await Attic(folder).open()
        await attic.make("film")
        await attic.take_away("film")
        await attic.clock.advance(37 * HOUR_S)
        life = iter(range(steps))
        sql, blobs, tells = (Mortal(port, life) for port in (attic.sql, attic.blobs, attic))
        try:
            await Sweep(sql, blobs, attic.clock, tells.withdraw).clear()
            break
        except Death:
            await attic.sweep()
        assert await attic.left() == []
        assert {unit for _, unit in attic.told} == set(UNITS)
    assert steps > 10


async def test_an_old_word_of_a_film_changes_nothing(attic: Attic) -> None:
    """Several workers hear each word, and the slow one's is no news: gone stays gone, and back stays back."""
    await attic.make("film")
    await attic.take_away("film")
    await attic.find("film")
    await attic.clock.advance(20 * HOUR_S)
    await attic.take_away("film")
    await attic.clock.advance(17 * HOUR_S)
    await attic.sweep()
    assert await attic.left() == []
    await attic.make("film", finding=1)
    await attic.take_away("film")
    await attic.clock.advance(37 * HOUR_S)
    await attic.sweep()
    assert [await attic.blobs.has(unit) for unit in UNITS] == [True, True]


async def test_taking_a_film_away_stops_its_encoders(tmp_path: Path) -> None:
    """Deleted in mid-work: within a second nothing runs for it any more; put back, it is made to its end."""
    film = generated(tmp_path / "long.mkv", *LONGER)
    async with studio(tmp_path, chunk_s=4) as scene:
        await scene.find(film, "film")
        await until(lambda: encoding(tmp_path), every_s=0.01)
        await scene.take_away("film", finding=1)
        # A second, and what a busy machine adds to it.
        await until(lambda: not encoding(tmp_path), patience_s=5)
        await until_all(scene, CANCELLED)
        # Not before: the job would fail for want of its file if it came upon that first.
        film.rename(tmp_path / "away.mkv")
        [job] = await jobs(scene)
        assert "Put it back" in job.problem
        await until(lambda: not list((tmp_path / "studio").iterdir()))
        (tmp_path / "away.mkv").rename(film)
        await scene.find(film, "film", finding=2)
        await scene.hears(complete("film"))
        assert scene.told_of("film").count("failed") == 0


async def test_what_the_studio_makes_is_held_by_its_title(films: Films, tmp_path: Path) -> None:
    """A film really made, taken away and long gone leaves no blob; its edition and its pictures are withdrawn."""
    clock = ManualClock()
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(films.ready, "film")
        made = (await scene.hears(complete("film"))).published.edition.edition_id
        art = (await scene.hears(lambda fact: fact.HasField("art_cut"))).art_cut.art.art_id
        await until_all(scene, DONE)
        assert await scene.blobs.has(f"films/{made}")
        attic = await Attic(tmp_path, clock).open()
        await attic.take_away("film")
        await clock.advance(37 * HOUR_S)
        await attic.sweep()
        assert sorted(attic.told) == [("film", f"art/{art}"), ("film", f"films/{made}")]
        assert not [path for kind in ("films", "art") for path in (tmp_path / "blobs" / kind).iterdir()]


async def test_a_late_job_of_an_earlier_finding_takes_nothing_from_the_title(films: Films, tmp_path: Path) -> None:
    """I add subtitles while the film waits, and its first job ends last: what the library shows is not thrown out for it."""
    film, now = tmp_path / "film.mp4", films.ready.stat()
    shutil.copy2(films.ready, film)
    (tmp_path / "film.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(film, "film", earlier_ns=10**9)
        await until_all(scene, JOB_FAILED)
        [early] = await jobs(scene)
        await scene.find(film, "film", finding=1, sidecars=[tmp_path / "film.en.srt"])
        shown = (await scene.hears(complete("film"))).published.edition.edition_id
        await until_all(scene, JOB_FAILED, DONE)
        os.utime(film, ns=(now.st_atime_ns, now.st_mtime_ns - 10**9))
        await scene.office.retry_job(JobId(job_id=early.job_id), CALL)
        await until_all(scene, DONE)
        attic = await Attic(tmp_path, ManualClock(IN_YEARS_MS)).open()
        await attic.sweep()
        assert await attic.blobs.has(f"films/{shown}")


async def until_all(scene: Scene, *states: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while {job.state for job in await jobs(scene)} != set(states):
            await asyncio.sleep(0.1)


class Death(BaseException):
    """The process is no more."""


class Mortal:
    """Passes every question on, for as long as there is life in it."""

    def __init__(self, port: object, life: Iterator[object]) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str) -> Any:
        async def asked(*arguments: object) -> object:
            for _ in self._life:
                return await getattr(self._port, name)(*arguments)
            raise Death

        return asked
