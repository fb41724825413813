"""`matinee move`: carries all that one house keeps into another, on other engines, through the ports.

Both are down meanwhile, and held, so that neither can be opened. The old one is only read. Into the new one go the accounts, the
titles, the rows, the log with where its groups stand, the blobs, the warehouse, and the files; then both are counted and
compared, all of them, and only then is the new house one that can be opened. The search index is made anew by the new house. So
is the account of the studio's jobs: what was open begins again, and finds the chunks that were made among the blobs.
"""

import json
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from matinee.insight.streams import keeping
from matinee.library.relocating import relocate
from matinee.moving.cells import Cells
from matinee.moving.entries import Entries
from matinee.moving.files import Files
from matinee.moving.journal import FILE, Journal
from matinee.moving.part import Part
from matinee.moving.snapshot import SCHEME, WAREHOUSE, snapshot
from matinee.moving.tables import Tables
from matinee.moving.tally import Tally
from matinee.moving.units import Units
from matinee.studio import ledger
from matinee.subjects import KEPT, history_of, tables_of
from matinee.topology import Topology
from matinee.up.state import LOCK, MOVING, CannotStart, held, lived_in, open_state
from matinee.wiring import store

PORTS = ("rows", "log", "blobs")
DONE = f".{MOVING}.done"
"""What a move leaves in its folder's place for as long as it takes to clear it away."""


@dataclass(frozen=True)
class Houses:
    """`old` is the source on engines that may be read without leaving a trace, `new` is what is written to; `folder` is ours."""

    source: Topology
    target: Topology
    old: Topology
    new: Topology
    folder: Path

    def moves(self, port: str, service: str = "") -> bool:
        """What has one address in both houses stays where it is."""
        return self.source.engine_url(port, service) != self.target.engine_url(port, service)


@dataclass(frozen=True)
class Compared:
    part: str
    old: Tally
    new: Tally

    @property
    def equal(self) -> bool:
        return self.old == self.new


@contextmanager
def both_held(source: Topology, target: Topology) -> Generator[Topology]:
    """Nobody else is in either house; the new one's state directory is there, and is its own."""
    state = source.state
    if not lived_in(state):
        raise CannotStart(f"no house has been opened in {state}: give the one to move as --state")
    with ExitStack() as doors:
        doors.enter_context(held(state / LOCK, f"a house runs on {state}: stop it (Ctrl-C where `matinee up` runs), then move"))
        for lock in sorted((state / "run").glob("*.lock")):
            doors.enter_context(held(lock, f"the process {lock.stem} of the house in {state} runs: stop it, then move"))
        if target.state == state:
            yield target
            return
        if not (target.state / MOVING).exists() and (target.state / "run" / "house.json").exists():
            raise CannotStart(f"a house lives in {target.state} already: give --to-state a new directory")
        settled = open_state(target, moving=True)
        doors.enter_context(held(target.state / LOCK, f"a house runs on {target.state}, or is being moved there: stop it first"))
        yield settled


async def parts_of(houses: Houses, opened: AsyncExitStack) -> list[Part]:
    """What is to be carried, on engines that are closed with `opened`."""

    async def both(port: str, service: str = "") -> tuple[Any, Any]:
        pair = store(houses.old, port, service), store(houses.new, port, service)
        for each in pair:
            if hasattr(each, "close"):
                opened.push_async_callback(each.close)
        return pair

    parts: list[Part] = []
    if houses.source.state != houses.target.state:
        parts.append(Files(houses.source.state, houses.target.state))
    parts += [
        Tables(each, tables_of(each), history_of(each), *await both("sql", each)) for each in KEPT if houses.moves("sql", each)
    ]
    if houses.moves("rows"):
        parts.append(Cells(*await both("rows")))
    if houses.moves("log"):
        old, new = await both("log")
        parts += [Entries(topic, old, new) for topic in await old.topics()]
    if houses.moves("blobs"):
        parts.append(Units(*await both("blobs"), houses.folder / "unit"))
    return [*parts, *_warehouse(houses, opened)]


def _warehouse(houses: Houses, opened: AsyncExitStack) -> list[Part]:
    """None where nothing was ever loaded. Raises CannotStart where its files would move without its catalog."""
    catalog = houses.old.engine_url("sql", WAREHOUSE)
    if catalog.startswith(SCHEME) and not Path(catalog.removeprefix(SCHEME)).exists():
        return []
    if houses.moves("sql", WAREHOUSE):
        from matinee.insight.warehouse.place import place_of
        from matinee.moving.hours import Hours

        old, new = (
            place_of(house.engine_url("sql", WAREHOUSE), house.engine_url("blobs", WAREHOUSE))
            for house in (houses.old, houses.new)
        )
        part = Hours(old, new)
        opened.callback(part.close)
        return [part]
    if houses.moves("blobs"):
        raise CannotStart(
            "the warehouse names its files by their whole addresses, so they cannot move while its catalog stays: give [engines]"
            " sql in --to another address, too; `matinee insight export` writes its tables into files"
        )
    return []


async def refuse_if_taken(parts: Sequence[Part]) -> None:
    """Before the first thing is carried: what lies in the new house must not be mixed with ours."""
    taken = [part.name for part in parts if await part.taken()]
    if taken:
        raise CannotStart(
            f"the new house holds {', '.join(taken)} already: give engines in --to that are empty, and a new --to-state"
            " where they lie in files"
        )


async def settle(houses: Houses) -> None:
    """The last steps, when all is there: what was open begins anew, the house's own films are known by their new place, and who
    reads the log goes on from where it stands in the new one."""
    old, new = f"{houses.source.state}/", f"{houses.target.state}/"
    async with AsyncExitStack() as opened:
        studio, catalog = (store(houses.target, "sql", subject) for subject in ("studio", "catalog"))
        opened.push_async_callback(studio.close)
        opened.push_async_callback(catalog.close)
        if old != new:
            await studio.transact(partial(ledger.relocate, old=old, new=new))
            await catalog.transact(partial(relocate, old=old, new=new))
        if houses.moves("sql", "studio"):
            await studio.transact(ledger.send_anew)
        if houses.moves("log"):
            insight = store(houses.target, "sql", "insight")
            opened.push_async_callback(insight.close)
            await insight.install(history_of("insight"))
            await insight.transact(keeping.forget_offsets)


def houses_of(source: Topology, target: Topology, folder: Path) -> Houses:
    return Houses(source, target, snapshot(source, folder / "source"), target, folder)


def journal_of(source: Topology, target: Topology) -> Journal:
    told = {
        "from": str(source.state),
        "to": str(target.state),
        **{f"from {port}": getattr(source.engines, port) for port in ("sql", *PORTS)},
        **{f"to {port}": getattr(target.engines, port) for port in ("sql", *PORTS)},
    }
    return Journal(target.state / MOVING, told)


def finish(houses: Houses, say: Callable[[], None]) -> None:
    """The journal goes first: without it the rest is rubbish, with it the rest would be missed."""
    gone = houses.folder.with_name(DONE)
    shutil.rmtree(gone, ignore_errors=True)
    houses.folder.rename(gone)
    say()
    shutil.rmtree(gone)


def died_at_its_end(journal: Journal, source: Topology) -> bool:
    """Whether this very move was killed between its last step and the word that it is done. Not if the old house lived on."""
    done, opened = journal.folder.with_name(DONE) / FILE, source.state / "run" / "house.json"
    if journal.folder.exists() or not done.exists():
        return False
    lived_on = opened.exists() and opened.stat().st_mtime_ns > done.stat().st_mtime_ns
    return not lived_on and json.loads(done.read_text())["move"] == dict(journal.move)


async def carry(part: Part, journal: Journal, tell: Callable[[int], None]) -> None:
    """From where the journal says, to the end; each step is told when it is in the journal."""
    progress = journal.of(part.name)
    if not progress.ended:
        async for step in part.carry(progress.mark):
            journal.stepped(part.name, step)
            tell(progress.done)
        progress.ended = True
        journal.save()
