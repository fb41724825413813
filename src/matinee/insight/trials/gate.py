"""Whether a model may take the live one's place: it must not be worse beyond what chance may do, and not feed everybody the hits.

Both rank the same titles that were held out, for the same profiles; the difference of their figures has a paired bootstrap
interval (`taste/intervals.py`). A model is refused if the whole interval is below zero, if it shows less than half as many
different titles as the live one, or if what it shows is half as popular again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_COVERAGE = 0.5
MOST_LIFT = 1.5


@dataclass(frozen=True)
class Figures:
    """Of one ranking: `lead` over the one it is measured against has the interval `low` to `high`."""

    against: str
    asked: int
    lead: float
    low: float
    high: float
    coverage: float
    lift: float
    their_coverage: float
    their_lift: float


def faults(figures: Figures) -> Sequence[str]:
    """Why it is not blessed; none: it is."""
    found = list[str]()
    if figures.high < 0:
        between = f"{figures.low:+.4f} to {figures.high:+.4f}"
        found.append(f"it ranks worse than {figures.against}: NDCG@10 differs by {figures.lead:+.4f} ({between})")
    if figures.coverage < LEAST_COVERAGE * figures.their_coverage:
        found.append(f"it shows {figures.coverage:.0%} of the titles, {figures.against} {figures.their_coverage:.0%}")
    if figures.lift > MOST_LIFT * max(figures.their_lift, 1.0):
        found.append(f"what it shows is {figures.lift:.1f} times as popular as what is watched, {figures.their_lift:.1f} before")
    return found


def figures_of(said: Mapping[str, Any]) -> Figures:
    """As a manifest has them."""
    return Figures(**{name: said[name] for name in Figures.__dataclass_fields__})
