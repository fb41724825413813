"""Ratings and genres, as people write them."""

import pytest

from matinee.library.genres import genre_names
from matinee.library.ratings import rating


@pytest.mark.parametrize(
    ("text", "years", "label"),
    [
        ("PG-13", 13, "PG-13"),
        ("Rated R for violence", 17, "R"),
        ("TV-MA", 17, "TV-MA"),
        ("TV-Y7", 7, "TV-Y7"),
        ("FSK 12", 12, "FSK 12"),
        ("de:FSK 16", 16, "FSK 16"),
        ("DE-16", 16, "FSK 16"),
        ("UK:15", 15, "15"),
        ("12A", 12, "12A"),
        ("AU:M", 15, "M"),
        ("MA15+", 15, "MA15+"),
        ("Germany:12 / US:R", 17, "R"),
        ("Tous publics", 0, "Tous publics"),
        ("0", 0, "0"),
        ("NC-17", 18, "NC-17"),
        ("Banana", 18, "Banana"),
        ("Not Rated", None, ""),
        ("", None, ""),
    ],
)
def test_a_rating_becomes_years_and_keeps_its_label(text: str, years: int | None, label: str) -> None:
    """What a board wrote is understood; what nobody understands is for grown-ups; what nobody rated stays so."""
    found = rating([text])
    assert (found.years, found.label) == (years, label)


def test_of_several_ratings_the_strictest_counts() -> None:
    """A film that one country keeps from children is kept from them."""
    assert rating(["US:PG", "FSK 16", "nonsense of a scraper / G"]).years == 18
    assert rating(["US:PG", "FSK 16"]).label == "FSK 16"


def test_a_genre_has_one_name() -> None:
    """However it is spelt, one row holds all its films."""
    assert genre_names(["sci-fi", "Science Fiction", "SciFi", "Sci-Fi & Fantasy"]) == ("Science Fiction", "Fantasy")
    assert genre_names(["action/adventure", "Drama, COMEDY"]) == ("Action", "Adventure", "Drama", "Comedy")
    assert genre_names(["slice of life", "", "Film-Noir"]) == ("Slice of Life", "Film Noir")
