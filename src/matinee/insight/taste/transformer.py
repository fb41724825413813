"""What comes next by a small transformer (SASRec): the numbers it is made of, and what it says of every title. Needs numpy only.

A title's vector is one of its own, learnt from who watched it, plus a projection of its description. So a title that nobody
watched yet has a place, too: its description's (as in Netflix's "Foundation Model for Personalized Recommendation", 2025).
A history is read by attention (`attention.py`); how well a title goes on from there is the product with its vector, plus how
likely it is anyway. It is learnt elsewhere, by JAX (`insight/deep/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.attention import BLOCK, read
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.sparse import Table

WEIGHTS = ("places", *BLOCK, "last_gain", "last_shift")
AT_ONCE = 128


@dataclass(frozen=True)
class Transformer:
    """`vectors` is titles x size, `bias` one number per title, `weights` what `attention.read` takes.

    Of a title that is not `met`, neither by views nor by description, the least is said. `facts` tell how it was learnt.
    """

    vectors: Table
    bias: Table
    met: NDArray[np.bool_]
    weights: Mapping[str, Table]
    facts: Mapping[str, Any]

    def says(self, histories: Histories) -> Table:
        """histories x titles, float32: the logarithm of how likely each is to be next, up to a number for each history."""
        histories = histories.only((histories.weight > 0) & self.met[histories.title])
        found = np.empty((len(histories), len(self.bias)), np.float32)
        by_length = np.argsort(histories.length, kind="stable")
        for begin in range(0, len(by_length), AT_ONCE):
            rows = by_length[begin : begin + AT_ONCE]
            found[rows] = self.state(histories.some(rows)) @ self.vectors.T + self.bias
        if not self.met.all():
            found[:, ~self.met] = found[:, self.met].min(axis=1, keepdims=True, initial=0)
        return found

    def state(self, histories: Histories) -> Table:
        """histories x size: what is known at the end of each; nothing of an empty one."""
        places = max(1, min(int(histories.length.max(initial=0)), len(self.weights["places"])))
        title, known = padded(histories.title, histories.start[:-1], histories.start[1:], places)
        state = read(np, self.weights, self.vectors[title], known, newest=True)[:, 0]
        return np.where(known[:, -1:], state, np.float32(0))


def padded(
    title: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], places: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """rows x places, twice: the last titles of each `title[start:end]`, the newest at the right, and where there are any."""
    entry = end[:, None] - np.arange(places, 0, -1)[None, :]
    known = entry >= start[:, None]
    return (title[np.where(known, entry, 0)] if len(title) else np.zeros(known.shape, np.int64)), known


def folded(learnt: Mapping[str, Table], about: Table | None, watched: NDArray[np.bool_], facts: Mapping[str, Any]) -> Transformer:
    """What was learnt, ready to serve: each title's own part, if anybody watched it, and what its description adds.

    `learnt` has `ids` (titles x size) and `bias` (titles), and with descriptions `project` (directions x size) and `lean`
    (directions), beside the weights; `about` is titles x directions.
    """
    vectors, bias, met = learnt["ids"] * watched[:, None], learnt["bias"] * watched, watched
    if about is not None:
        vectors, bias = vectors + about @ learnt["project"], bias + about @ learnt["lean"]
        met = watched | np.any(about != 0, axis=1)
    weights = {name: learnt[name] for name in WEIGHTS}
    return Transformer(vectors.astype(np.float32), bias.astype(np.float32), met, weights, facts)
