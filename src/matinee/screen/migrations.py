"""The history of the tables of leases and of the facts about them. What stands here was done to somebody's database: it is
never changed, only continued. What they look like now stands in `leases.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    """As 0.2.0 made it, which kept no history: what its databases have already is left as it is."""
    op.create_table(
        "leases",
        sa.Column("view_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("profile_id", sa.String(40), nullable=False),
        sa.Column("title_id", sa.String(40), nullable=False),
        sa.Column("edition_id", sa.String(40), nullable=False),
        sa.Column("runtime_ms", sa.BigInteger, nullable=False),
        sa.Column("screen_id", sa.String(40), nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("end_told", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    op.create_index("leases_of_account", "leases", ["account_id", "until_ms"], if_not_exists=True)
    op.create_index("leases_to_tell", "leases", ["end_told", "until_ms"], if_not_exists=True)


def beginnings_wait(op: Operations) -> None:
    """A view's beginning stands here until the log was told of it. Of those that were there before it was."""
    op.add_column("leases", sa.Column("begin_untold_ms", sa.BigInteger))


def beginnings_are_found(op: Operations) -> None:
    op.create_index("leases_to_tell_begin", "leases", ["begin_untold_ms"])


def views_have_a_height(op: Operations) -> None:
    """What a plan gave when the view was granted. Those before had all there is."""
    op.add_column("leases", sa.Column("height", sa.Integer))


def views_know_their_places(op: Operations) -> None:
    """Of how many the account had then. Those before go by the house's number."""
    op.add_column("leases", sa.Column("screens", sa.Integer))


def outbox(op: Operations) -> None:
    op.create_table(
        "outbox",
        sa.Column("fact_id", sa.String(40), primary_key=True),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    )


MIGRATIONS = (
    Migration("0001", first_floor),
    Migration("0002", beginnings_wait),
    Migration("0003", beginnings_are_found),
    Migration("0004", views_have_a_height),
    Migration("0005", views_know_their_places),
    Migration("0006", outbox),
)
