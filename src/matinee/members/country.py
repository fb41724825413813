"""Where an account is at home. It decides which titles may be shown there, by which names their ages go, and what is paid.

The account says it: at sign-up, later on its own page. Where it never did, the house's own country counts ([viewing] country).
Where the house names none either the country is unknown, and unknown is the strictest of all: what is limited to some countries
is shown in none of them, and ages go by bare years. It changes once in thirty days, or a catalogue could be had by the hour.
"""

import re
from dataclasses import dataclass

COUNTRY = re.compile(r"[A-Z]{2}")
CHANGES_AFTER_MS = 30 * 24 * 3600 * 1000
UNKNOWN = ""


@dataclass(frozen=True)
class Home:
    """What an account once said, and when."""

    country: str
    since_ms: int


def country_of(said: Home | None, house: str) -> str:
    """ISO 3166's two letters, or UNKNOWN."""
    return (said.country if said else house).upper()


def is_country(text: str) -> bool:
    return COUNTRY.fullmatch(text) is not None


def changes_at_ms(said: Home | None) -> int:
    """From when on it may be said anew; the first time at once."""
    return said.since_ms + CHANGES_AFTER_MS if said else 0
