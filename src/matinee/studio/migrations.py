"""The history of the ledger's tables. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `ledger.py`, `holdings.py` and `crew.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    """As 0.2.0 made them, which kept no history: what its databases have already is left as it is."""
    first_ledger(op)
    op.create_table(
        "holdings",
        sa.Column("title_id", sa.String(80), primary_key=True),
        sa.Column("unit", sa.String(60), primary_key=True),
        sa.Column("superseded_ms", sa.BigInteger, nullable=False),
        sa.Column("whole_of", sa.String(64), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "gone",
        sa.Column("title_id", sa.String(80), primary_key=True),
        sa.Column("finding", sa.BigInteger, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "workers",
        sa.Column("executor_id", sa.String(80), primary_key=True),
        sa.Column("slot", sa.String(60), nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def first_ledger(op: Operations) -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(40), primary_key=True),
        sa.Column("title_id", sa.String(80), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("modified_ns", sa.BigInteger, nullable=False),
        sa.Column("finding", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("sidecars", sa.JSON, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(80), nullable=False),
        sa.Column("playable", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("untold", sa.Boolean, nullable=False),
        sa.Column("queued_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("jobs_by_state", "jobs", ["state", "queued_ms"], if_not_exists=True)
    op.create_table(
        "pieces",
        sa.Column("job_id", sa.String(40), primary_key=True),
        sa.Column("piece_id", sa.String(40), primary_key=True),
        sa.Column("rung", sa.String(40), nullable=False),
        sa.Column("film_ms", sa.BigInteger, nullable=False),
        sa.Column("weight", sa.BigInteger, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("began_ms", sa.BigInteger, nullable=False),
        sa.Column("told_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


MIGRATIONS = (Migration("0001", first_floor),)
