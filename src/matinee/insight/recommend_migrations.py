"""The history of recommend's tables. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `registry.py`, `trial_book.py`, `picked.py` and `fits.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    op.create_table(
        "insight_models",
        sa.Column("model_id", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("parent", sa.String(80), nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("moved_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "insight_pointers",
        sa.Column("pointer", sa.String(12), primary_key=True),
        sa.Column("model_id", sa.String(80), nullable=False),
        sa.Column("before", sa.String(80), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    _trials(op)
    _picks_and_fits(op)


def _trials(op: Operations) -> None:
    op.create_table(
        "insight_trials",
        sa.Column("trial_id", sa.String(100), primary_key=True),
        sa.Column("form", sa.String(12), nullable=False),
        sa.Column("challenger", sa.String(80), nullable=False),
        sa.Column("base", sa.String(80), nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("planned", sa.Integer, nullable=False),
        sa.Column("began_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger, nullable=False),
        sa.Column("challenger_all", sa.BigInteger, nullable=False),
        sa.Column("challenger_won", sa.BigInteger, nullable=False),
        sa.Column("base_all", sa.BigInteger, nullable=False),
        sa.Column("base_won", sa.BigInteger, nullable=False),
    )


def _picks_and_fits(op: Operations) -> None:
    op.create_table(
        "insight_picks",
        sa.Column("profile_id", sa.String(64), primary_key=True),
        sa.Column("title_id", sa.String(64), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "insight_fits",
        sa.Column("night", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("began_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )


MIGRATIONS = (Migration("0001", first_floor),)
