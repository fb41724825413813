"""`matinee up`: starts every part of the house in order of health, keeps it up, and leaves nothing behind.

The order: boxes, front, door (Envoy), then "ready" is printed, then the worker, which has time. Whatever an earlier
supervisor left running is ended first; two supervisors never share a state directory.
"""

import asyncio
import fcntl
import os
import secrets
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO

import structlog

from matinee.edge.nginx import BadBoxPlan
from matinee.topology import Topology, encode_topology
from matinee.up.children import Child, Kept
from matinee.up.envoy import ADMIN_SOCKET
from matinee.up.http_get import Place, status_of
from matinee.up.leftovers import end_leftovers
from matinee.up.listening import problem_with_port
from matinee.up.plan import box_child, envoy_child, nginx_of, process_child

WELL_WITHIN_S = 60.0
DRAIN_S = 8.0
FOLDERS = ("run", "logs", "secrets", "boxes", "demo")


class CannotStart(Exception):
    """The house cannot be opened; the text says why and what to do."""


def run_house(topology: Topology) -> int:
    """Runs until SIGTERM or Ctrl-C; the exit status."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        with _only_one(topology.state):
            os.chdir(topology.state)
            os.umask(0o077)
            return asyncio.run(_run(_settled(topology)))
    except (CannotStart, BadBoxPlan) as error:
        print(f"matinee: {error}", file=sys.stderr)
        return 1


def _only_one(state: Path) -> IO[str]:
    """Holds the state directory's lock as long as the file is open."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if state.stat().st_uid != os.geteuid():
            raise CannotStart(f"{state} belongs to somebody else: give --state a directory of your own")
        if not (state / "lock").exists() and any(state.iterdir()):
            raise CannotStart(f"{state} holds other things than Matinee's: give --state an empty or a new directory")
        state.chmod(0o700)
        lock = (state / "lock").open("a")
    except OSError as error:
        raise CannotStart(f"{state}: cannot keep state here ({error.strerror}): give --state another directory") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise CannotStart(
            f"another `matinee up` runs on {state}: stop it, or give this one its own --state and --port"
        ) from error
    return lock


def _settled(topology: Topology) -> Topology:
    """Ends what an earlier run left, makes the folders, and writes the resolved topology for the children."""
    if not shutil.which("setpriv"):
        raise CannotStart("setpriv is missing, which ends our processes with us: `matinee doctor` says how to get it")
    ended = end_leftovers(topology.state, nginx_of(topology))
    if ended:
        print(f"ended {ended} processes that an earlier run had left behind", file=sys.stderr)
    for name in FOLDERS:
        (topology.state / name).mkdir(mode=0o700, exist_ok=True)
    for address, port in [(topology.door.host, topology.door.port), *((topology.door.host, box.port) for box in topology.boxes)]:
        problem = problem_with_port(address, port)
        if problem:
            raise CannotStart(f"{problem}: give another --port or --host")
    instance = topology.state / "instance"
    if not instance.exists() or not instance.read_text().strip():
        instance.write_text(secrets.token_hex(4))
    settled = replace(topology, instance=instance.read_text().strip())
    (topology.state / "run" / "house.json").write_bytes(encode_topology(settled))
    return settled


async def _run(topology: Topology) -> int:
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    opened: list[Kept] = []
    opening = asyncio.create_task(_open(topology, opened))
    leaving = asyncio.create_task(leave.wait())
    try:
        await asyncio.wait({opening, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
        await leaving
        return 0
    finally:
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await _close(opened)


async def _open(topology: Topology, opened: list[Kept]) -> None:
    def begin(child: Child) -> Kept:
        kept = Kept(child)
        opened.append(kept)
        kept.begin()
        return kept

    front, workers = topology.processes[0], topology.processes[1:]
    first = [begin(box_child(topology, box)) for box in topology.boxes]
    first.append(begin(process_child(topology, front.name)))
    for kept in first:
        await _well_or_cannot(kept)
    door = begin(envoy_child(topology))
    await _well_or_cannot(door)
    for process in workers:
        begin(process_child(topology, process.name))
    for kept in opened:
        await _well_or_cannot(kept)
    host = "localhost" if topology.door.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else topology.door.host  # noqa: S104 # compared, not bound
    print(f"ready http://{host}:{topology.door.port}", flush=True)


async def _well_or_cannot(kept: Kept) -> None:
    if not await kept.well(WELL_WITHIN_S):
        log = kept.child.log
        last = log.read_text(errors="replace").strip().splitlines()[-3:] if log.exists() else []
        told = "\n  ".join(line[:300] for line in last) or "it is empty"
        raise CannotStart(f"{kept.child.name} did not come up within {WELL_WITHIN_S:.0f} s. The end of {log}:\n  {told}")


async def _close(opened: list[Kept]) -> None:
    """Drains: the door stops taking viewers, what runs may finish, then everything leaves, last started first."""
    await status_of(Place(socket=ADMIN_SOCKET), "/drain_listeners?graceful", method="POST")
    for kept in reversed(opened):
        await kept.end(DRAIN_S)
