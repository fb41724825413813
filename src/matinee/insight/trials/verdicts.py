"""What a trial has shown, and when that may be said.

**Interleaving** may be looked at every day. Each day on which a profile plays from an interleaved row is a vote, for the team
that it played first; if neither model is better, every vote is a fair coin whatever came before. Against that stands a bettor
who does not know how unfair the coin is and spreads the bet over all possibilities (a uniform mixture; H. Robbins, "Statistical
Methods Related to the Law of the Iterated Logarithm", 1970): with w votes of n for the challenger the stake has become

    E = B(w + 1, n - w + 1) * 2^n

and, by Ville's inequality, exceeds 20 at any time ever with a chance of at most 1 in 20 if the coin is fair. The interval, too,
holds at all times at once: the chances p against which the same bettor would not have won twentyfold.

**A/B** is decided once, when as many profiles as were planned have been in each arm, and not before: its interval (Newcombe's,
1998, of the difference of two proportions, from Wilson's) is of a fixed horizon. When the arms' sizes are such as the plan would
give once in a thousand times, something assigns them otherwise, and there is no verdict.
"""

from dataclasses import dataclass
from math import erf, lgamma, log, log1p, sqrt
from typing import Literal

ALPHA = 0.05
Z = 1.959964
BAD_SPLIT = 0.001
STEPS = 40
Outcome = Literal["challenger", "base", "undecided", "invalid"]


@dataclass(frozen=True)
class Verdict:
    """`share` is the challenger's part of the votes, or its rate less the base's; `low` to `high` its interval."""

    outcome: Outcome
    share: float
    low: float
    high: float
    why: str


def interleaved(challenger: int, base: int) -> Verdict:
    """Of days on which one team was played first; may be asked at any time."""
    votes = challenger + base
    share = challenger / votes if votes else 0.5
    low, high = _end(challenger, base, share, 0.0), _end(challenger, base, share, 1.0)
    won = _stake(challenger, base, 0.5) >= log(1 / ALPHA)
    outcome: Outcome = "undecided" if not won else "challenger" if share > 0.5 else "base"
    return Verdict(outcome, share, low, high, f"{votes} votes, an interval that holds at any time")


def _stake(challenger: int, base: int, chance: float) -> float:
    """The logarithm of what a bettor against a coin of this chance has made of one."""
    if (chance <= 0 and challenger) or (chance >= 1 and base):
        return float("inf")
    fair = (challenger * log(chance) if challenger else 0.0) + (base * log1p(-chance) if base else 0.0)
    return lgamma(challenger + 1) + lgamma(base + 1) - lgamma(challenger + base + 2) - fair


def _end(challenger: int, base: int, inside: float, outside: float) -> float:
    """The interval's end towards `outside`, by halving."""
    bar = log(1 / ALPHA)
    if _stake(challenger, base, outside) < bar:
        return outside
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        if _stake(challenger, base, middle) < bar:
            inside = middle
        else:
            outside = middle
    return inside


@dataclass(frozen=True)
class Arm:
    """Profiles that were assigned, and those of them that watched something of a recommended row."""

    profiles: int
    watched: int


NOBODY = Arm(0, 0)


@dataclass(frozen=True)
class Votes:
    """Of one trial. Interleaving: profiles' days on which one team was played first. A/B: who was in each arm."""

    challenger_days: int = 0
    base_days: int = 0
    challenger: Arm = NOBODY
    base: Arm = NOBODY


def compared(challenger: Arm, base: Arm, share: float, planned: int) -> Verdict:
    """`share` of the profiles are the challenger's by plan; `planned` is how many each arm must have, said when it began."""
    total = challenger.profiles + base.profiles
    odd = abs(challenger.profiles - share * total) / sqrt(max(total * share * (1 - share), 1e-9))
    low, high = _newcombe(challenger, base)
    rate = _rate(challenger) - _rate(base)
    if 1 - erf(odd / sqrt(2)) < BAD_SPLIT:
        return Verdict("invalid", rate, low, high, f"{challenger.profiles} of {total} profiles in an arm of {share:.0%}")
    if min(challenger.profiles, base.profiles) < planned:
        return Verdict("undecided", rate, low, high, f"decided once, at {planned} profiles in each arm; {total} so far")
    outcome: Outcome = "challenger" if low > 0 else "base" if high < 0 else "undecided"
    return Verdict(outcome, rate, low, high, f"{total} profiles, the horizon that was planned")


def _rate(arm: Arm) -> float:
    return arm.watched / arm.profiles if arm.profiles else 0.0


def _newcombe(one: Arm, other: Arm) -> tuple[float, float]:
    (low_1, high_1), (low_2, high_2), (p_1, p_2) = _wilson(one), _wilson(other), (_rate(one), _rate(other))
    below = sqrt((p_1 - low_1) ** 2 + (high_2 - p_2) ** 2)
    above = sqrt((high_1 - p_1) ** 2 + (p_2 - low_2) ** 2)
    return p_1 - p_2 - below, p_1 - p_2 + above


def _wilson(arm: Arm) -> tuple[float, float]:
    if not arm.profiles:
        return 0.0, 1.0
    n, p = arm.profiles, _rate(arm)
    middle, half = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (middle - half) / (1 + Z * Z / n), (middle + half) / (1 + Z * Z / n)


def profiles_needed(rate: float, difference: float) -> int:
    """In each arm, to find such a difference from such a rate four times of five, at 1 in 20."""
    power = 0.841621
    both = rate + difference
    spread = Z * sqrt(2 * rate * (1 - rate)) + power * sqrt(rate * (1 - rate) + both * (1 - both))
    return int(spread**2 / difference**2) + 1
