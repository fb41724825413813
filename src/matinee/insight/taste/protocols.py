"""Three ways to hold something out and ask for it again. Whoever is asked about a title has not seen it in training.

- `leave-one-out`: of each profile the last title is asked; all else is learnt from and given.
- `strong-generalisation`: some profiles are wholly unknown; of each a random fifth is asked, the rest given (D. Liang et al.,
  "Variational Autoencoders for Collaborative Filtering", WWW 2018).
- `time-split`: what happened before an hour is learnt from and given, what came after it is asked. The only one of the three
  in which nobody knows the future.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.histories import Histories
from matinee.insight.taste.interactions import Interactions

Protocol: TypeAlias = Literal["leave-one-out", "strong-generalisation", "time-split"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
UNKNOWN_PART = 0.2
ASKED_PART = 0.2
LATE_PART = 0.1
LEAST_TO_ASK = 2


class CannotExamine(ValueError):
    """The interactions leave nothing to ask under this protocol; the text says why."""


@dataclass(frozen=True)
class Exam:
    """What may be learnt from, and questions: histories that are given, and the titles each is asked for."""

    training: Interactions
    given: Histories
    asked: Histories


def suggested(interactions: Interactions) -> Protocol:
    """By whether the times order what was watched."""
    return "leave-one-out" if interactions.informative() else "strong-generalisation"


def held_out(interactions: Interactions, protocol: Protocol, seed: int) -> Exam:
    """The exam of a protocol; `seed` decides who and what is asked where chance does."""
    if protocol == "leave-one-out":
        return _leave_one_out(interactions)
    if protocol == "time-split":
        return _time_split(interactions)
    return _strong_generalisation(interactions, seed)


def _leave_one_out(interactions: Interactions) -> Exam:
    histories = interactions.histories()
    long_enough = histories.length >= LEAST_TO_ASK
    last = (histories.steps_back == 0) & long_enough[histories.owner]
    return _exam(interactions, ~last, histories, ~last, last, np.flatnonzero(long_enough))


def _time_split(interactions: Interactions) -> Exam:
    if interactions.time_s is None:
        raise CannotExamine("time-split: the interactions have no times; give a timestamp column, or another --protocol")
    histories = interactions.histories()
    late = interactions.time_s > np.quantile(interactions.time_s, 1 - LATE_PART)
    return _exam(interactions, ~late, histories, ~late, late, np.arange(len(histories)))


def _strong_generalisation(interactions: Interactions, seed: int) -> Exam:
    dice = np.random.default_rng(seed)
    histories = interactions.histories()
    able = dice.permutation(np.flatnonzero(histories.length >= LEAST_TO_ASK))
    unknown = np.sort(able[: max(1, int(UNKNOWN_PART * len(able)))])
    is_unknown = np.isin(histories.owner, unknown)
    lot = dice.random(len(interactions))
    order = np.lexsort((lot, histories.owner))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - histories.start[:-1][histories.owner[order]]
    asked = is_unknown & (place < np.maximum(1, ASKED_PART * histories.length)[histories.owner].astype(int))
    return _exam(interactions, ~is_unknown, histories, is_unknown & ~asked, asked, unknown)


def _exam(
    interactions: Interactions,
    learnt: NDArray[np.bool_],
    histories: Histories,
    given: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    candidates: NDArray[np.int64],
) -> Exam:
    """The exam of those candidates who have something given and something asked."""
    questions, answers = histories.only(given), histories.only(asked)
    able = candidates[(questions.length[candidates] > 0) & (answers.length[candidates] > 0)]
    if len(able) == 0 or not learnt.any():
        raise CannotExamine("no profile has a title to be given and another to be asked: more interactions are needed")
    return Exam(interactions.only(learnt), questions.some(able), answers.some(able))
