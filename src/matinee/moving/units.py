"""All blobs, unit by unit: editions, pictures, and the chunks of what is being made."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.moving.part import Step
from matinee.moving.tally import Tally
from matinee.ports.blobs import Blobs

READ_BYTES = 8 * 1024 * 1024
AT_ONCE = 8


@dataclass(frozen=True)
class Units:
    source: Blobs
    target: Blobs
    workshop: Path  # a folder for one unit on its way
    name: str = "blobs"

    async def total(self) -> int:
        return sum([len(await self.source.names(unit)) for unit in await self.source.units()])

    async def taken(self) -> bool:
        return len(await self.target.units()) > 0

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        for unit in await self.source.units():
            if mark and unit <= mark:
                continue
            names = await self.source.names(unit)
            if not await self.target.has(unit):
                await self._carry(unit, names)
            yield Step(len(names), unit)

    async def tallies(self) -> tuple[Tally, Tally]:
        return await _tally(self.source), await _tally(self.target)

    async def _carry(self, unit: str, names: Sequence[str]) -> None:
        shutil.rmtree(self.workshop, ignore_errors=True)
        turn = asyncio.Semaphore(AT_ONCE)

        async def fetch(name: str) -> None:
            async with turn:
                path = self.workshop / name.removeprefix(f"{unit}/")
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    while block := await self.source.read(name, file.tell(), file.tell() + READ_BYTES - 1):
                        file.write(block)

        await asyncio.gather(*(fetch(name) for name in names))
        await self.target.put_tree(unit, self.workshop)
        shutil.rmtree(self.workshop, ignore_errors=True)


async def _tally(blobs: Blobs) -> Tally:
    tally, turn = Tally(), asyncio.Semaphore(AT_ONCE)

    async def add(name: str) -> None:
        async with turn:
            digest, size = hashlib.sha256(), 0
            while block := await blobs.read(name, size, size + READ_BYTES - 1):
                digest.update(block)
                size += len(block)
            tally.add(name, size, digest.digest())

    for unit in await blobs.units():
        await asyncio.gather(*(add(name) for name in await blobs.names(unit)))
    return tally
