"""Thumbnails for the seek bar: how small, how many, and on how many sheets. Nothing here makes one.

A sheet is one picture of 25 small ones, so that a player fetches a minute or more of film at once. A short film has a thumbnail
every two seconds; a long one no more than 360, but at least one every ten seconds.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

COLUMNS, ROWS = 5, 5
BOX_PX = (192, 108)
MOST_THUMBNAILS = 360
LEAST_S, MOST_S = 2, 10


@dataclass(frozen=True)
class Sheets:
    """`width_px` and `height_px` are a thumbnail's; each stands for `interval_ms` of film from where it was taken."""

    width_px: int
    height_px: int
    interval_ms: int
    thumbnails: int

    @property
    def sheet_ms(self) -> int:
        return COLUMNS * ROWS * self.interval_ms

    @property
    def count(self) -> int:
        return ceil(self.thumbnails / (COLUMNS * ROWS))


def plan_sheets(width_px: int, height_px: int, film_ms: int) -> Sheets:
    """For a film of that shape and length."""
    scale = min(Fraction(BOX_PX[0], width_px), Fraction(BOX_PX[1], height_px))
    seconds = min(MOST_S, max(LEAST_S, ceil(Fraction(film_ms, 1000) / MOST_THUMBNAILS)))
    return Sheets(
        width_px=max(2, 2 * round(width_px * scale / 2)),
        height_px=max(2, 2 * round(height_px * scale / 2)),
        interval_ms=1000 * seconds,
        thumbnails=max(1, ceil(film_ms / (1000 * seconds))),
    )
