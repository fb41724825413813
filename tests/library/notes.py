"""What an owner writes beside a film, read from its .nfo."""

import pytest

from matinee.library.nfo import Credit, Notes, owners_notes


def test_an_owners_notes_are_taken_over() -> None:
    """Name, year, plot, genres, people and licence come from the side-car."""
    notes = owners_notes(
        b"""<?xml version="1.0" encoding="UTF-8"?>
        <movie><title>Slow Weather</title><year>2019</year><plot>Rain,
          mostly.</plot><genre>Drama</genre><genre>Drama</genre><genre>Nature</genre>
        <director>A. Cloud</director><actor><name>B. Drop</name><role>Puddle</role></actor>
        <licence url="https://creativecommons.org/licenses/by/3.0/">CC BY 3.0</licence></movie>"""
    )
    assert notes == Notes(
        name="Slow Weather",
        year=2019,
        plot="Rain, mostly.",
        genres=("Drama", "Nature"),
        credits=(Credit("Directed by", ("A. Cloud",)), Credit("With", ("B. Drop",), ("Puddle",))),
        licence_name="CC BY 3.0",
        licence_url="https://creativecommons.org/licenses/by/3.0/",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"https://example.org/movie/1",
        b"<movie><title>unfinished",
        b"\xff\xfe\x00garbage",
        b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><movie><title>&b;</title></movie>',
        b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><movie><title>&x;</title></movie>',
        b"<movie>" + b"<plot>x</plot>" * 100_000 + b"</movie>",
    ],
)
def test_broken_or_hostile_notes_say_nothing_and_harm_nothing(content: bytes) -> None:
    """A damaged, endless or booby-trapped side-car is as if it were not there."""
    assert owners_notes(content) == Notes()


def test_a_link_that_is_no_web_address_is_dropped() -> None:
    """A licence's link cannot smuggle a script into a page."""
    notes = owners_notes(b'<movie><licence url="javascript:alert(1)">free</licence></movie>')
    assert (notes.licence_name, notes.licence_url) == ("free", "")


def test_a_right_that_never_ends_and_a_number_without_end_are_read_like_any_other() -> None:
    """The last day of the calendar means for good; an episode's number of five thousand digits is nobody's number."""
    forever = owners_notes(b'<movie><rights until="9999-12-31"/></movie>').terms.until_ms
    assert forever == 253_402_300_800_000
    endless = b"<episodedetails><title>A</title><episode>" + b"9" * 5000 + b"</episode></episodedetails>"
    other = b"<episodedetails><title>B</title><episode>02</episode></episodedetails>"
    assert owners_notes(endless + other, (2,)).name == "B"
