"""The history of steering's tables. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `keys.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    op.create_table(
        "box_keys",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kid", sa.String(8), nullable=False, unique=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("signs_from_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


MIGRATIONS = (Migration("0001", first_floor),)
