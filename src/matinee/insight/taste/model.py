"""The recommender as others use it: scores for any history, ranks, and reasons.

A model is arrays and numbers, learnt once (`training.py`) and kept in a folder (`keeping.py`). It knows no profiles: whoever
watches, their history is all it needs, so a view counts as soon as it is in the history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.blend import SILENCE, deep_evidence, evidence
from matinee.insight.taste.experts import DEEP, NAMES, Learnt, Place, nearest, nearness, place_of, read_in_tables, standing
from matinee.insight.taste.foremost import foremost
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.interactions import Names
from matinee.insight.taste.links import cells, spoken_by
from matinee.insight.taste.sparse import Table

SHORT = 8
"""Histories of fewer known titles are read with weights of their own."""
CELLS_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class Heard:
    """One history as a model has read it: a score for each title, and where it stands."""

    scores: Table
    place: Place


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
        return self._blended(histories, testimony(self.learnt, histories))

    def heard(self, history: Histories) -> Heard:
        """The scores of one history, kept with what is needed to ask about parts of it."""
        place = place_of(self.learnt, history)
        return Heard(self._blended(history, testimony(self.learnt, history, place.close))[0], place)

    def scores_of(self, parts: Histories, whole: Heard, these: NDArray[np.int64]) -> Table:
        """parts x these titles: their scores as `scores` has them, at a part of the cost where the titles are few and the parts
        are nearly the whole of that history."""
        points = standing(self.learnt, parts)
        close, closest = nearness(self.learnt, points, these), nearest(self.learnt, points, whole.place)
        return self._blended(parts, testimony(self.learnt, parts, close, closest, these))

    def _blended(self, histories: Histories, words: Table) -> Table:
        weights = weight_table(self.learnt.names, self.weights, histories)
        return np.matmul(weights[:, None, :], words)[:, 0]

    def trimmed(self) -> "Model":
        """Without the transformer where its word counts for nothing: it would be read in vain."""
        idle = not any(each.get(DEEP) for each in self.weights.values())
        return replace(self, learnt=replace(self.learnt, deep=None)) if idle else self

    def spoken_by(self, title: int) -> tuple[NDArray[np.int64], Table]:
        """The titles that one speaks for or against by `taste`, and how much; none, where it stands outside the table."""
        row = int(self.learnt.in_head[title])
        if row < 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        found, spoken = spoken_by(self.learnt.tables["liked"], row)
        return self.learnt.head[found], spoken

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
    found = foremost(scores, k) if k else np.zeros(0, np.int64)
    return found, scores[found]


def weight_table(names: Sequence[str], weights: Mapping[str, Mapping[str, float]], histories: Histories) -> Table:
    """histories x experts: the weights by how much is known of each; for none, popularity alone."""
    rows = {name: np.array([each.get(expert, 0.0) for expert in names], np.float32) for name, each in weights.items()}
    alone = np.array([expert == "popular" for expert in names], np.float32)
    length = histories.length[:, None]
    return np.where(length == 0, alone, np.where(length < SHORT, rows["short"], rows["long"])).astype(np.float32)


def testimony(
    learnt: Learnt,
    histories: Histories,
    close: Table | None = None,
    closest: Table | None = None,
    these: NDArray[np.int64] | None = None,
) -> Table:
    """histories x experts x titles: the evidence of all; of titles hardly watched, as far as it is trusted.

    `factors` know descriptions and lend the others theirs; `deep` knows them, too, and borrows nothing. `close` is
    `nearness`, for whoever has it at hand. With `these` only of some titles, though it is measured by what is said of all:
    then `close` is of these, and `closest` of all.
    """
    trusted, renown = (each if these is None else each[these] for each in (learnt.trust, learnt.renown))
    row = learnt.in_head if these is None else learnt.in_head[these]
    known, near = np.flatnonzero(row >= 0), len(NAMES) - 1
    place = row[known]
    words = np.empty((len(histories), len(learnt.names), len(trusted)), np.float32)
    words[:, 0] = renown
    words[:, 1:near] = SILENCE
    for number, (_, said) in enumerate(read_in_tables(learnt, histories), 1):
        words[:, number, known] = evidence(said[:, place], said.max(axis=1))
    close = nearness(learnt, standing(learnt, histories)) if close is None else close
    words[:, near] = evidence(close, close.max(axis=1) if closest is None else closest)
    if learnt.described:
        words[:, 1:near] *= trusted
        words[:, 1:near] += words[:, near : near + 1] * (1 - trusted)
    if learnt.deep:
        words[:, near + 1] = deep_evidence(learnt.deep.says(histories), these)
    return words
