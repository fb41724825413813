"""From what a board or a parent wrote ("PG-13", "de:FSK 16", "TV-MA") to years of age.

Boards name ages or give letters; where letters speak of no age (PG), the age at which the board itself says most children are
fine. Who writes what we cannot read means something: it counts as for grown-ups, under its own label.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

GROWN_UP_YEARS = 18


@dataclass(frozen=True)
class Rating:
    """`years` is None where nobody rated; then `label` is empty."""

    years: int | None = None
    label: str = ""


NOT_RATED = frozenset({"", "nr", "not rated", "unrated", "ur", "n/a", "none", "not yet rated", "exempt", "e"})

# Letters that mean the same, or nearly, wherever they are used.
LETTERS = {
    "g": 0,
    "u": 0,
    "uc": 0,
    "al": 0,
    "all": 0,
    "tp": 0,
    "t": 0,
    "l": 0,
    "s": 0,
    "btl": 0,
    "apta": 0,
    "livre": 0,
    "tous publics": 0,
    "o.al.": 0,
    "tv-y": 0,
    "tv-g": 0,
    "pg": 8,
    "gp": 8,
    "approved": 8,
    "passed": 8,
    "tv-y7-fv": 7,
    "tv-pg": 10,
    "ua": 12,
    "u/a": 12,
    "m": 15,
    "ma": 17,
    "tv-ma": 17,
    "r": 17,
    "nc-17": 18,
    "a": 18,
    "x": 18,
    "xxx": 18,
}
# Where a country's letters mean something else.
ABROAD = {
    ("au", "r"): 18,
    ("au", "ma"): 15,
    ("ca", "r"): 18,
    ("es", "a"): 0,
    ("no", "a"): 0,
    ("dk", "a"): 0,
    ("jp", "r"): 15,
    ("gb", "x"): 18,
}
COUNTRIES = {
    "usa": "us",
    "united states": "us",
    "uk": "gb",
    "united kingdom": "gb",
    "great britain": "gb",
    "germany": "de",
    "deutschland": "de",
    "france": "fr",
    "australia": "au",
    "canada": "ca",
    "japan": "jp",
    "norway": "no",
    "denmark": "dk",
    "netherlands": "nl",
    "spain": "es",
    "italy": "it",
    "austria": "at",
    "sweden": "se",
}
# "US:PG-13", "Germany:12", and the dash some programs write: "DE-16", "AU-M".
COUNTRY = re.compile(r"^([a-z]{2}|[a-z ]{3,20})\s*:\s*(.*)$|^([a-z]{2})-(?=[a-z]|\d)(.*)$", re.IGNORECASE)
BOARD = re.compile(r"^(?:rated|mpaa|bbfc|acb|csa|kijkwijzer|eirin)[\s:]+", re.IGNORECASE)
REASON = re.compile(r"\s+(?:for|because|due to)\s+.*$", re.IGNORECASE | re.DOTALL)
AGE = re.compile(
    r"^(?:fsk|pegi|u/?a|pg|rp|r|ma|m|k|tv-y|tv|t|vm|nc|ab|a|ft|-)?[\s\-/.]*(\d{1,2})"
    r"(?:\s*(?:\+|a|pg|ans|years?|jahren?|and over))?\+?$"
)
BETWEEN = re.compile(r"\s+/\s+|\s*[|;]\s*")


def rating(texts: Iterable[str]) -> Rating:
    """The strictest of all that was written."""
    rated = [found for text in texts for part in BETWEEN.split(text) if (found := _rating(part.strip())).years is not None]
    return max(rated, key=lambda each: each.years or 0, default=Rating())


def _rating(text: str) -> Rating:
    country, label = _country(text)
    label = REASON.sub("", BOARD.sub("", label)).strip()
    plain = " ".join(label.lower().split())
    if plain in NOT_RATED:
        return Rating()
    years = ABROAD.get((country, plain), LETTERS.get(plain))
    if years is None:
        age = AGE.match(plain)
        years = min(int(age[1]), GROWN_UP_YEARS) if age else GROWN_UP_YEARS
    return Rating(years, f"FSK {label}" if country == "de" and label.isdecimal() else label)


def _country(text: str) -> tuple[str, str]:
    """The country's two letters, "" where none is named, and what is left."""
    found = COUNTRY.match(text)
    name = (found[1] or found[3]).strip().lower() if found else ""
    # "TV-MA", "PG-13" and "NC-17" begin with no country.
    if found is None or name in {"tv", "pg", "nc", "ma", "vm"} or (len(name) > 2 and name not in COUNTRIES):
        return "", text
    return COUNTRIES.get(name, name), found[2] or found[4] or ""
