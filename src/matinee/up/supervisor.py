"""`matinee up`: starts every part of the house in order of health, keeps it up, and leaves nothing behind.

The order: boxes and services, the door (Envoy), then the workers, which have time, then "ready" is printed. Whatever an earlier
supervisor left running is ended first; two supervisors never share a state directory.
"""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence

import structlog

from matinee.edge.nginx import BadBoxPlan
from matinee.settings import origin_of
from matinee.topology import Topology, encode_topology
from matinee.up.children import ASK_EVERY_S, COMES_UP_WITHIN_S, Child, Kept
from matinee.up.envoy import ADMIN_SOCKET
from matinee.up.http_get import Place, status_of
from matinee.up.leftovers import end_leftovers
from matinee.up.listening import problem_with_port
from matinee.up.open_files import open_as_many_as_allowed
from matinee.up.plan import box_child, envoy_child, is_open, nginx_of, process_child
from matinee.up.state import LOCK, CannotStart, held, open_state
from matinee.wiring import check_engines

DRAIN_S = 8.0


def run_house(topology: Topology, without: Sequence[str] = ()) -> int:
    """Runs until SIGTERM or Ctrl-C, leaving the processes named in `without` to `matinee run`; the exit status."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        os.umask(0o077)
        open_as_many_as_allowed()
        settled = open_state(topology)
        taken = f"another `matinee up` runs on {settled.state}: stop it, or give this one its own --state and --port"
        with held(settled.state / LOCK, taken):
            os.chdir(settled.state)
            _clear_stage(settled)
            return asyncio.run(_run(settled, frozenset(without)))
    except (CannotStart, BadBoxPlan) as error:
        print(f"matinee: {error}", file=sys.stderr)
        return 1


def _clear_stage(topology: Topology) -> None:
    """Looks at the addresses of engines, ends what an earlier run left, and writes the resolved topology for the children."""
    if not shutil.which("setpriv"):
        raise CannotStart("setpriv is missing, which ends our processes with us: `matinee doctor` says how to get it")
    check_engines(topology)
    if topology.boxes:
        origin_of(topology)
    ended = end_leftovers(topology.state, nginx_of(topology))
    if ended:
        print(f"ended {ended} processes that an earlier run had left behind", file=sys.stderr)
    for address, port in [(topology.door.host, topology.door.port), *((topology.door.host, box.port) for box in topology.boxes)]:
        problem = problem_with_port(address, port)
        if problem:
            raise CannotStart(f"{problem}: give another --port or --host")
    (topology.state / "run" / "house.json").write_bytes(encode_topology(topology))


async def _run(topology: Topology, without: frozenset[str]) -> int:
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    opened: list[Kept] = []
    opening = asyncio.create_task(_open(topology, without, opened))
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


async def _open(topology: Topology, without: frozenset[str], opened: list[Kept]) -> None:
    def begin(child: Child) -> Kept:
        kept = Kept(child)
        opened.append(kept)
        kept.begin()
        return kept

    ours = [process for process in topology.processes if process.name not in without]
    workers = [process for process in ours if process.services == ("pipeline",)]
    first = [begin(box_child(topology, box)) for box in topology.boxes]
    first += [begin(process_child(topology, process.name)) for process in ours if process not in workers]
    for kept in first:
        await _well_or_cannot(kept)
    await _well_or_cannot(begin(envoy_child(topology)))
    await _open_or_cannot(topology)
    for process in workers:
        begin(process_child(topology, process.name))
    for kept in opened:
        await _well_or_cannot(kept)
    host = "localhost" if topology.door.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else topology.door.host  # noqa: S104 # compared, not bound
    print(f"ready http://{host}:{topology.door.port}", flush=True)


async def _well_or_cannot(kept: Kept) -> None:
    if not await kept.well(COMES_UP_WITHIN_S):
        log = kept.child.log
        last = log.read_text(errors="replace").strip().splitlines()[-3:] if log.exists() else []
        told = "\n  ".join(line[:300] for line in last) or "it is empty"
        raise CannotStart(f"{kept.child.name} did not come up within {COMES_UP_WITHIN_S:.0f} s. The end of {log}:\n  {told}")


async def _open_or_cannot(topology: Topology) -> None:
    until_s = time.monotonic() + COMES_UP_WITHIN_S
    while not await is_open(topology):
        if time.monotonic() > until_s:
            logs = topology.state / "logs"
            raise CannotStart(f"nobody can watch after {COMES_UP_WITHIN_S:.0f} s, though every part runs: see {logs} for why")
        await asyncio.sleep(ASK_EVERY_S)


async def _close(opened: list[Kept]) -> None:
    """Drains: the door stops taking viewers, what runs may finish, then everything leaves, last started first."""
    await status_of(Place(socket=ADMIN_SOCKET), "/drain_listeners?graceful", method="POST")
    for kept in reversed(opened):
        await kept.end(DRAIN_S)
