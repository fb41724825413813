"""The history of the streams' tables. What stands here was done to somebody's database: it is never changed, only continued.
What they look like now stands in `streams/tables.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def streams(op: Operations) -> None:
    op.create_table(
        "stream_versions",
        sa.Column("job", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("serving", sa.Boolean, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
    )
    for name in ("stream_offsets", "stream_origins"):
        op.create_table(
            name,
            sa.Column("run", sa.String(40), primary_key=True),
            sa.Column("partition", sa.Integer, primary_key=True),
            sa.Column("next_offset", sa.BigInteger, nullable=False),
        )
    op.create_table(
        "stream_states",
        sa.Column("run", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("stream_states_changed", "stream_states", ["run", "changed_ms"])
    op.create_table(
        "stream_rows",
        sa.Column("tab", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(1200), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("stream_rows_changed", "stream_rows", ["tab", "changed_ms"])
    op.create_table(
        "gone_profiles",
        sa.Column("profile_id", sa.String(40), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )


MIGRATIONS = (Migration("0001", streams),)
