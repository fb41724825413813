"""What needs transactions: accounts, titles.

The promise: `transact` runs one function in one serialisable transaction and commits all or nothing. The function may be
run again from its start when the engine reports a conflict (SQLSTATE 40001, SQLITE_BUSY), so it must have no effect but
through its connection; what it raises rolls everything back and reaches the caller as it is. `read` is the same for
functions that only read: it sees one consistent snapshot and refuses to write. When the engine stays unreachable or
conflicted, `SqlUnavailable` is raised and nothing was committed, except where the connection broke during the commit
itself: repeat only what is safe to repeat.

`install` comes first. A subject's tables have a history, a list of migrations that only grows, and `install` does those that
this database has not had. Each happens once, whole or not at all, though several processes start together or one is killed
in the midst of it. A database that has had one we do not know is left alone: `SchemaTooNew`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from alembic.operations import Operations
from sqlalchemy import Connection

from matinee.ports.unavailable import Unavailable

T = TypeVar("T")


class SqlUnavailable(Unavailable):
    """The store did not answer; the text says which and why."""


class SchemaTooNew(Exception):
    """A newer Matinee has changed the store's tables; the text says which store and what to do. It will not pass by itself."""


@dataclass(frozen=True)
class Migration:
    """A step in the history of a subject's tables; once released it is never changed, only followed by others.

    It makes new tables, or it is one statement, which adds before a later one takes away: the code of the step before goes
    on working beside it. `revision` is its name in the database, four digits, counted up.
    """

    revision: str
    change: Callable[[Operations], None]


class Sql(Protocol):
    async def install(self, migrations: Sequence[Migration]) -> None:
        """Brings the tables to the last of these, the whole history of the subject; safe to repeat. Raises SchemaTooNew."""
        ...

    async def transact(self, work: Callable[[Connection], T]) -> T: ...

    async def read(self, work: Callable[[Connection], T]) -> T: ...

    async def close(self) -> None: ...
