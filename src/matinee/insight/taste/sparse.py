"""A table most of whose cells are empty: for each row the columns that are not, and their values.

The arithmetic is scipy's, which says nothing of its types; here they are said once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, cast

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

Table = NDArray[np.float32]
csr = cast(Any, scipy.sparse).csr_array
linalg = cast(Any, scipy.sparse.linalg)
Columns: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
"""Of 32 bits where a table is large and asked often: scipy copies any other before it multiplies."""


@dataclass(frozen=True)
class Sparse:
    """Row r has `value[start[r]:start[r + 1]]` in the columns `column[start[r]:start[r + 1]]`, of `columns` in all."""

    start: NDArray[np.int64]
    column: Columns
    value: Table
    columns: int

    @property
    def rows(self) -> int:
        return len(self.start) - 1

    def some(self, rows: NDArray[np.int64]) -> "Sparse":
        """These rows, in this order."""
        length = self.start[rows + 1] - self.start[rows]
        start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        entry = np.repeat(self.start[rows] - start[:-1], length) + np.arange(int(start[-1]))
        # As plain arrays: one that is mapped from a file takes its time to say so of each piece.
        column = cast(Columns, np.asarray(self.column).take(entry))
        return Sparse(start, column, np.asarray(self.value).take(entry), self.columns)

    def cells(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Table:
        """rows x columns: the cells where they meet; each column is named once."""
        some, place = self.some(rows), np.full(self.columns, -1)
        place[columns] = np.arange(len(columns))
        at = place[some.column]
        meet = np.flatnonzero(at >= 0)
        found = np.zeros((len(rows), len(columns)), np.float32)
        found[np.repeat(np.arange(len(rows)), np.diff(some.start))[meet], at[meet]] = some.value[meet]
        return found

    def turned(self) -> "Sparse":
        """Columns as rows."""
        return _from(self._csr.T.tocsr())

    def times(self, table: Table) -> Table:
        """The product with a table of as many rows as this has columns."""
        return np.asarray(self._csr @ table, np.float32)

    def through(self, other: "Sparse") -> Table:
        """The product with another, every cell of it written out."""
        return np.asarray((self._csr @ other._csr).toarray(), np.float32)

    def few_through(self, other: "Sparse") -> Table:
        """The same, sooner where these rows are few: nothing is looked through but what they name."""
        named = other.some(self.column.astype(np.int64))
        length = np.diff(named.start)
        begin = np.repeat(np.arange(self.rows) * other.columns, np.diff(self.start))
        value = np.repeat(self.value, length) * named.value
        found = np.bincount(np.repeat(begin, length) + named.column, value, self.rows * other.columns)
        return found.reshape(self.rows, other.columns).astype(np.float32)

    def together_through(self, other: "Sparse") -> Table:
        """The same, sooner where the few are much alike: what the first has is added up once, of the others what differs."""
        used, place = np.unique(self.column.astype(np.int64), return_inverse=True)
        counts = np.zeros((self.rows, len(used)), np.float32)
        np.add.at(counts, (np.repeat(np.arange(self.rows), np.diff(self.start)), place), self.value)
        counts[1:] -= counts[0]
        row, column = np.nonzero(counts)
        start = np.searchsorted(row, np.arange(self.rows + 1))
        found = Sparse(start, used[column], counts[row, column], self.columns).few_through(other)
        found[1:] += found[0]
        return found

    def full(self) -> Table:
        """Every cell written out."""
        return cast(Table, self._csr.toarray())

    def strongest(self, most: int, seed: int) -> Table:
        """rows x most: where each row lies along the directions in which the rows differ most (a truncated SVD)."""
        start = np.random.default_rng(seed).normal(size=min(self.rows, self.columns)).astype(np.float32)
        left, strength, _ = linalg.svds(self._csr, k=most, v0=start)
        return np.asarray(left * strength, np.float32)

    @cached_property
    def _csr(self) -> Any:
        """Made once: that looks through all of a table, which takes longer than a product with one row."""
        return csr((self.value, self.column, self.start), shape=(self.rows, self.columns))


def sparse_from(row: NDArray[np.int64], column: NDArray[np.int64], value: Table, rows: int, columns: int) -> Sparse:
    """From cells in any order; those named twice are added."""
    return _from(csr((value, (row, column)), shape=(rows, columns)))


def _from(table: Any) -> Sparse:
    return Sparse(table.indptr.astype(np.int64), table.indices, table.data.astype(np.float32, copy=False), table.shape[1])
