"""The port `sql` on PostgreSQL, or what speaks its language (CockroachDB): threads, each with a connection when it needs one.

Every transaction is serialisable, so two that could not have happened one after the other end in a conflict, and one of
them is done again. A store that restarts is waited for in the same way. One that hangs is not: a transaction has its time,
and once that is over its connection carries nothing any more, whatever the store would say later.
"""

import asyncio
import os
import re
import socket
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, MetaData, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateSchema

from matinee.engines.patience import PATIENCE_S, OutOfPatience, patiently
from matinee.ports.sql import SqlUnavailable

T = TypeVar("T")

SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}")
CONNECTIONS = 8
CONNECT_WITHIN_S = 3

ANSWERS_WITHIN_S = 30.0
"""How long a caller waits, conflicts and queue included, before it is told that the store hangs."""

CONFLICT = ("40001", "40P01")
"""Serialisation failure and deadlock: the transaction left nothing behind and may be done again."""

AWAY = ("08", "57P", "53300")
"""How SQLSTATE begins when the store is not there: no connection, shut down or starting, too many clients."""


class PostgresSql:
    """One subject's tables, in a schema of their own. A cancelled call has either not begun or runs to its end, whole.

    `url` is `postgresql://USER@HOST:PORT/DATABASE?schema=SCHEMA&passfile=FILE`, the file one in the form of .pgpass.
    """

    def __init__(self, url: str, patience_s: float = PATIENCE_S, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        place = make_url(url)
        schema = str(place.query.get("schema", ""))
        if not SCHEMA.fullmatch(schema):
            raise ValueError(f"{url} names no schema: end it in ?schema=NAME, of small letters, digits and _")
        self._place = place.difference_update_query(["schema"])
        self._schema = schema
        self._patience_s = patience_s
        self._answers_within_s = answers_within_s
        self._engine = create_engine(
            _with_psycopg(self._place, schema),
            poolclass=QueuePool,
            pool_size=CONNECTIONS,
            max_overflow=0,
            isolation_level="SERIALIZABLE",
        )
        self._threads = ThreadPoolExecutor(CONNECTIONS, f"{schema}-sql")

    async def install(self, tables: MetaData) -> None:
        def make(connection: Connection) -> None:
            connection.execute(CreateSchema(self._schema, if_not_exists=True))
            tables.create_all(connection, checkfirst=True)

        await self.transact(make)

    async def transact(self, work: Callable[[Connection], T]) -> T:
        return await self._run(work, reading=False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._run(work, reading=True)

    async def close(self) -> None:
        """Lets what was asked before finish, then closes the connections. Safe to repeat."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    async def _run(self, work: Callable[[Connection], T], *, reading: bool) -> T:
        turn = _Turn()
        try:
            answer = asyncio.wrap_future(self._threads.submit(self._attempts, work, reading, turn))
        except RuntimeError as error:
            raise SqlUnavailable(f"{self._what} is closed: this process is shutting down") from error
        try:
            await asyncio.wait({answer}, timeout=self._answers_within_s)
        finally:
            hangs = not answer.done()
            answer.cancel()
        if not hangs:
            return answer.result()
        turn.give_up()
        raise SqlUnavailable(f"{self._what} did not answer within {self._answers_within_s:g} s: see whether it hangs")

    def _attempts(self, work: Callable[[Connection], T], reading: bool, turn: "_Turn") -> T:
        """On a thread of ours: the whole transaction, again while it meets others or the store is away."""
        try:
            return patiently(lambda: self._once(work, reading, turn), (DBAPIError,), _passes, self._patience_s)
        except OutOfPatience as error:
            raise SqlUnavailable(f"{self._what} gave no transaction, {error}: {_words(error.__cause__)}") from error

    def _once(self, work: Callable[[Connection], T], reading: bool, turn: "_Turn") -> T:
        with self._engine.connect().execution_options(postgresql_readonly=reading) as connection, turn.on(connection):
            with connection.begin() as transaction:
                answer = work(connection)
                try:
                    transaction.commit()
                except DBAPIError as error:
                    if _sqlstate(error) in CONFLICT:
                        raise
                    raise SqlUnavailable(f"{self._what} broke off as it committed, which may be done: {_words(error)}") from error
            return answer

    @property
    def _what(self) -> str:
        return f"the database {self._place.host}:{self._place.port}/{self._place.database}, schema {self._schema},"


class _Turn:
    """One transaction's time: who gives it up makes sure that it commits nothing from then on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up = False
        self._wire: socket.socket | None = None

    @contextmanager
    def on(self, connection: Connection) -> Generator[None]:
        driver: Any = connection.connection.driver_connection
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as wire:
            with self._lock:
                if self._given_up:
                    raise SqlUnavailable("the caller has gone")
                self._wire = wire
            try:
                yield
            finally:
                with self._lock:
                    self._wire = None

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._wire is not None:
                self._wire.shutdown(socket.SHUT_RDWR)


def _with_psycopg(place: URL, schema: str) -> URL:
    """The store's address as our driver takes it; names without a schema are ours."""
    return place.set(drivername="postgresql+psycopg").update_query_dict(
        {
            "options": f"-csearch_path={schema}",
            "application_name": f"matinee {schema}",
            "connect_timeout": str(CONNECT_WITHIN_S),
        }
    )


def _sqlstate(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _passes(error: Exception) -> bool:
    """Whether doing it again may help: it met another transaction, or the store is away for a moment."""
    state = _sqlstate(error)
    return state in CONFLICT or (isinstance(error, OperationalError) and (not state or state.startswith(AWAY)))


def _words(error: BaseException | None) -> str:
    """What the store said, without the statement that it said it about."""
    return " ".join(str(getattr(error, "orig", error)).split())
