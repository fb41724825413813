"""What needs transactions: accounts, titles.

The promise: `transact` runs one function in one serialisable transaction and commits all or nothing. The function may be
run again from its start when the engine reports a conflict (SQLSTATE 40001, SQLITE_BUSY), so it must have no effect but
through its connection; what it raises rolls everything back and reaches the caller as it is. `read` is the same for
functions that only read: it sees one consistent snapshot and refuses to write. When the engine stays unreachable or
conflicted, `SqlUnavailable` is raised and nothing was committed, except where the connection broke during the commit
itself: repeat only what is safe to repeat.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, MetaData

T = TypeVar("T")


class SqlUnavailable(Exception):
    """The store did not answer; the text says which and why."""


class Sql(Protocol):
    async def install(self, tables: MetaData) -> None:
        """Creates the tables that do not exist yet; safe to repeat."""
        ...

    async def transact(self, work: Callable[[Connection], T]) -> T: ...

    async def read(self, work: Callable[[Connection], T]) -> T: ...

    async def close(self) -> None: ...
