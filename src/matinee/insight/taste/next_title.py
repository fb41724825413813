"""What comes after this: a linear model of order, solved in closed form like SLIT.

(M. Choi, J. Kim, J. Lee, H. Shim and J. Lee, "Session-aware Linear Item-Item Models for Session-based Recommendation", WWW
2021.) Cut every history at every point. What was just watched, the nearest weighing most, is the source; what came next, the
nearest weighing most, is the target; one ridge regression from sources to targets gives all links:

    source s = sum of back^(d-1) e(t-d) for d = 1 .. window      B = (S'S + lambda)^-1 S'T
    target T = sum of ahead^d e(t+d)    for d = 0 .. horizon-1

S and T are never made. What a pair of titles adds to S'T depends on how far they lie apart only, and what it adds to S'S on
that and on how much of the history is left behind them, so both tables are weighed counts of pairs at most `window + horizon`
apart: linear in the number of views.
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from matinee.insight.taste.edlae import NotSolvable
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.sparse import Table

CELLS_AT_ONCE = 1 << 25
PAIRS_AT_ONCE = 1 << 22

solver = cast(Any, lapack)


@dataclass(frozen=True)
class Order:
    """How far back the source reaches and how far ahead the target, in titles, and how fast each fades."""

    window: int
    back: float
    horizon: int
    ahead: float


def next_title(histories: Histories, titles: int, order: Order, penalty: float) -> Table:
    """titles x titles links: a title's row says what follows it."""
    table = pairs(histories, titles, sources(order))
    symmetric(table)
    table[np.diag_indices(titles)] += penalty
    follows = pairs(histories, titles, targets(order))
    _, links, wrong = solver.sposv(table.T, follows.T, overwrite_a=1, overwrite_b=1)
    if wrong != 0:
        raise NotSolvable(f"titles watched after each other: row {abs(wrong)} depends on others; give a greater penalty")
    return links


def sources(order: Order) -> NDArray[np.float64]:
    """What a pair adds to S'S, [steps apart, titles left behind the later one]; the diagonal by half, being added twice."""
    worth = np.zeros((order.window, order.window + 1))
    for apart in range(order.window):
        cuts = np.cumsum(order.back ** (2 * np.arange(order.window - apart)))
        worth[apart, 1 : len(cuts) + 1] = cuts * order.back**apart
        worth[apart, len(cuts) + 1 :] = worth[apart, len(cuts)]
    worth[0] /= 2
    return worth


def targets(order: Order) -> NDArray[np.float64]:
    """What a pair adds to S'T, [steps apart, 0]: the sum over all cuts between them."""
    back, ahead = order.back ** np.arange(order.window), order.ahead ** np.arange(order.horizon)
    return np.concatenate([[0.0], np.convolve(back, ahead)])[:, None]


def pairs(histories: Histories, titles: int, worth: NDArray[np.float64]) -> Table:
    """titles x titles, [later, earlier]: the pairs within a history, each counted `worth[steps apart, titles left]`.

    `titles left` beyond the table's width count as its last column.
    """
    table = np.zeros((titles, titles), np.float32)
    place, left = np.arange(len(histories.title)) - np.repeat(histories.start[:-1], histories.length), histories.steps_back
    by_title = np.argsort(histories.title, kind="stable")
    first = np.searchsorted(histories.title[by_title], np.arange(titles + 1))
    rows, some = max(1, CELLS_AT_ONCE // titles), max(1, PAIRS_AT_ONCE // len(worth))
    for begin in range(0, titles, rows):
        end = min(begin + rows, titles)
        block = by_title[first[begin] : first[end]]
        for chunk in np.split(block, range(some, len(block), some)):
            cells, counts = list[NDArray[np.int64]](), list[NDArray[np.float64]]()
            for apart, by_left in enumerate(worth):
                later = chunk[place[chunk] >= apart]
                cells.append((histories.title[later] - begin) * titles + histories.title[later - apart])
                counts.append(by_left[np.minimum(left[later], len(by_left) - 1)])
            found = np.bincount(np.concatenate(cells), weights=np.concatenate(counts), minlength=(end - begin) * titles)
            table[begin:end] += found.reshape(end - begin, titles)
    return table


def symmetric(table: Table, block: int = 2048) -> None:
    """The table plus its mirror image, in place."""
    for begin in range(0, len(table), block):
        end = begin + block
        for other in range(begin, len(table), block):
            both = table[begin:end, other : other + block] + table[other : other + block, begin:end].T
            table[begin:end, other : other + block] = both
            table[other : other + block, begin:end] = both.T
