"""The recommender as others use it: scores for any history, ranks, and reasons.

A model is arrays and numbers, learnt once (`training.py`) and kept in a folder (`keeping.py`). It knows no profiles: whoever
watches, their history is all it needs, so a view counts as soon as it is in the history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.blend import evidence
from matinee.insight.taste.experts import DEEP, NAMES, Learnt, opinions
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.interactions import Names
from matinee.insight.taste.links import cells
from matinee.insight.taste.sparse import Table

SHORT = 8
"""Histories of fewer known titles are read with weights of their own."""
CELLS_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class Model:
    """`titles` are the names; `weights` say for "short" and "long" histories how much each expert counts; `facts` how it came."""

    titles: Names
    learnt: Learnt
    weights: Mapping[str, Mapping[str, float]]
    facts: Mapping[str, Any]

    def scores(self, histories: Histories) -> Table:
        """histories x titles, float32: the greater the better; of two titles it is the difference that counts.

        A history that knows none of the titles is answered by what is popular.
        """
        weights = weight_table(self.learnt.names, self.weights, histories)
        words = testimony(self.learnt, histories)
        found: Table = np.einsum("het,he->ht", words, weights, optimize=True).astype(np.float32)
        return found

    def scores_of(self, histories: Histories, these: NDArray[np.int64]) -> Table:
        """histories x these titles: their scores as `scores` has them, at a part of the cost where they are few."""
        weights = weight_table(self.learnt.names, self.weights, histories)
        words = testimony(self.learnt, histories, these)
        found: Table = np.einsum("het,he->ht", words, weights, optimize=True).astype(np.float32)
        return found

    def trimmed(self) -> "Model":
        """Without the transformer where its word counts for nothing: it would be read in vain."""
        idle = not any(each.get(DEEP) for each in self.weights.values())
        return replace(self, learnt=replace(self.learnt, deep=None)) if idle else self

    def spoken_by(self, title: int) -> Table:
        """titles: how much one title speaks for each, by `taste`; nothing is said by those outside its table, nor of them."""
        found, row = np.zeros(self.learnt.titles, np.float32), int(self.learnt.in_head[title])
        if row >= 0:
            found[self.learnt.head] = cells(self.learnt.tables["liked"], np.array([row]), np.arange(len(self.learnt.head)))[0]
        return found

    def links_between(self, watched: NDArray[np.int64], shown: NDArray[np.int64]) -> Table:
        """watched x shown: how much each speaks for each, by `taste`; each shown title is named once."""
        found = np.zeros((len(watched), len(shown)), np.float32)
        rows, columns = self.learnt.in_head[watched], self.learnt.in_head[shown]
        known = np.ix_(rows >= 0, columns >= 0)
        found[known] = cells(self.learnt.tables["liked"], rows[rows >= 0], columns[columns >= 0])
        return found

    def ranked(self, histories: Histories, k: int, keep_seen: bool = False) -> Iterator[tuple[NDArray[np.int64], Table]]:
        """For each history the numbers of its best titles, best first, and their scores; fewer than k if there are no more."""
        at_once = max(1, CELLS_AT_ONCE // max(1, self.learnt.titles))
        for begin in range(0, len(histories), at_once):
            some = histories.some(np.arange(begin, min(begin + at_once, len(histories))))
            found = self.scores(some)
            if not keep_seen:
                found[some.seen(self.learnt.titles)] = -np.inf
            for row in found:
                yield best(row, k)


def best(scores: Table, k: int) -> tuple[NDArray[np.int64], Table]:
    """The numbers and scores of the k greatest, the greatest first, of equals the lower number; those of -inf are none."""
    k = min(k, int((scores > -np.inf).sum()))
    if k == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    bar = np.partition(scores, -k)[-k]
    found = np.flatnonzero(scores >= bar)
    found = found[np.argsort(-scores[found], kind="stable")][:k]
    return found, scores[found]


def weight_table(names: Sequence[str], weights: Mapping[str, Mapping[str, float]], histories: Histories) -> Table:
    """histories x experts: the weights by how much is known of each; for none, popularity alone."""
    rows = {name: np.array([each.get(expert, 0.0) for expert in names], np.float32) for name, each in weights.items()}
    alone = np.array([expert == "popular" for expert in names], np.float32)
    length = histories.length[:, None]
    return np.where(length == 0, alone, np.where(length < SHORT, rows["short"], rows["long"])).astype(np.float32)


def testimony(learnt: Learnt, histories: Histories, these: NDArray[np.int64] | None = None) -> Table:
    """histories x experts x titles: the evidence of all; of titles hardly watched, as far as it is trusted.

    `factors` know descriptions and lend the others theirs; `deep` knows them, too, and borrows nothing.

    With `these` only of some titles, though it is measured by what is said of all.
    """
    trusted = learnt.trust if these is None else learnt.trust[these]
    words = np.empty((len(histories), len(learnt.names), len(trusted)), np.float32)
    for number, (name, said) in enumerate(opinions(learnt, histories)):
        words[:, number] = evidence(name, said, trusted, these)
    if learnt.described:
        lent = len(NAMES) - 1
        words[:, 1:lent] = words[:, 1:lent] * trusted + words[:, lent : lent + 1] * (1 - trusted)
    return words
