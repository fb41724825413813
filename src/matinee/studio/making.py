"""What all our encodes have in common: the same bytes on every run, in a file that is there whole or not at all."""

import uuid
from collections.abc import Callable
from pathlib import Path

from matinee.studio.ladder import Grid
from matinee.studio.probe import reading

REPRODUCIBLE = (
    # No encoder version, no creation time, no random ids in the container,
    "-fflags",
    "+bitexact",
    # nor in the stream.
    "-flags",
    "+bitexact",
    # Titles, dates and chapter marks of the source stay behind: the catalogue knows better.
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
)
INTO_MP4 = (
    # The temporary name says nothing, so the container is named.
    "-f",
    "mp4",
)


def one_decoder(film: Path) -> list[str]:
    return [
        # One decoding thread: it is seldom the slow part, and the machine has other work.
        "-threads",
        "1",
        *reading(film),
    ]


def ticks(grid: Grid) -> list[str]:
    return [
        # The source's clock on copy and encodes alike, so that equal times are equal numbers.
        "-video_track_timescale",
        str(grid.timescale_hz),
    ]


def made_whole(final: Path, make: Callable[[Path], object]) -> Path:
    """Made under a name of this attempt's own, then renamed: two attempts never write one file, half a file is never used."""
    if final.exists():
        return final
    attempt = final.with_name(f".{final.stem}-{uuid.uuid4().hex[:8]}.part")
    try:
        make(attempt)
        attempt.replace(final)
    finally:
        attempt.unlink(missing_ok=True)
    return final
