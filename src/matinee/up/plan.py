"""What each child of the house is: its command, its folder, and how to tell that it is well.

Sockets are named from the state directory, in which the supervisor works: a full path may be longer than a socket's may.
"""

import os
import shutil
import sys
from pathlib import Path

from matinee.contracts.ids import BoxId
from matinee.edge.nginx import BoxPlan, command, default_nginx, lay_out
from matinee.settings import box_folder, origin_of
from matinee.topology import BoxPlace, Topology
from matinee.up.children import Child
from matinee.up.envoy import ADMIN_SOCKET, envoy_config
from matinee.up.http_get import Place, status_of
from matinee.up.leftovers import MARK


def envoy_of(topology: Topology) -> Path:
    """The topology's Envoy, else the one installed beside this Python, else the one on the PATH."""
    beside = Path(sys.executable).with_name("envoy")
    return Path(topology.tools.envoy or (beside if beside.exists() else shutil.which("envoy") or "envoy"))


def nginx_of(topology: Topology) -> Path:
    return Path(topology.tools.nginx) if topology.tools.nginx else default_nginx()


def box_child(topology: Topology, box: BoxPlace) -> Child:
    folder = box_folder(topology, box)
    plan = BoxPlan(
        box_id=BoxId(box.box_id),
        host=topology.door.host,
        port=box.port,
        origin=origin_of(topology),
        cache_bytes=box.cache_bytes,
    )
    socket = f"boxes/{box.box_id}/agent.sock"

    async def is_well() -> bool:
        return await status_of(Place(socket=socket), "/keys") == 200

    return Child(
        name=f"box {box.box_id}",
        argv=tuple(command(nginx_of(topology))),
        folder=folder,
        environment=_environment(topology),
        log=topology.state / "logs" / f"box-{box.box_id}.log",
        is_well=is_well,
        before=lambda: lay_out(folder, plan),
        # A killed nginx master leaves its workers; a terminated one takes them along.
        dies_with_us="TERM",
    )


def process_child(topology: Topology, name: str) -> Child:
    health = f"run/{name}.health.sock"

    async def is_well() -> bool:
        return await status_of(Place(socket=health), "/health") == 200

    return Child(
        name=name,
        argv=(sys.executable, "-m", "matinee", "process", name, "--house", "run/house.json"),
        folder=topology.state,
        environment=_environment(topology),
        log=topology.state / "logs" / f"{name}.log",
        is_well=is_well,
    )


def envoy_child(topology: Topology) -> Child:
    config = topology.state / "run" / "envoy.json"

    async def is_well() -> bool:
        """Asked of Envoy itself: it is not to be blamed for a front that does not answer through it."""
        return await status_of(Place(socket=ADMIN_SOCKET), "/ready") == 200

    return Child(
        name="door",
        # Hot restart would claim shared memory by a number that two houses on one machine would share.
        argv=(
            str(envoy_of(topology)),
            "-c",
            "run/envoy.json",
            "--disable-hot-restart",
            "--concurrency",
            "2",
            "--log-level",
            "warning",
        ),
        folder=topology.state,
        environment=_environment(topology),
        log=topology.state / "logs" / "door.log",
        is_well=is_well,
        before=lambda: _lay_out_door(topology, config),
    )


async def is_open(topology: Topology) -> bool:
    """Whether a viewer would be let in and could watch: the whole way through the front door, as they would come."""
    host = "::1" if ":" in topology.door.host else "127.0.0.1"
    place = Place(host=topology.door.host if topology.door.host not in {"0.0.0.0", "::"} else host, port=topology.door.port)  # noqa: S104 # compared, not bound
    return await status_of(place, "/ready") == 200


def _lay_out_door(topology: Topology, config: Path) -> None:
    config.write_text(envoy_config(topology))
    (topology.state / ADMIN_SOCKET).unlink(missing_ok=True)


def _environment(topology: Topology) -> dict[str, str]:
    return {**os.environ, MARK: str(topology.state)}
