"""Walks the owner's folders and says what is there. Reads only: nothing in a library is ever written, moved or renamed."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from matinee.library.naming import film_name, is_film, is_ignored_folder
from matinee.library.nfo import MOST_BYTES, FilmNotes, film_notes


@dataclass(frozen=True)
class Found:
    """A film on disk, named as well as its path allows. `notes` is its side-car's path, "" without one."""

    path: str
    size_bytes: int
    modified_ns: int
    notes: str
    notes_ns: int
    guessed_name: str
    guessed_year: int
    problem: str = ""  # why it cannot even be tried


def films_in(library: Path) -> Iterator[Found]:
    """Every film below the folder, in the order of its name. A folder that cannot be read is passed over."""
    yield from _walk(library, library)


def notes_of(film: Found) -> FilmNotes:
    """What the owner's side-car says; nothing when it cannot be read."""
    if not film.notes:
        return FilmNotes()
    try:
        with Path(film.notes).open("rb") as file:
            return film_notes(file.read(MOST_BYTES + 1))
    except OSError:
        return FilmNotes()


def _walk(library: Path, folder: Path) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    if any(entry.name == ".nomedia" or (entry.name == ".ignore" and _empty(entry)) for entry in inside):
        return
    relatives = {entry.name: PurePosixPath(Path(entry.path).relative_to(library).as_posix()) for entry in inside}
    films = [entry for entry in inside if not _is_folder(entry) and is_film(relatives[entry.name])]
    # A "movie.nfo" speaks of the one film that has this folder to itself.
    is_own_folder = folder != library and len(films) == 1
    for entry in inside:
        if _is_folder(entry) and not is_ignored_folder(entry.name):
            yield from _walk(library, Path(entry.path))
    for entry in films:
        found = _found(entry, relatives[entry.name], is_own_folder=is_own_folder)
        if found:
            yield found


def _found(entry: os.DirEntry[str], relative: PurePosixPath, *, is_own_folder: bool) -> Found | None:
    """None for what cannot be looked at, and for pipes and devices, which call themselves anything."""
    try:
        status = entry.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    path, name = _readable(entry.path), film_name(PurePosixPath(_readable(str(relative))))
    if path != entry.path:
        problem = "The letters of this file's name are not UTF-8. Rename the file, and it will be prepared."
        return Found(path, status.st_size, status.st_mtime_ns, "", 0, name.name, name.year, problem)
    notes, notes_ns = _sidecar(Path(path), is_own_folder=is_own_folder)
    return Found(path, status.st_size, status.st_mtime_ns, notes, notes_ns, name.name, name.year)


def _readable(path: str) -> str:
    """The path with what is no text written out, as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


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


def _sidecar(film: Path, *, is_own_folder: bool) -> tuple[str, int]:
    """The path and time of `<stem>.nfo`, else of `movie.nfo` where that can only mean this film; ("", 0) without either."""
    for sidecar in (film.with_suffix(".nfo"), *((film.with_name("movie.nfo"),) if is_own_folder else ())):
        try:
            status = sidecar.stat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            return str(sidecar), status.st_mtime_ns
    return "", 0
