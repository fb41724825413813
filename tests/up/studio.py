"""`matinee studio`, as its owner types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from films import short_film
from matinee.up.adding import CannotAdd, additions, copy
from running import House


def test_a_film_is_added_followed_and_listed(house: House, tmp_path: Path) -> None:
    """I add a film with its notes and wait until it plays; the list and its card know it, and adding it again makes nothing."""
    film = short_film(tmp_path / "mine", "Added", seconds=3, sound=False)
    told = typed("add", str(film), "--state", str(house.state))
    assert told.returncode == 0, told.stdout + told.stderr
    there = house.state / "films" / film.name
    assert there.read_bytes() == film.read_bytes()
    assert there.with_suffix(".nfo").exists()
    jobs = json.loads(typed("jobs", "--finished", "--json", "--state", str(house.state)).stdout)
    mine = next(job for job in jobs if job["film"] == film.name)
    assert mine["playable"]
    assert film.name in typed("show", mine["job"], "--state", str(house.state)).stdout
    assert typed("add", str(film), "--state", str(house.state)).returncode == 0
    again = json.loads(typed("jobs", "--finished", "--json", "--state", str(house.state)).stdout)
    assert [job["job"] for job in again if job["film"] == film.name] == [mine["job"]]


def test_mistakes_are_answered_in_words(house: House, tmp_path: Path) -> None:
    """A wrong job, a house that was never opened and a file that is no film: each says what to do."""
    state = str(house.state)
    assert "There is no such job" in typed("cancel", "nonsense", "--state", state).stderr
    assert "matinee up --state" in typed("jobs", "--state", str(tmp_path / "nowhere")).stderr
    (tmp_path / "letter.txt").write_text("dear film")
    assert "no film by its name" in typed("add", str(tmp_path / "letter.txt"), "--state", state).stderr
    assert "no such file" in typed("add", str(tmp_path / "gone.mkv"), "--state", state).stderr


def test_what_lies_beside_a_film_comes_with_it_and_first(tmp_path: Path) -> None:
    """Subtitles and posters are there before the film is, and a neighbour's stay where they are."""
    mine, films = tmp_path / "mine", tmp_path / "films"
    mine.mkdir()
    for name in ("Film.mkv", "Film.en.srt", "Film-poster.jpg", "Filmed.srt", "Other.mkv", "notes.txt"):
        (mine / name).write_text(name)
    wanted = additions([mine / "Film.mkv"], films)
    assert [each.target.name for each in wanted] == ["Film-poster.jpg", "Film.en.srt", "Film.mkv"]
    copied: list[int] = []
    copy(wanted, films, copied.append)
    assert sum(copied) == sum(each.size_bytes for each in wanted)
    assert sorted(path.name for path in films.iterdir()) == ["Film-poster.jpg", "Film.en.srt", "Film.mkv"]
    assert all(each.is_there for each in wanted)


def test_a_folder_comes_whole_without_what_is_hidden(tmp_path: Path) -> None:
    """A series keeps its seasons; an empty folder is refused in words."""
    season = tmp_path / "Show" / "Season 1"
    season.mkdir(parents=True)
    for name in ("Show S01E01.mkv", "tvshow.nfo", ".hidden.mkv"):
        (season / name).write_text(name)
    wanted = additions([tmp_path / "Show"], tmp_path / "films")
    assert [str(each.target.relative_to(tmp_path / "films")) for each in wanted] == [
        "Show/Season 1/tvshow.nfo",
        "Show/Season 1/Show S01E01.mkv",
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotAdd, match="no film in"):
        additions([tmp_path / "empty"], tmp_path / "films")


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "matinee", "studio", *words], capture_output=True, text=True, timeout=90)
