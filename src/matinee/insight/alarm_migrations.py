"""The history of the alarms' tables; never changed, only continued. Today's stand in `alarm_shelf.py`."""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def bells(op: Operations) -> None:
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        sa.Column("resolved_ms", sa.BigInteger, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
    )
    op.create_table(
        "alarm_news",
        sa.Column("alarm", sa.String(80), primary_key=True),
        sa.Column("since_ms", sa.BigInteger, primary_key=True),
        sa.Column("firing", sa.Boolean, primary_key=True),
        sa.Column("way", sa.String(40), primary_key=True),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False),
    )
    op.create_table(
        "alarm_looks",
        sa.Column("what", sa.String(10), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )


MIGRATIONS = (Migration("0001", bells),)
