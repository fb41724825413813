"""What a new profile is offered to pick from: well known, and each unlike the others, so that three picks tell much.

Greedy, by maximal marginal relevance (J. Carbonell and J. Goldstein, SIGIR 1998): next comes what is most popular less what it
has in common with those already there.
"""

import numpy as np

from matinee.insight.rows.candidates import best
from matinee.insight.rows.shelf import Ints, Shelf
from matinee.insight.taste.sparse import Table

OFFERED = 36
ENOUGH = 3
POOL = 400
UNLIKE = 0.7


def picks(shelf: Shelf, popular: Table, most: int = OFFERED) -> Ints:
    """Numbers of titles that can be played, in the order in which they are offered; `popular` is 0 to 1."""
    newest = np.arange(len(shelf), 0, -1) / max(1, len(shelf)) / 100
    known = (popular + newest).astype(np.float32)
    pool = np.array(best(known, shelf.playable, POOL), np.int64)
    if len(pool) == 0:
        return pool
    traits = shelf.traits.some(pool)
    near = traits.through(traits.turned())
    worth, closest, found = known[pool], np.zeros(len(pool), np.float32), list[int]()
    left = np.ones(len(pool), np.bool_)
    for _ in range(min(most, len(pool))):
        chosen = int(np.argmax(np.where(left, (1 - UNLIKE) * worth - UNLIKE * closest, -np.inf)))
        left[chosen] = False
        closest = np.maximum(closest, near[chosen])
        found.append(int(pool[chosen]))
    return np.array(found, np.int64)
