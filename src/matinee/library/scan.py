"""Walks the owner's folders and says what is there. Reads only: nothing in a library is ever written, moved or renamed.

A look costs one `stat` for each folder: a folder is listed again only if its time has changed, if something in it moved a few
seconds ago, or on a thorough look, which also notices what changes no folder's time: a file rewritten in its place.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from matinee.library.found import FoundFilm, FoundSeries, Listing, Seen, films_of, series_of
from matinee.library.naming import is_ignored_folder
from matinee.library.nfo import MOST_BYTES, Notes, owners_notes
from matinee.library.sidecars import SUBTITLE_FOLDERS

MOST_DEEP = 16
SETTLED_NS = 5 * 10**9


@dataclass
class _Folder:
    """A folder as it was listed, and the films made of it, kept for as long as nothing about it changes."""

    modified_ns: int
    listing: Listing
    newest_ns: int  # of its files
    films: tuple[FoundFilm, ...] = ()
    made_for: object = None


@dataclass(frozen=True)
class Shelves:
    """All that is in the libraries. The same object comes back for as long as nothing has changed."""

    films: Mapping[str, FoundFilm] = field(default_factory=dict[str, FoundFilm])
    series: Mapping[str, FoundSeries] = field(default_factory=dict[str, FoundSeries])


class Watch:
    """Looks at libraries again and again, and remembers what it saw."""

    def __init__(self, libraries: Iterable[Path]) -> None:
        self._libraries = tuple(libraries)
        self._folders: dict[str, _Folder] = {}
        self._shelves = Shelves()

    def look(self, now_ns: int, *, thorough: bool) -> Shelves:
        """What lies in the libraries now. A folder that cannot be read holds nothing."""
        seen: dict[str, _Folder] = {}
        changed = False
        for library in self._libraries:
            changed |= self._walk(str(library), now_ns, seen, thorough=thorough)
        if changed or seen.keys() != self._folders.keys():
            self._folders = seen
            films = {film.path: film for library in self._libraries for film in self._films(str(library))}
            self._shelves = Shelves(films, {each.path: each for each in series_of(films.values(), self._notes_of_shows())})
        return self._shelves

    def gone(self, paths: Iterable[str]) -> list[str]:
        """Which of these films were taken away by somebody, and do not lie on a disk that is.

        A library that shows no film at all may be such a disk, and so may an empty folder; neither says anything of its films.
        """
        shown = {each for each in map(str, self._libraries) if any(path.startswith(f"{each}/") for path in self._shelves.films)}
        homes = {path: {each for each in map(str, self._libraries) if path.startswith(f"{each}/")} for path in paths}
        return [path for path, libraries in homes.items() if libraries and libraries <= shown and _is_removed(path)]

    def _walk(self, top: str, now_ns: int, seen: dict[str, _Folder], *, thorough: bool) -> bool:
        """Whether anything below the folder is not as it was."""
        changed, ahead = False, [(top, 0)]
        while ahead:
            path, depth = ahead.pop()
            known = self._folders.get(path)
            try:
                modified_ns = os.stat(path).st_mtime_ns  # noqa: PTH116  # once per folder and look: a Path would double it
                if known is None or thorough or known.modified_ns != modified_ns or _is_restless(known, now_ns):
                    listing = listed(path)
                    if known is None or known.listing != listing:
                        known, changed = (
                            _Folder(modified_ns, listing, max((file.modified_ns for file in listing.files), default=0)),
                            True,
                        )
                    known.modified_ns = modified_ns
            except OSError:
                continue
            seen[path] = known
            if depth < MOST_DEEP:
                ahead += [(f"{path}/{name}", depth + 1) for name in known.listing.folders]
        return changed

    def _films(self, library: str) -> Iterator[FoundFilm]:
        """Every film below a library, made anew only where its folder or what it depends on has changed."""
        ahead = [(library, -1)] if library in self._folders else []
        while ahead:
            path, show_depth = ahead.pop()
            folder = self._folders[path]
            relative = PurePosixPath(path).relative_to(library)
            if folder.listing.has("tvshow.nfo"):
                show_depth = len(relative.parts)
            children = {name: child for name in folder.listing.folders if (child := f"{path}/{name}") in self._folders}
            subtitles = [
                each for name, child in children.items() if name.lower() in SUBTITLE_FOLDERS for each in self._below(child)
            ]
            made_for = (show_depth, tuple(subtitles))
            if folder.made_for != made_for:
                folder.films = tuple(films_of(library, folder.listing, subtitles, show_depth))
                folder.made_for = made_for
            yield from folder.films
            ahead += [(child, show_depth) for name, child in children.items() if name.lower() not in SUBTITLE_FOLDERS]

    def _below(self, path: str) -> list[Listing]:
        """A folder of subtitles, and those in it."""
        listing = self._folders[path].listing
        inside = [self._folders[child].listing for name in listing.folders if (child := f"{path}/{name}") in self._folders]
        return [listing, *inside]

    def _notes_of_shows(self) -> dict[str, Seen]:
        return {path: notes for path, folder in self._folders.items() if (notes := folder.listing.seen("tvshow.nfo"))}


def listed(path: str) -> Listing:
    """One folder, without what no film is to be looked for in. Raises OSError."""
    folders: list[str] = []
    files: list[Seen] = []
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders += [] if is_ignored_folder(entry.name) else [entry.name]
                    continue
                status = entry.stat()
            except OSError:
                continue
            # Pipes and devices call themselves anything.
            if stat.S_ISREG(status.st_mode):
                files.append(Seen(entry.path, status.st_size, status.st_mtime_ns))
    names = {file.name: file for file in files}
    if ".nomedia" in names or (".ignore" in names and not names[".ignore"].size_bytes):
        return Listing(path, (), ())
    return Listing(path, tuple(folders), tuple(files))


def notes_at(path: str, episodes: Iterable[int] = ()) -> Notes:
    """What the owner's side-car says; nothing when it cannot be read: a bad one costs itself, never the scan."""
    if not path:
        return Notes()
    try:
        with Path(path).open("rb") as file:
            return owners_notes(file.read(MOST_BYTES + 1), tuple(episodes))
    except (OSError, ValueError, LookupError, ArithmeticError, RecursionError):
        return Notes()


def _is_removed(path: str) -> bool:
    """Whether there is surely no such file: the nearest folder above it that is still there holds something else."""
    here = Path(path)
    try:
        while not _stands(here):
            here = here.parent
        return here != Path(path) and any(here.iterdir())
    except OSError:
        return False


def _stands(path: Path) -> bool:
    """Also a link that leads nowhere: what it led to may lie on a disk that is away. Raises OSError where nobody can tell."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _is_restless(folder: _Folder, now_ns: int) -> bool:
    """Whether something here changed so lately that it may have changed again within the same tick of its clock."""
    return max(folder.modified_ns, folder.newest_ns) > now_ns - SETTLED_NS
