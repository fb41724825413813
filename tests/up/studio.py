"""`matinee studio`, as its owner types it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from films import short_film
from letterbox import the_operator
from matinee.up.adding import CannotAdd, additions, copy
from running import House


@pytest.mark.xdist_group("house")
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
    book = the_operator(house).graphql('{ operator { acts(text: "add films") { acts { by about outcome } } } }')
    line = {"by": "at the machine", "about": f'film: "{film.name}"', "outcome": "done"}
    assert book["operator"]["acts"]["acts"].count(line) == 2
    again = json.loads(typed("jobs", "--finished", "--json", "--state", str(house.state)).stdout)
    assert [job["job"] for job in again if job["film"] == film.name] == [mine["job"]]


@pytest.mark.xdist_group("house")
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


def test_a_film_never_takes_the_place_of_another(tmp_path: Path) -> None:
    """Two films of one name are both kept, with what lies beside them; adding them again, or a copy of one, brings nothing."""
    films = tmp_path / "films"
    for folder in ("a", "b", "a/Show", "b/Show"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "film.mp4").write_text(folder)
        (tmp_path / folder / "film.en.srt").write_text(folder)
    paths = [tmp_path / place for place in ("a/film.mp4", "b/film.mp4", "a/Show", "b/Show")]
    for _ in range(2):
        copy(additions(paths, films), films, lambda _: None)
        there = {str(path.relative_to(films)): path.read_text() for path in films.rglob("*.*")}
        named = {"film": "a", "film (b)": "b", "Show/film": "a/Show", "Show (b)/film": "b/Show"}
        assert there == {f"{name}{kind}": text for name, text in named.items() for kind in (".mp4", ".en.srt")}
    (tmp_path / "c").mkdir()
    shutil.copyfile(tmp_path / "a" / "film.mp4", tmp_path / "c" / "film.mp4")
    assert all(each.is_there for each in additions([tmp_path / "c" / "film.mp4"], films))


def test_a_link_to_a_film_is_a_film(tmp_path: Path) -> None:
    """A film that lies elsewhere comes under the name of its link, with what lies beside the link."""
    (tmp_path / "Film.mkv").symlink_to(tmp_path / "0f3a")
    (tmp_path / "0f3a").write_text("film")
    (tmp_path / "Film.srt").write_text("words")
    films = tmp_path / "films"
    copy(additions([tmp_path / "Film.mkv"], films), films, lambda _: None)
    assert {path.name: path.read_text() for path in films.iterdir()} == {"Film.mkv": "film", "Film.srt": "words"}


def test_what_a_death_left_half_copied_is_cleared_and_what_is_being_copied_stays(tmp_path: Path) -> None:
    """Copies broken off more than an hour ago take no room for ever."""
    films = tmp_path / "films"
    (films / "Show").mkdir(parents=True)
    half = films / "Show" / ".0123456789ab.part"
    half.write_text("half")
    copy([], films, lambda _: None)
    assert half.exists()
    copy([], films, lambda _: None, abandoned_s=-1)
    assert not half.exists()
