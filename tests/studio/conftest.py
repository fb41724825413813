"""Small films for the studio's tests."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from films import generated
from matinee.studio.encode import make_rung, make_sound
from matinee.studio.ladder import Plan, Rung, plan_film
from matinee.studio.package import package
from matinee.studio.probe import probe
from matinee.studio.source import SourceFacts
from matinee.studio.texts import make_texts
from matinee.studio.tools import Bench, default_tools

# Black, then a busy picture: the first frames tell nothing, the later ones do.
DARK_THEN_BUSY = "testsrc2=size=640x360:rate=24:duration=8,noise=alls=12:all_seed=7,drawbox=t=fill:c=black:enable='lt(t,2.2)'"
TONE = "sine=frequency=330:duration=8"
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
AAC = ["-c:a", "aac", "-b:a", "96k"]
LONGER = ["-f", "lavfi", "-i", DARK_THEN_BUSY.replace("duration=8", "duration=12"), "-c:v", "mpeg4", "-b:v", "2M"]
"""Twelve seconds no browser decodes: with chunks of four seconds three for every rung."""


@dataclass(frozen=True)
class Films:
    """`ready` is H.264 and AAC with keyframes where they fell; `old` is MPEG-4 part 2 and MP3 at a rate that varies."""

    ready: Path
    old: Path
    silent: Path
    sound_only: Path


@dataclass(frozen=True)
class Made:
    """A complete edition, with the rungs it was packaged from."""

    source: SourceFacts
    plan: Plan
    rungs: tuple[Rung, ...]
    folder: Path
    tree: Path


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench(default_tools(), threading.Event())


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    folder = tmp_path_factory.mktemp("films")
    made = Films(folder / "ready.mp4", folder / "old.mkv", folder / "silent.mp4", folder / "sound.mp3")
    picture, tone = ["-f", "lavfi", "-i", DARK_THEN_BUSY], ["-f", "lavfi", "-i", TONE]
    # Keyframes at odd places, as scene cuts leave them.
    cuts = ["-force_key_frames", "0,1.25,2.25,4.5,6.875", "-g", "200", "-sc_threshold", "0"]
    faststart = ["-movflags", "+faststart"]
    generated(made.ready, *picture, *tone, *H264, *cuts, "-b:v", "1500k", *AAC, *faststart)
    # Every seventh picture is missing: the rate is no longer constant.
    gaps = ["-vf", "select='mod(n,7)',fps=24", "-fps_mode", "vfr"]
    generated(made.old, *picture, *tone, *gaps, "-c:v", "mpeg4", "-b:v", "1500k", "-c:a", "libmp3lame")
    generated(made.silent, "-t", "5", *picture, *H264, "-b:v", "300k", "-g", "48")
    generated(made.sound_only, *tone, "-c:a", "libmp3lame")
    return made


def wait_for(true: Callable[[], bool], patience_s: float = 30.0) -> bool:
    deadline_s = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True


def make_edition(bench: Bench, film: Path, folder: Path, beside: Sequence[Path] = ()) -> Made:
    source = probe(bench, film)
    plan = plan_film(source, texts=make_texts(bench, film, source, folder, beside).tracks)
    for sound in plan.sounds:
        make_sound(bench, film, sound, folder)
    for rung in plan.full:
        make_rung(bench, film, plan, rung, folder)
    return Made(source, plan, plan.full, folder, package(bench, folder, plan.full, plan, "edition"))


@pytest.fixture(scope="session")
def beside_a_copy(bench: Bench, films: Films, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_edition(bench, films.ready, tmp_path_factory.mktemp("ready"))


@pytest.fixture(scope="session")
def all_encoded(bench: Bench, films: Films, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_edition(bench, films.old, tmp_path_factory.mktemp("old"))
