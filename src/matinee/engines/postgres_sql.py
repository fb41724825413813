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
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateSchema, CreateTable

from matinee.engines.cockroach import Cockroach
from matinee.engines.migrating import STANDS, Ahead, go_through, pending
from matinee.engines.patience import PATIENCE_S, OutOfPatience, patiently
from matinee.ports.sql import Migration, SchemaTooNew, SqlUnavailable

T = TypeVar("T")

SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}")
CONNECTIONS = 8
CONNECT_WITHIN_S = 3

RETURNS_WITHIN_S = 3.0
"""How long a store that is away is waited for. Once it was so in vain, all are told at once, until it is there again."""

ANSWERS_WITHIN_S = 30.0
"""How long a caller waits, conflicts and queue included, before it is told that the store hangs."""

CONFLICT = ("40001", "40P01")
"""Serialisation failure and deadlock: the transaction left nothing behind and may be done again."""

MADE_MEANWHILE = ("23505", "42P06", "42P07")
"""What IF NOT EXISTS still says when another makes the same thing in the same instant."""

AWAY = ("08", "57P", "53300")
"""How SQLSTATE begins when the store is not there: no connection, shut down or starting, too many clients."""

registry.register("cockroachdb.psycopg", Cockroach.__module__, Cockroach.__name__)


class PostgresSql:
    """One subject's tables, in a schema of their own. A cancelled call has either not begun or runs to its end, whole.

    `url` is `postgresql://USER@HOST:PORT/DATABASE?schema=SCHEMA&passfile=FILE`, the file one in the form of .pgpass;
    `cockroachdb://…` likewise.
    """

    def __init__(self, url: str, patience_s: float = PATIENCE_S, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        place = _address(url)
        schema = str(place.query.get("schema", ""))
        if not SCHEMA.fullmatch(schema):
            raise ValueError(f"{url} names no schema: end it in ?schema=NAME, of small letters, digits and _")
        self._place = place.difference_update_query(["schema"])
        self._schema = schema
        self._patience_s = patience_s
        self._returns_within_s = min(patience_s, RETURNS_WITHIN_S)
        self._answers_within_s = answers_within_s
        self._away = False  # what was asked last waited for it in vain
        self._engine = create_engine(
            _with_psycopg(self._place, schema),
            poolclass=QueuePool,
            pool_size=CONNECTIONS,
            max_overflow=0,
            isolation_level="SERIALIZABLE",
        )
        self._threads = ThreadPoolExecutor(CONNECTIONS, f"{schema}-sql")

    async def install(self, migrations: Sequence[Migration]) -> None:
        """One transaction for each migration: not every store takes two changes of a table in one."""

        def next_one(connection: Connection) -> bool:
            todo = pending(connection, migrations)
            if todo:
                go_through(connection, todo[0])
            return len(todo) > 1

        try:
            if await self.read(lambda connection: pending(connection, migrations)):
                await self._make_schema()
                while await self.transact(next_one):
                    continue
        except Ahead as ahead:
            restore = f"restore a backup of {self._what.rstrip(',')}"
            raise SchemaTooNew(f"{self._what} {ahead}. Start the newer Matinee again, or {restore}") from ahead

    async def _make_schema(self) -> None:
        def make(connection: Connection) -> None:
            connection.execute(CreateSchema(self._schema, if_not_exists=True))
            connection.execute(CreateTable(STANDS, if_not_exists=True))

        try:
            await self.transact(make)
        except DBAPIError as error:
            if _sqlstate(error) not in MADE_MEANWHILE:
                raise
            await self._make_schema()

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

        def among_others() -> T:
            return patiently(lambda: self._once(work, reading, turn), (DBAPIError,), _meets_others, self._patience_s)

        try:
            answer = patiently(among_others, (DBAPIError,), _is_away, 0.0 if self._away else self._returns_within_s)
        except OutOfPatience as error:
            self._away = _is_away(error.__cause__)
            raise SqlUnavailable(
                f"{self._what} gave no transaction, {error}: {_words(error.__cause__)}; see whether it runs"
            ) from error
        self._away = False
        return answer

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


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        form = "postgresql://USER@HOST:PORT/DATABASE?schema=NAME&passfile=FILE"
        raise ValueError(f"{url} is no address of a database: write {form}") from None


def _with_psycopg(place: URL, schema: str) -> URL:
    """The store's address as our driver takes it; names without a schema are ours."""
    return place.set(drivername=f"{place.get_backend_name()}+psycopg").update_query_dict(
        {
            "options": f"-csearch_path={schema}",
            "application_name": f"matinee {schema}",
            "connect_timeout": str(CONNECT_WITHIN_S),
        }
    )


def _sqlstate(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _meets_others(error: BaseException | None) -> bool:
    """Whether it met another transaction, and doing it again helps."""
    return error is not None and _sqlstate(error) in CONFLICT


def _is_away(error: BaseException | None) -> bool:
    """Whether the store is not there, perhaps for a moment."""
    if not isinstance(error, OperationalError) or _meets_others(error):
        return False
    state = _sqlstate(error)
    return not state or state.startswith(AWAY)


def _words(error: BaseException | None) -> str:
    """What the store said, without the statement that it said it about."""
    return " ".join(str(getattr(error, "orig", error)).split())
