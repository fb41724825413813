"""`python -m infra up | down | status [NAME …]`: the large engines on this machine."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.bring_up import bring_up, leaving
from infra.cassandra.server import meet
from infra.engines import all_servers, chosen, make_ready
from infra.place import CLAIM, DEFAULT_DATA, OTHER_DATA, alone, claim, throw_away
from infra.ports import OTHER_PORTS, WrongPortsError, read_ports
from infra.processes import end, running
from infra.server import EngineError

ENVIRONMENT = f"""A second set beside the first: {OTHER_DATA}=DIRECTORY says where it keeps all it writes, {OTHER_PORTS}=FILE
where its servers listen (as infra/ports.toml does; Cassandra at addresses 127.x.y.z of its own). The tests heed both."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra", description=__doc__, epilog=ENVIRONMENT)
    parser.add_argument("command", choices=("up", "down", "status"))
    parser.add_argument("names", nargs="*", help="servers, or how their names begin; all of them if none is named")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="where they keep all they write (now: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="down: keep what they have written")
    wishes = parser.parse_intermixed_args()
    data: Path = wishes.data.resolve()
    try:
        if wishes.command == "up":
            up(data, wishes.names)
        elif wishes.command == "down":
            down(data, wishes.names, wishes.keep)
        else:
            return status(data, wishes.names)
    except (EngineError, WrongPortsError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was begun is ended", file=sys.stderr)
        return 130
    return 0


def up(data: Path, names: Sequence[str]) -> None:
    """Brings up what does not run, and returns when all of it answers."""
    began_s = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began_s:6.1f} s  {line}", flush=True)

    async def ready_then_up() -> None:
        ports = read_ports()
        servers = chosen(all_servers(ports, data), names)
        await make_ready(servers, tell)
        await bring_up(servers, data, tell)
        if {"cassandra-dc1", "cassandra-dc2"} <= {server.name for server in servers}:
            await meet(ports)
            tell("cassandra's data centres see each other")

    claim(data)
    with alone(data):
        asyncio.run(ready_then_up())
    tell(f"all answer; what they write is in {data}")


def down(data: Path, names: Sequence[str], keep: bool) -> None:
    """Ends what was brought up and, if it was all of it, removes what it wrote."""
    if not (data / CLAIM).exists():
        print(f"nothing was brought up in {data}")
        return
    servers = all_servers(read_ports(), data)
    only = {server.name for server in chosen(servers, names)} if names else None
    with alone(data):
        ended = end(data, leaving(servers), only)
        print(f"ended: {', '.join(ended) or 'nothing, for nothing ran'}")
        if not (names or keep):
            throw_away(data)


def status(data: Path, names: Sequence[str]) -> int:
    """Which servers run and whether they answer; no success unless all do."""
    pids = {each.name: each.pid for each in running(data) if each.main}
    servers = chosen(all_servers(read_ports(), data), names)

    async def ask() -> list[bool]:
        return list(await asyncio.gather(*(server.is_well() for server in servers)))

    well = asyncio.run(ask()) if data.exists() else [False] * len(servers)
    for server, answers in zip(servers, well, strict=True):
        pid = pids.get(server.name)
        state = "does not run" if pid is None else f"process {pid} {'answers' if answers else 'does not answer'}"
        print(f"{server.name:14} {state} at {server.listens[0]}")
    return 0 if all(answers and server.name in pids for server, answers in zip(servers, well, strict=True)) else 1


if __name__ == "__main__":
    sys.exit(main())
