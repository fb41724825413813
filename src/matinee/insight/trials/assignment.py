"""Who is in which arm of a trial: by a fair draw that is the same however often and wherever it is made.

A profile's draw follows from its id and the trial's, through a hash that nobody can guess the outcome of, so arms of one trial
say nothing of arms of another. The chance by which it fell there (its propensity) is told with every row that is shown.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matinee.insight.trials.drafting import BASE, CHALLENGER

INTERLEAVE, AB, SHADOW = "interleave", "ab", "shadow"
Form = Literal["interleave", "ab", "shadow"]


@dataclass(frozen=True)
class Trial:
    """`challenger` and `base` are models; `share` of the profiles take part in it, in an A/B trial as the challenger's."""

    trial_id: str
    form: Form
    challenger: str
    base: str
    share: float
    planned: int = 0  # profiles in each arm, for an A/B trial


@dataclass(frozen=True)
class Assigned:
    """`arm` is empty for who takes no part; `propensity` is the chance with which it came to be so."""

    arm: str
    propensity: float


NO_PART = Assigned("", 1.0)


def assigned(trial: Trial, profile_id: str) -> Assigned:
    drawn = draw(trial.trial_id, profile_id)
    if trial.form == AB:
        inside = drawn < trial.share
        return Assigned(CHALLENGER if inside else BASE, trial.share if inside else 1 - trial.share)
    return Assigned(trial.form, trial.share) if drawn < trial.share else NO_PART


def draw(*words: str) -> float:
    """0 to 1, uniform over words."""
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def tosses(trial: Trial, profile_id: str, page: str, most: int) -> Sequence[bool]:
    """Fair coins for one page of one profile."""
    return [draw(trial.trial_id, profile_id, page, str(number)) < 0.5 for number in range(most)]
