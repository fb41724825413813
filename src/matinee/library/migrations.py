"""The history of the tables of titles. What stands here was done to somebody's database: it is never changed, only continued.
What the tables look like now stands in `titles.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    """As 0.2.0 made them, which kept no history: what its databases have already is left as it is."""
    op.create_table(
        "titles",
        sa.Column("title_id", sa.String(40), primary_key=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("stamp", sa.String(40), nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("announced", sa.Text, nullable=False),
        sa.Column("finding", sa.BigInteger, nullable=False),
        sa.Column("news_since", sa.BigInteger, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("modified_ns", sa.BigInteger, nullable=False),
        sa.Column("sidecars", sa.Text, nullable=False),
        sa.Column("sidecar_digest", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("series_path", sa.Text, nullable=False),
        sa.Column("season", sa.Integer, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("premiered", sa.String(10), nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
        sa.Column("runtime_ms", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("edition_id", sa.String(40), nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("art_id", sa.String(40), nullable=False),
        sa.Column("glow", sa.String(7), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_titles_revision", "titles", ["revision"], if_not_exists=True)
    first_series(op)


def first_series(op: Operations) -> None:
    op.create_table(
        "series",
        sa.Column("title_id", sa.String(40), primary_key=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("stamp", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_series_revision", "series", ["revision"], if_not_exists=True)
    op.create_table(
        "mark",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(40), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def duty(op: Operations) -> None:
    """Several catalogs agree on who looks at the libraries."""
    op.create_table(
        "duty",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


MIGRATIONS = (Migration("0001", first_floor), Migration("0002", duty))
