"""The page, row by row: each is the one worth most given those above, and no title stands in two of them.

A row is worth what its first titles are that do not stand above already, each less by its place (as in NDCG), and less where a
row of its kind stands just above: what a viewer is offered shall differ from row to row (K. Wu and others at Netflix have told of
such stage-wise pages since 2015). Charts are the same for everybody, so their titles are their own: no row above takes
one away. So are the first of what is new, or only those that suit the viewer least would be left for their row.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from matinee.insight.rows.candidates import Candidate, Kind
from matinee.insight.taste.sparse import Table

MOST_IN_ROW = 20
LEAST_IN_ROW = 4
MOST_ROWS = 12
FIRST = 6
"""So many of a row are seen without reaching for it."""
BY_PLACE: Sequence[float] = (1 / np.log2(np.arange(FIRST) + 2)).tolist()
OWN = {Kind.TOP_TEN: MOST_IN_ROW, Kind.TRENDING: 10, Kind.NEWCOMERS: 10}
AGAIN = 0.6
"""A kind of row that stands just above counts so much less."""
MOST_OF_KIND = {Kind.BECAUSE: 3, Kind.FOR_YOU_GENRE: 5}


@dataclass(frozen=True)
class Row:
    candidate: Candidate
    titles: Sequence[int]


def page_of(offered: Iterable[Candidate], worth: Table, first: Sequence[Candidate] = ()) -> list[Row]:
    """`worth` is 0 to 1 for each title of the shelf. The rows of `first` stand above all others, whatever they are worth."""
    left = list(offered)
    charts = own_of(left)
    others = {kind: set[int]().union(*(titles for other, titles in charts.items() if other is not kind)) for kind in Kind}
    rows = [Row(each, titles) for each in first if len(titles := _open(each, set(), others[each.kind])) >= LEAST_IN_ROW]
    taken = {title for row in rows for title in row.titles}
    while left and len(rows) < MOST_ROWS:
        found = [(each, _open(each, taken, others[each.kind])) for each in left]
        able = [(each, titles) for each, titles in found if len(titles) >= LEAST_IN_ROW and _allowed(each, rows)]
        if not able:
            break
        # Of equals the first: `max` keeps the order in which they were offered.
        chosen, titles = max(able, key=lambda pair: _value(pair[0], pair[1], worth, rows))
        rows.append(Row(chosen, titles))
        taken.update(titles)
        left.remove(chosen)
    return rows


def own_of(left: Sequence[Candidate]) -> dict[Kind, set[int]]:
    """What is each one's own: the ten; and of what trends, and then of what is new, the first left, if they make a row."""
    found, gone = dict[Kind, set[int]](), set[int]()
    for kind, most in OWN.items():
        own = [title for each in left if each.kind is kind for title in each.titles if title not in gone][:most]
        if len(own) >= LEAST_IN_ROW:
            found[kind] = set(own)
            gone.update(own)
    return found


def _open(each: Candidate, taken: Set[int], others: Set[int]) -> list[int]:
    """Its titles that stand nowhere above and belong to no other chart."""
    if each.kind is Kind.TOP_TEN:
        return list(each.titles)
    return [title for title in each.titles if title not in taken and title not in others][:MOST_IN_ROW]


def _allowed(each: Candidate, rows: Sequence[Row]) -> bool:
    return sum(row.candidate.kind is each.kind for row in rows) < MOST_OF_KIND.get(each.kind, 1)


def _value(each: Candidate, titles: Sequence[int], worth: Table, rows: Sequence[Row]) -> float:
    value = sum(float(worth[title]) * counts for title, counts in zip(titles, BY_PLACE, strict=False))
    return value * (AGAIN if rows and rows[-1].candidate.kind is each.kind else 1.0)
