"""Brings films into the house's own folder, `films` in the state directory, with what lies beside them.

A file appears there whole or not at all: it is copied under a hidden name, then renamed; what stands beside a film comes
before the film, so that the studio finds it there. A film never takes the place of another: where its name is taken, it
goes beside it, under a name that says where it came from.
"""

import contextlib
import filecmp
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from matinee.library.naming import VIDEO

BLOCK_BYTES = 4 * 1024 * 1024
KEPT_FREE_BYTES = 200_000_000
ABANDONED_S = 3600
FILMS = frozenset(f".{ending}" for ending in VIDEO)
BESIDE = frozenset({".nfo", ".srt", ".vtt", ".ass", ".ssa", ".jpg", ".jpeg", ".png", ".webp"})


class CannotAdd(Exception):
    """The films cannot be brought in; the text says why and what to do."""


@dataclass(frozen=True)
class Addition:
    """`asked` is the place it would have, were its name free."""

    source: Path
    target: Path
    size_bytes: int
    asked: Path

    @property
    def is_film(self) -> bool:
        return self.source.suffix.lower() in FILMS

    @property
    def is_there(self) -> bool:
        """Whether the same file was brought before."""
        return _same(self.source, self.target)


def additions(paths: Sequence[Path], films: Path) -> list[Addition]:
    """What has to be copied for these films and folders, films last. Raises CannotAdd."""
    found: dict[Path, Addition] = {}
    for path in paths:
        files = [(source, films / place) for source, place in _files(path)]
        names = chain(["", path.absolute().parent.name], map(str, count(2)))
        tries = (
            [Addition(source, _named(at, films, path, name), source.stat().st_size, at) for source, at in files] for name in names
        )
        brought = next(each for each in tries if not any(one.is_film and _is_taken(one, found) for one in each))
        found.update({each.target: each for each in brought})
    if not any(addition.is_film for addition in found.values()):
        raise CannotAdd(f"no film in {', '.join(map(str, paths))}: films end in {' '.join(sorted(FILMS))}")
    return sorted(found.values(), key=lambda addition: (addition.is_film, addition.target))


def copy(wanted: Sequence[Addition], films: Path, copied: Callable[[int], None], abandoned_s: float = ABANDONED_S) -> None:
    """`copied` hears of every block. What was interrupted is begun anew by the next call. Raises CannotAdd."""
    todo = [addition for addition in wanted if not addition.is_there]
    films.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_abandoned(films, time.time() - abandoned_s)
    needed, free = sum(addition.size_bytes for addition in todo), shutil.disk_usage(films).free
    if needed + KEPT_FREE_BYTES > free:
        raise CannotAdd(f"{films} has {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB are needed: make room, or add fewer films")
    for addition in wanted:
        if addition in todo:
            _copy_whole(addition, copied)
        else:
            copied(addition.size_bytes)


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Each file with its place below the films' folder."""
    if path.is_dir():
        whole = path.resolve()
        for folder, folders, names in os.walk(whole):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if file.suffix.lower() in FILMS | BESIDE and file.is_file():
                    yield file, Path(whole.name) / file.relative_to(whole)
    elif not path.is_file():
        raise CannotAdd(f"{path}: there is no such file or folder")
    elif path.suffix.lower() not in FILMS:
        raise CannotAdd(f"{path}: this is no film by its name; films end in {' '.join(sorted(FILMS))}")
    else:
        # Where the name stands, which for a link is not where the film lies.
        for file in sorted(path.absolute().parent.iterdir()):
            beside = _belongs(file.name, path.stem) and file.suffix.lower() in BESIDE and file.is_file()
            if file.name == path.name or beside:
                yield file, Path(file.name)


def _belongs(name: str, stem: str) -> bool:
    """`Film.en.srt` and `Film-poster.jpg` belong to `Film.mkv`."""
    return name.startswith(stem) and name[len(stem) : len(stem) + 1] in {".", "-"}


def _named(target: Path, films: Path, path: Path, name: str) -> Path:
    """The target with ` (name)` after what it is called by: its folder's name, or that of the film it lies beside."""
    if not name:
        return target
    called, *rest = target.relative_to(films).parts
    stem = called if rest else path.stem
    return films.joinpath(f"{stem} ({name}){called.removeprefix(stem)}", *rest)


def _is_taken(addition: Addition, found: dict[Path, Addition]) -> bool:
    """Whether another film has that name, here or among those that are added with it."""
    there = found[addition.target].source if addition.target in found else addition.target
    return there.exists() and not _same(addition.source, there)


def _same(one: Path, other: Path) -> bool:
    """Whether two files hold the same."""
    try:
        # The shallow look believes length and age, and reads both where only the age differs.
        return filecmp.cmp(one, other, shallow=True)
    except OSError:
        return False


def _clear_abandoned(films: Path, before_s: float) -> None:
    """What a death in the midst of copying left behind; a copy that goes on was written to a moment ago."""
    for half in films.rglob(".*.part"):
        with contextlib.suppress(OSError):
            if half.stat().st_ctime < before_s:
                half.unlink()


def _copy_whole(addition: Addition, copied: Callable[[int], None]) -> None:
    target = addition.target
    half = target.with_name(f".{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with addition.source.open("rb") as reading, half.open("xb") as writing:
            while block := reading.read(BLOCK_BYTES):
                writing.write(block)
                copied(len(block))
            writing.flush()
            os.fsync(writing.fileno())
        shutil.copystat(addition.source, half)
        half.chmod(0o600)
        half.replace(target)
    except OSError as error:
        raise CannotAdd(f"{addition.source} could not be copied to {target}: {error.strerror}") from error
    finally:
        half.unlink(missing_ok=True)
