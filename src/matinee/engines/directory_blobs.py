"""The port `blobs` on a directory: a unit is a folder that is made beside the others and then renamed into its place.

A rename is the one move a file system makes whole or not at all. Before it, every file and folder is synced, so that a
power cut cannot leave the name without the bytes. Whoever loses a race to publish one unit finds the winner's, which is
as good. What a dead process left in `.incoming` is cleared at a later start, once it is a day old.
"""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from matinee.engines.blob_names import blob_parts, check_range, files_below, files_to_put, unit_parts
from matinee.ports.blobs import BlobsUnavailable, NoSuchBlob

T = TypeVar("T")

INCOMING = ".incoming"
STALE_S = 24 * 3600


class DirectoryBlobs:
    """All work is done on threads: four that read, and two that copy films in, so that a copy never delays a read."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._reading = ThreadPoolExecutor(4, "blobs-read")
        self._copying = ThreadPoolExecutor(2, "blobs-copy")
        try:
            (self._root / INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._root.chmod(0o700)
            _clear_stale(self._root / INCOMING)
        except OSError as error:
            raise self._unavailable(error) from error

    async def has(self, unit: str) -> bool:
        folder = self._unit_folder(unit)
        return await self._run(self._reading, folder.is_dir)

    async def put_tree(self, unit: str, tree: Path) -> None:
        """Refuses a tree with no file, with a link or other oddity, or with a name that could not be read back."""
        folder = self._unit_folder(unit)
        await self._run(self._copying, lambda: self._put(folder, tree))

    async def delete(self, unit: str) -> None:
        folder = self._unit_folder(unit)
        await self._run(self._copying, lambda: self._delete(folder))

    async def read(self, name: str, first: int = 0, last: int | None = None) -> bytes:
        path = self._root.joinpath(*blob_parts(name))
        check_range(name, first, last)
        return await self._run(self._reading, lambda: _read_range(path, name, first, last))

    async def names(self, unit: str) -> list[str]:
        folder = self._unit_folder(unit)
        return await self._run(self._reading, lambda: sorted(f"{unit}/{path}" for path in files_below(folder)))

    async def units(self) -> list[str]:
        return await self._run(self._reading, lambda: _units_below(self._root))

    async def _run(self, threads: Executor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except OSError as error:
            raise self._unavailable(error) from error

    def _unit_folder(self, unit: str) -> Path:
        return self._root.joinpath(*unit_parts(unit))

    def _put(self, folder: Path, tree: Path) -> None:
        if folder.is_dir():
            return
        files = files_to_put(tree)
        staging = self._root / INCOMING / secrets.token_hex(16)
        staging.mkdir(mode=0o700)
        try:
            _copy(tree, files, staging)
            self._publish(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _publish(self, staging: Path, folder: Path) -> None:
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        _sync(self._root)
        try:
            staging.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            # Another process published the unit while we copied.
        _sync(folder.parent)

    def _delete(self, folder: Path) -> None:
        """Renamed out of its place first: a unit is never seen half gone, not even after a power cut."""
        grave = self._root / INCOMING / secrets.token_hex(16)
        try:
            # Its age in the grave counts from now, or whoever starts meanwhile would clear it under our hands.
            os.utime(folder)
            folder.rename(grave)
        except FileNotFoundError:
            return
        _sync(folder.parent)
        shutil.rmtree(grave)

    def _unavailable(self, error: OSError) -> BlobsUnavailable:
        return BlobsUnavailable(f"the blobs in {self._root} failed: {error}; check the disk they lie on and who owns them")


def _units_below(root: Path) -> list[str]:
    kinds = [kind for kind in root.iterdir() if kind.is_dir() and not kind.name.startswith(".")]
    return sorted(f"{kind.name}/{unit.name}" for kind in kinds for unit in kind.iterdir() if unit.is_dir())


def _copy(tree: Path, files: list[Path], staging: Path) -> None:
    folders = {staging}
    for path in files:
        target = staging / path
        for parent in reversed(path.parents[:-1]):
            (staging / parent).mkdir(mode=0o700, exist_ok=True)
            folders.add(staging / parent)
        shutil.copyfile(tree / path, target, follow_symlinks=False)
        target.chmod(0o600)
        _sync(target)
    for folder in folders:
        _sync(folder)


def _read_range(path: Path, name: str, first: int, last: int | None) -> bytes:
    try:
        # A link in our own tree was not put there by us, so it is not followed.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise NoSuchBlob(name) from None
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NoSuchBlob(name)
        end = status.st_size if last is None else min(last + 1, status.st_size)
        pieces: list[bytes] = []
        # One read stops at 2 GiB, whatever was asked.
        while first < end and (piece := os.pread(descriptor, end - first, first)):
            pieces.append(piece)
            first += len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_stale(incoming: Path) -> None:
    for leftover in incoming.iterdir():
        # Another process may be done with it just now.
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.lstat().st_mtime > STALE_S:
                shutil.rmtree(leftover, ignore_errors=True)
