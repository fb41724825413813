"""The history of the book of acts. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `acts.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def book(op: Operations) -> None:
    op.create_table(
        "acts",
        sa.Column("act_id", sa.String(40), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("by_account_id", sa.String(40), nullable=False),
        sa.Column("method", sa.String(80), nullable=False),
        sa.Column("about", sa.String(500), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("trace_id", sa.String(64), nullable=False),
    )
    op.create_table(
        "outcomes",
        sa.Column("act_id", sa.String(40), primary_key=True),
        sa.Column("outcome", sa.String(300), nullable=False),
    )


MIGRATIONS = (Migration("0001", book),)
