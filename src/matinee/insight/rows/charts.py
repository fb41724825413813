"""What the figures count of everybody: popular, trending, the week's most watched. Each has a fixed definition, to be audited.

What trends is what is watched beyond its own usual by more than chance: the figures tell by how many standard deviations, so a
title that few watch has to be watched much more to be called so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matinee.insight.rows.shelf import Shelf
from matinee.insight.taste.sparse import Table

TOP = 10
LEAST_RISE = 2.0
"""In standard deviations beyond the usual."""


@dataclass(frozen=True)
class Counted:
    """A title, and by what its chart counts."""

    title_id: str
    count: float


@dataclass(frozen=True)
class Charts:
    """Of one country. `popular` is decayed over weeks; `trending` says by how many standard deviations a title is watched beyond
    its usual; `week` counts profiles that watched two minutes of it, in one week.
    """

    popular: Sequence[Counted] = ()
    trending: Sequence[Counted] = ()
    week: Sequence[Counted] = ()


@dataclass(frozen=True)
class Placed:
    """A title's number on a shelf, its place in a chart (from 1), and how many profiles watched it."""

    number: int
    place: int
    viewers: int


def top_ten(shelf: Shelf, charts: Charts) -> list[Placed]:
    """The ten most watched of what this audience may see and play; a series' episodes count for it as they were counted.

    Fewer than ten are none: a chart of four is no top ten. Of equals the newer comes first, then by id.
    """
    found = [(each, shelf.find(each.title_id)) for each in charts.week]
    ranked = sorted(
        ((each, number) for each, number in found if number >= 0 and shelf.playable[number]),
        key=lambda pair: (-pair[0].count, -shelf.added_ms[pair[1]], pair[0].title_id),
    )
    once = dict[int, int]()
    for each, number in ranked:
        once.setdefault(number, int(each.count))
    first = list(once.items())[:TOP]
    return [Placed(number, place, viewers) for place, (number, viewers) in enumerate(first, 1)] if len(first) == TOP else []


def trending(shelf: Shelf, charts: Charts) -> list[int]:
    """The numbers of what is watched far more than usual, the most so first."""
    rises = dict[int, float]()
    for each in charts.trending:
        number = shelf.find(each.title_id)
        if number >= 0 and each.count >= LEAST_RISE:
            rises[number] = max(each.count, rises.get(number, 0.0))
    return sorted(rises, key=lambda number: (-rises[number], number))


def popularity(shelf: Shelf, charts: Charts) -> Table:
    """titles: the decayed count of each."""
    found = np.zeros(len(shelf), np.float32)
    for each in charts.popular:
        number = shelf.find(each.title_id)
        if number >= 0:
            found[number] += each.count
    return found
