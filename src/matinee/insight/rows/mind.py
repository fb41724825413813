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
from matinee.insight.taste.model import Heard, Model
from matinee.insight.taste.sparse import Table

LEAST_LIKE = 0.05
POPULAR_COUNTS = 0.3
QUANTILES = 64
SAMPLED = 4096


@dataclass(frozen=True)
class Mind:
    """A model met with a shelf: `there` gives each title of the shelf its number in the model, or -1; `here` the way back.

    `popular` is 0 to 1 for each title of the shelf. `met` says of each whether it is there, `known` and `unknown` are the
    numbers of those that are and are not. Without a model nobody is there.
    """

    name: str
    shelf: Shelf
    model: Model | None
    there: Ints
    here: Ints
    popular: Table
    met: Flags
    known: Ints
    unknown: Ints


@dataclass(frozen=True)
class Scores:
    """`all` has a score for each title; `like` its likeness to the history; `map_from` and `map_to` place who is not met.

    `heard` is how the model read the history, if it knows any of the shelf.
    """

    all: Table
    like: Table
    map_from: NDArray[np.float64]
    map_to: NDArray[np.float64]
    heard: Heard | None = None


def mind_of(shelf: Shelf, name: str, model: Model | None, popular: Table) -> Mind:
    there, here = np.full(len(shelf), -1, np.int64), np.zeros(0, np.int64)
    if model is not None:
        here = np.array([shelf.number.get(title_id, -1) for title_id in model.titles.tolist()], np.int64)
        known = np.flatnonzero(here >= 0)
        there[here[known]] = known
    met = there >= 0
    most = max(float(popular.max(initial=0)), 1e-9)
    return Mind(name, shelf, model, there, here, popular / most, met, np.flatnonzero(met), np.flatnonzero(~met))


def scored(mind: Mind, viewer: Viewer) -> Scores:
    like = mind.shelf.liked(viewer.history, viewer.weight)
    if mind.model is None or len(mind.known) == 0:
        return Scores(described(like, mind.popular), like, np.zeros(1), np.zeros(1))
    heard = mind.model.heard(viewer.histories(mind.there))
    found = heard.scores[mind.there]  # of those it has not met, anything
    if len(mind.unknown) == 0:
        return Scores(found, like, np.zeros(1), np.zeros(1), heard)
    some = mind.known[:: max(1, len(mind.known) // SAMPLED)]
    map_from, map_to = _quantiles(described(like[some], mind.popular[some])), _quantiles(found[some])
    found[mind.unknown] = np.interp(described(like[mind.unknown], mind.popular[mind.unknown]), map_from, map_to)
    return Scores(found, like, map_from, map_to, heard)


def _quantiles(some: Table) -> NDArray[np.float64]:
    """From the least to the greatest; `np.quantile` looks for each of them anew."""
    return np.interp(np.linspace(0, len(some) - 1, QUANTILES), np.arange(len(some)), np.sort(some))


def scored_without(mind: Mind, viewer: Viewer, whole: Scores, left_out: Ints, these: Ints) -> Table:
    """left out x these: what the titles `these` would score if each of the first had never been watched."""
    if mind.model is None or whole.heard is None:
        return _described_without(mind, viewer, whole, left_out, these)
    met = mind.met[these]
    found = np.empty((len(left_out), len(these)), np.float32)
    found[:, ~met] = np.interp(_described_without(mind, viewer, whole, left_out, these[~met]), whole.map_from, whole.map_to)
    lists = [viewer.without(int(title)) for title in left_out]
    histories = one_after_another([each.histories(mind.there) for each in lists])
    found[:, met] = mind.model.scores_of(histories, whole.heard, mind.there[these[met]])
    return found


def _described_without(mind: Mind, viewer: Viewer, whole: Scores, left_out: Ints, these: Ints) -> Table:
    weight = viewer.weight_of(left_out).astype(np.float32)
    like = (whole.like[these] - weight[:, None] * mind.shelf.alike(left_out, these)).astype(np.float32)
    return described(like, mind.popular[these])


def described(like: Table, popular: Table) -> Table:
    """The score of a title of which nothing but its likeness to the history is known, and how popular it is."""
    return (np.log(LEAST_LIKE + np.maximum(like, 0)) + POPULAR_COUNTS * np.log(LEAST_LIKE + popular)).astype(np.float32)
