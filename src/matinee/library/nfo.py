"""Reads a Kodi-style `.nfo`: what its owner says of a film. Broken ones say nothing and harm nothing.

Format: kodi.wiki/view/NFO_files/Movies. `<licence url="…">name</licence>` is ours, for films that must carry it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_BYTES = 1_000_000
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Credit:
    role: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class FilmNotes:
    """What an owner wrote; empty where nothing was said."""

    name: str = ""
    year: int = 0
    plot: str = ""
    genres: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = field(default_factory=tuple)
    licence_name: str = ""
    licence_url: str = ""


ROLES = (
    ("director", "Directed by"),
    ("writer", "Written by"),
    ("credits", "Made by"),
    ("studio", "Studio"),
    ("composer", "Music"),
)


def film_notes(content: bytes) -> FilmNotes:
    """The notes in a side-car's bytes; FilmNotes() where it is not XML of a film, too large, or forbids reading."""
    if len(content) > MOST_BYTES:
        return FilmNotes()
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return FilmNotes()
    licence = root.find("licence")
    url = licence.get("url", "") if licence is not None else ""
    roles = [Credit(role, _texts(root.iterfind(tag))) for tag, role in ROLES]
    actors = Credit("With", _texts(root.iterfind("actor/name")))
    return FilmNotes(
        name=_first(root, "title"),
        year=_year(root),
        plot=_first(root, "plot"),
        genres=_texts(root.iterfind("genre")),
        credits=tuple(credit for credit in (*roles, actors) if credit.names),
        licence_name=_first(root, "licence"),
        licence_url=url if url.startswith(("https://", "http://")) else "",
    )


def _first(root: Element, tag: str) -> str:
    return next(iter(_texts(root.iterfind(tag))), "")


def _texts(elements: Iterable[Element]) -> tuple[str, ...]:
    texts = (" ".join("".join(element.itertext()).split())[:LONGEST_TEXT] for element in elements)
    return tuple(dict.fromkeys(text for text in texts if text))


def _year(root: Element) -> int:
    for tag in ("year", "premiered", "releasedate"):
        digits = _first(root, tag)[:4]
        if digits.isdecimal() and 1870 <= int(digits) <= 2200:
            return int(digits)
    return 0
