"""The command line: parse, load the topology, hand over."""

import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from matinee.topology import LAPTOP, NOT_IN_A_URL, BadTopology, Topology, decode_topology
from matinee.topology_file import Changes, read_topology
from matinee.up.state import WILL_NOT_START, CannotStart, WillNotStart
from matinee.wiring import CACHING, HOUSE, MANY

app = cyclopts.App(
    name="matinee", help="The open streaming service: point it at a folder of films and you have your own Netflix."
)
# Read when typed: every process of a house comes in by this file, and each would wait for what only these commands need.
app.command("matinee.up.studio_commands:studio", help="Bring films into the house, and see what the studio makes of them.")
app.command("matinee.up.app_commands:app", help="Apps of other people's making, which members may let in.")
app.command("matinee.up.deploying:deploy", help="Write down the house for a cluster.")
app.command(
    "matinee.up.registry_commands:recs", help="The recommender by itself, on any interactions: learn, examine, rank, explain."
)
app.command("matinee.up.flink_commands:insight", help="The warehouse: what was watched, as tables that answer questions in SQL.")


@app.command
def up(
    *,
    library: Annotated[tuple[Path, ...], Parameter(negative="", consume_multiple=False)] = (),
    demo: Annotated[bool, Parameter(negative="")] = False,
    state: Path = Path(".state"),
    port: int | None = None,
    host: str | None = None,
    topology: Path = LAPTOP,
    billing: str | None = None,
    without: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = (),
) -> None:
    """Run the whole service until Ctrl-C. Prints `ready http://localhost:8080` when everything answers.

    Parameters
    ----------
    library
        A folder of films to show; give it once for each folder. Matinee only reads it.
    demo
        Also show the demo library: Big Buck Bunny, and six short films and a series made on this machine.
    state
        Where everything Matinee keeps lives; deleting it is a clean uninstall.
    port
        The front door's port (8080); the boxes listen on the ports after it.
    host
        The address to listen on (127.0.0.1). Give 0.0.0.0 to be seen by others.
    topology
        What runs where, on which engines (topology/laptop.toml).
    billing
        Who takes money: none, till (play money, to try it) or stripe; else as the topology says.
    without
        A process of the topology that `matinee run` runs; give it once for each.
    """
    from matinee.up.supervisor import run_house

    changes = Changes(host=host, port=port, billing=billing)
    house = _house(topology, state, changes, library, demo=demo)
    for name in without:
        if name not in {process.name for process in house.processes}:
            raise BadTopology(f"--without {name}: the topology's processes are {', '.join(p.name for p in house.processes)}")
    sys.exit(run_house(house, without))


@app.command
def run(
    service: str,
    *,
    library: Annotated[tuple[Path, ...], Parameter(negative="", consume_multiple=False)] = (),
    demo: Annotated[bool, Parameter(negative="")] = False,
    state: Path = Path(".state"),
    port: int | None = None,
    host: str | None = None,
    topology: Path = LAPTOP,
) -> None:
    """Run the one process that holds a service, without a supervisor; the others are run by hands like yours.

    Parameters
    ----------
    service
        The service, as `matinee services` lists it; what shares its process in the topology runs with it. Of several
        processes that run it, name the one: front-2.
    library
        As for `up`: every process of a house is told the same.
    demo
        As for `up`.
    state
        As for `up`: the processes of a house share it.
    port
        As for `up`.
    host
        As for `up`.
    topology
        What runs where, on which engines: topology/split.toml gives every service a process of its own.
    """
    from matinee.up.rim import run_alone

    house = _house(topology, state, Changes(host=host, port=port), library, demo=demo)
    process = next((each for each in house.processes if service == each.name or service in each.services), None)
    if process is None:
        names = ", ".join(each.name for each in house.processes)
        raise BadTopology(f"there is no service '{service}': `matinee services` lists them; nor a process: there are {names}")
    run_alone(house, process.name)


@app.command
def move(
    *,
    from_: Annotated[Path, Parameter(name="--from")],
    to: Path,
    state: Path = Path(".state"),
    to_state: Path | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Carry all that a house keeps onto other engines: accounts, titles, rows, the log, films, keys. The old one stays as it is.

    Stop the house first. Killed at any moment, it goes on where it was when given again. At the end both houses are counted
    and compared; the exit status is 1 if they differ.

    Parameters
    ----------
    from_
        The topology the house was run with.
    to
        The topology it shall run with; its engines must be empty.
    state
        The house's state directory.
    to_state
        Another state directory for the new house; without it, keys and the house's own films stay where they are.
    dry_run
        Say what would be carried, and carry nothing.
    """
    from matinee.moving.moving import move, plan

    source = _house(from_, state, Changes(), (), demo=False)
    target = _house(to, to_state or state, Changes(), (), demo=False)
    # Told before anything may come in between: who hears it need not give the command again.
    done = f"Moved. Type: matinee up --topology {to} --state {to_state or state}"
    sys.exit(plan(source, target) if dry_run else move(source, target, lambda: print(done, flush=True)))


@app.command
def services() -> None:
    """Print the table of the house: every service, how it speaks, what it needs, whom it calls."""
    from rich.console import Console
    from rich.table import Table

    table = Table("service", "speaks", "ports", "calls", "front file", box=None, pad_edge=False, header_style="bold")
    for name, room in HOUSE.items():
        file = "src/" + room.front.partition(":")[0].replace(".", "/") + ".py"
        table.add_row(name, room.speaks, " ".join(room.ports), " ".join((*room.calls, *room.tells)) or "-", file)
    Console(width=None if sys.stdout.isatty() else 130).print(table)


@app.command
def doctor(*, state: Path = Path(".state"), topology: Path = LAPTOP, port: int | None = None) -> None:
    """Say what is missing on this machine, and how to mend it.

    Parameters
    ----------
    state
        The state directory to look at.
    topology
        The topology whose tools and ports to check.
    port
        The front door's port, as for `up`.
    """
    from matinee.up.doctor import examine

    sys.exit(examine(_house(topology, state, Changes(port=port), (), demo=False)))


@app.command
def schema(*, openapi: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Print the GraphQL schema (SDL), as kept in web/schema.graphql.

    Parameters
    ----------
    openapi
        Print the other routes of the front door instead, as OpenAPI.
    """
    if openapi:
        from matinee.screen import openapi as routes

        print(json.dumps(routes.openapi(routes.ROUTES), indent=1))
    else:
        from matinee.screen.schema import SCHEMA

        print(SCHEMA.as_str())


@app.command(show=False)
def process(name: str, *, house: Path) -> None:
    """Run one process of a running house; the supervisor calls this.

    Parameters
    ----------
    name
        The process, as the topology names it.
    house
        The resolved topology the supervisor wrote.
    """
    from matinee.up.rim import run_process

    try:
        run_process(decode_topology(house.read_bytes()), name)
    except (BadTopology, WillNotStart) as error:
        print(f"matinee: {error}", file=sys.stderr)
        sys.exit(WILL_NOT_START)


def _house(file: Path, state: Path, changes: Changes, libraries: tuple[Path, ...], *, demo: bool) -> Topology:
    """The topology with everything the command line says, all paths absolute."""
    state = state.resolve()
    if re.search(NOT_IN_A_URL, str(state)):
        raise BadTopology(f"--state {state}: the engines' addresses cannot hold ? # % {{ or }}: give another directory")
    house = read_topology(file, state, tuple(HOUSE), changes, MANY, CACHING)
    for library in libraries:
        if not library.is_dir():
            raise BadTopology(f"--library {library}: there is no such folder")
        if state.is_relative_to(library.resolve()) or library.resolve().is_relative_to(state):
            raise BadTopology(f"--library {library} and --state {state} lie in each other: keep films and state apart")
    cache = os.environ.get("MATINEE_DEMO_CACHE")
    shown = (*(library.resolve() for library in libraries), *((state / "demo",) if demo else ()))
    return replace(house, libraries=shown, demo=demo, demo_cache=Path(cache).resolve() if cache else None)


def main() -> None:
    """Errors of the owner's making end in one line, without a traceback."""
    try:
        app()
    except (BadTopology, CannotStart) as error:
        sys.exit(f"matinee: {error}")


if __name__ == "__main__":
    main()
