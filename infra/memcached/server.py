"""memcached, from the system's packages: two zones of two."""

from pathlib import Path

from infra.asking import memcached_answers
from infra.ports import LOOPBACK, Address, Ports
from infra.server import Server

MEMORY_MB = 64


def memcached(ports: Ports, data: Path) -> list[Server]:
    zones = {"a": ports.memcached.zone_a, "b": ports.memcached.zone_b}
    return [
        _node(f"memcached-{zone}{number}", Address(LOOPBACK, port), data)
        for zone, those in zones.items()
        for number, port in enumerate(those, start=1)
    ]


def _node(name: str, address: Address, data: Path) -> Server:
    # Loopback only, and no UDP (the default since 1.5.6): memcached asks nobody who they are. `-u` is heeded by root alone,
    # whom memcached refuses to run as unless told so.
    argv = ("memcached", "-l", address.host, "-p", str(address.port), "-m", str(MEMORY_MB), "-u", "nobody")
    return Server(name, argv, data / name, (address,), lambda: memcached_answers(address))
