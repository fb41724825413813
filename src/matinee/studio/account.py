"""Where DBOS keeps its account of the durable work: on a laptop a file of its own, in a region a schema of the PostgreSQL."""

import fcntl
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOSConfig

CONNECTIONS = 8
CONNECT_WITHIN_S = "3"
IDLE_MS = 60_000


class Account:
    """`url` is `sqlite:///FILE` or `postgresql://USER@HOST:PORT/DATABASE?schema=SCHEMA&passfile=FILE` (or `cockroachdb://…`)."""

    def __init__(self, url: str) -> None:
        self._url = url
        scheme, _, place = url.partition(":///")
        self._file = Path("/", place) if scheme == "sqlite" else None
        self._engine: sa.Engine | None = None

    @contextmanager
    def opening(self) -> Generator[None]:
        """While DBOS lays out its tables. In PostgreSQL it sees to it by itself that only one process does."""
        if self._file is None:
            yield
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with self._file.with_suffix(".lock").open("a") as lock:
            # One at a time: two workers that start together would both lay out the tables.
            fcntl.flock(lock, fcntl.LOCK_EX)
            with closing(sqlite3.connect(self._file)) as connection:
                # DBOS would use a rollback journal, under which readers and the writer wait for each other.
                connection.execute("PRAGMA journal_mode = WAL")
            yield

    def config(self) -> DBOSConfig:
        """What DBOS is told of it."""
        if self._file is not None:
            return {"system_database_url": self._url}
        place = sa.make_url(self._url)
        schema = str(place.query["schema"])
        ours = place.difference_update_query(["schema"]).set(drivername=f"{place.drivername}+psycopg")
        told = {
            "application_name": f"matinee {schema}",
            "connect_timeout": CONNECT_WITHIN_S,
            # Who is stopped in the midst of a transaction does not hold up the others for ever.
            "options": f"-cidle_in_transaction_session_timeout={IDLE_MS}",
        }
        # With an engine of its own DBOS would look into the database `postgres`, and make one of ours where it finds none.
        self._engine = sa.create_engine(ours.update_query_dict(told), pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True)
        return {
            "system_database_url": ours.render_as_string(hide_password=False),
            "dbos_system_schema": schema,
            "system_database_engine": self._engine,
            # Nobody waits for DBOS's messages, and CockroachDB has neither triggers of that kind nor LISTEN.
            "use_listen_notify": False,
        }

    def close(self) -> None:
        """After DBOS."""
        if self._engine is not None:
            self._engine.dispose()
