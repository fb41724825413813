"""How much a viewer would like each title of a shelf: what a model says where it knows the title, else what its description says.

A score is a logarithm, and of two titles it is the difference that counts. Without a model it is that of the likeness to what was
watched, which is a sum over the history, and of how popular a title is. A title that the model has not met is put where it stands
by description among those it has: at the same part of the way from the least to the most alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.insight.rows.shelf import Flags, Ints, Shelf
from matinee.insight.rows.viewer import Viewer
from matinee.insight.taste.histories import one_after_another
from matinee.insight.taste.model import Model
from matinee.insight.taste.sparse import Table

LEAST_LIKE = 0.05
POPULAR_COUNTS = 0.3
QUANTILES = 64
SAMPLED = 4096


@dataclass(frozen=True)
class Mind:
    """A model met with a shelf: `there` gives each title of the shelf its number in the model, or -1; `here` the way back.

    `popular` is 0 to 1 for each title of the shelf. Without a model nobody is there.
    """

    name: str
    shelf: Shelf
    model: Model | None
    there: Ints
    here: Ints
    popular: Table

    @property
    def met(self) -> Flags:
        return self.there >= 0


@dataclass(frozen=True)
class Scores:
    """`all` has a score for each title; `like` its likeness to the history; `map_from` and `map_to` place who is not met."""

    all: Table
    like: Table
    map_from: NDArray[np.float64]
    map_to: NDArray[np.float64]


def mind_of(shelf: Shelf, name: str, model: Model | None, popular: Table) -> Mind:
    there, here = np.full(len(shelf), -1, np.int64), np.zeros(0, np.int64)
    if model is not None:
        here = np.array([shelf.number.get(title_id, -1) for title_id in model.titles.tolist()], np.int64)
        known = np.flatnonzero(here >= 0)
        there[here[known]] = known
    return Mind(name, shelf, model, there, here, popular / max(float(popular.max(initial=0)), 1e-9))


def scored(mind: Mind, viewer: Viewer) -> Scores:
    like = mind.shelf.liked(viewer.history, viewer.weight)
    met = mind.met
    plain = described(like, mind.popular)
    if mind.model is None or not met.any():
        return Scores(plain, like, np.zeros(1), np.zeros(1))
    said = mind.model.scores(viewer.histories(mind.there))[0]
    found = np.zeros(len(mind.shelf), np.float32)
    found[met] = said[mind.there[met]]
    if met.all():
        return Scores(found, like, np.zeros(1), np.zeros(1))
    some = np.flatnonzero(met)[:: max(1, int(met.sum()) // SAMPLED)]
    steps = np.linspace(0, 1, QUANTILES)
    map_from, map_to = (np.quantile(each[some].astype(np.float64), steps) for each in (plain, found))
    found[~met] = np.interp(plain[~met], map_from, map_to)
    return Scores(found, like, map_from, map_to)


def scored_without(mind: Mind, viewer: Viewer, whole: Scores, left_out: Ints, these: Ints) -> Table:
    """left out x these: what the titles `these` would score if each of the first had never been watched."""
    with_likeness = np.stack([whole.like[these] - _given(mind.shelf, viewer, title)[these] for title in left_out])
    plain = described(with_likeness.astype(np.float32), mind.popular[these])
    if mind.model is None or not mind.met.any():
        return plain
    met = mind.there[these] >= 0
    found = np.interp(plain, whole.map_from, whole.map_to).astype(np.float32)
    lists = [viewer.without(int(title)) for title in left_out]
    histories = one_after_another([each.histories(mind.there) for each in lists])
    found[:, met] = mind.model.scores_of(histories, mind.there[these[met]])
    return found


def described(like: Table, popular: Table) -> Table:
    """The score of a title of which nothing but its likeness to the history is known, and how popular it is."""
    return (np.log(LEAST_LIKE + np.maximum(like, 0)) + POPULAR_COUNTS * np.log(LEAST_LIKE + popular)).astype(np.float32)


def _given(shelf: Shelf, viewer: Viewer, title: int) -> Table:
    place = np.flatnonzero(viewer.history == title)
    return shelf.liked(viewer.history[place], viewer.weight[place])
