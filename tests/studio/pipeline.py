"""A film walks through the studio: what is told of it, and what a fault along the way does."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.system_clock import SystemClock
from matinee.ports.blobs import BlobsUnavailable
from matinee.studio.office import Office
from matinee.studio.tools import Bench

from . import scene as scene_module
from .conftest import Films
from .scene import complete, ended, studio


async def test_a_film_browsers_decode_is_playable_before_anything_is_encoded(films: Films, tmp_path: Path) -> None:
    """I can watch my film within seconds; its smaller rungs and its pictures follow, and nothing is left lying about."""
    async with studio(tmp_path) as scene:
        await scene.find(films.ready, "ready")
        await scene.hears(complete("ready"))
        assert scene.told_of("ready") == ["probed", "published", "art_cut", "published"]
        probed, first, art, full = scene.facts
        assert probed.probed.runtime_ms == pytest.approx(8000, abs=60)
        assert not first.published.edition.complete
        assert list(first.published.edition.heights_px) == [360]
        assert list(full.published.edition.heights_px) == [360, 234]
        assert {fact.modified_ns for fact in scene.facts} == {films.ready.stat().st_mtime_ns}
        names = await scene.blobs.names(f"films/{first.published.edition.edition_id}")
        assert {name.rpartition("/")[2] for name in names} >= {"master.m3u8", "manifest.mpd", "init.mp4", "1.m4s"}
        assert not [name for name in names if "fast" in name or "k/" in name]
        cut = await scene.blobs.names(f"art/{art.art_cut.art.art_id}")
        assert [name.rpartition("/")[2] for name in cut] == ["backdrop.webp", "card.webp", "poster.webp"]
        await until(lambda: not list((tmp_path / "studio").iterdir()))


async def test_a_film_that_must_be_encoded_gets_a_quick_rung_first(films: Films, tmp_path: Path) -> None:
    """I need not wait for the best picture to see a small one."""
    async with studio(tmp_path) as scene:
        await scene.find(films.old, "old")
        await scene.hears(complete("old"))
        editions = [fact.published.edition for fact in scene.facts if fact.HasField("published")]
        assert [edition.complete for edition in editions] == [False, True]
        assert editions[0].edition_id != editions[1].edition_id
        assert len(editions[0].heights_px) == 1


async def test_a_house_may_be_content_with_the_first_edition(films: Films, tmp_path: Path) -> None:
    """On a small machine nothing is encoded that need not be."""
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(films.ready, "ready")
        only = await scene.hears(complete("ready"))
        assert list(only.published.edition.heights_px) == [360]


async def test_what_is_no_film_fails_in_words_and_harms_no_other(films: Films, tmp_path: Path) -> None:
    """I am told what is wrong with a text and a vanished file; the film between them plays."""
    text, gone = tmp_path / "text.mp4", tmp_path / "gone.mp4"
    text.write_text("not a film\n" * 100)
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(text, "text")
        await scene.find(films.silent, "silent")
        await scene.find(gone, "gone", seen=films.silent)
        assert "not a video file" in (await scene.hears(ended("text"))).failed.reason
        assert (await scene.hears(ended("silent"))).published.edition.complete
        assert "gone.mp4" in (await scene.hears(ended("gone"))).failed.reason
        assert scene.told_of("text") == ["failed"]


async def test_a_file_replaced_since_it_was_found_is_left_to_its_next_finding(films: Films, tmp_path: Path) -> None:
    """While I am still copying, nobody tells me that my film is broken."""
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(films.silent, "film", earlier_ns=1_000_000_000)
        await scene.find(films.silent, "film")
        await scene.hears(complete("film"))
        assert "failed" not in scene.told_of("film")
        assert {fact.modified_ns for fact in scene.facts} == {films.silent.stat().st_mtime_ns}


async def test_a_film_found_twice_is_made_once(films: Films, tmp_path: Path) -> None:
    """The log may repeat itself; the work is not repeated."""
    async with studio(tmp_path, all_rungs=False) as scene:
        await scene.find(films.silent, "first")
        await scene.find(films.silent, "first")
        await scene.find(films.silent, "last")
        await scene.hears(lambda fact: fact.title_id == "last" and fact.HasField("art_cut"))
        await scene.hears(lambda fact: fact.title_id == "first" and fact.HasField("art_cut"))
        assert scene.told_of("first") == ["probed", "published", "art_cut"]
        editions = {fact.published.edition.edition_id for fact in scene.facts if fact.HasField("published")}
        assert len(editions) == 1


async def test_a_film_in_all_its_rungs_never_falls_back_to_its_first(bench: Bench, films: Films, tmp_path: Path) -> None:
    """I touch my film, and give it subtitles: whoever watches keeps the best picture all the while."""
    film = tmp_path / "Film.mkv"
    # A few seconds, for they are encoded twice.
    bench.ffmpeg(["-t", "3", "-i", str(films.old), "-c", "copy", str(film)])
    async with studio(tmp_path) as scene:
        await scene.find(film, "film")
        made = await scene.hears(complete("film"))
        film.touch()
        await scene.find(film, "film", finding=1)
        touched = await scene.hears(lambda fact: fact.finding == 1 and fact.HasField("published"))
        assert touched.published == made.published
        # Beside a trailer of its own and under a name that is not the film's: the library knows whose it is.
        (tmp_path / "Film-trailer.mkv").write_bytes(film.read_bytes())
        (words := tmp_path / "Subs" / "2_English.srt").parent.mkdir()
        words.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
        await scene.find(film, "film", finding=2, sidecars=[words])
        subtitled = await scene.hears(lambda fact: fact.finding == 2 and fact.HasField("published"))
        assert subtitled.published.edition.complete
        assert [track.name for track in subtitled.published.edition.tracks if track.language == "en"] == ["English"]
        later = [fact.published.edition for fact in scene.facts if fact.HasField("published")][1:]
        assert [edition.complete for edition in later] == [True, True, True]


async def test_a_store_that_was_away_does_not_cost_the_film(films: Films, tmp_path: Path) -> None:
    """When the disk of films is back, my film is published."""
    async with studio(tmp_path, all_rungs=False, blobs=AwayAtFirst(tmp_path / "blobs")) as scene:
        await scene.find(films.silent, "film")
        await scene.hears(complete("film"))
        assert "failed" not in scene.told_of("film")


async def test_a_house_that_closes_waits_for_no_encoder(bench: Bench, films: Films, tmp_path: Path) -> None:
    """Closing takes a moment, whatever is being made; the next start goes on with it."""
    async with studio(tmp_path) as scene:
        await scene.find(films.old, "old")
        await until(lambda: encoding(tmp_path), every_s=0.01)
        started_s = time.monotonic()
    assert time.monotonic() - started_s < 5
    await until(lambda: not encoding(tmp_path))
    async with studio(tmp_path) as scene:
        await scene.hears(complete("old"))
        assert "failed" not in scene.told_of("old")


class AwayAtFirst(DirectoryBlobs):
    """A store that does not answer the first time."""

    away = True

    async def put_tree(self, unit: str, tree: Path) -> None:
        if self.away:
            self.away = False
            raise BlobsUnavailable("the disk is being changed")
        await super().put_tree(unit, tree)


@contextlib.asynccontextmanager
async def watching(state: Path, engine: str = "sqlite") -> AsyncGenerator[scene_module.Scene]:
    """The log of a studio that runs elsewhere."""
    log, office = scene_module.SqliteLog(state / "log.db"), Office(sql=scene_module.sql_of(engine, state), clock=SystemClock())
    await office.start()
    try:
        heard = await log.subscribe("titles", "a watcher")
        yield scene_module.Scene(state, log, DirectoryBlobs(state / "blobs"), heard, office)
    finally:
        await office.close()
        await log.close()


def encoding(state: Path) -> list[int]:
    """The processes that write into this studio's scratch."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            if any(part.startswith(os.fsencode(state / "studio")) for part in arguments) and b"libx264" in arguments:
                found.append(int(folder.name))
    return found


async def until(true: Callable[[], object], *, patience_s: float = 30.0, every_s: float = 0.05) -> None:
    deadline_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        await asyncio.sleep(every_s)
