"""Series, seasons and episodes, read off paths as their owners write them."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.library.episodes import place_in_series


@pytest.mark.parametrize(
    ("path", "series", "season", "numbers", "name"),
    [
        ("Alpha (2019)/Season 01/Alpha S01E02 The Long Night.mkv", "Alpha (2019)", 1, (2,), "The Long Night"),
        ("Alpha/Season 1/Alpha.S01E02.The.Long.Night.720p.WEB-DL.mkv", "Alpha", 1, (2,), "The Long Night"),
        ("Alpha/Alpha 1x02 - Dusk.mkv", "Alpha", 1, (2,), "Dusk"),
        ("Alpha/Season 3 Episode 4.mkv", "Alpha", 3, (4,), ""),
        ("Alpha/Specials/Alpha S00E01.mkv", "Alpha", 0, (1,), ""),
        ("Alpha/Staffel 2/03 - Etwas.mkv", "Alpha", 2, (3,), "Etwas"),
        ("Alpha/Season 2/Making it.mkv", "Alpha", 2, (), "Making it"),
        ("Alpha/Season 1/Alpha S01E01/Alpha S01E01.mkv", "Alpha", 1, (1,), ""),
        ("Show.S02E05-E07.mkv", "show", 2, (5, 6, 7), ""),
        ("Show.S02E05E06E09.mkv", "show", 2, (5, 6, 9), ""),
        ("Show S01E01-03 Three.mkv", "show", 1, (1, 2, 3), "Three"),
        ("Show.S01E01-1080p.mkv", "show", 1, (1,), ""),
        ("Show.S01E05-E02.mkv", "show", 1, (5,), ""),
        ("Show.S01.1080p/show.s01e01.mkv", "show", 1, (1,), ""),
        ("Show.S01E03.720p-GRP/abc.mkv", "show", 1, (3,), ""),
        ("Downloads/Show.S01E01.mkv", "Downloads/show", 1, (1,), ""),
        ("Season 1/Alpha S01E01.mkv", "alpha", 1, (1,), ""),
    ],
)
def test_an_episode_knows_its_place(path: str, series: str, season: int, numbers: tuple[int, ...], name: str) -> None:
    """The usual ways of naming an episode give its series, season, numbers and name."""
    place = place_in_series(PurePosixPath(path), "Shows")
    assert place is not None
    assert (place.series_path, place.season, place.numbers, place.name) == (series, season, numbers, name)
    assert place.reason


@pytest.mark.parametrize(
    ("path", "season", "numbers", "premiered"),
    [
        ("Alpha/2026-03-04 News.mkv", 2026, (304,), "2026-03-04"),
        ("Alpha/04.03.2026.mkv", 2026, (304,), "2026-03-04"),
        ("Alpha/[Grp] Alpha - 03 [1080p].mkv", 1, (3,), ""),
        ("Alpha/Alpha 117.mkv", 1, (117,), ""),
        ("Alpha/102.mkv", 1, (2,), ""),
        ("Alpha/2/05.mkv", 2, (5,), ""),
        ("Alpha/Episode 16.mkv", 1, (16,), ""),
        ("Alpha/Alpha 1984.mkv", 1, (), ""),
    ],
)
def test_inside_a_series_less_will_do(path: str, season: int, numbers: tuple[int, ...], premiered: str) -> None:
    """Below a `tvshow.nfo` a date or a bare number makes an episode; a year does not."""
    place = place_in_series(PurePosixPath(path), "Shows", show_depth=1)
    assert place is not None
    assert (place.series_path, place.season, place.numbers, place.premiered) == ("Alpha", season, numbers, premiered)


@pytest.mark.parametrize(
    "path",
    [
        "Windfall (2019)/Windfall (2019).mkv",
        "Apollo 13.mkv",
        "Holiday 2019-07-04.mp4",
        "Series 7 (2001)/Series 7 (2001).mkv",
        "Movie.1920x1080.mkv",
        "Film 16x9.mkv",
        "Film.x264.mkv",
        "1984.mkv",
        "The 4x4 Race.mkv",
    ],
)
def test_a_film_is_no_episode(path: str) -> None:
    """Numbers in a film's name, its size or its date make no series of it."""
    assert place_in_series(PurePosixPath(path), "Films") is None


PARTS = st.text(alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(st.lists(PARTS, min_size=1, max_size=4), st.integers(-1, 3))
def test_every_path_is_read(parts: list[str], show_depth: int) -> None:
    """However odd the names, an episode has a series with a name, and rising numbers."""
    path = PurePosixPath(*(part for part in parts if part not in {".", ".."}), "x S01E02.mkv")
    place = place_in_series(path, "Shows", min(show_depth, len(path.parts) - 1))
    assert place is not None
    assert place.series_name
    assert list(place.numbers) == sorted(set(place.numbers))
