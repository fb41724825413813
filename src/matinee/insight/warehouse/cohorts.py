"""Who comes back: of the profiles that first watched in a month, how many watch so many months later."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST_MONTHS = 12


@dataclass(frozen=True)
class Counted:
    """A row of `retention_by_month`; `cohort` is the first day of its month."""

    cohort: date
    months_later: int
    active: int
    profiles: int


@dataclass(frozen=True)
class Cohort:
    month: str  # "2026-11"
    profiles: int
    active: tuple[int, ...]  # in that month, in the next, … and in this one so far


def cohorts(counted: Iterable[Counted], today: date) -> list[Cohort]:
    """Those of a year, the latest first. A month of which nothing is counted is one in which none of them watched."""
    active, profiles = defaultdict[date, dict[int, int]](dict), dict[date, int]()
    for each in counted:
        active[each.cohort][each.months_later] = each.active
        profiles[each.cohort] = each.profiles
    recent = [month for month in sorted(active, reverse=True) if 0 <= _months(month, today) < MOST_MONTHS]
    return [
        Cohort(
            f"{month:%Y-%m}", profiles[month], tuple(active[month].get(later, 0) for later in range(_months(month, today) + 1))
        )
        for month in recent
    ]


def _months(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month
