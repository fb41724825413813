"""Who sits the exams: for each port its engines by name, each made on an empty folder.

A large engine joins by one more line here, and finds every question waiting.
"""

from collections.abc import Callable
from pathlib import Path

from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.sql import Sql

SQL: dict[str, Callable[[Path], Sql]] = {"sqlite": lambda folder: SqliteSql(folder / "exam.db")}
LOG: dict[str, Callable[[Path], Log]] = {"sqlite": lambda folder: SqliteLog(folder / "log.db")}
BLOBS: dict[str, Callable[[Path], Blobs]] = {"directory": lambda folder: DirectoryBlobs(folder / "blobs")}
RPC: dict[str, Callable[[Clock], LocalExchange]] = {"local": LocalExchange}
