"""Transactions on one SQLite file, from two threads: one that writes and one that reads, each with a connection of its own.

SQLite calls block, so they never run on the event loop; and one writer per process means that a process never waits for
itself. What another process holds is waited for with patience.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from matinee.engines.patience import OutOfPatience, patiently
from matinee.engines.sqlite_file import FAILURES, is_busy, make_private, prepare

T = TypeVar("T")


class SqliteThreads:
    """`what` names the store in errors; `tables` are made when missing; `unavailable` is what the store's port raises."""

    def __init__(
        self, path: Path, what: str, tables: Sequence[str], unavailable: Callable[[str], Exception], patience_s: float
    ) -> None:
        self._path = path
        self._what = what
        self._tables = tables
        self._unavailable = unavailable
        self._patience_s = patience_s
        self._threads = {True: ThreadPoolExecutor(1, f"{what}-writer"), False: ThreadPoolExecutor(1, f"{what}-reader")}
        self._connections: dict[bool, sqlite3.Connection] = {}

    async def run(self, work: Callable[[sqlite3.Connection], T], *, writing: bool) -> T:
        """One transaction on the reader's or the writer's thread."""
        return await asyncio.wrap_future(self.submit(writing, lambda: self.transact(work, writing)))

    def submit(self, writing: bool, work: Callable[[], T]) -> Future[T]:
        try:
            return self._threads[writing].submit(work)
        except RuntimeError as error:
            raise self._unavailable(f"the {self._what} file {self._path} is closed: this process is shutting down") from error

    def transact(self, work: Callable[[sqlite3.Connection], T], writing: bool) -> T:
        """On one of these threads: the whole of it, again while another process holds the file."""

        def once() -> T:
            connection = self._connection(writing)
            connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            try:
                answer = work(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.rollback()
            return answer

        try:
            return patiently(once, FAILURES, is_busy, self._patience_s)
        except OutOfPatience as error:
            raise self._unavailable(f"the {self._what} file {self._path} is locked by another process, {error}") from error
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(f"the {self._what} file {self._path} failed: {error}; check the disk it lies on") from error

    async def close(self) -> None:
        """Lets the writes under way finish, then closes the file. Safe to repeat."""
        for threads in self._threads.values():
            await asyncio.to_thread(threads.shutdown)
        while self._connections:
            self._connections.popitem()[1].close()

    def _connection(self, writing: bool) -> sqlite3.Connection:
        """The thread's own connection, opened (and the tables made) when first needed."""
        found = self._connections.get(writing)
        if found is not None:
            return found
        make_private(self._path)
        opened = sqlite3.connect(self._path, check_same_thread=False)
        try:
            prepare(opened, synchronous="NORMAL", query_only=False)
            opened.execute("BEGIN IMMEDIATE")
            for table in self._tables:
                opened.execute(table)
            opened.execute("COMMIT")
            opened.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        except sqlite3.Error:
            opened.close()
            raise
        self._connections[writing] = opened
        return opened
