"""The history of the tables of letters and wishes; never changed, only continued. Today's stand in `letter_shelf.py`."""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def shelf(op: Operations) -> None:
    op.create_table(
        "letters",
        sa.Column("letter_id", sa.String(80), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("fact", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("attempt", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_letters_state_due_ms", "letters", ["state", "due_ms"], if_not_exists=True)
    op.create_index("ix_letters_made_ms", "letters", ["made_ms"], if_not_exists=True)
    op.create_table(
        "wishes",
        sa.Column("account_id", sa.String(40), primary_key=True),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("membership", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "words_key",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )


MIGRATIONS = (Migration("0001", shelf),)
