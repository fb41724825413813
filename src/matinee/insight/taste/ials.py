"""Taste as a point in a space of factors: implicit alternating least squares (iALS).

Y. Hu, Y. Koren and C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008, with the penalty that
grows with how much is known of a profile or title (S. Rendle, W. Krichene, L. Zhang and Y. Koren, "Revisiting the Performance
of iALS on Item Recommendation Benchmarks", RecSys 2022). Profiles and titles are solved in turns, each by one small system:

    u = (a VV' + sum of w v v' over what was watched + lambda (n + a titles) I)^-1 sum of w v

so a profile nobody has met is folded in by the same line. Systems are solved in batches of profiles whose histories are about
as long, padded with a title that weighs nothing.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Sparse, Table

FACTORS = 64
SWEEPS = 8
UNWATCHED = 0.3
PENALTY = 0.01
CELLS_AT_ONCE = 1 << 22


def ials(
    watched: Sparse, seed: int, factors: int = FACTORS, sweeps: int = SWEEPS, tell: Callable[[int], None] | None = None
) -> Table:
    """titles x factors, from profiles x titles; `tell` hears after each sweep how many are done."""
    dice = np.random.default_rng(seed)
    titles: Table = dice.normal(0, 0.1 / np.sqrt(factors), (watched.columns, factors)).astype(np.float32)
    by_title = watched.turned()
    for sweep in range(sweeps):
        titles = folded_in(by_title, folded_in(watched, titles))
        if tell:
            tell(sweep + 1)
    return titles


def folded_in(watched: Sparse, others: Table, squared: Table | None = None) -> Table:
    """rows x factors: where each row stands, given the other side's factors and how much it watched of them.

    `squared` is others' others, for whoever has it at hand.
    """
    factors = others.shape[1]
    everywhere = UNWATCHED * (others.T @ others if squared is None else squared)
    found = np.zeros((watched.rows, factors), np.float32)
    for rows, seen, worth in batches(watched, factors):
        near = others[seen]
        known = worth.sum(1) + UNWATCHED * len(others)
        system = everywhere + np.matmul((near * worth[:, :, None]).transpose(0, 2, 1), near)
        system += (PENALTY * known)[:, None, None] * np.eye(factors, dtype=np.float32)
        pull = np.matmul(worth[:, None, :], near)[:, 0, :]
        found[rows] = np.linalg.solve(system, pull[:, :, None])[:, :, 0]
    return found


def batches(watched: Sparse, factors: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Table]]:
    """Rows with anything in them, the shortest first, some at a time: which, their columns and their values, padded."""
    start, length = watched.start, np.diff(watched.start)
    by_length = np.argsort(length, kind="stable")
    by_length = by_length[length[by_length] > 0]
    begin = 0
    while begin < len(by_length):
        rows = by_length[begin : begin + max(1, CELLS_AT_ONCE // (factors * factors))]
        while len(rows) > 1 and len(rows) * length[rows[-1]] * factors > CELLS_AT_ONCE:
            rows = rows[: len(rows) // 2]
        places = np.arange(int(length[rows[-1]]))
        inside = places[None, :] < length[rows][:, None]
        entry = np.where(inside, start[rows][:, None] + places[None, :], 0)
        seen = np.where(inside, watched.column[entry], 0)
        yield rows, seen, np.where(inside, watched.value[entry], 0).astype(np.float32)
        begin += len(rows)
