"""Accounts and their sessions, in portable SQL. Each function is one statement or two inside the caller's transaction."""

from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts.ids import AccountId, ProfileId
from matinee.ports.outbox import outbox_table

TABLES = sa.MetaData()

ACCOUNTS = sa.Table(
    "accounts",
    TABLES,
    sa.Column("account_id", sa.String(40), primary_key=True),
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("operator", sa.Boolean, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False, index=True),
)

SESSIONS = sa.Table(
    "sessions",
    TABLES,
    sa.Column("secret_digest", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
    sa.Column("profile_id", sa.String(40), nullable=False),  # who watches; empty: nobody was picked
)

# Where an account said it is at home (`residence.py`).
RESIDENCES = sa.Table(
    "residences",
    TABLES,
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
)

OUTBOX = outbox_table(TABLES)


@dataclass(frozen=True)
class Account:
    account_id: AccountId
    email: str
    password_hash: str
    operator: bool
    country: str = ""  # as it said itself; empty: it never did


@dataclass(frozen=True)
class Session:
    """A session that stands: whose, until when, and who watches in it ("": nobody was picked)."""

    account: Account
    until_ms: int
    profile_id: ProfileId


class EmailTaken(Exception):
    """An account of that address exists."""


def any_account(db: sa.Connection) -> bool:
    return db.execute(sa.select(ACCOUNTS.c.account_id).limit(1)).first() is not None


def add_account(db: sa.Connection, account_id: AccountId, email: str, password_hash: str, now_ms: int) -> Account:
    """The first account of a house becomes its operator. Raises EmailTaken."""
    if by_email(db, email):
        raise EmailTaken(email)
    account = Account(account_id, email, password_hash, operator=not any_account(db))
    db.execute(
        sa.insert(ACCOUNTS).values(
            account_id=account_id, email=email, password_hash=password_hash, operator=account.operator, created_ms=now_ms
        )
    )
    return account


def by_email(db: sa.Connection, email: str) -> Account | None:
    return _account(db, ACCOUNTS.c.email == email)


def by_id(db: sa.Connection, account_id: AccountId) -> Account | None:
    return _account(db, ACCOUNTS.c.account_id == account_id)


def open_session(db: sa.Connection, account_id: AccountId, secret_digest: str, until_ms: int, now_ms: int) -> None:
    """Also forgets the sessions that have run out."""
    db.execute(sa.delete(SESSIONS).where(SESSIONS.c.until_ms <= now_ms))
    row = {"secret_digest": secret_digest, "account_id": account_id, "until_ms": until_ms, "profile_id": ""}
    db.execute(sa.insert(SESSIONS).values(row))


def by_session(db: sa.Connection, secret_digest: str, now_ms: int) -> Session | None:
    """The session of that secret, if it still stands."""
    row = db.execute(
        sa.select(SESSIONS.c.account_id, SESSIONS.c.until_ms, SESSIONS.c.profile_id).where(
            SESSIONS.c.secret_digest == secret_digest, SESSIONS.c.until_ms > now_ms
        )
    ).first()
    account = by_id(db, AccountId(row.account_id)) if row else None
    return Session(account, int(row.until_ms), ProfileId(row.profile_id)) if row and account else None


def watches(db: sa.Connection, secret_digest: str, profile_id: ProfileId) -> None:
    """Who watches in this session from now on."""
    db.execute(sa.update(SESSIONS).where(SESSIONS.c.secret_digest == secret_digest).values(profile_id=profile_id))


def close_session(db: sa.Connection, secret_digest: str) -> None:
    db.execute(sa.delete(SESSIONS).where(SESSIONS.c.secret_digest == secret_digest))


def change_password(db: sa.Connection, account_id: AccountId, password_hash: str) -> None:
    db.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.account_id == account_id).values(password_hash=password_hash))


def _account(db: sa.Connection, which: sa.ColumnElement[bool]) -> Account | None:
    columns = (ACCOUNTS.c.account_id, ACCOUNTS.c.email, ACCOUNTS.c.password_hash, ACCOUNTS.c.operator, RESIDENCES.c.country)
    joined = ACCOUNTS.outerjoin(RESIDENCES, RESIDENCES.c.account_id == ACCOUNTS.c.account_id)
    row = db.execute(sa.select(*columns).select_from(joined).where(which)).first()
    if row is None:
        return None
    return Account(AccountId(row.account_id), row.email, row.password_hash, bool(row.operator), row.country or "")
