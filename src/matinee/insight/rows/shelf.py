"""The titles one audience may see, as columns: who they are, and what makes one like another.

Of a title never watched there is its description. Its traits are genres and people, weighed by how rare they are in the library
(inverse document frequency, K. Spärck Jones, 1972; a genre counts three times) and made a point of unit length, so that the
product of two is their likeness, 0 to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Sparse, Table

GENRE_COUNTS = 1 + np.log(3)
LEAST_TITLES = 2
"""A trait that only one title has says nothing of another."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Traits:
    """For each title how many it has, and which, one title after the other."""

    counts: Ints
    which: Ints


@dataclass(frozen=True)
class Shelf:
    """`mark` is the catalog's. Titles have numbers here; `series_of` gives an episode's id its series' number."""

    mark: str
    ids: Sequence[str]
    number: Mapping[str, int]
    playable: Flags
    added_ms: Ints
    genre_names: Sequence[str]
    genres: Table  # titles x genres, each title's adding to 1, or to 0
    traits: Sparse  # titles x traits
    series_of: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, title_id: str) -> int:
        """The number of a film, of a series, or of the series an episode is of; -1: it is not for this audience."""
        number = self.number.get(title_id)
        return self.series_of.get(title_id, -1) if number is None else number

    @cached_property
    def titles_with(self) -> Sparse:
        """traits x titles."""
        return self.traits.turned()

    @cached_property
    def of_genre(self) -> Sequence[Ints]:
        """For each genre its titles."""
        return [np.flatnonzero(self.genres[:, genre]) for genre in range(self.genres.shape[1])]

    def like(self, number: int) -> Table:
        """titles: how alike each is to one."""
        return self.traits.some(np.array([number])).few_through(self.titles_with)[0]

    def alike(self, ones: Ints, others: Ints) -> Table:
        """ones x others: how alike they are."""
        if len(ones) == 0 or len(others) == 0:
            return np.zeros((len(ones), len(others)), np.float32)
        return self.traits.some(ones).through(self.traits.some(others).turned())

    def liked(self, numbers: Ints, weights: NDArray[np.float64]) -> Table:
        """titles: the sum of their likeness to each of these, times its weight."""
        one = Sparse(np.array([0, len(numbers)]), numbers, weights.astype(np.float32), len(self))
        return self.traits.times(one.few_through(self.traits).T)[:, 0]


def shelf_of(
    mark: str,
    ids: Sequence[str],
    playable: Sequence[bool],
    added_ms: Sequence[int],
    genre_names: Sequence[str],
    genres: Traits,
    people: Traits,
    episodes: Mapping[str, int],
) -> Shelf:
    """From the catalog's columns."""
    table = np.zeros((len(ids), max(1, len(genre_names))), np.float32)
    owner = np.repeat(np.arange(len(ids)), genres.counts)
    table[owner, genres.which] = 1
    mix = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    return Shelf(
        mark=mark,
        ids=ids,
        number={title_id: number for number, title_id in enumerate(ids)},
        playable=np.array(playable, np.bool_),
        added_ms=np.array(added_ms, np.int64),
        genre_names=genre_names,
        genres=mix.astype(np.float32),
        traits=_weighed(len(ids), len(genre_names), genres, people),
        series_of=episodes,
    )


def _weighed(titles: int, genre_count: int, genres: Traits, people: Traits) -> Sparse:
    """titles x traits; rows of unit length, or empty."""
    row = np.concatenate([np.repeat(np.arange(titles), genres.counts), np.repeat(np.arange(titles), people.counts)])
    column = np.concatenate([genres.which, people.which + genre_count]).astype(np.int32)
    own = np.concatenate([np.full(len(genres.which), GENRE_COUNTS), np.ones(len(people.which))])
    width = max(1, int(column.max(initial=-1)) + 1)
    titles_with = np.bincount(column, minlength=width)
    worth = own * np.log((1 + titles) / np.maximum(titles_with, 1))[column]
    worth[titles_with[column] < LEAST_TITLES] = 0
    length = np.sqrt(np.bincount(row, weights=worth**2, minlength=titles))
    value = (worth / np.maximum(length[row], 1e-9)).astype(np.float32)
    kept = value > 0
    order = np.argsort(row[kept], kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=titles))])
    return Sparse(start, column[kept][order], value[kept][order], width)
