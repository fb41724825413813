"""The ways to an edition's files: one box each; and how tall the pictures are that lie there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matinee.contracts.ids import BoxId


@dataclass(frozen=True)
class Pathway:
    box_id: BoxId
    base: str  # absolute, signed for one view, with a slash at its end


RUNG = re.compile(r"v(\d+)")


def lines_of(file: str) -> int:
    """How tall the picture of a file is, by its rung's folder ("v720-3000k/1.m4s"); 0: it is no picture."""
    rung = RUNG.match(file)
    return int(rung[1]) if rung else 0


def bounded(height: int, there: Iterable[int]) -> int:
    """The bound (0: none) for pictures that are so tall: the smallest always stays."""
    pictures = [each for each in there if each]
    return max(height, min(pictures, default=0)) if height else 0


class BadManifest(ValueError):
    """An edition's own manifest cannot be used; the text says where and why."""
