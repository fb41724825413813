"""What is known of who watches, on one shelf: the history that counts, and what shall not be offered.

A title counts by how much of it was watched and by its thumb, and half as much for every half-year since: that what was watched
later weighs more is the models' business, which know the order. One that was liked and never watched here counts as half of one
that was. One with its thumb down, and one that was hidden, counts for nothing, is offered nowhere and is cited by nothing.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matinee.insight.rows.shelf import Flags, Ints, Shelf
from matinee.insight.taste.histories import Histories

HALF_LIFE_MS = 180 * 86_400_000
DOWN, UP, LOVE = 1, 2, 3
THUMBS: Mapping[int, float] = {0: 1.0, DOWN: 0.0, UP: 1.5, LOVE: 2.0}
"""By Thumbed.Thumb of events.proto."""
LAST = 200
FINISHED, BEGUN, PICKED, LIKED = 1.0, 0.5, 1.0, 0.5


@dataclass(frozen=True)
class Watched:
    """`weight` is how much of it was watched, 0 to 1, before its thumb."""

    title_id: str
    weight: float
    at_ms: int


@dataclass(frozen=True)
class Taste:
    """What the figures know of a profile, in any order; `liked` has those with a thumb up of which nothing was watched."""

    watched: Sequence[Watched] = ()
    thumbs: Mapping[str, int] = field(default_factory=dict[str, int])
    hidden: Set[str] = frozenset()
    liked: Sequence[Watched] = ()


@dataclass(frozen=True)
class Viewer:
    """`history` by the shelf's numbers, oldest first, each once, with its weight.

    Not watched of it are those `liked` by thumb and, of the others, those `picked` at the start. `shut` are titles never to be
    offered; `seen` those not to be offered as new, for they are known.
    """

    history: Ints
    weight: NDArray[np.float64]
    picked: frozenset[int]
    liked: frozenset[int]
    shut: Flags
    seen: Flags

    @cached_property
    def open(self) -> Flags:
        return ~(self.shut | self.seen)

    @property
    def known(self) -> bool:
        return bool((self.weight > 0).any())

    @cached_property
    def watched(self) -> Ints:
        """Those of the history that count and were watched."""
        unwatched = self.picked | self.liked
        return np.array([each for each in self.history[self.weight > 0].tolist() if each not in unwatched], np.int64)

    def weight_of(self, titles: Ints) -> NDArray[np.float64]:
        """For each of these titles, which are all in the history."""
        order = np.argsort(self.history)
        return self.weight[order[np.searchsorted(self.history, titles, sorter=order)]]

    def histories(self, number: Ints) -> Histories:
        """For a model, by its own numbers: those of titles it does not know are -1."""
        return Histories(np.array([0, len(self.history)]), self.history, self.weight).renumbered(number)

    def without(self, title: int) -> "Viewer":
        """As if it had never been watched, nor liked, nor picked."""
        kept, this = self.history != title, {title}
        return Viewer(self.history[kept], self.weight[kept], self.picked - this, self.liked - this, self.shut, self.seen)


def _hidden(shelf: Shelf, taste: Taste) -> set[int]:
    """Of a series one hidden episode is not the whole: it stays if more of it was watched, unless it is hidden itself."""
    if not taste.hidden:
        return set()
    more = {shelf.find(each.title_id) for each in taste.watched if each.title_id not in taste.hidden}
    return {number for each in taste.hidden if (number := shelf.find(each)) not in more or each in shelf.number}


def viewer_of(shelf: Shelf, taste: Taste, seen: Sequence[Watched], picks: Sequence[Watched], now_ms: int) -> Viewer:
    """`seen` is what playback knows, which is as fresh as the last heartbeat; `picks` what was picked at the start."""
    shut, was_seen = np.zeros(len(shelf), np.bool_), np.zeros(len(shelf), np.bool_)
    thumbs = {shelf.find(title_id): thumb for title_id, thumb in taste.thumbs.items()}
    closed = _hidden(shelf, taste) | {n for n, thumb in thumbs.items() if thumb == DOWN}
    latest, most = dict[int, int](), dict[int, float]()
    for each in (*picks, *taste.liked, *taste.watched, *seen):
        number = shelf.find(each.title_id)
        if number >= 0:
            latest[number] = max(latest.get(number, 0), each.at_ms)
            most[number] = max(most.get(number, 0.0), each.weight)
    for number in closed - {-1}:
        shut[number] = True
    watched = {shelf.find(each.title_id) for each in (*taste.watched, *seen)} - {-1}
    if watched:
        was_seen[list(watched)] = True
    ordered = sorted(latest, key=lambda number: (latest[number], number))[-LAST:]
    plain = [0.0 if number in closed else most[number] * THUMBS.get(thumbs.get(number, 0), 1.0) for number in ordered]
    age_ms = np.maximum(0, now_ms - np.array([latest[number] for number in ordered], np.int64))
    weight = np.array(plain, np.float64) * 0.5 ** (age_ms / HALF_LIFE_MS)
    unwatched = frozenset(ordered) - watched
    was_seen[list(unwatched)] = True
    liked = unwatched & {shelf.find(each.title_id) for each in taste.liked}
    return Viewer(np.array(ordered, np.int64), weight, unwatched - liked, liked, shut, was_seen)
