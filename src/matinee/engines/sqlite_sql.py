"""The port `sql` on one SQLite file: one writer thread, two reading ones.

SQLite takes one writer at a time, so the queue before the lock is ours: a single thread, in the order asked, instead of
threads that wake each other up to find the file busy. Readers have connections of their own and never wait for it.

`synchronous = FULL`: who was told "welcome" still has an account after a power cut. Accounts and titles are written
rarely enough to pay a sync for each commit.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from matinee.engines.migrating import STANDS, Ahead, go_through, pending
from matinee.engines.patience import PATIENCE_S, OutOfPatience, patiently
from matinee.engines.sqlite_backup import back_up, backup_at
from matinee.engines.sqlite_file import FAILURES, is_busy, is_unreachable, make_private, prepare
from matinee.ports.sql import Migration, SchemaTooNew, SqlUnavailable

T = TypeVar("T")

READERS = 2


class SqliteSql:
    """One file, one subject's tables. A cancelled call has either not begun or runs to its end, whole."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self._path = path
        self._patience_s = patience_s
        try:
            make_private(path)
        except OSError as error:
            raise SqlUnavailable(f"cannot open the database {path}: {error.strerror}; check the state folder") from error
        self._writing = _engine(path, connections=1, begin="BEGIN IMMEDIATE", query_only=False)
        self._reading = _engine(path, connections=READERS, begin="BEGIN", query_only=True)
        self._writer = ThreadPoolExecutor(1, f"{path.stem}-writer")
        self._readers = ThreadPoolExecutor(READERS, f"{path.stem}-reader")

    async def install(self, migrations: Sequence[Migration]) -> None:
        """All that are pending in one transaction, so that the file is at the old schema or at the new, and its backup fits."""
        try:
            if await self.read(lambda db: pending(db, migrations)):
                await self.transact(lambda db: self._migrate(db, migrations))
        except Ahead as ahead:
            backup = backup_at(self._path, {"", *(each.revision for each in migrations)})
            restore = f"restore {backup}" if backup else f"restore a backup of {self._path}"
            raise SchemaTooNew(f"the database {self._path}: {ahead}. Start the newer Matinee again, or {restore}") from ahead

    async def transact(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self._writer, self._writing, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self._readers, self._reading, work)

    async def close(self) -> None:
        """Lets what was asked before finish, then closes the file. Safe to repeat."""
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._writing.dispose()
        self._reading.dispose()

    def _migrate(self, db: Connection, migrations: Sequence[Migration]) -> None:
        todo = pending(db, migrations)
        if todo and inspect(db).get_table_names():
            back_up(self._path, todo[0].revision)
        STANDS.create(db, checkfirst=True)
        for migration in todo:
            go_through(db, migration)

    async def _run(self, threads: ThreadPoolExecutor, engine: Engine, work: Callable[[Connection], T]) -> T:
        try:
            answer = threads.submit(self._attempt, engine, work)
        except RuntimeError as error:
            raise SqlUnavailable(f"the database {self._path} is closed: this process is shutting down") from error
        return await asyncio.wrap_future(answer)

    def _attempt(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        """On an engine's thread: the whole transaction, again while another process holds the file."""

        def once() -> T:
            with engine.begin() as connection:
                return work(connection)

        try:
            return patiently(once, FAILURES, is_busy, self._patience_s)
        except OutOfPatience as error:
            raise SqlUnavailable(
                f"the database {self._path} is locked by another process: {error}; see which one writes so long"
            ) from error
        except FAILURES as error:
            if not is_unreachable(error):
                raise
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise SqlUnavailable(f"the database {self._path} failed: {cause}; check the disk it lies on") from error


def _engine(path: Path, *, connections: int, begin: str, query_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        prepare(connection, synchronous="FULL", query_only=query_only)

    def on_begin(connection: Connection) -> None:
        # A writer takes the lock before it reads; upgrading later could fail with what it read already out of date.
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine
