"""The part of identity's history in which ways to come in were added; it stands in `migrations.py` with the rest."""

import sqlalchemy as sa
from alembic.operations import Operations


def _of_account() -> sa.ForeignKey:
    return sa.ForeignKey("accounts.account_id", ondelete="CASCADE")


def devices(op: Operations) -> None:
    op.create_table(
        "devices",
        sa.Column("device_id", sa.String(40), primary_key=True),
        sa.Column(
            "secret_digest",
            sa.String(64),
            sa.ForeignKey("sessions.secret_digest", ondelete="CASCADE", onupdate="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("came_from", sa.String(20), nullable=False),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        sa.Column("proved_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "known_devices",
        sa.Column("account_id", sa.String(40), _of_account(), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
    )
    op.create_table(
        "attempts",
        sa.Column("whom", sa.String(80), primary_key=True),
        sa.Column("since_ms", sa.BigInteger, nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tries_before", sa.Integer, nullable=False),
    )


def keys(op: Operations) -> None:
    op.create_table(
        "single_use",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("made_for", sa.String(20), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "passkeys",
        sa.Column("passkey_id", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(40), _of_account(), nullable=False, index=True),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
        sa.Column("used_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("account_id", sa.String(40), _of_account(), primary_key=True),
        sa.Column("secret", sa.String(40), nullable=False),
        sa.Column("in_use", sa.Boolean, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(40), _of_account(), nullable=False, index=True),
    )


def epochs(op: Operations) -> None:
    op.create_table(
        "epochs",
        sa.Column("account_id", sa.String(40), _of_account(), primary_key=True),
        sa.Column("epoch", sa.Integer, nullable=False),
    )


def sealed_codes(op: Operations) -> None:
    op.add_column("one_time_codes", sa.Column("sealed", sa.String(300)))


def letters(op: Operations) -> None:
    op.create_table(
        "proofs",
        sa.Column("proof_id", sa.String(40), primary_key=True),
        sa.Column("account_id", sa.String(40), _of_account(), nullable=False, index=True),
        sa.Column("proof_of", sa.String(10), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "proved_emails",
        sa.Column("account_id", sa.String(40), _of_account(), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
