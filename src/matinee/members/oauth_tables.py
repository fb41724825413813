"""Apps, what members let them do, and the codes on the way there: the tables of the service `oauth`.

Secrets are kept as digests. A *grant* is what one person lets one app do; it stands until it is ended or falls silent, and its
refresh token changes with every use.
"""

import sqlalchemy as sa

TABLES = sa.MetaData()

APPS = sa.Table(
    "apps",
    TABLES,
    sa.Column("client_id", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("secret_digest", sa.String(64), nullable=False),  # empty: it has none
    sa.Column("redirects", sa.Text, nullable=False),  # one a line
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("for_devices", sa.Boolean, nullable=False),
    sa.Column("id_token_alg", sa.String(10), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("after_logout", sa.Text),  # where people may be sent who were signed out for it; one a line
)

GRANTS = sa.Table(
    "grants",
    TABLES,
    sa.Column("grant_id", sa.String(40), primary_key=True),
    sa.Column("client_id", sa.String(40), nullable=False, index=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("profile_id", sa.String(40), nullable=False),
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("signed_in_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("handle", sa.String(40), nullable=False, unique=True),  # which grant a refresh token is of
    sa.Column("refresh_digest", sa.String(64), nullable=False),  # empty: none was given yet
    sa.Column("before_digest", sa.String(64), nullable=False),  # the one it took the place of
    sa.Column("turned_ms", sa.BigInteger, nullable=False),
    sa.Column("granted_ms", sa.BigInteger),  # null: before that was written down
    sa.Column("epoch", sa.Integer),  # the account's then (epochs.py); null: the first
)

CODES = sa.Table(
    "codes",
    TABLES,
    sa.Column("code_digest", sa.String(64), primary_key=True),
    sa.Column("grant_id", sa.String(40), nullable=False),
    sa.Column("redirect", sa.Text, nullable=False),
    sa.Column("challenge", sa.String(43), nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("used", sa.Boolean, nullable=False),
)

DEVICES = sa.Table(
    "devices",
    TABLES,
    sa.Column("device_digest", sa.String(64), primary_key=True),
    sa.Column("user_code", sa.String(8), nullable=False, unique=True),
    sa.Column("client_id", sa.String(40), nullable=False),
    sa.Column("scopes", sa.String(200), nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("interval_s", sa.Integer, nullable=False),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # as DeviceState
    sa.Column("grant_id", sa.String(40), nullable=False),  # empty until it is allowed
)

GUESSES = sa.Table(
    "guesses",
    TABLES,
    sa.Column("account_id", sa.String(40), primary_key=True),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
    sa.Column("wrong", sa.Integer, nullable=False),
)
