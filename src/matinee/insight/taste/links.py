"""How much one title speaks for another: a square table, row by what was watched, column by what is guessed.

Small tables are kept whole. Of large ones each row keeps its strongest `KEPT` entries, which is what a page of titles needs,
and makes of 1.6 GB at 20,000 titles 32 MB.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Sparse, Table

WHOLE_UP_TO = 8_000
KEPT = 200
FEW = 16
"""So many histories at once may be of one viewer: as it is, and without one title or another."""

Links: TypeAlias = Table | Sparse


def kept(table: Table) -> Links:
    """The table as it is kept."""
    titles = len(table)
    if titles <= WHOLE_UP_TO:
        return np.ascontiguousarray(table)
    columns = np.empty((titles, KEPT), np.int32)
    values = np.empty((titles, KEPT), np.float32)
    for row in range(titles):
        columns[row] = np.sort(np.argpartition(np.abs(table[row]), -KEPT)[-KEPT:])
        values[row] = table[row, columns[row]]
    return Sparse(np.arange(titles + 1) * KEPT, columns.ravel(), values.ravel(), titles)


def followed(counts: Sparse, links: Links) -> Table:
    """histories x titles: what the titles that count speak for, summed."""
    if not isinstance(links, Sparse):
        return counts.times(links)
    if counts.rows > FEW:
        return counts.through(links)
    return counts.few_through(links) if counts.rows == 1 else counts.together_through(links)


def spoken_by(links: Links, number: int) -> tuple[NDArray[np.int64], Table]:
    """The titles that one speaks for or against, and how much."""
    if not isinstance(links, Sparse):
        return np.arange(len(links)), links[number]
    its = slice(int(links.start[number]), int(links.start[number + 1]))
    return links.column[its].astype(np.int64), links.value[its]


def cells(links: Links, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Table:
    """rows x columns: what these say of those."""
    return links.cells(rows, columns) if isinstance(links, Sparse) else np.asarray(links[np.ix_(rows, columns)])
