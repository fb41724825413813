"""Where each engine listens, read from `ports.toml` and checked before anything is started."""

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

SHIPPED_PORTS = Path(__file__).with_name("ports.toml")
# Who kills and stops servers, or shares a machine, brings up a set of their own beside another.
OTHER_PORTS = "MATINEE_ENGINES_PORTS"
PORTS_FILE = Path(os.environ.get(OTHER_PORTS, str(SHIPPED_PORTS)))
LOOPBACK = "127.0.0.1"
SEAWEED_GRPC_OFFSET = 10_000
HIGHEST = 65_535


class Address(NamedTuple):
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class WrongPortsError(Exception):
    """The ports file cannot be used; says where and why."""


class Postgres(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    port: int


class Cassandra(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dc1: str
    dc2: str
    native: int
    storage: int


class Kafka(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    broker: int
    controller: int


class Memcached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zone_a: tuple[int, ...]
    zone_b: tuple[int, ...]


class Seaweed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    s3: int
    master: int
    volume: int
    filer: int

    def all(self) -> tuple[int, ...]:
        """The gRPC ports that come with them included."""
        named = (self.s3, self.master, self.volume, self.filer)
        return (*named, *(port + SEAWEED_GRPC_OFFSET for port in named))


class Ports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    postgres: Postgres
    cassandra: Cassandra
    kafka: Kafka
    memcached: Memcached
    seaweed: Seaweed

    def addresses(self) -> list[Address]:
        """Every address that is taken when all engines run."""
        near = [
            self.postgres.port,
            self.kafka.broker,
            self.kafka.controller,
            *self.memcached.zone_a,
            *self.memcached.zone_b,
            *self.seaweed.all(),
        ]
        nodes = [
            Address(host, port)
            for host in (self.cassandra.dc1, self.cassandra.dc2)
            for port in (self.cassandra.native, self.cassandra.storage)
        ]
        return [Address(LOOPBACK, port) for port in near] + nodes


def read_ports(file: Path = PORTS_FILE) -> Ports:
    """The ports of a file, or the reason why it will not do."""
    try:
        ports = msgspec.convert(tomllib.loads(file.read_text()), Ports)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WrongPortsError(f"{file}: {error}") from None
    for address in ports.addresses():
        if not address.host.startswith("127."):
            raise WrongPortsError(f"{file}: {address} is not loopback, and these servers ask nobody who they are: use 127.x.y.z")
        if not 1 <= address.port <= HIGHEST:
            raise WrongPortsError(f"{file}: {address} is no port: 1 to {HIGHEST}, and for seaweed {SEAWEED_GRPC_OFFSET} less")
    twice = [str(address) for address, times in Counter(ports.addresses()).items() if times > 1]
    if twice:
        raise WrongPortsError(
            f"{file}: {', '.join(twice)} is given twice (seaweed takes each port plus {SEAWEED_GRPC_OFFSET} too)"
        )
    return ports
