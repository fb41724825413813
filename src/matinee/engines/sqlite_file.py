"""How this house opens a SQLite file: privately, in WAL mode, and patient with its neighbours.

Several processes share a file (the front reads what the worker writes). SQLite lets one of them write at a time and tells
the others that it is busy; everything here is about hearing that in the right place and trying again.
"""

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

from sqlalchemy.exc import DBAPIError

BUSY_TIMEOUT_MS = 250
"""How long SQLite itself waits for a lock. Short, because its own back-off is unfair; ours, with jitter, takes over."""

FAILURES = (sqlite3.Error, DBAPIError)
"""What SQLite raises, bare or through SQLAlchemy."""

UNREACHABLE = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
    }
)
"""Result codes that say the store is at fault, not the statement."""


def make_private(path: Path) -> None:
    """Creates the file for its owner alone (SQLite gives its WAL and index the same mode).

    It is never opened here: to close any descriptor of a file gives up all locks this process holds on it (POSIX), those of
    our other connections too, and a neighbour that leaves would take itself for the last and delete the WAL under us.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mknod(path, stat.S_IFREG | 0o600)
    path.chmod(0o600)


def prepare(connection: sqlite3.Connection, *, synchronous: str, query_only: bool) -> None:
    """Sets what must hold on every connection; transactions are opened by hand from here on."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        # Readers go on while one writes.
        "journal_mode = WAL",
        f"synchronous = {synchronous}",
        # Off by default in SQLite, for compatibility with 2009.
        "foreign_keys = ON",
        # A transaction that only reads is held to it.
        f"query_only = {'ON' if query_only else 'OFF'}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def result_code(error: BaseException) -> int | None:
    """SQLite's primary result code, whether the error comes wrapped by SQLAlchemy or not."""
    inner = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(inner, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def is_busy(error: BaseException) -> bool:
    return result_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_unreachable(error: BaseException) -> bool:
    return result_code(error) in UNREACHABLE
