"""What those who like this like, too: a linear autoencoder with emphasised denoising (EDLAE).

Each title is predicted from all others by ridge regression, whose solution for all of them at once is one inverse
(H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019): with G the table of how many watched both of two
titles, P = (G + penalty)^-1 and B[i, j] = -P[i, j] / P[j, j], nothing on the diagonal. Dropping a part p of each history in
training, and asking for what was dropped, is the same as a penalty of p / (1 - p) times each title's own count
(H. Steck, "Autoencoders that don't overfit towards the Identity", NeurIPS 2020), plus a plain one, lambda.

The inverse is taken in place in float32 by Cholesky's method: at 20,000 titles that is one table of 1.6 GB.
"""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from matinee.insight.taste.histories import Histories, decayed
from matinee.insight.taste.sparse import Table

solver = cast(Any, lapack)


class NotSolvable(ArithmeticError):
    """The table cannot be inverted; a greater lambda helps."""


def together(histories: Histories, titles: int) -> Table:
    """titles x titles: how much they were watched by the same profiles; the diagonal says by how many each was."""
    watched = decayed(histories, 1.0, 2**31, titles)
    return watched.turned().through(watched)


def edlae(gram: Table, dropout: float, penalty: float) -> Table:
    """titles x titles links from what was watched together; the gram is used up."""
    own = gram.diagonal().copy()
    np.fill_diagonal(gram, own + dropout / (1 - dropout) * own + penalty)
    inverse = inverted(gram)
    diagonal: NDArray[np.float32] = inverse.diagonal().copy()
    inverse /= -diagonal[None, :]
    np.fill_diagonal(inverse, 0)
    return inverse


def inverted(table: Table) -> Table:
    """The inverse of a symmetric positive table, in its own place."""
    factor, wrong = solver.spotrf(table.T, lower=0, clean=0, overwrite_a=1)
    inverse, _ = (None, 0) if wrong else solver.spotri(factor, lower=0, overwrite_c=1)
    if inverse is None:
        raise NotSolvable(f"titles watched together: row {abs(wrong)} depends on others; give a greater penalty")
    return mirrored(inverse.T)


def mirrored(lower: Table, block: int = 2048) -> Table:
    """The lower half written over the upper one, in place."""
    titles = len(lower)
    for begin in range(0, titles, block):
        end = min(begin + block, titles)
        corner = lower[begin:end, begin:end]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        lower[begin:end, end:] = lower[end:, begin:end].T
    return lower
