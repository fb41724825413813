"""From what lies in a folder to the films and series in it, named as well as their paths allow."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from matinee.library.episodes import Place, place_in_series
from matinee.library.naming import film_name, is_film
from matinee.library.sidecars import owner_of, stem_of

NOT_UTF8 = "The letters of this file's name are not UTF-8. Rename the file, and it will be prepared."


@dataclass(frozen=True)
class Seen:
    """A regular file."""

    path: str
    size_bytes: int
    modified_ns: int

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Listing:
    """One folder: the names of the folders in it, and its files, both in order."""

    path: str
    folders: tuple[str, ...]
    files: tuple[Seen, ...]

    def has(self, name: str) -> bool:
        return self.seen(name) is not None

    def seen(self, name: str) -> Seen | None:
        return next((file for file in self.files if file.name == name), None)


@dataclass(frozen=True)
class FoundFilm:
    """A film or an episode on disk. `notes` is its side-car's path, "" without one."""

    path: str
    size_bytes: int
    modified_ns: int
    notes: str
    notes_ns: int
    name: str
    year: int
    sidecars: tuple[str, ...]
    sidecar_digest: str
    place: Place | None  # in its series
    series_path: str
    touched_ns: int  # when the youngest of the film and its side-cars changed
    problem: str = ""  # why it cannot even be tried

    @cached_property
    def stamp(self) -> str:
        """Changes with anything that is kept of it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]

    @property
    def news(self) -> str:
        """Changes when the studio has something to do."""
        return f"{self.modified_ns}-{self.size_bytes}-{self.sidecar_digest}"


@dataclass(frozen=True)
class FoundSeries:
    """`path` is its folder, or for loose episodes where one would be."""

    path: str
    name: str
    year: int
    notes: str
    notes_ns: int

    @property
    def stamp(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def films_of(library: str, listing: Listing, subtitles: Sequence[Listing], show_depth: int) -> Iterator[FoundFilm]:
    """The films of one folder; `subtitles` are the folders of subtitles in it."""
    below = PurePosixPath(readable(listing.path)).relative_to(readable(library))
    films = {file: below / readable(file.name) for file in listing.files}
    films = {file: relative for file, relative in films.items() if is_film(relative)}
    # In the library's own folder a bare "poster.jpg" or "movie.nfo" speaks of no film in particular.
    alone = len(films) == 1 and listing.path != library
    owned = _owned({stem_of(file.name) for file in films}, listing, subtitles, alone=alone)
    notes = {file.name.casefold(): file for file in listing.files if file.name.lower().endswith(".nfo")}
    for file, relative in films.items():
        place = place_in_series(relative, PurePosixPath(library).name, show_depth)
        spoken = notes.get(f"{stem_of(file.name)}.nfo") or (notes.get("movie.nfo") if alone and place is None else None)
        yield _found(library, relative, file, place, spoken, owned.get(stem_of(file.name), ()))


def _owned(stems: Set[str], listing: Listing, subtitles: Sequence[Listing], *, alone: bool) -> dict[str, list[Seen]]:
    """Side-cars by the stem of their film."""
    owned: dict[str, list[Seen]] = {}
    for each in (listing, *subtitles):
        folder = PurePosixPath(each.path).name.casefold()
        for file in each.files:
            # "Subs/Windfall (2019)/2_English.srt": below a folder of subtitles, one may bear the film's name.
            named_by_folder = each is not listing and folder in stems
            films, is_alone = ({folder}, True) if named_by_folder else (stems, alone)
            owner = owner_of(file.name, films, is_alone=is_alone, in_folder_of_subtitles=each is not listing)
            if owner is not None:
                owned.setdefault(owner, []).append(file)
    return owned


def _found(
    library: str, relative: PurePosixPath, file: Seen, place: Place | None, notes: Seen | None, sidecars: Sequence[Seen]
) -> FoundFilm:
    guessed = film_name(relative)
    facts = "\n".join(f"{each.path} {each.size_bytes} {each.modified_ns}" for each in sidecars)
    path = readable(file.path)
    is_text = file.path == path
    return FoundFilm(
        path=path,
        size_bytes=file.size_bytes,
        modified_ns=file.modified_ns,
        notes=notes.path if notes and is_text else "",
        notes_ns=notes.modified_ns if notes and is_text else 0,
        name=_episode_name(place) if place else guessed.name,
        year=0 if place else guessed.year,
        sidecars=tuple(each.path for each in sidecars if each.path == readable(each.path)),
        sidecar_digest=hashlib.sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()[:16],
        place=place,
        series_path=str(PurePosixPath(readable(library)) / place.series_path) if place else "",
        touched_ns=max(each.modified_ns for each in (file, *sidecars)),
        problem="" if is_text else NOT_UTF8,
    )


def readable(path: str) -> str:
    """A path as text, with what is no text written out, as `\\xff`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _episode_name(place: Place) -> str:
    if place.name or not place.numbers:
        return place.name or place.series_name
    if place.premiered:
        return place.premiered
    first, last = place.numbers[0], place.numbers[-1]
    return f"Episode {first}" if first == last else f"Episodes {first}–{last}"


def series_of(films: Iterable[FoundFilm], notes: Mapping[str, Seen]) -> list[FoundSeries]:
    """The series that the episodes make, each named after its first by path. `notes` are the side-cars of folders."""
    first: dict[str, FoundFilm] = {}
    for film in films:
        if film.place and (film.series_path not in first or film.path < first[film.series_path].path):
            first[film.series_path] = film
    return [
        FoundSeries(path, film.place.series_name, film.place.series_year, said.path, said.modified_ns)
        if (said := notes.get(path))
        else FoundSeries(path, film.place.series_name, film.place.series_year, "", 0)
        for path, film in first.items()
        if film.place
    ]
