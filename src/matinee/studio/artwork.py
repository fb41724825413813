"""A title's pictures, a card, a backdrop, a poster, and the colour that glows behind them.

They are the owner's, where some lie beside the film; else they are cut from its most telling frame.
"""

import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from matinee.studio.frames import Frame, busiest_left, glow, in_focus, most_telling, score
from matinee.studio.own_art import as_webp, digest_of, own_pictures, take_picture
from matinee.studio.picture import tone_mapping
from matinee.studio.probe import reading
from matinee.studio.source import SourceFacts
from matinee.studio.tools import Bench

ART_FOLDER = "art"
SAMPLES = 32
SHORTLIST = 16
BLUR = re.compile(r"lavfi\.blur=([\d.]+)")
FROM, TO = 0.08, 0.95
TINY_PX = (96, 54)
CARD_PX = (640, 360)
BACKDROP_PX = (1280, 720)
POSTER_PX = (600, 900)
OWN_PX = {"card": CARD_PX, "backdrop": BACKDROP_PX, "poster": POSTER_PX}
WIDE, TALL = Fraction(16, 9), Fraction(2, 3)


@dataclass(frozen=True)
class Artwork:
    """`own` names the owner's pictures among them, "" when all were cut."""

    glow: str
    own: str


def cut_artwork(bench: Bench, film: Path, source: SourceFacts, folder: Path, beside: Sequence[Path] = ()) -> Artwork:
    """Leaves card.webp, backdrop.webp and poster.webp in `folder/art`; `beside` are the film's side-cars.

    Raises ToolFailed, Stopped.
    """
    best = most_telling(_frames(bench, film, source) or [_blank()], SHORTLIST)
    frame = max(best, key=lambda each: in_focus(score(each), _blur(bench, film, _seconds(source, each.position))))
    attempt = folder / f".art-{uuid.uuid4().hex[:8]}"
    attempt.mkdir()
    at_s = _seconds(source, frame.position)
    width, height = source.video.width_px, source.video.height_px
    shown_plainly = tone_mapping() if source.video.high_range else []
    wide, tall = _crop(width, height, WIDE), _crop(width, height, TALL)
    backdrop = (min(BACKDROP_PX[0], _even(wide[0])), min(BACKDROP_PX[1], _even(wide[1])))
    poster = (min(POSTER_PX[0], _even(tall[0])), min(POSTER_PX[1], _even(tall[1])))
    left = round(busiest_left(frame, tall[0] / width) * width)
    own = own_pictures(film, beside)
    for name, crop, size in (
        ("card", f"crop={wide[0]}:{wide[1]}", CARD_PX),
        ("backdrop", f"crop={wide[0]}:{wide[1]}", backdrop),
        ("poster", f"crop={tall[0]}:{tall[1]}:{left}:(ih-oh)/2", poster),
    ):
        # A card is a small backdrop.
        picture, into = own.get("poster" if name == "poster" else "backdrop"), attempt / f"{name}.webp"
        if not (picture and take_picture(bench, picture, OWN_PX[name], into)):
            _cut(bench, film, at_s, ",".join([crop, *shown_plainly]), size, into)
    shutil.rmtree(folder / ART_FOLDER, ignore_errors=True)
    attempt.replace(folder / ART_FOLDER)
    return Artwork(glow(frame), digest_of(own))


def positions(duration_ms: int) -> list[float]:
    """Evenly spread; in a short film one for each second, in which it seldom has more than a keyframe."""
    samples = min(SAMPLES, 2 + duration_ms // 1000)
    return [FROM + (TO - FROM) * number / (samples - 1) for number in range(samples)]


def _frames(bench: Bench, film: Path, source: SourceFacts) -> list[Frame]:
    """Tiny pictures from all over the film. One that is met twice, as in a film of few keyframes, counts at its first place."""
    found: dict[bytes, Frame] = {}
    for position in positions(source.duration_ms):
        if frame := _tiny_frame(bench, film, source, position):
            found.setdefault(frame.rgb, frame)
    return [*found.values()]


def _tiny_frame(bench: Bench, film: Path, source: SourceFacts, position: float) -> Frame | None:
    """None where the film cannot be decoded just there."""
    rgb = bench.ffmpeg(
        [
            *_keyframe(film, _seconds(source, position)),
            # Averaged down to a size at which scoring costs nothing,
            "-vf",
            ",".join([f"scale={TINY_PX[0]}:{TINY_PX[1]}:flags=area", *(tone_mapping() if source.video.high_range else [])]),
            # as bare bytes on standard output.
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "pipe:1",
        ]
    )
    whole = len(rgb) == TINY_PX[0] * TINY_PX[1] * 3
    return Frame(*TINY_PX, rgb, position) if whole else None


def _blur(bench: Bench, film: Path, at_s: float) -> float:
    """How wide the edges of that picture are, in pixels at 1280 across; 0 where there are none to measure."""
    told = bench.ffmpeg(
        [
            *_keyframe(film, at_s),
            # One size for all films; in blocks, of which the flattest fifth is left out: a soft background is no fault.
            "-vf",
            "scale=1280:-2,blurdetect=block_width=32:block_height=32:block_pct=80,metadata=print:key=lavfi.blur:file=-",
            # Nothing but the measure is wanted.
            "-f",
            "null",
            "-",
        ]
    )
    found = BLUR.search(told.decode(errors="replace"))
    return float(found[1]) if found else 0.0


def _cut(bench: Bench, film: Path, at_s: float, crop: str, size: tuple[int, int], into: Path) -> None:
    bench.ffmpeg(
        [
            *_keyframe(film, at_s),
            # Square pixels first, so that the crop is of what people see.
            "-vf",
            f"scale=iw*sar:ih,setsar=1,{crop},scale={size[0]}:{size[1]}:flags=lanczos",
            *as_webp(into),
        ]
    )


def _keyframe(film: Path, at_s: float) -> list[str]:
    """The picture that is scored, measured and shown: always the same one for the same moment."""
    return [
        # Only keyframes, from the one before this moment: no need to decode what lies between.
        "-skip_frame",
        "nokey",
        "-noaccurate_seek",
        "-ss",
        f"{at_s:.3f}",
        *reading(film),
        # One picture,
        "-frames:v",
        "1",
        # of the film itself,
        "-map",
        "0:V:0",
        # though it lies before that moment: else ffmpeg would wait for the next keyframe, and a last one has none.
        "-fps_mode",
        "passthrough",
    ]


def _seconds(source: SourceFacts, position: float) -> float:
    return source.duration_ms * position / 1000


def _crop(width: int, height: int, shape: Fraction) -> tuple[int, int]:
    """The largest part of the picture of that shape."""
    return min(width, round(height * shape)), min(height, round(width / shape))


def _even(length: int) -> int:
    return max(2, length - length % 2)


def _blank() -> Frame:
    return Frame(*TINY_PX, bytes(TINY_PX[0] * TINY_PX[1] * 3), FROM)
