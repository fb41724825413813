"""The history of a subject's tables, walked forward: where a database stands, what it has still to go through, and one step.

Where it stands is a single row, kept where Alembic keeps it. A step writes the row before it changes anything, in one
transaction with the change: of two processes that come at once the second waits at the row, meets a conflict, looks again,
and finds the step done. No lock is needed that not every store has.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from matinee.ports.sql import Migration

STANDS = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class Ahead(Exception):
    """The database stands where our history does not reach."""

    def __init__(self, revision: str, last: str) -> None:
        super().__init__(f"a newer Matinee has brought it to schema {revision}, and this one knows no further than {last}")


def stands_at(db: sa.Connection) -> str:
    """The last step it went through; "" before the first."""
    if not sa.inspect(db).has_table(STANDS.name):
        return ""
    return db.execute(sa.select(STANDS.c.version_num)).scalar() or ""


def pending(db: sa.Connection, migrations: Sequence[Migration]) -> Sequence[Migration]:
    """What it has still to go through, in order. Raises Ahead."""
    stands = stands_at(db)
    revisions = ["", *(each.revision for each in migrations)]
    if stands not in revisions:
        raise Ahead(stands, revisions[-1])
    return migrations[revisions.index(stands) :]


def go_through(db: sa.Connection, migration: Migration) -> None:
    """One step, with its row; the table of that row exists."""
    if stands_at(db):
        db.execute(sa.update(STANDS).values(version_num=migration.revision))
    else:
        db.execute(sa.insert(STANDS).values(version_num=migration.revision))
    migration.change(Operations(MigrationContext.configure(db)))
