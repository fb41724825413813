"""Ways to read a history, and what each says of every title.

Each expert is one number per title and history: who likes this likes that (`taste`; `mood` lets the last titles weigh most),
what comes after this (`course` over some twenty titles, `step` right away), and how close the two stand among the factors.
`popular` knows no history. All but `factors` are linear in it, so their reasons add up exactly. A transformer (`deep`) may be
one more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.content import trust
from matinee.insight.taste.histories import Histories, decayed
from matinee.insight.taste.ials import folded_in
from matinee.insight.taste.links import Links, followed
from matinee.insight.taste.sparse import Table
from matinee.insight.taste.transformer import Transformer


@dataclass(frozen=True)
class Reading:
    """Which table of links is read, how fast what was watched fades, and how many of the last titles count."""

    table: str
    decay: float
    last: int


READINGS: Mapping[str, Reading] = {
    "taste": Reading("liked", 1.0, 1000),
    "mood": Reading("liked", 0.8, 60),
    "course": Reading("course", 0.7, 5),
    "step": Reading("step", 0.5, 3),
}
NAMES = ("popular", *READINGS, "factors")
DEEP = "deep"
FEW = 8
"""To pick one row in so many out of the factors is sooner done than to multiply them all."""
FOLDED_IN = 1000
"""How many of the last titles place a profile among the factors."""


@dataclass(frozen=True)
class Learnt:
    """What was learnt of all titles. The tables speak of those in `head` only, the most watched; the rest is for all.

    `plays` (views) and `popular` (decayed) have one number per title, `factors` one row. `described` says that titles hardly
    anybody watched were placed among the factors by what is known of them.
    """

    plays: NDArray[np.float64]
    popular: Table
    head: NDArray[np.int64]
    tables: Mapping[str, Links]
    factors: Table
    described: bool
    deep: Transformer | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The experts there are, in the order of `opinions`."""
        return (*NAMES, DEEP) if self.deep else NAMES

    @property
    def titles(self) -> int:
        return len(self.plays)

    @cached_property
    def squared(self) -> Table:
        """factors x factors, which every profile's folding in begins with."""
        return self.factors.T @ self.factors

    @cached_property
    def lengths(self) -> Table:
        """titles: how far each stands from nothing among the factors."""
        return np.linalg.norm(self.factors, axis=1)

    @cached_property
    def in_head(self) -> NDArray[np.int64]:
        """For each title its row in the tables, or -1."""
        number = np.full(self.titles, -1)
        number[self.head] = np.arange(len(self.head))
        return number

    @cached_property
    def renown(self) -> Table:
        """titles: how popular, as a logarithm; of those hardly watched as much as is usual, as far as they are not trusted."""
        seldom = np.log1p(self.popular)
        return (seldom * self.trust + seldom.mean() * (1 - self.trust)).astype(np.float32)

    @cached_property
    def trust(self) -> Table:
        """titles: how far the experts are believed; the rest is left to `factors`, which know a new title's description."""
        return trust(self.plays) if self.described else np.ones(self.titles, np.float32)


@dataclass(frozen=True)
class Place:
    """Where one history stands among the factors, 1 x factors, and how close to it each title, 1 x titles."""

    point: Table
    close: Table


def opinions(learnt: Learnt, histories: Histories) -> Iterator[tuple[str, Table]]:
    """What each expert says, histories x titles, by name; more is better."""
    yield "popular", np.broadcast_to(learnt.popular, (len(histories), learnt.titles))
    for name, said in read_in_tables(learnt, histories):
        everywhere = np.zeros((len(said), learnt.titles), np.float32)
        everywhere[:, learnt.head] = said
        yield name, everywhere
    yield "factors", nearness(learnt, standing(learnt, histories))
    if learnt.deep:
        yield DEEP, learnt.deep.says(histories)


def read_in_tables(learnt: Learnt, histories: Histories) -> Iterator[tuple[str, Table]]:
    """What those experts say that read histories in tables, histories x head; of other titles they say nothing."""
    short = histories.renumbered(learnt.in_head)
    for name, reading in READINGS.items():
        yield name, followed(decayed(short, reading.decay, reading.last, len(learnt.head)), learnt.tables[reading.table])


def standing(learnt: Learnt, histories: Histories) -> Table:
    """histories x factors: the point where each stands."""
    return folded_in(decayed(histories, 1.0, FOLDED_IN, learnt.titles), learnt.factors, learnt.squared)


def nearness(learnt: Learnt, points: Table, these: NDArray[np.int64] | None = None) -> Table:
    """points x titles: how close they stand; with `these` only of some titles."""
    factors = learnt.factors if these is None else learnt.factors[these]
    # In this order of the two it takes half of the time where points are few and titles many, the copy included.
    return np.ascontiguousarray((factors @ points.T).T)


def place_of(learnt: Learnt, history: Histories) -> Place:
    """Of one history."""
    point = standing(learnt, history)
    return Place(point, nearness(learnt, point))


def nearest(learnt: Learnt, points: Table, place: Place) -> Table:
    """points: how close to each the title stands that is closest of all.

    From a place near them to any of the points a title comes no closer than by its length times the way (A.-L. Cauchy, 1821),
    so few remain that could be the closest, and only those are asked.
    """
    best = int(place.close[0].argmax())
    way, bar = np.linalg.norm(points - place.point, axis=1).max(), (points @ learnt.factors[best]).min()
    able = place.close[0] + learnt.lengths * way >= bar
    able[best] = True  # whatever was rounded
    few = np.count_nonzero(able) < learnt.titles // FEW
    return ((learnt.factors[able] if few else learnt.factors) @ points.T).max(axis=0)
