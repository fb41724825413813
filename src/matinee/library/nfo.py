"""Reads a Kodi-style `.nfo`: what its owner says of a film, a series or an episode. Broken ones say nothing and harm nothing.

Format: kodi.wiki/view/NFO_files. Two elements are ours: `<licence url="…">name</licence>`, for films that must carry it, and
`<rights countries="DE AT" from="2026-01-01" until="2026-12-31"/>`. A limit that cannot be read stays shut.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from matinee.library.genres import genre_names
from matinee.library.ratings import rating
from matinee.library.rights import Terms

MOST_BYTES = 1_000_000
LONGEST_TEXT = 10_000
DAY_MS = 86_400_000
NOT_YET_MS = 253_402_300_800_000  # the year 10000: where a date cannot be read


@dataclass(frozen=True)
class Credit:
    """`characters` stand beside the names of the cast, "" where nobody said."""

    role: str
    names: tuple[str, ...]
    characters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notes:
    """What an owner wrote; empty where nothing was said."""

    name: str = ""
    year: int = 0
    plot: str = ""
    tagline: str = ""
    genres: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = field(default_factory=tuple)
    licence_name: str = ""
    licence_url: str = ""
    rating: str = ""  # its label
    terms: Terms = field(default_factory=Terms)
    premiered: str = ""  # an ISO date


ROLES = (
    (("director",), "Directed by"),
    (("writer",), "Written by"),
    (("creator",), "Created by"),
    (("credits",), "Made by"),
    (("composer",), "Music"),
    (("studio",), "Studio"),
)
CAST = "With"


def owners_notes(content: bytes, episodes: Sequence[int] = ()) -> Notes:
    """The notes in a side-car's bytes; Notes() where it is no XML, too large, or forbids reading.

    A side-car may speak of several episodes, each in a root of its own: those of the numbers in `episodes` are joined.
    """
    if len(content) > MOST_BYTES:
        return Notes()
    try:
        roots = _roots(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return Notes()
    numbers = {str(number) for number in episodes}
    meant = [root for root in roots if (_first(root, "episode").lstrip("0") or "0") in numbers]
    found = [_notes(root) for root in (meant if len(roots) > 1 and meant else roots[:1])]
    if len(found) < 2:
        return found[0] if found else Notes()
    joined = {part: "\n".join(filter(None, (getattr(each, part) for each in found))) for part in ("name", "plot")}
    return replace(found[0], name=joined["name"].replace("\n", " / "), plot=joined["plot"].replace("\n", " "))


def _roots(content: bytes) -> list[Element]:
    """The file's root; or all of them, where it has several, or an address after the last one."""
    try:
        return [fromstring(content, forbid_dtd=True)]
    except ParseError:
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", content.decode("utf-8-sig"))
        whole: Element = fromstring(f"<notes>{text[: text.rindex('>') + 1]}</notes>", forbid_dtd=True)
        return list(whole)


def _notes(root: Element) -> Notes:
    licence = root.find("licence")
    url = licence.get("url", "") if licence is not None else ""
    rated = rating([*_all(root, "mpaa"), *_all(root, "certification"), *(t for t in _all(root, "rating") if t[0].isalpha())])
    return Notes(
        name=_first(root, "title") or _first(root, "localtitle"),
        year=_year(root),
        plot=_first(root, "plot") or _first(root, "outline"),
        tagline=_first(root, "tagline"),
        genres=genre_names(_all(root, "genre")),
        credits=_credits(root),
        licence_name=_first(root, "licence"),
        licence_url=url if url.startswith(("https://", "http://")) else "",
        rating=rated.label,
        terms=_terms(root, rated.years),
        premiered=_date(_first(root, "aired") or _first(root, "premiered")),
    )


def _credits(root: Element) -> tuple[Credit, ...]:
    made = [
        Credit(role, tuple(dict.fromkeys(name for tag in tags for text in _all(root, tag) for name in text.split(" / "))))
        for tags, role in ROLES
    ]
    cast = {name: _first(actor, "role") for actor in root.iterfind("actor") if (name := _first(actor, "name"))}
    with_them = Credit(CAST, tuple(cast), tuple(cast.values()))
    return tuple(credit for credit in (*made, with_them) if credit.names)


def _terms(root: Element, years: int | None) -> Terms:
    rights = root.find("rights")
    if rights is None:
        return Terms(years=years)
    countries = re.findall(r"\b[A-Z]{2}\b", rights.get("countries", "").upper())
    begins, ends = rights.get("from", "").strip(), rights.get("until", "").strip()
    return Terms(
        years=years,
        countries=frozenset(countries) if rights.get("countries", "").strip() else None,
        from_ms=_moment_ms(begins, NOT_YET_MS) if begins else 0,
        until_ms=_moment_ms(ends, 0, last_day=True) if ends else None,
    )


def _moment_ms(text: str, unreadable_ms: int, *, last_day: bool = False) -> int:
    """A date or a moment, in UTC unless it says otherwise. A last day counts to its end."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return unreadable_ms
    moment_ms = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    # Added to the number, not to the date: the calendar ends with the year 9999, which many write for "always".
    return moment_ms + DAY_MS if last_day and len(text) <= len("2026-12-31") else moment_ms


def _first(root: Element, tag: str) -> str:
    return next(iter(_all(root, tag)), "")


def _all(root: Element, tag: str) -> tuple[str, ...]:
    return _texts(root.iterfind(tag))


def _texts(elements: Iterable[Element]) -> tuple[str, ...]:
    texts = (" ".join("".join(element.itertext()).split())[:LONGEST_TEXT] for element in elements)
    return tuple(dict.fromkeys(text for text in texts if text))


def _year(root: Element) -> int:
    for tag in ("year", "premiered", "releasedate", "aired"):
        digits = _first(root, tag)[:4]
        if digits.isdecimal() and 1870 <= int(digits) <= 2200:
            return int(digits)
    return 0


def _date(text: str) -> str:
    try:
        return datetime.fromisoformat(text[:10]).date().isoformat()
    except ValueError:
        return ""
