"""The history of the till's tables. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `tables.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    op.create_table(
        "things",
        sa.Column("thing_id", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("charge_id", sa.String(500), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Index("things_by_owner", "owner", "kind"),
        sa.Index("things_by_kind", "kind", "at_ms"),
        sa.Index("things_by_charge", "charge_id"),
    )
    op.create_table(
        "answers",
        sa.Column("idempotency_key", sa.String(255), primary_key=True),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.String(80), primary_key=True),
        sa.Column("copy", sa.Integer, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False, index=True),
    )


MIGRATIONS = (Migration("0001", first_floor),)
