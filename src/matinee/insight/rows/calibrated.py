"""A list whose genres are mixed as the viewer's own: who watches seven dramas for three comedies is not shown dramas only.

H. Steck, "Calibrated Recommendations", RecSys 2018: the list is filled greedily, each time by the title that most raises

    (1 - pull) * mean relevance  -  pull * KL(p, q)

with p the mix of what was watched and q that of the list, smoothed by a hundredth of p as there. (The mean, where
Steck has the sum: then the tenth title weighs both sides as the first does, whatever the list's length.) Only what tells the
titles of the pool apart is reckoned: what all of them would add alike, p's entropy and the relevance so far, is left out.
"""

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Table

PULL = 0.5
SMOOTH = 0.01
LEAST = 1e-30
"""Less than that of a genre is none of it: its hundredth would be nothing in the numbers that are reckoned with."""
Ints = NDArray[np.int64]


def mix_of(genres: Table, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part each genre has in what was watched; `genres` is watched x genres. All zero: nothing is known."""
    total: NDArray[np.float64] = genres.T.astype(np.float64) @ weights
    return total / total.sum() if total.sum() > 0 else total


def calibrated(pool: Ints, relevance: Table, genres: Table, wanted: NDArray[np.float64], most: int) -> list[int]:
    """Up to `most` of the pool, in their order. `relevance` (0 to 1) and `genres` are the pool's; both have its rows."""
    if not (wanted > LEAST).any():
        return pool[np.argsort(-relevance, kind="stable")[:most]].tolist()
    some = wanted > LEAST
    p, wholes = wanted[some].astype(np.float32), genres.sum(axis=1)
    parts = np.ascontiguousarray(genres[:, some].T)  # the pool's is the long side
    least, pull = SMOOTH * p[:, None], PULL * p
    left, so_far, whole = (1 - PULL) * relevance, np.zeros((len(p), 1), np.float32), 0.0
    found = list[int]()
    for _ in range(min(most, len(pool))):
        mixes = (so_far + parts) * ((1 - SMOOTH) / np.maximum(whole + wholes, 1e-9))
        best = int(np.argmax(left / (len(found) + 1) + pull @ np.log(mixes + least)))
        left[best] = -np.inf
        so_far, whole = so_far + parts[:, best : best + 1], whole + float(wholes[best])
        found.append(int(pool[best]))
    return found
