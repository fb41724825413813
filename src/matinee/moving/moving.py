"""One move from its first step to its last, told as it goes; the exit status."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from matinee.moving.house import (
    DONE,
    Compared,
    both_held,
    carry,
    died_at_its_end,
    finish,
    houses_of,
    journal_of,
    parts_of,
    refuse_if_taken,
    settle,
)
from matinee.moving.journal import Journal
from matinee.moving.part import Part
from matinee.moving.tables import UnknownTable
from matinee.moving.telling import compared, out, planned, told
from matinee.ports.blobs import BlobsUnavailable
from matinee.ports.log import LogUnavailable
from matinee.ports.rows import RowsUnavailable
from matinee.ports.sql import SqlUnavailable
from matinee.topology import Topology
from matinee.up.state import MOVING, CannotStart

AWAY = (BlobsUnavailable, LogUnavailable, RowsUnavailable, SqlUnavailable)


def move(source: Topology, target: Topology, say: Callable[[], None]) -> int:
    """`say` is called once all is there. Raises CannotStart when there is nothing to move, or no room for it."""
    with both_held(source, target) as settled:
        try:
            return asyncio.run(_move(source, settled, say))
        except AWAY as error:
            raise CannotStart(f"{error}. What was carried so far is kept: give the same command again") from error
        except UnknownTable as error:
            raise CannotStart(f"{error}: move with the version that the house was run with") from error


def plan(source: Topology, target: Topology) -> int:
    """What would be carried; nothing is."""
    with tempfile.TemporaryDirectory() as folder, both_held(source, source):
        return asyncio.run(_plan(source, target, Path(folder)))


async def _plan(source: Topology, target: Topology, folder: Path) -> int:
    houses = houses_of(source, target, folder)
    async with AsyncExitStack() as opened:
        # Of the new house not even a folder is made.
        parts = await parts_of(replace(houses, new=houses.old), opened)
        out.print(planned([(part.name, await part.total()) for part in parts]) if parts else "Nothing: both are one house.")
    return 0


async def _move(source: Topology, target: Topology, say: Callable[[], None]) -> int:
    journal = journal_of(source, target)
    if died_at_its_end(journal, source):
        say()
        shutil.rmtree(journal.folder.with_name(DONE))
        return 0
    resumed = journal.resume()
    houses = houses_of(source, target, target.state / MOVING)
    if not journal.verified:
        async with AsyncExitStack() as opened:
            parts = await parts_of(houses, opened)
            if not resumed:
                await refuse_if_taken(parts)
                journal.save()
            if not await _carried(parts, journal):
                return 1
        journal.verified = True
        journal.save()
    await settle(houses)
    finish(houses, say)
    return 0


async def _carried(parts: list[Part], journal: Journal) -> bool:
    """Whether everything is there at the end."""
    for part in parts:
        progress = journal.of(part.name)
        with told(part.name, progress.done, progress.done if progress.ended else await part.total()) as tell:
            await carry(part, journal, tell)
    out.print("Comparing both houses.")
    results = [Compared(part.name, *await part.tallies()) for part in parts]
    out.print(compared(results))
    if different := [each.part for each in results if not each.equal]:
        out.print(
            f"The new house differs in {', '.join(different)}: the old one was changed since the move began, or the new one was."
            f" Empty the new one's engines, delete {journal.folder}, and move anew. The old house is as it was."
        )
    return not different
