"""What a house keeps as plain files in its state directory: its name, its keys, and the films that were brought into it."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.moving.part import Step
from matinee.moving.tally import Tally

CARRIED = ("instance", "secrets", "films", "demo")
"""Cookies bear the name and are sealed with the keys, as are the addresses of films."""

NEW_BY_ITSELF = ("instance",)
"""Made by whoever opens the directory, so that finding it there says nothing."""


@dataclass(frozen=True)
class Files:
    source: Path
    target: Path
    name: str = "files"

    async def total(self) -> int:
        return len(list(_files(self.source)))

    async def taken(self) -> bool:
        return any(str(path) not in NEW_BY_ITSELF for path in _files(self.target))

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        for path in _files(self.source):
            await asyncio.to_thread(_carry, self.source / path, self.target / path)
            yield Step(1)

    async def tallies(self) -> tuple[Tally, Tally]:
        return await asyncio.to_thread(_tally, self.source), await asyncio.to_thread(_tally, self.target)


def _files(state: Path) -> Iterator[Path]:
    for name in CARRIED:
        place = state / name
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (each.relative_to(state) for each in found if each.is_file() and not each.name.startswith(".moving."))


def _carry(source: Path, target: Path) -> None:
    """Whole or not at all, with its mode, and with its times, by which films are known."""
    known = target.stat() if target.exists() else None
    wanted = source.stat()
    if known and (known.st_size, known.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns):
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f".moving.{target.name}")
    shutil.copy2(source, half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(target)


def _tally(state: Path) -> Tally:
    tally = Tally()
    for path in _files(state):
        with (state / path).open("rb") as file:
            tally.add(str(path), (state / path).stat().st_mtime_ns, hashlib.file_digest(file, "sha256").digest())
    return tally
