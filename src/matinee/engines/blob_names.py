"""What every engine of the port `blobs` asks of a name and of a tree before it touches its store.

The rules are those of the strictest store, so that what one engine keeps, any other keeps too.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from matinee.ports.blobs import BadBlobName

MOST_PART_BYTES = 200
"""A part of a name is a file name to us and a piece of a key to others; file systems stop at 255 bytes."""


def unit_parts(unit: str) -> list[str]:
    parts = _parts(unit)
    if len(parts) != 2:
        raise BadBlobName(f"{unit!r} is no unit: write `<kind>/<unit>`")
    return parts


def blob_parts(name: str) -> list[str]:
    parts = _parts(name)
    if len(parts) < 3:
        raise BadBlobName(f"{name!r} names a unit, not a blob in it: add the path of a file")
    return parts


def check_range(name: str, first: int, last: int | None) -> None:
    if first < 0 or (last is not None and last < first):
        raise ValueError(f"cannot read bytes {first} to {last} of {name}: count from 0, first before last")


def files_to_put(tree: Path) -> list[Path]:
    """The files of a tree that may become a unit, as relative paths; whoever must not is told why."""
    if not tree.is_dir():
        raise ValueError(f"nothing to put: there is no folder {tree}")
    files = list(files_below(tree))
    if not files:
        raise ValueError(f"nothing to put: the folder {tree} holds no file")
    for path in files:
        _parts(f"kind/unit/{path}")
    return files


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below the folder, as relative paths; nothing when it does not exist."""
    for place, folders, files in os.walk(folder, onerror=_raise_unless_missing):
        for name in (*folders, *files):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                raise BadBlobName(f"{path} is a link, pipe or device: a unit holds plain files only")
            if stat.S_ISREG(mode):
                yield path.relative_to(folder)


def _parts(name: str) -> list[str]:
    """The parts of a name, every one of them harmless as a file's name."""
    parts = name.split("/")
    for part in parts:
        if not part:
            raise BadBlobName(f"{name!r} has an empty part: write `<kind>/<unit>/<path>` with single slashes inside only")
        if part.startswith("."):
            raise BadBlobName(f"{name!r} has the part {part!r}: hidden names and dots that climb are refused")
        if "\\" in part or not part.isprintable():
            raise BadBlobName(f"{name!r} has a backslash or a control character: use plain parts")
        if len(part.encode()) > MOST_PART_BYTES:
            raise BadBlobName(f"a part of {name[:80]!r}… is longer than {MOST_PART_BYTES} bytes: shorten it")
    return parts


def _raise_unless_missing(error: OSError) -> None:
    if error.errno != errno.ENOENT:
        raise error
