"""Who watched what, and when: the one form in which every model and every examination gets it.

A profile and a title meet at most once. Of several rows about the same two the latest stands, with the greatest weight: to
see a film twice is to have seen it, and a rating that was corrected is the corrected one. Rows of equal time, and all rows
where no times are known, keep the order in which they came.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.histories import Histories

Names = NDArray[np.str_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_MOVING = 0.1
"""Times say something when at least this part of neighbouring rows of a profile differ in them."""


class NothingToLearn(ValueError):
    """There is no interaction at all, or none that counts; the text says what to do."""


@dataclass(frozen=True)
class Interactions:
    """One entry per profile and title, profile by profile, oldest first.

    `user` and `title` index `users` and `titles`; `time_s` are Unix seconds, or None; a weight of 1 is an ordinary view and
    0 says "seen, but let nobody be shown more of it".
    """

    users: Names
    titles: Names
    user: Ints
    title: Ints
    weight: Floats
    time_s: Floats | None = None

    def __len__(self) -> int:
        return len(self.user)

    def histories(self) -> Histories:
        """Every profile's titles in the order they were watched; profiles without any have an empty one."""
        start = np.searchsorted(self.user, np.arange(len(self.users) + 1))
        return Histories(start, self.title, self.weight)

    def only(self, kept: Flags) -> "Interactions":
        """The entries that are kept; users and titles keep their numbers, even those left with nothing."""
        return replace(
            self,
            user=self.user[kept],
            title=self.title[kept],
            weight=self.weight[kept],
            time_s=None if self.time_s is None else self.time_s[kept],
        )

    def most_watched(self, most: int) -> tuple["Interactions", Ints]:
        """As if there were only the most watched titles, renumbered, and their numbers here; profiles keep theirs."""
        if len(self.titles) <= most:
            return self, np.arange(len(self.titles))
        these = np.sort(np.argsort(-np.bincount(self.title, minlength=len(self.titles)), kind="stable")[:most])
        number = np.full(len(self.titles), -1)
        number[these] = np.arange(most)
        some = self.only(number[self.title] >= 0)
        return replace(some, titles=self.titles[these], title=number[some.title]), these

    def with_titles(self, names: Iterable[str]) -> "Interactions":
        """The same, with titles that exist although nobody watched them; those already there stay as they are."""
        more = np.setdiff1d(np.array(list(names), np.str_), self.titles)
        return replace(self, titles=np.concatenate([self.titles, more])) if len(more) else self

    def digest(self) -> str:
        """The same for the same views, whatever file they came from."""
        parts = [self.user, self.title, self.weight, *([] if self.time_s is None else [self.time_s])]
        names = "\0".join([*self.users.tolist(), "", *self.titles.tolist()]).encode()
        return hashlib.sha256(b"".join([names, *(part.tobytes() for part in parts)])).hexdigest()

    def informative(self) -> bool:
        """Whether the times order what each profile watched, rather than being absent or all the same."""
        if self.time_s is None:
            return False
        steps = np.diff(self.time_s)[np.diff(self.user) == 0]
        return len(steps) > 0 and int(np.count_nonzero(steps)) >= LEAST_MOVING * len(steps)


@dataclass(frozen=True)
class Named:
    """A column of names: row r says `names[number[r]]`; each name stands in `names` once."""

    names: Names
    number: Ints


def gathered(users: Named, titles: Named, time_s: Floats | None = None, weight: Floats | None = None) -> Interactions:
    """Rows as they came, one of each column per row, made tidy. Weights are relative: those above 0 are scaled to a mean of 1.

    Raises NothingToLearn when there is no row.
    """
    if len(users.number) == 0:
        raise NothingToLearn("there are no interactions: give at least one row of user and item")
    user, title = users.number, titles.number
    heavy = np.ones(len(user)) if weight is None else np.asarray(weight, np.float64)
    when = np.zeros(len(user)) if time_s is None else np.asarray(time_s, np.float64)
    order = np.lexsort((np.arange(len(user)), when, user))
    last, most = _latest(user[order], title[order], len(titles.names), heavy[order])
    kept = order[last]
    return Interactions(
        users=users.names,
        titles=titles.names,
        user=user[kept],
        title=title[kept],
        weight=most / (most[most > 0].mean() if (most > 0).any() else 1.0),
        time_s=None if time_s is None else when[kept],
    )


def numbered(names: NDArray[Any]) -> Named:
    """A column from plain names or numbers; names are in order."""
    unique, number = np.unique(names, return_inverse=True)
    return Named(unique.astype(np.str_), number.astype(np.int64))


def _latest(user: Ints, title: Ints, titles: int, weight: Floats) -> tuple[Ints, Floats]:
    """Where the last row of each pair stands, in the order given, and the greatest weight of that pair's rows."""
    pair, group = np.unique(user * titles + title, return_inverse=True)
    last = np.zeros(len(pair), np.int64)
    np.maximum.at(last, group, np.arange(len(user)))
    most = np.zeros(len(pair))
    np.maximum.at(most, group, weight)
    by_place = np.argsort(last)
    return last[by_place], most[by_place]


def known_to(titles: Names, rows: Interactions) -> tuple[Histories, int]:
    """Each profile's history by the numbers of a model's titles, and how many entries name none of them.

    An entry whose title has no name at all only said that the profile exists.
    """
    order = np.argsort(titles)
    place = order[np.minimum(np.searchsorted(titles, rows.titles, sorter=order), len(titles) - 1)]
    number = np.where(titles[place] == rows.titles, place, -1)
    unknown = (number < 0) & (rows.titles != "")
    return rows.histories().renumbered(number), int(np.count_nonzero(unknown[rows.title]))
