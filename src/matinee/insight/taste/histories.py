"""What profiles watched, in order; and the weight each title has when the next one is guessed.

A taste changes: what was watched last says more than what was watched first. A title counts `decay` to the power of the
steps that lie between it and the end of its history, and nothing beyond the `last` ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.sparse import Sparse


@dataclass(frozen=True)
class Histories:
    """Titles by number, oldest first: those of history h are `title[start[h]:start[h + 1]]`."""

    start: NDArray[np.int64]
    title: NDArray[np.int64]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, number: int) -> NDArray[np.int64]:
        return self.title[self.start[number] : self.start[number + 1]]

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        return (self[number] for number in range(len(self)))

    @property
    def length(self) -> NDArray[np.int64]:
        return np.diff(self.start)

    @property
    def owner(self) -> NDArray[np.int64]:
        """For each entry, whose it is."""
        return np.repeat(np.arange(len(self)), self.length)

    @property
    def steps_back(self) -> NDArray[np.int64]:
        """For each entry, how many titles were watched after it."""
        return np.repeat(self.start[1:], self.length) - 1 - np.arange(len(self.title))

    def only(self, kept: NDArray[np.bool_]) -> "Histories":
        """The entries that are kept, of the same histories; those behind move up."""
        start = np.concatenate([[0], np.cumsum(kept)])[self.start]
        return Histories(start, self.title[kept], self.weight[kept])

    def some(self, numbers: NDArray[np.int64]) -> "Histories":
        """These histories, in this order."""
        length = self.length[numbers]
        start = np.concatenate([[0], np.cumsum(length)])
        entry = np.repeat(self.start[numbers] - start[:-1], length) + np.arange(int(start[-1]))
        return Histories(start, self.title[entry], self.weight[entry])

    def renumbered(self, number: NDArray[np.int64]) -> "Histories":
        """With `number[title]` for each title; one numbered -1 is left out."""
        moved = number[self.title]
        return Histories(self.start, moved, self.weight).only(moved >= 0)

    def seen(self, titles: int) -> NDArray[np.bool_]:
        """histories x titles: what each has watched."""
        table = np.zeros((len(self), titles), np.bool_)
        table[self.owner, self.title] = True
        return table


def histories_of(lists: Sequence[Sequence[int]], weights: Sequence[Sequence[float]] | None = None) -> Histories:
    """Histories from plain lists of title numbers, oldest first; all titles weigh 1 unless it is said."""
    start = np.concatenate([[0], np.cumsum([len(each) for each in lists], dtype=np.int64)]).astype(np.int64)
    title = np.array([title for each in lists for title in each], np.int64)
    weight = np.ones(len(title)) if weights is None else np.array([w for each in weights for w in each], np.float64)
    return Histories(start, title, weight)


def one_after_another(parts: Sequence[Histories]) -> Histories:
    """The histories of all of them."""
    lengths = np.concatenate([each.length for each in parts])
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Histories(start, np.concatenate([each.title for each in parts]), np.concatenate([each.weight for each in parts]))


def decayed(histories: Histories, decay: float, last: int, titles: int) -> Sparse:
    """histories x titles, float32: how much each title counts now."""
    recent = histories.only(histories.steps_back < last)
    counts = (recent.weight * decay**recent.steps_back).astype(np.float32)
    return Sparse(recent.start, recent.title, counts, titles)
