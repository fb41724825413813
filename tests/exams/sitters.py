"""Who sits the exams: for each port its engines by name, each made on an empty folder.

A large engine joins by one more line here, and finds every question waiting.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.mark import ParameterSet

from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.grpc_connection import GrpcConnection
from matinee.engines.grpc_rpc import GrpcChannel, GrpcServer
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.rpc_callee import Callees
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.blobs import Blobs
from matinee.ports.cache import Cache
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rows import Cell, Row, Rows
from matinee.ports.rpc import Channel, Passports, Service
from matinee.ports.sql import Sql


class RpcSitter(Protocol):
    """Services on one side, a way to them on the other; `open` after the last one was mounted."""

    def mount(self, service: Service, implementation: object) -> None: ...

    async def open(self) -> None: ...

    def channel(self, to: str) -> Channel: ...

    async def close(self) -> None: ...


class LocalSitter(LocalExchange):
    def __init__(self, clock: Clock, folder: Path, passports: Passports | None = None) -> None:
        super().__init__(clock, passports)

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class GrpcSitter:
    def __init__(self, clock: Clock, folder: Path, passports: Passports | None = None) -> None:
        self._clock, self._callees, self._services = clock, Callees(clock, passports), list[Service]()
        address = f"unix:{folder / 'rpc.sock'}"
        self._server, self._connection = GrpcServer(address, self._callees, clock), GrpcConnection(address)

    def mount(self, service: Service, implementation: object) -> None:
        self._callees.mount(service, implementation)
        self._services.append(service)

    async def open(self) -> None:
        await self._server.start(tuple(self._services))

    def channel(self, to: str) -> Channel:
        return GrpcChannel(to, self._clock, self._connection)

    async def close(self) -> None:
        await self._connection.close()
        await self._server.close()


def postgres_url(folder: Path, of: str = "exam") -> str:
    """A schema for what is kept on behalf of this folder."""
    from infra.keys import password_file
    from infra.place import DEFAULT_DATA
    from infra.ports import LOOPBACK, read_ports

    where = f"{LOOPBACK}:{read_ports().postgres.port}/matinee"
    return f"postgresql://matinee@{where}?schema={of}_{_mark(folder)}&passfile={password_file(DEFAULT_DATA)}"


def _postgres(folder: Path) -> Sql:
    from matinee.engines.postgres_sql import PostgresSql

    return PostgresSql(postgres_url(folder))


def _s3(folder: Path) -> Blobs:
    from infra.keys import S3_WRITER, s3_keys_file
    from infra.place import DEFAULT_DATA
    from infra.ports import LOOPBACK, read_ports
    from matinee.engines.s3_blobs import S3Blobs

    endpoint, keys = f"http://{LOOPBACK}:{read_ports().seaweed.s3}", s3_keys_file(DEFAULT_DATA, S3_WRITER)
    return S3Blobs(f"s3://exam/{_mark(folder)}?endpoint={endpoint}&region=us-east-1&keys={keys}")


class Apart:
    """Rows in tables of their own: a keyspace for each folder would soon be too many for two small nodes."""

    def __init__(self, rows: Rows, mark: str) -> None:
        self._rows, self._mark = rows, mark

    def _table(self, table: str) -> str:
        return table and f"{self._mark} {table}"

    async def put(
        self, table: str, partition: str, key: str, cells: Mapping[str, bytes], at_ms: int, ttl_s: int | None = None
    ) -> None:
        await self._rows.put(self._table(table), partition, key, cells, at_ms, ttl_s)

    async def drop(self, table: str, partition: str, key: str, at_ms: int) -> None:
        await self._rows.drop(self._table(table), partition, key, at_ms)

    async def drop_partition(self, table: str, partition: str, at_ms: int) -> None:
        await self._rows.drop_partition(self._table(table), partition, at_ms)

    async def get(self, table: str, partition: str, keys: Sequence[str], *, fresh: bool = True) -> Mapping[str, Row]:
        return await self._rows.get(self._table(table), partition, keys, fresh=fresh)

    async def page(self, table: str, partition: str, limit: int, after: str = "", *, fresh: bool = True) -> Sequence[Row]:
        return await self._rows.page(self._table(table), partition, limit, after, fresh=fresh)

    async def walk(self, mark: str = "") -> tuple[Sequence[Cell], str]:
        """Past what others wrote."""
        cells, following = await self._rows.walk(mark)
        ours = [
            replace(cell, table=name) for cell in cells for whose, _, name in [cell.table.partition(" ")] if whose == self._mark
        ]
        return ours, following

    async def close(self) -> None:
        await self._rows.close()


def _cassandra(folder: Path, keyspace: str = "exam") -> Rows:
    from infra.ports import read_ports
    from matinee.engines.cassandra_rows import CassandraRows

    cassandra = read_ports().cassandra
    return Apart(CassandraRows(f"cassandra://{cassandra.dc1}:{cassandra.native}/{keyspace}?dc=dc1"), _mark(folder))


def _memcached(folder: Path) -> Cache:
    from infra.ports import LOOPBACK, read_ports
    from matinee.engines.memcached_cache import Memcached

    nodes = read_ports().memcached
    zones = {"a": nodes.zone_a, "b": nodes.zone_b}
    place = ";".join(f"{zone}={','.join(f'{LOOPBACK}:{port}' for port in ports)}" for zone, ports in zones.items())
    # What is kept is asked here, not how soon: a moment in which the machine is busy elsewhere is no miss.
    return Memcached(f"memcached://{place}?near=a&house=exam-{_mark(folder)}", answers_within_s=1)


def _kafka(folder: Path) -> Log:
    from infra.ports import LOOPBACK, read_ports
    from matinee.engines.kafka_log import KafkaLog

    return KafkaLog(f"kafka://{LOOPBACK}:{read_ports().kafka.broker}?prefix=exam.{_mark(folder)}&partitions=3")


def _mark(folder: Path) -> str:
    """A name for what is written on behalf of this folder: who comes back to the folder finds it."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:16]


SQL: dict[str, Callable[[Path], Sql]] = {"sqlite": lambda folder: SqliteSql(folder / "exam.db"), "postgres": _postgres}
ROWS: dict[str, Callable[[Path], Rows]] = {"sqlite": lambda folder: SqliteRows(folder / "rows.db"), "cassandra": _cassandra}
WALKED: dict[str, Callable[[Path], Rows]] = {**ROWS, "cassandra": lambda folder: _cassandra(folder, "walked")}
"""The same, in a place that holds little else."""

LOG: dict[str, Callable[[Path], Log]] = {"sqlite": lambda folder: SqliteLog(folder / "log.db"), "kafka": _kafka}
CACHE: dict[str, Callable[[Path], Cache]] = {"memory": lambda folder: MemoryCache("memory://"), "memcached": _memcached}
BLOBS: dict[str, Callable[[Path], Blobs]] = {"directory": lambda folder: DirectoryBlobs(folder / "blobs"), "s3": _s3}
RPC: dict[str, Callable[[Clock, Path, Passports | None], RpcSitter]] = {"local": LocalSitter, "grpc": GrpcSitter}

LARGE = ("cassandra", "kafka", "memcached", "postgres", "s3")
"""The engines behind which real servers stand: `make engines` brings those up, `make test-engines` examines these."""


def sitters_of(engines: Iterable[str]) -> list[ParameterSet]:
    """The names of a port's engines, as the parameters of its exam."""
    return [pytest.param(name, marks=[pytest.mark.engines if name in LARGE else pytest.mark.exam]) for name in sorted(engines)]


PORTS = {"sql": SQL, "rows": ROWS, "log": LOG, "cache": CACHE, "blobs": BLOBS, "rpc": RPC}
"""All that is examined: the port's name is that of its exam."""
