"""The history of the tables of the service `oauth`: never changed, only continued. What they look like now: `oauth_tables.py`."""

import sqlalchemy as sa
from alembic.operations import Operations

from matinee.ports.sql import Migration


def apps(op: Operations) -> None:
    op.create_table(
        "apps",
        sa.Column("client_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("redirects", sa.Text, nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("for_devices", sa.Boolean, nullable=False),
        sa.Column("id_token_alg", sa.String(10), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def grants(op: Operations) -> None:
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.String(40), primary_key=True),
        sa.Column("client_id", sa.String(40), nullable=False, index=True),
        sa.Column("account_id", sa.String(40), nullable=False, index=True),
        sa.Column("profile_id", sa.String(40), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("signed_in_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("handle", sa.String(40), nullable=False, unique=True),
        sa.Column("refresh_digest", sa.String(64), nullable=False),
        sa.Column("before_digest", sa.String(64), nullable=False),
        sa.Column("turned_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "codes",
        sa.Column("code_digest", sa.String(64), primary_key=True),
        sa.Column("grant_id", sa.String(40), nullable=False),
        sa.Column("redirect", sa.Text, nullable=False),
        sa.Column("challenge", sa.String(43), nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("used", sa.Boolean, nullable=False),
    )


def devices(op: Operations) -> None:
    op.create_table(
        "devices",
        sa.Column("device_digest", sa.String(64), primary_key=True),
        sa.Column("user_code", sa.String(8), nullable=False, unique=True),
        sa.Column("client_id", sa.String(40), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("interval_s", sa.Integer, nullable=False),
        sa.Column("asked_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("grant_id", sa.String(40), nullable=False),
    )
    op.create_table(
        "guesses",
        sa.Column("account_id", sa.String(40), primary_key=True),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
    )


def after_logout(op: Operations) -> None:
    op.add_column("apps", sa.Column("after_logout", sa.Text))


def granted(op: Operations) -> None:
    op.add_column("grants", sa.Column("granted_ms", sa.BigInteger))


def epochs(op: Operations) -> None:
    op.add_column("grants", sa.Column("epoch", sa.Integer))


MIGRATIONS = (
    Migration("0001", apps),
    Migration("0002", grants),
    Migration("0003", devices),
    Migration("0004", after_logout),
    Migration("0005", granted),
    Migration("0006", epochs),
)
