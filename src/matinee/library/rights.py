"""Who may see what. Every answer of the catalog is drawn from what this file lets through.

A title has terms: an age, some countries, a window of time. All of them must be met. What nobody rated is for grown-ups: a
child finds only what somebody has vouched for. An unknown country is in no list. Terms join by strictness, so an episode is
never more open than its series.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SEES_EVERYTHING_YEARS = 18


@dataclass(frozen=True)
class Audience:
    """Who asks. `maturity_limit` in years of age; `country` as ISO 3166's two letters, "" when unknown."""

    maturity_limit: int
    country: str
    operator: bool = False


@dataclass(frozen=True)
class Terms:
    """On which a title is shown."""

    years: int | None = None  # None: nobody rated it
    countries: frozenset[str] | None = None  # None: everywhere; none at all: nowhere
    from_ms: int = 0
    until_ms: int | None = None  # the first moment it is no longer shown


def may(audience: Audience, terms: Iterable[Terms], now_ms: int) -> list[bool]:
    """For each of the terms, whether this audience meets them now."""
    return [audience.operator or _meets(audience, each, now_ms) for each in terms]


def _meets(audience: Audience, terms: Terms, now_ms: int) -> bool:
    years = SEES_EVERYTHING_YEARS if terms.years is None else terms.years
    old_enough = audience.maturity_limit >= min(years, SEES_EVERYTHING_YEARS)
    here = terms.countries is None or audience.country.upper() in terms.countries
    in_time = terms.from_ms <= now_ms and (terms.until_ms is None or now_ms < terms.until_ms)
    return old_enough and here and in_time


def stricter(one: Terms, other: Terms) -> Terms:
    """Terms that are met by whoever meets both. Of two ages the higher; an age that nobody named leaves the other's."""
    rated = [each.years for each in (one, other) if each.years is not None]
    limits = [each.countries for each in (one, other) if each.countries is not None]
    ends = [each.until_ms for each in (one, other) if each.until_ms is not None]
    return Terms(
        years=max(rated, default=None),
        countries=limits[0].intersection(*limits) if limits else None,
        from_ms=max(one.from_ms, other.from_ms),
        until_ms=min(ends, default=None),
    )
