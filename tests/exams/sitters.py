"""Who sits the exams: for each port its engines by name, each made on an empty folder.

A large engine joins by one more line here, and finds every question waiting.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.grpc_rpc import GrpcChannel, GrpcConnection, GrpcServer
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.rpc_callee import Callees
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rows import Rows
from matinee.ports.rpc import Channel, Service
from matinee.ports.sql import Sql


class RpcSitter(Protocol):
    """Services on one side, a way to them on the other; `open` after the last one was mounted."""

    def mount(self, service: Service, implementation: object) -> None: ...

    async def open(self) -> None: ...

    def channel(self, to: str) -> Channel: ...

    async def close(self) -> None: ...


class LocalSitter(LocalExchange):
    def __init__(self, clock: Clock, folder: Path) -> None:
        super().__init__(clock)

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class GrpcSitter:
    def __init__(self, clock: Clock, folder: Path) -> None:
        self._clock, self._callees, self._services = clock, Callees(clock), list[Service]()
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


SQL: dict[str, Callable[[Path], Sql]] = {"sqlite": lambda folder: SqliteSql(folder / "exam.db")}
ROWS: dict[str, Callable[[Path], Rows]] = {"sqlite": lambda folder: SqliteRows(folder / "rows.db")}
LOG: dict[str, Callable[[Path], Log]] = {"sqlite": lambda folder: SqliteLog(folder / "log.db")}
BLOBS: dict[str, Callable[[Path], Blobs]] = {"directory": lambda folder: DirectoryBlobs(folder / "blobs")}
RPC: dict[str, Callable[[Clock, Path], RpcSitter]] = {"local": LocalSitter, "grpc": GrpcSitter}
