"""Walks the owner's folders and says what is there. Reads only: nothing in a library is ever written, moved or renamed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from matinee.library.naming import film_name, is_film, is_ignored_folder
from matinee.library.nfo import MOST_BYTES, FilmNotes, film_notes


@dataclass(frozen=True)
class Found:
    """A film on disk, named as well as its path allows. `notes_ns` is its side-car's time, 0 without one."""

    path: str
    size_bytes: int
    modified_ns: int
    notes_ns: int
    guessed_name: str
    guessed_year: int


def films_in(library: Path) -> Iterator[Found]:
    """Every film below the folder, in the order of its name. A folder that cannot be read is passed over."""
    yield from _walk(library, library)


def notes_beside(path: str) -> FilmNotes:
    """What the owner's side-car says: `<stem>.nfo`, else `movie.nfo` when the film has a folder of its own."""
    film = Path(path)
    for sidecar in _sidecars(film):
        try:
            with sidecar.open("rb") as file:
                return film_notes(file.read(MOST_BYTES + 1))
        except OSError:
            continue
    return FilmNotes()


def _walk(library: Path, folder: Path) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    if any(entry.name == ".nomedia" or (entry.name == ".ignore" and _empty(entry)) for entry in inside):
        return
    for entry in inside:
        if _is_folder(entry):
            if not is_ignored_folder(entry.name):
                yield from _walk(library, Path(entry.path))
            continue
        relative = PurePosixPath(Path(entry.path).relative_to(library).as_posix())
        if is_film(relative):
            found = _found(entry, relative)
            if found:
                yield found


def _found(entry: os.DirEntry[str], relative: PurePosixPath) -> Found | None:
    try:
        stat = entry.stat()
    except OSError:
        return None
    name = film_name(relative)
    return Found(entry.path, stat.st_size, stat.st_mtime_ns, _notes_ns(Path(entry.path)), name.name, name.year)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _empty(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.stat().st_size == 0
    except OSError:
        return False


def _sidecars(film: Path) -> tuple[Path, Path]:
    return film.with_suffix(".nfo"), film.with_name("movie.nfo")


def _notes_ns(film: Path) -> int:
    for sidecar in _sidecars(film):
        try:
            return sidecar.stat().st_mtime_ns
        except OSError:
            continue
    return 0
