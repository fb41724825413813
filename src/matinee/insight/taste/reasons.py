"""Why this title: which of the watched ones speak for it, and how much.

`taste` is linear: its score of a title is the sum of what each watched title gives, to the last digit, so each part may be told
as it is. What is cited has to be true of the whole blend as well: the title is scored again as if the cited one had never
been watched, and a reason whose loss does not lower the score is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.experts import READINGS
from matinee.insight.taste.histories import Histories, histories_of
from matinee.insight.taste.interactions import Interactions, known_to
from matinee.insight.taste.links import Links
from matinee.insight.taste.model import Model


@dataclass(frozen=True)
class Part:
    """What one watched title gives to another's `taste` score, and by how much the blend's score falls without it."""

    watched: int
    gives: float
    loss: float


@dataclass(frozen=True)
class NamedPart:
    """A part by the title's name; `cited` says that it may be told as a reason."""

    item: str
    gives: float
    loss: float
    cited: bool


@dataclass(frozen=True)
class Explanation:
    """Why somebody is shown an item: its `taste` score, and what adds up to it."""

    user: str
    item: str
    taste: float
    parts: Sequence[NamedPart]


class NotThere(ValueError):
    """There is no such user or item, or nothing to be explained; the text says which."""


def explained_by_name(model: Model, rows: Interactions, user: str, item: str = "") -> Explanation:
    """The explanation for one user of those rows; without an item, of the best they have not seen."""
    if user not in rows.users:
        raise NotThere(f"--user {user}: the histories have no such user")
    histories, _ = known_to(model.titles, rows)
    history = histories.some(np.flatnonzero(rows.users == user))
    if item and item not in model.titles:
        raise NotThere(f"--item {item}: the model does not know it")
    if len(history.title) == 0:
        raise NotThere(f"--user {user}: the model knows nothing of what they watched, so all they get is what is popular")
    found = np.flatnonzero(model.titles == item) if item else next(model.ranked(history, 1))[0]
    if len(found) == 0:
        raise NotThere(f"--user {user}: has watched every title the model knows")
    parts = explained(model, history, int(found[0]))
    cited = reasons(parts)
    names = model.titles
    told = [NamedPart(str(names[part.watched]), part.gives, part.loss, part in cited) for part in parts]
    return Explanation(user, str(names[found[0]]), sum(part.gives for part in parts), told)


def explained(model: Model, history: Histories, title: int) -> list[Part]:
    """One part per title of the first history, the greatest first; what they give sums to the title's `taste` score."""
    watched = history[0].tolist()
    gives = _given(model, history.some(np.array([0])), title)
    loss = _losses(model, watched, history.weight[: len(watched)].tolist(), title)
    return sorted((Part(*each) for each in zip(watched, gives, loss, strict=True)), key=lambda part: -part.gives)


def reasons(parts: list[Part], most: int = 3) -> list[Part]:
    """Those that may be told: they give something, and without them the title would stand lower."""
    return [part for part in parts if part.gives > 0 and part.loss > 0][:most]


def _given(model: Model, history: Histories, title: int) -> list[float]:
    learnt, reading = model.learnt, READINGS["taste"]
    row = learnt.in_head
    if row[title] < 0:
        return [0.0] * len(history.title)
    spoken = column(learnt.tables[reading.table], int(row[title]))
    known = row[history.title]
    counts = np.where(history.steps_back < reading.last, history.weight, 0.0)
    return np.where(known >= 0, counts * spoken[np.maximum(known, 0)], 0.0).tolist()


def column(links: Links, number: int) -> NDArray[np.float32]:
    """What every title of the table says of one."""
    if isinstance(links, np.ndarray):
        return links[:, number]
    found = np.zeros(links.rows, np.float32)
    entry = np.flatnonzero(links.column == number)
    found[np.searchsorted(links.start, entry, side="right") - 1] = links.value[entry]
    return found


def _losses(model: Model, watched: list[int], weights: list[float], title: int) -> list[float]:
    """The blend's score of the title, less its score when each of the watched is left out."""
    without = [watched[:place] + watched[place + 1 :] for place in range(len(watched))]
    counts = [weights[:place] + weights[place + 1 :] for place in range(len(watched))]
    scores = model.scores(histories_of([watched, *without], [weights, *counts]))
    if scores.shape[1] == 0:
        return []
    share = scores[:, title]
    return [float(share[0] - each) for each in share[1:]]
