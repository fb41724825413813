"""The history of the tables of accounts, sessions and profiles. What stands here was done to somebody's database: it is never
changed, only continued. What the tables look like now stands in `accounts.py` and `profiles.py`; a test compares the two.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.members import keys_migrations
from matinee.ports.sql import Migration


def first_floor(op: Operations) -> None:
    """As 0.2.0 made them, which kept no history: what its databases have already is left as it is."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(40), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("operator", sa.Boolean, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "sessions",
        sa.Column("secret_digest", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("profile_id", sa.String(40), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "profiles",
        sa.Column("profile_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("name_folded", sa.String(90), nullable=False),
        sa.Column("avatar", sa.String(20), nullable=False),
        sa.Column("kids", sa.Boolean, nullable=False),
        sa.Column("maturity_limit", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", "name_folded"),
        if_not_exists=True,
    )
    op.create_table(
        "removed_profiles",
        sa.Column("profile_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), nullable=False),
        if_not_exists=True,
    )


def outbox(op: Operations) -> None:
    op.create_table(
        "outbox",
        sa.Column("fact_id", sa.String(40), primary_key=True),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    )


def residences(op: Operations) -> None:
    op.create_table(
        "residences",
        sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
    )


def preferences(op: Operations) -> None:
    op.create_table(
        "preferences",
        sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("autoplay_next", sa.Boolean, nullable=False),
        sa.Column("subtitles", sa.Boolean, nullable=False),
        sa.Column("subtitle_language", sa.String(20), nullable=False),
        sa.Column("subtitle_size", sa.String(10), nullable=False),
        sa.Column("subtitle_style", sa.String(10), nullable=False),
    )


def pins(op: Operations) -> None:
    op.create_table(
        "pins",
        sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("pin_hash", sa.String(200), nullable=False),
        sa.Column("asks_above", sa.Boolean, nullable=False),
    )
    op.create_table(
        "pin_tries",
        sa.Column("owner_id", sa.String(40), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("wait_until_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "permits",
        sa.Column("permit_digest", sa.String(64), primary_key=True),
        sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), nullable=False),
        sa.Column("title_id", sa.String(40), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
    )


def accounts_by_age(op: Operations) -> None:
    op.create_index("ix_accounts_created_ms", "accounts", ["created_ms"])


MIGRATIONS = (
    Migration("0001", first_floor),
    Migration("0002", outbox),
    Migration("0003", keys_migrations.devices),
    Migration("0004", keys_migrations.keys),
    Migration("0005", keys_migrations.letters),
    Migration("0006", residences),
    Migration("0007", preferences),
    Migration("0008", pins),
    Migration("0009", keys_migrations.epochs),
    Migration("0010", keys_migrations.sealed_codes),
    Migration("0011", accounts_by_age),
)
