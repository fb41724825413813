"""Search: what people type, and what they meant."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.place import CALL, GROWN_UP, Place
from matinee.contracts.catalog_pb2 import SearchRequest
from matinee.library.folding import fold, words
from matinee.library.nfo import Credit, Notes
from matinee.library.rights import Terms
from matinee.library.search import Mark, SearchIndex
from matinee.library.shelf import Known


def film(name: str, plot: str = "", people: tuple[str, ...] = (), genres: tuple[str, ...] = ()) -> Known:
    notes = Notes(plot=plot, genres=genres, credits=(Credit("Directed by", people),))
    return Known(name, "film", name, 0, notes, Terms())


def episode(name: str, series: str) -> Known:
    return Known(f"{series}/{name}", "episode", name, 0, Notes(), Terms(), series_name=series)


FILMS = [
    film("Amélie", people=("Jean-Pierre Jeunet",), genres=("Comedy", "Romance")),
    film("The Shore Has No Length", plot="A coast of the Mandelbrot set.", genres=("Short",)),
    film("Shore", plot="Somebody waits."),
    film("Windfall", plot="A leaf falls on the shore.", people=("Ada Shoreman",)),
    film("Comedy of Leaves", genres=("Drama",)),
    film("Straße nach Łódź"),
    film("R.O.P.E."),
    film("Spider-Man"),
    film("七人の侍", people=("黒澤明",)),
    Known("lessons", "series", "Lessons in Light", 0, Notes(), Terms()),
    episode("Red", "Lessons in Light"),
    episode("First Light", "Lessons in Light"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex(tmp_path_factory.mktemp("search") / "index")
    index.update(FILMS, (), Mark("library", 1))
    return index


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("amelie", "Amélie"),
        ("AMÉLIE", "Amélie"),
        ("amlie", "Amélie"),
        ("jeunet", "Amélie"),
        ("jean pierre jeunte", "Amélie"),
        ("shore", "Shore"),
        ("the shore", "The Shore Has No Length"),
        ("shoer lenght", "The Shore Has No Length"),
        ("mandelbrot", "The Shore Has No Length"),
        ("comedy", "Comedy of Leaves"),
        ("romance", "Amélie"),
        ("strasse", "Straße nach Łódź"),
        ("lodz", "Straße nach Łódź"),
        ("rope", "R.O.P.E."),
        ("spiderman", "Spider-Man"),
        ("spider man", "Spider-Man"),
        ("侍", "七人の侍"),
        ("lessons in lihgt", "lessons"),
        ("red", "Lessons in Light/Red"),
        ("lessons red", "Lessons in Light/Red"),
    ],
)
def test_what_was_meant_comes_first(index: SearchIndex, text: str, best: str) -> None:
    """Without accents, with a slip of the finger, by a person, a genre or a word of the plot; a name beats all others."""
    assert index.search(text, 10)[:1] == [best]


@pytest.mark.parametrize("name", ["Amélie", "Windfall", "The Shore Has No Length", "Straße nach Łódź", "Spider-Man", "R.O.P.E."])
def test_every_beginning_of_a_name_finds_it(index: SearchIndex, name: str) -> None:
    """From the first letter to the last, as somebody types."""
    for length in range(1, len(name) + 1):
        assert name in index.search(name[:length], 20), name[:length]


def test_a_name_is_found_before_a_person_and_a_person_before_a_plot(index: SearchIndex) -> None:
    """Of all that has to do with a shore, the one called so is first and the one that only tells of one last."""
    assert index.search("shore", 10) == ["Shore", "The Shore Has No Length", "Windfall"]


def test_a_series_is_found_once_by_its_name(index: SearchIndex) -> None:
    """Its episodes come only to who asks for more than their series."""
    assert index.search("lessons", 10) == ["lessons"]
    assert set(index.search("light", 10)) == {"lessons", "Lessons in Light/First Light"}


@pytest.mark.parametrize("text", ["", "   ", "!?", "…", "zzzzqqqq", "wind fall zzz"])
def test_nothing_is_found_where_nothing_is_asked_or_meant(index: SearchIndex, text: str) -> None:
    """No words, no answer; and all the words must be found."""
    assert index.search(text, 10) == []


@given(st.text(max_size=80))
def test_whatever_is_typed_is_no_error(text: str) -> None:
    """No text breaks the folding, and folding twice is folding once."""
    assert fold(fold(text)) == fold(text)
    assert all(word for word in words(text))


@pytest.mark.parametrize("text", ['name:"x" AND (', "a" * 5000, "+-*/~^\\", "\x00", "😀 🎬", "-- ; delete"])
def test_odd_questions_are_questions(index: SearchIndex, text: str) -> None:
    """Nothing that is typed is a command."""
    assert index.search(text, 10) == []


def test_searching_goes_on_while_films_are_taken_in(tmp_path: Path) -> None:
    """Whoever searches while the library grows finds, every time, what was there before."""
    index = SearchIndex(tmp_path / "index")
    index.update(FILMS, (), Mark("library", 1))
    with ThreadPoolExecutor(2) as others:
        found = others.map(partial(index.search, most=5), ["amelie"] * 400)
        for revision in range(2, 8):
            index.update([film(f"Newcomer {revision}")], (), Mark("library", revision))
        assert set(map(tuple, found)) == {("Amélie",)}
    assert index.search("newcomer 7", 5) == ["Newcomer 7"]


async def test_a_film_is_found_once_it_is_there_and_no_longer_when_it_is_gone(tmp_path: Path) -> None:
    """Search follows the library: a film added, renamed by its notes, taken away."""
    place = Place(tmp_path)
    await place.catalog.start()
    path = place.film("Windfall.mkv")
    await place.catalog.scan()
    assert await place.searched("windfal") == ["Windfall"]
    path.with_suffix(".nfo").write_text("<movie><title>Slow Weather</title></movie>")
    await place.catalog.scan()
    assert await place.searched("windfall") == []
    assert await place.searched("slow wether") == ["Slow Weather"]
    path.unlink()
    await place.catalog.scan()
    assert await place.searched("slow") == []
    await place.close()


async def test_the_index_is_only_a_cache(tmp_path: Path) -> None:
    """Lost, broken, or of another library: the next start makes it anew from the titles."""
    place = Place(tmp_path)
    await place.catalog.start()
    place.film("Windfall.mkv")
    await place.catalog.scan()
    assert await place.searched("windfall") == ["Windfall"]

    async def found_after_a_restart() -> list[str]:
        await place.catalog.close()
        place.catalog = place.another((place.films,))
        await place.catalog.start()
        return await place.searched("windfall")

    # The index that is open still watches the folder, and may put its lock file there.
    shutil.rmtree(tmp_path / "search", ignore_errors=True)
    assert await found_after_a_restart() == ["Windfall"]
    for file in (tmp_path / "search").rglob("meta.json"):
        file.write_text("{")
    assert await found_after_a_restart() == ["Windfall"]
    SearchIndex(tmp_path / "search").update([film("Windfall of Others")], (), Mark("another library", 10**6))
    assert await found_after_a_restart() == ["Windfall"]
    await place.close()


def test_an_index_is_made_anew_under_the_eyes_of_an_older_one(tmp_path: Path) -> None:
    """An open index watches its folder from a thread of its own, and puts a lock file there at any moment."""
    index = SearchIndex(tmp_path)
    lock = next(tmp_path.iterdir()) / ".tantivy-meta.lock"
    is_over = Event()

    def watch() -> None:
        while not is_over.is_set():
            with suppress(FileNotFoundError):
                lock.touch()

    with ThreadPoolExecutor() as pool:
        watching = pool.submit(watch)
        try:
            for number in range(50):
                index.update([film(f"Windfall {number}")], (), Mark(f"library {number}", 1))
                assert index.search("windfall", 9) == [f"Windfall {number}"]
        finally:
            is_over.set()
        watching.result()


async def test_a_page_of_hits_is_full_however_many_are_not_for_me(tmp_path: Path) -> None:
    """What a child may not see takes no place from what it may."""
    place = Place(tmp_path)
    await place.catalog.start()
    for number in range(60):
        rated = "G" if number >= 55 else "R"
        notes = f"<movie><title>Leaf {number}</title><mpaa>{rated}</mpaa></movie>"
        place.film(f"{number}.mkv", notes=notes)
    await place.catalog.scan()
    await place.catalog.index()
    child = SearchRequest(text="leaf", limit=4)
    child.audience.maturity_limit = 6
    assert len((await place.catalog.search(child, CALL)).titles) == 4
    assert len((await place.catalog.search(SearchRequest(text="leaf", audience=GROWN_UP, limit=4), CALL)).titles) == 4
    await place.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from matinee.library.nfo import Notes
from matinee.library.rights import Terms
from matinee.library.search import Mark, SearchIndex
from matinee.library.shelf import Known
index = SearchIndex(Path(sys.argv[1]))
for round in range(1, 10_000):
    name = f"Film {round}"
    index.update([Known(name, "film", name, 0, Notes(), Terms())], (), Mark("library", round))
    print(round, flush=True)
"""


def test_an_index_killed_in_mid_work_is_as_it_was_at_its_last_commit(tmp_path: Path) -> None:
    """After `kill -9` the mark and what is found agree, and at most the last change is missing."""
    worker = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "index")], stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    said = 0
    while said < 5:
        said = int(worker.stdout.readline())
    os.kill(worker.pid, signal.SIGKILL)
    said = max([said, *(int(line) for line in worker.stdout.read().split())])
    worker.wait()
    index = SearchIndex(tmp_path / "index")
    assert said <= index.mark.revision <= said + 1
    assert len(index.search("film", 10_000)) == index.mark.revision
