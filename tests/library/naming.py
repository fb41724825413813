"""A film's name and year, read off paths as their owners write them."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.library.naming import film_name, is_film


@pytest.mark.parametrize(
    ("path", "name", "year"),
    [
        ("Windfall (2019).mp4", "Windfall", 2019),
        ("Windfall (2019)/Windfall (2019).mkv", "Windfall", 2019),
        ("Windfall (2019)/windfall.2019.1080p.bluray.x264-GRP.mkv", "Windfall", 2019),
        ("Windfall.2019.1080p.WEB-DL.mkv", "Windfall", 2019),
        ("The.Slow.Weather.720p.HDTV.x264.mkv", "The Slow Weather", 0),
        ("2012 (2009).mkv", "2012", 2009),
        ("1917.2019.2160p.mkv", "1917", 2019),
        ("1984.mkv", "1984", 0),
        ("Blade Walker 2049 (2017).mkv", "Blade Walker 2049", 2017),
        ("R.O.P.E. (1948).avi", "R.O.P.E.", 1948),
        ("Windfall (2019) [tmdbid-12345].mkv", "Windfall", 2019),
        ("Windfall (2019) {edition-Extended}.mkv", "Windfall", 2019),
        ("[group] Windfall (2019).mkv", "Windfall", 2019),
        ("Subtle Hours.mkv", "Subtle Hours", 0),
        ("Holiday 2019-07-04.mp4", "Holiday 2019-07-04", 0),
        ("Élan vital_(1962).ogv", "Élan vital", 1962),
        ("Shelf/Quiet.mp4", "Quiet", 0),
        ("(2019).mp4", "(2019)", 0),
    ],
)
def test_names_and_years_are_read_as_their_owner_meant_them(path: str, name: str, year: int) -> None:
    """The usual ways of naming a film give its name and year."""
    found = film_name(PurePosixPath(path))
    assert (found.name, found.year) == (name, year)
    assert found.reason


@pytest.mark.parametrize(
    "path",
    [
        "Windfall (2019)/Windfall (2019)-trailer.mp4",
        "Windfall (2019)/Windfall-trailer2.mp4",
        "Windfall (2019)/trailers/One.mp4",
        "Windfall (2019)/Behind the Scenes/One.mp4",
        "Windfall (2019)/sample.mkv",
        "Windfall (2019)/Windfall.sample.mkv",
        "Windfall (2019)/Windfall (2019).srt",
        "Windfall (2019)/poster.jpg",
        ".hidden/Windfall.mkv",
        "@eaDir/Windfall.mkv",
        "._Windfall.mkv",
        "Windfall.mkv.part",
    ],
)
def test_what_is_no_film_is_passed_over(path: str) -> None:
    """Trailers, samples, side-cars, pictures and hidden files are not titles."""
    assert not is_film(PurePosixPath(path))


def test_a_library_may_be_called_like_an_extras_folder() -> None:
    """A folder of shorts at the top of a library holds films, not extras."""
    assert is_film(PurePosixPath("Shorts/Windfall.mp4"))


@given(st.text(alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_every_name_gives_some_title(stem: str) -> None:
    """However odd a file's name, its title has a name and never a made-up year."""
    found = film_name(PurePosixPath(f"{stem}.mkv"))
    assert found.name
    assert found.year == 0 or str(found.year) in stem
