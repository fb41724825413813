"""The demo library."""

import fcntl
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from matinee.studio.captions import read_captions
from matinee.studio.demo import GENERATED, DemoSettings, generate, make_demo, place_film
from matinee.studio.demo_film import DemoFilm, nfo, subrip
from matinee.studio.demo_films import BIG_BUCK_BUNNY, SHORE, SLOW_WEATHER
from matinee.studio.demo_series import LESSONS
from matinee.studio.ladder import can_be_copied
from matinee.studio.letters import letters
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
    marks = ((0, film.chapters[0][1]), (1, film.chapters[1][1])) if film.chapters else ()
    generate(bench, replace(film, length_s=2, chapters=marks), made)
    facts = probe(bench, made)
    assert (facts.video.width_px, facts.video.height_px) in {(1280, 720), (1920, 1080)}
    assert facts.video.fps == 24
    assert [sound.channels for sound in facts.sounds] == [2] * len(film.sounds)
    assert [(mark.start_ms, mark.name) for mark in facts.chapters] == [(at_s * 1000, name) for at_s, name in marks]
    assert can_be_copied(facts)


def test_the_library_is_as_diverse_as_a_real_one() -> None:
    """Films and a series of two seasons, two languages to read, two sounds to hear, chapters, ratings of all kinds."""
    films = [film for film in GENERATED if not film.episode_of]
    assert len(films) == 6
    assert all(20 <= film.length_s <= 40 for film in films)
    lessons = [(film.season, film.episode) for film in GENERATED if film.episode_of]
    assert lessons == [(season, episode) for season in (1, 2) for episode in (1, 2, 3)]
    assert len({film.picture for film in GENERATED}) == len(GENERATED)
    assert [sound.language for sound in SLOW_WEATHER.sounds] == ["eng", "deu"]
    assert len({film.rating for film in GENERATED}) >= 5
    assert SHORE.chapters


@pytest.mark.parametrize("film", [film for film in GENERATED if film.captions], ids=lambda film: film.stem)
def test_our_subtitles_are_read_whatever_they_were_saved_as(film: DemoFilm) -> None:
    """English and German say as much, at the same moments, inside the film."""
    assert [captions.language for captions in film.captions] == ["en", "de"]
    for captions in film.captions:
        cues = read_captions(letters(subrip(captions), captions.language))
        assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
            (round(start_s * 1000), round(end_s * 1000), text) for start_s, end_s, text in captions.lines
        ]
        assert cues[-1].end_ms < film.length_s * 1000
    assert len(film.captions[0].lines) == len(film.captions[1].lines)


def test_an_episode_lies_in_its_season_and_its_series_says_what_it_is(tmp_path: Path) -> None:
    """Any media library would recognise the series."""
    place_film(tmp_path, LESSONS[4], lambda into: into.write_bytes(b"whole"))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "Lessons in Light (2026)/Season 2/Lessons in Light S02E02 Lattice.mp4",
        "Lessons in Light (2026)/Season 2/Lessons in Light S02E02 Lattice.nfo",
        "Lessons in Light (2026)/tvshow.nfo",
    ]
    series = ElementTree.parse(tmp_path / "Lessons in Light (2026)" / "tvshow.nfo").getroot()
    assert (series.tag, series.findtext("title")) == ("tvshow", "Lessons in Light")
    episode = ElementTree.fromstring(nfo(LESSONS[4]))
    assert (episode.tag, episode.findtext("season"), episode.findtext("episode")) == ("episodedetails", "2", "2")


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


def test_one_worker_makes_the_demo_and_another_leaves_its_work_alone(bench: Bench, tmp_path: Path) -> None:
    """What one worker has under way is not cleared away by a second that starts meanwhile; it comes again later."""
    under_way = tmp_path / ".12345678.part"
    under_way.write_bytes(b"half")
    with (tmp_path / ".making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not make_demo(DemoSettings(tmp_path, None), bench)
    assert under_way.exists()
