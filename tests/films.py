"""Short films for tests, made with ffmpeg's generators and kept."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from matinee.topology import REPOSITORY
from running import BIG_BUCK_BUNNY

KEPT = REPOSITORY / ".cache" / "films"
NFO = """<movie><title>{name}</title><year>2026</year><plot>{plot}</plot><genre>Test</genre>
<licence url="https://creativecommons.org/publicdomain/zero/1.0/">CC0 1.0</licence></movie>"""

FOR_EVERYBODY = "<movie><title>Big Buck Bunny</title><year>2008</year><mpaa>G</mpaa><genre>Animation</genre></movie>"


def generated(film: Path, *words: str) -> Path:
    """What ffmpeg makes of these words. It makes the same of the same, so that no run, and no other worker, makes it again."""
    argv = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *words]
    kept = KEPT / f"{hashlib.sha256(' '.join(argv).encode()).hexdigest()[:20]}{film.suffix}"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        making = kept.with_name(f"{os.getpid()}-{kept.name}")
        subprocess.run([*argv, str(making)], check=True, timeout=120)
        making.rename(kept)
    film.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, film)
    return film


def short_film(folder: Path, name: str, seconds: int = 12, sound: bool = True) -> Path:
    """A colourful film of a moving clock with a steady tone, H.264 and AAC, which every browser decodes."""
    words = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=24:duration={seconds}"]
    if sound:
        words += ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={seconds}", "-c:a", "aac", "-b:a", "96k"]
    words += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "48", "-b:v", "800k"]
    film = generated(folder / f"{name} (2026).mp4", *words)
    film.with_suffix(".nfo").write_text(NFO.format(name=name, plot=f"{seconds} seconds of a clock that means nothing."))
    return film


def big_buck_bunny(folder: Path) -> None:
    """Ten minutes, for everybody."""
    film = folder / "Big Buck Bunny (2008)" / "Big Buck Bunny (2008).mp4"
    film.parent.mkdir(parents=True)
    film.symlink_to(BIG_BUCK_BUNNY)
    film.with_suffix(".nfo").write_text(FOR_EVERYBODY)


def foreign_film(folder: Path, name: str, seconds: int) -> Path:
    """One that no browser decodes, so that it must be encoded: MPEG-4 of old, in Matroska, without sound."""
    words = ["-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=24:duration={seconds}", "-c:v", "mpeg4", "-q:v", "4", "-g", "48"]
    return generated(folder / f"{name} (2026).mkv", *words)


# What stands on the screen of `whole_film` in each language, from one second to ten.
SAID = {"en": "The clock says nothing.", "de": "Die Uhr sagt nichts."}
TONES_HZ = {"eng": 330, "deu": 880}
CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=4000
title=Morning
[CHAPTER]
TIMEBASE=1/1000
START=4000
END=12000
title=Evening
"""


def whole_film(folder: Path, name: str) -> Path:
    """Twelve seconds that have everything: rungs below their own, a tone per language, subtitles in two, two chapters."""
    film = short_film(folder, name)
    silent = film.with_name("silent.mp4")
    film.rename(silent)
    chapters = film.with_suffix(".txt")
    chapters.write_text(CHAPTERS)
    argv = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(silent)]
    for tone_hz in TONES_HZ.values():
        argv += ["-f", "lavfi", "-i", f"sine=frequency={tone_hz}:sample_rate=48000:duration=12"]
    argv += ["-i", str(chapters), "-map", "0:v", "-map", "1:a", "-map", "2:a", "-map_metadata", "3", "-map_chapters", "3"]
    for number, language in enumerate(TONES_HZ):
        argv += [f"-metadata:s:a:{number}", f"language={language}"]
    subprocess.run([*argv, "-c:v", "copy", "-c:a", "aac", "-b:a", "96k", str(film)], check=True, timeout=120)
    for language, said in SAID.items():
        film.with_suffix(f".{language}.srt").write_text(f"1\n00:00:01,000 --> 00:00:10,000\n{said}\n")
    silent.unlink()
    chapters.unlink()
    return film


def series(folder: Path, name: str, episodes: int = 2) -> None:
    """A season of nine-second episodes, too small for any rung but their own."""
    season = folder / name / "Season 01"
    for number in range(1, episodes + 1):
        picture = f"testsrc2=size=416x234:rate=24:duration=9,hue=h={number * 90}"
        tone = f"sine=frequency={200 * number}:sample_rate=48000:duration=9"
        words = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "64k", "-b:v", "140k"]
        words += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "48"]
        generated(season / f"{name} S01E{number:02}.mp4", *words)
