"""Why each title of a page stands there: one title that was watched, and only where it is true.

A title is cited for another if it speaks for it, and if the other would score less had it never been watched: that is worked out
anew, with the whole model, for the few titles by which most of a page can be explained. A row about a title keeps only those
for which that title may be cited.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matinee.insight.rows.candidates import Kind
from matinee.insight.rows.mind import Mind, Scores, scored_without
from matinee.insight.rows.page import LEAST_IN_ROW, Row
from matinee.insight.rows.shelf import Flags, Ints
from matinee.insight.rows.viewer import Viewer
from matinee.insight.taste.sparse import Table

MOST_CITED = 8
"""So many different titles are cited on one page; each costs a part of a ranking."""
TRIED_FOR_EACH = 3
LEAST_LOSS = 1e-4
"""A difference smaller than float32 can tell of two scores is none."""


@dataclass(frozen=True)
class Reasoned:
    """Rows that keep their word, and for some of their titles the one that is cited for it."""

    rows: Sequence[Row]
    because_of: Mapping[int, int]


def reasoned(mind: Mind, viewer: Viewer, scores: Scores, rows: Sequence[Row]) -> Reasoned:
    shown = np.array(sorted({title for row in rows for title in row.titles}), np.int64)
    watched = viewer.history[viewer.weight > 0]
    if len(shown) == 0 or len(watched) == 0:
        return Reasoned(rows, {})
    gives = speaking(mind, watched, shown)
    few = _few(rows, watched, gives)
    loss = scores.all[shown] - scored_without(mind, viewer, scores, watched[few], shown)
    true = (gives[few] > 0) & (loss > LEAST_LOSS)
    place = {int(title): number for number, title in enumerate(shown)}
    cites = {int(watched[number]): row for row, number in enumerate(few)}
    kept = [row for each in rows if (row := _kept(each, cites, true, place)) is not None]
    about = {title: row.candidate.about for row in kept if row.candidate.kind is Kind.BECAUSE for title in row.titles}
    best: list[int] = watched[few[np.where(true, gives[few], -np.inf).argmax(axis=0)]].tolist()
    able: list[bool] = (true.sum(axis=0) > 0).tolist()
    because_of = {title: about.get(title, cited) for title, cited, is_able in zip(place, best, able, strict=True) if is_able}
    return Reasoned(kept, because_of)


def speaking(mind: Mind, watched: Ints, shown: Ints) -> Table:
    """watched x shown: how much each speaks for each: by the model's links where it knows both, else by likeness."""
    if mind.model is None:
        return mind.shelf.alike(watched, shown)
    here, there = mind.met[watched], mind.met[shown]
    gives = np.zeros((len(watched), len(shown)), np.float32)
    gives[np.ix_(here, there)] = mind.model.links_between(mind.there[watched[here]], mind.there[shown[there]])
    gives[:, ~there] = mind.shelf.alike(watched, shown[~there])
    gives[np.ix_(~here, there)] = mind.shelf.alike(watched[~here], shown[there])
    return gives


def _few(rows: Sequence[Row], watched: Ints, gives: Table) -> Ints:
    """Those that rows are about, and those that speak most for most titles; as places in `watched`."""
    about = {row.candidate.about for row in rows if row.candidate.kind is Kind.BECAUSE}
    first = np.flatnonzero(np.isin(watched, list(about))).tolist()
    few = np.argpartition(-gives, min(TRIED_FOR_EACH, len(watched)) - 1, axis=0)[:TRIED_FOR_EACH]
    loudest = np.take_along_axis(few, np.argsort(-np.take_along_axis(gives, few, axis=0), axis=0, kind="stable"), axis=0)
    common = [number for number, _ in Counter(loudest.ravel().tolist()).most_common()]
    return np.array(list(dict.fromkeys([*first, *common]))[:MOST_CITED], np.int64)


def _kept(row: Row, cites: Mapping[int, int], true: Flags, place: Mapping[int, int]) -> Row | None:
    if row.candidate.kind is not Kind.BECAUSE:
        return row
    seed = cites.get(row.candidate.about)
    titles = [title for title in row.titles if seed is not None and true[seed, place[title]]]
    return replace(row, titles=titles) if len(titles) >= LEAST_IN_ROW else None
