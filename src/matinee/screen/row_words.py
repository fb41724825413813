"""What recommended rows are called, and why a title stands in one: plain sentences that are true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from babel import Locale

Kind = Literal["top-ten", "trending", "because", "for-you", "for-you-genre", "newcomers", "popular"]

How = Literal["watched", "liked", "picked"]
"""What a viewer did with the title that is cited."""

TERRITORIES = cast("Mapping[str, str]", Locale("en").territories)


@dataclass(frozen=True)
class Placed:
    """Why a title stands in a row; `because_of` is the name of one that was watched, liked or picked, empty: none is told."""

    because_of: str = ""
    how: How = "watched"
    place: int = 0
    viewers: int = 0


def where(country: str) -> str:
    """ " in Germany", or nothing where the country is not known."""
    name = TERRITORIES.get(country.upper(), "")
    return f" in {name}" if name else ""


def name_of(kind: Kind, country: str, genre: str = "", about: str = "", how: How = "watched") -> str:
    match kind:
        case "top-ten":
            return f"Top 10{where(country)}"
        case "trending":
            return "Trending now"
        case "because":
            return because(about, how)
        case "for-you":
            return "For you"
        case "for-you-genre":
            return f"{genre} for you"
        case "newcomers":
            return "New for you"
        case "popular":
            return f"Popular{where(country)}"


def reason_of(kind: Kind, country: str, genre: str, placed: Placed, *, unwatched: bool = False) -> str:
    """`unwatched`: nothing of the genre was watched, it was liked or picked."""
    if placed.place:
        watched = "one profile" if placed.viewers == 1 else f"{placed.viewers:,} profiles"
        return f"No. {placed.place} this week: {watched} watched it"
    if placed.because_of:
        return because(placed.because_of, placed.how)
    match kind:
        case "trending":
            return "Watched far more than usual these days"
        case "popular":
            return f"Many watch it{where(country)}"
        case "newcomers":
            return "New here"
        case "for-you-genre":
            return f"You {'like' if unwatched else 'watch'} {genre}"
        case _:
            return ""


def because(name: str, how: How) -> str:
    return f"Because you {how} {name}"
