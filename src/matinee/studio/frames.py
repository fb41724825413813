"""Which frame of a film tells most about it: a score for tiny pictures. Nothing here opens a file.

A telling frame has contrast, colour and detail, shows something in most places, and is neither black, white nor all of one
kind. The measures are the simplest that hold: the spread of brightness, Hasler and Suesstrunk's colourfulness (2003: spread
and offset of the two opponent colours), the mean step between neighbouring pixels, and the share of small tiles that are
not flat (a shoulder that fills half the picture is contrast, but tells nothing). The middle counts double, because that is
where a film puts what it is about; the last part of the film counts less, because a poster must not tell the end.
"""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, sqrt
from statistics import fmean, pstdev

EARLY = 0.6
LATE_FACTOR = 0.75
BLACK, WHITE = 16.0, 235.0
SHARP = 4.0
UNIFORM_SPREAD = 8.0
TILES = (8, 6)
TILE_SPREAD = 16.0
HUE_BINS = 24
GLOW_LIGHTNESS = 0.30
GLOW_SATURATION = (0.25, 0.75)


@dataclass(frozen=True)
class Frame:
    """A tiny picture: rows of RGB bytes. `position` is its place in the film, 0 to 1."""

    width_px: int
    height_px: int
    rgb: bytes
    position: float


def most_telling(frames: Sequence[Frame], most: int) -> list[Frame]:
    """The best by score, best first."""
    return sorted(frames, key=score, reverse=True)[:most]


def in_focus(score_: float, blur: float) -> float:
    """A score that counts how sharp the full picture is, which a tiny one cannot show.

    `blur` is the mean width of edges in pixels at 1280 across (ffmpeg's blurdetect, after Marziliano et al., 2002).
    """
    return score_ * sqrt(min(1.0, SHARP / max(blur, 0.1)))


def score(frame: Frame) -> float:
    """Larger is more telling; 0 for a frame that shows nothing."""
    lumas = _lumas(frame)
    mean, spread = fmean(lumas), pstdev(lumas)
    if spread < UNIFORM_SPREAD or not BLACK < mean < WHITE:
        return 0.0
    # Each about 0 to 1 for ordinary pictures: a spread of 64 levels, a colourfulness of 60, steps of 24 levels.
    measures = (min(spread / 64, 1.2), min(_colourfulness(frame) / 60, 1.2), min(_detail(frame, lumas) / 24, 1.0))
    # Dim and glaring frames lose: brightness counts fully only between a fifth and four fifths of the range.
    exposed = min(1.0, mean / 51, (255 - mean) / 51)
    early = 1.0 if frame.position <= EARLY else LATE_FACTOR
    return sum(measures) * _filled(frame, lumas) * exposed * early


def busiest_left(frame: Frame, window: float) -> float:
    """Where a crop of `window` of the width should begin (0 to 1 of the width) to hold the most detail.

    Columns are weighed against their distance from the middle, a little: a cut in the middle is the safer one.
    """
    lumas = _lumas(frame)
    width = frame.width_px
    columns = [0.0] * width
    for row in range(frame.height_px):
        line = lumas[row * width : (row + 1) * width]
        for column, (here, there) in enumerate(pairwise(line)):
            columns[column] += abs(there - here)
    wide = max(1, min(width, round(width * window)))
    room = width - wide

    def held(left: int) -> float:
        off_centre = abs(left - room / 2) / max(1.0, room / 2)
        return sum(columns[left : left + wide]) * (1 - 0.15 * off_centre)

    return max(range(room + 1), key=held) / width


def glow(frame: Frame) -> str:
    """The frame's leading colour as `#rrggbb`, dark enough to lie behind white text."""
    weights = [0.0] * HUE_BINS
    sums = [(0.0, 0.0)] * HUE_BINS
    for red, green, blue in _pixels(frame):
        hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
        weight = saturation * (1 - abs(2 * lightness - 1))
        which = int(hue * HUE_BINS) % HUE_BINS
        weights[which] += weight
        sums[which] = (sums[which][0] + hue * weight, sums[which][1] + saturation * weight)
    leading = max(range(HUE_BINS), key=weights.__getitem__)
    if not weights[leading]:
        return "#2b2b2b"
    hue, saturation = (part / weights[leading] for part in sums[leading])
    low, high = GLOW_SATURATION
    shown = colorsys.hls_to_rgb(hue, GLOW_LIGHTNESS, min(max(saturation, low), high))
    return "#" + "".join(f"{round(part * 255):02x}" for part in shown)


def _colourfulness(frame: Frame) -> float:
    red_green = [red - green for red, green, _ in _pixels(frame)]
    yellow_blue = [(red + green) / 2 - blue for red, green, blue in _pixels(frame)]
    spread = hypot(pstdev(red_green), pstdev(yellow_blue))
    return spread + 0.3 * hypot(fmean(red_green), fmean(yellow_blue))


def _detail(frame: Frame, lumas: Sequence[float]) -> float:
    width = frame.width_px
    across = fmean(abs(there - here) for here, there in pairwise(lumas))
    down = fmean(abs(lumas[at + width] - lumas[at]) for at in range(len(lumas) - width))
    return (across + down) / 2


def _filled(frame: Frame, lumas: Sequence[float]) -> float:
    """The share of tiles with something in them, 0 to 1; tiles of the middle half count double."""
    across, down = frame.width_px // TILES[0], frame.height_px // TILES[1]
    held = possible = 0.0
    for row in range(TILES[1]):
        for column in range(TILES[0]):
            lines = (lumas[(row * down + line) * frame.width_px + column * across :][:across] for line in range(down))
            tile = [luma for line in lines for luma in line]
            central = TILES[0] // 4 <= column < TILES[0] - TILES[0] // 4
            weight = 2.0 if central else 1.0
            possible += weight
            held += weight * min(1.0, pstdev(tile) / TILE_SPREAD)
    return held / possible


def _lumas(frame: Frame) -> list[float]:
    """Rec. 709 brightness."""
    return [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in _pixels(frame)]


def _pixels(frame: Frame) -> list[tuple[int, int, int]]:
    return list(zip(frame.rgb[0::3], frame.rgb[1::3], frame.rgb[2::3], strict=True))
