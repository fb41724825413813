"""The demo library."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from matinee.studio.demo import place_film
from matinee.studio.demo_films import BIG_BUCK_BUNNY, GENERATED, DemoFilm, film_arguments, nfo
from matinee.studio.ladder import can_be_copied
from matinee.studio.probe import probe
from matinee.studio.tools import Bench, ToolFailed


@pytest.mark.parametrize("film", [BIG_BUCK_BUNNY, *GENERATED], ids=lambda film: film.stem)
def test_every_demo_film_says_what_it_is_who_made_it_and_on_what_terms(film: DemoFilm) -> None:
    """I can read beside each film whose it is and what I may do with it."""
    root = ElementTree.fromstring(nfo(film))
    assert root.findtext("title") == film.title
    assert root.findtext("year") == str(film.year)
    assert len(root.findtext("plot") or "") > 60
    assert root.findtext("studio")
    licence = root.find("licence")
    assert licence is not None
    assert licence.text
    assert licence.get("url", "").startswith("https://creativecommons.org/")


@pytest.mark.parametrize("film", GENERATED, ids=lambda film: film.stem)
def test_our_own_films_can_be_made_and_are_playable_by_copy(bench: Bench, tmp_path: Path, film: DemoFilm) -> None:
    """The films this machine makes have picture and sound and are watched without waiting."""
    made = tmp_path / "made.mp4"
    bench.ffmpeg(film_arguments(replace(film, length_s=1), str(made)))
    facts = probe(bench, made)
    assert (facts.video.width_px, facts.video.height_px, facts.video.fps) == (1280, 720, 24)
    assert [sound.channels for sound in facts.sounds] == [2]
    assert can_be_copied(facts)


def test_a_film_appears_whole_and_with_its_side_car(tmp_path: Path) -> None:
    """Whoever looks into the folder meanwhile sees no half-made film."""
    film = GENERATED[0]
    seen: list[str] = []

    def make(into: Path) -> None:
        into.write_bytes(b"half")
        seen.extend(path.suffix for path in tmp_path.rglob("*") if path.is_file())
        into.write_bytes(b"whole")

    place_film(tmp_path, film, make)
    assert ".mp4" not in seen
    folder = tmp_path / film.stem
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [f"{film.stem}.mp4", f"{film.stem}.nfo"]
    assert (folder / f"{film.stem}.mp4").read_bytes() == b"whole"
    place_film(tmp_path, film, lambda into: into.write_bytes(b"again"))
    assert (folder / f"{film.stem}.mp4").read_bytes() == b"whole"


def test_a_film_that_could_not_be_made_leaves_nothing_half_made(tmp_path: Path) -> None:
    """The next attempt starts clean."""

    def fail(into: Path) -> None:
        into.write_bytes(b"half")
        raise ToolFailed("ffmpeg ended with status 1")

    with pytest.raises(ToolFailed):
        place_film(tmp_path, GENERATED[0], fail)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
