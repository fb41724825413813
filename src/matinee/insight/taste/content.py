"""Where a title would stand among the factors, by what is known of it: for those nobody, or hardly anybody, watched yet.

A ridge regression from coordinates to the factors of titles that were watched (A. van den Oord, S. Dieleman and B. Schrauwen,
"Deep content-based music recommendation", NIPS 2013, in its linear form), each title counting by how well its factors are known.
A title with n views stands n / (n + `HALF_TRUST`) where its viewers put it, and for the rest where its description does.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Table

PENALTIES = (0.1, 1.0, 10.0, 100.0)
FOLDS = 5
HALF_TRUST = 1.0


def trust(plays: NDArray[np.float64]) -> NDArray[np.float32]:
    """Which part of what is said of a title comes from those who watched it."""
    return (plays / (plays + HALF_TRUST)).astype(np.float32)


@dataclass(frozen=True)
class Regression:
    """A plane through the watched titles: directions x factors, and the points it passes through."""

    slope: Table
    centre: Table
    height: Table

    def at(self, about: Table) -> Table:
        return np.asarray((about - self.centre) @ self.slope + self.height, np.float32)


def placed(about: Table, factors: Table, plays: NDArray[np.float64], seed: int) -> Table:
    """titles x factors: by description and viewers together. `about` is titles x directions.

    Titles of which nothing is said stay where their viewers put them.
    """
    described: NDArray[np.bool_] = np.any(about != 0, axis=1)
    warm = np.flatnonzero((plays > 0) & described)
    if len(warm) < FOLDS:
        return factors
    sure = trust(plays)
    penalty = _best_penalty(about[warm], factors[warm], sure[warm], seed)
    guessed = regression(about[warm], factors[warm], sure[warm], penalty).at(about)
    mixed = sure[:, None] * factors + (1 - sure[:, None]) * guessed
    return np.where(described[:, None], mixed, factors).astype(np.float32)


def regression(about: Table, factors: Table, sure: Table, penalty: float) -> Regression:
    """The plane with the least squared error, each title's counting as much as it is sure."""
    total = sure.sum()
    centre, height = sure @ about / total, sure @ factors / total
    weighed = (about - centre) * sure[:, None]
    system = weighed.T @ (about - centre) + penalty * np.eye(about.shape[1], dtype=np.float32)
    pull: Table = weighed.T @ (factors - height)
    slope = cast(Table, np.linalg.solve(system, pull)).astype(np.float32)
    return Regression(slope, centre.astype(np.float32), height.astype(np.float32))


def _best_penalty(about: Table, factors: Table, sure: Table, seed: int) -> float:
    """The penalty by which titles kept out are guessed best, in `FOLDS` turns."""
    fold = np.random.default_rng(seed).permutation(len(about)) % FOLDS

    def error(penalty: float) -> float:
        wrong = 0.0
        for turn in range(FOLDS):
            inside = fold != turn
            guess = regression(about[inside], factors[inside], sure[inside], penalty).at(about[~inside])
            wrong += float((sure[~inside, None] * (guess - factors[~inside]) ** 2).sum())
        return wrong

    return min(PENALTIES, key=error)
