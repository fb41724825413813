"""Pictures that the owner put beside a film, which are better than any we could cut out of it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from matinee.studio.sidecars import backdrop_beside, poster_beside
from matinee.studio.tools import Bench, ToolFailed

LARGEST_BYTES = 50_000_000


def own_pictures(film: Path, beside: Sequence[Path]) -> dict[str, Path]:
    """The owner's `poster` and `backdrop`, where there are such files with something in them."""
    there = [path for path in beside if path.is_file()]
    found = {"poster": poster_beside(film, there), "backdrop": backdrop_beside(film, there)}
    return {name: Path(path) for name, path in found.items() if path and 0 < Path(path).stat().st_size <= LARGEST_BYTES}


def digest_of(pictures: dict[str, Path]) -> str:
    """Names what they show, so that pictures replaced by others get a new address; "" without any."""
    if not pictures:
        return ""
    parts = (f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(pictures.items()))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def take_picture(bench: Bench, picture: Path, size: tuple[int, int], into: Path) -> bool:
    """The picture filling that size, in the file `into`; false when it is none, and a frame has to do. Raises Stopped."""
    width, height = size
    attempt = into.with_name(f".{into.name}")
    try:
        bench.ffmpeg(
            [
                # A picture is a file, of a kind that browsers show too: nothing that names other files.
                "-protocol_whitelist",
                "file",
                "-format_whitelist",
                "jpeg_pipe,png_pipe,webp_pipe,image2",
                "-i",
                f"file:{picture}",
                "-frames:v",
                "1",
                # Filled, not squeezed: what sticks out is cut off on both sides.
                "-vf",
                f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=lanczos,crop={width}:{height},setsar=1",
                *as_webp(attempt),
            ]
        )
    except ToolFailed:
        attempt.unlink(missing_ok=True)
        return False
    attempt.replace(into)
    return True


def as_webp(into: Path) -> list[str]:
    return [
        # WebP: every browser since 2020, a third smaller than JPEG.
        "-c:v",
        "libwebp",
        # Where flat skies stop showing bands.
        "-quality",
        "84",
        # The slowest, smallest coding: three pictures per film.
        "-compression_level",
        "6",
        # The day's date and the encoder's name stay out: equal films give equal bytes.
        "-fflags",
        "+bitexact",
        "-map_metadata",
        "-1",
        # The name may end in anything.
        "-f",
        "webp",
        str(into),
    ]
