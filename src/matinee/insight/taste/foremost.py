"""The greatest few of many numbers, found without putting the many in order, and at the same pace however many are equal.

The numbers are dealt out in piles. If the k-th greatest of the piles' own greatest is `bar`, then at least k numbers are no less
than that, and those that are more lie in fewer than k piles: few enough to be sorted.
"""

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Table

PILE = 32


def foremost(worth: Table, most: int) -> NDArray[np.int64]:
    """The places of the greatest, the greatest first, of equals the lower place; of all, where there are no more than `most`."""
    piles = len(worth) // PILE
    if piles <= most:
        return np.argsort(-worth, kind="stable")[:most]
    bar = np.sort(worth[: piles * PILE].reshape(PILE, piles).max(axis=0))[-most]
    more = np.flatnonzero(worth > bar)
    found = more[np.argsort(-worth[more], kind="stable")][:most]
    equal = np.flatnonzero(worth == bar)[: most - len(found)]
    return np.concatenate([found, equal])
