"""All the engines: the table of what is brought up."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.cassandra.server import POM as CASSANDRA_POM
from infra.cassandra.server import cassandra
from infra.jars import check_programs, fetch_jars, jars_folder
from infra.kafka.server import POM as KAFKA_POM
from infra.kafka.server import kafka
from infra.memcached.server import memcached
from infra.place import CACHE
from infra.ports import Ports
from infra.postgres.server import postgres
from infra.seaweed.server import seaweed
from infra.server import EngineError, Server

POMS = {"kafka": KAFKA_POM, "cassandra": CASSANDRA_POM}


def all_servers(ports: Ports, data: Path) -> list[Server]:
    jars = {name: jars_folder(name, pom, CACHE / "jars") for name, pom in POMS.items()}
    return [
        postgres(ports, data),
        *memcached(ports, data),
        seaweed(ports, data),
        kafka(ports, data, jars["kafka"]),
        *cassandra(ports, data, jars["cassandra"]),
    ]


def chosen(servers: Sequence[Server], names: Sequence[str]) -> list[Server]:
    """Those named, all if none is; a part of a name stands for all that begin so."""
    for name in names:
        if not any(server.name.startswith(name) for server in servers):
            raise EngineError(f"there is no server '{name}'; there are {', '.join(server.name for server in servers)}")
    return [server for server in servers if not names or server.name.startswith(tuple(names))]


async def make_ready(servers: Sequence[Server], tell: Callable[[str], None]) -> None:
    """Programs and jars that these servers need."""
    check_programs()
    needed = [name for name in POMS if any(server.name.startswith(name) for server in servers)]
    folders = {name: jars_folder(name, POMS[name], CACHE / "jars") for name in needed}
    missing = {name: folder for name, folder in folders.items() if not folder.exists()}
    for name in missing:
        tell(f"{name}: Maven fetches its jars")
    await asyncio.gather(*(fetch_jars(name, POMS[name], folder) for name, folder in missing.items()))
