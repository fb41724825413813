"""Passkeys, in portable SQL: public keys of which the private halves never leave people's devices."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import TABLES
from matinee.members.devices import DAY_MS

MOST = 20
MOST_NAME = 60

PASSKEYS = sa.Table(
    "passkeys",
    TABLES,
    sa.Column("passkey_id", sa.String(64), primary_key=True),  # a digest of the credential's own id, which may be long
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("credential_id", sa.LargeBinary, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(MOST_NAME), nullable=False),
    sa.Column("added_ms", sa.BigInteger, nullable=False),
    sa.Column("used_ms", sa.BigInteger, nullable=False),  # the day it began; 0: never
)


@dataclass(frozen=True)
class Passkey:
    passkey_id: str
    account_id: AccountId
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    added_ms: int
    used_ms: int


class TooManyPasskeys(Exception):
    """An account has so many and no more."""


class KnownPasskey(Exception):
    """It is here already."""


def id_of(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def of_account(db: sa.Connection, account_id: AccountId) -> list[Passkey]:
    """Oldest first."""
    mine = sa.select(PASSKEYS).where(PASSKEYS.c.account_id == account_id)
    return [_passkey(row) for row in db.execute(mine.order_by(PASSKEYS.c.added_ms, PASSKEYS.c.passkey_id))]


def find(db: sa.Connection, passkey_id: str) -> Passkey | None:
    row = db.execute(sa.select(PASSKEYS).where(PASSKEYS.c.passkey_id == passkey_id)).first()
    return _passkey(row) if row else None


def add(db: sa.Connection, passkey: Passkey) -> None:
    """Raises TooManyPasskeys and KnownPasskey."""
    if len(of_account(db, passkey.account_id)) >= MOST:
        raise TooManyPasskeys
    if find(db, passkey.passkey_id):
        raise KnownPasskey
    db.execute(sa.insert(PASSKEYS).values({column.name: getattr(passkey, column.name) for column in PASSKEYS.c}))


def used(db: sa.Connection, passkey: Passkey, sign_count: int, now_ms: int) -> bool:
    """Notes it, unless it was removed, or used by somebody else since it was read: then False."""
    as_read = (PASSKEYS.c.passkey_id == passkey.passkey_id) & (PASSKEYS.c.sign_count == passkey.sign_count)
    row = {"sign_count": sign_count, "used_ms": now_ms - now_ms % DAY_MS}
    return db.execute(sa.update(PASSKEYS).where(as_read).values(row)).rowcount > 0


def rename(db: sa.Connection, account_id: AccountId, passkey_id: str, name: str) -> None:
    db.execute(sa.update(PASSKEYS).where(_one(account_id, passkey_id)).values(name=name))


def remove(db: sa.Connection, account_id: AccountId, passkey_id: str) -> bool:
    """Whether there was one."""
    return db.execute(sa.delete(PASSKEYS).where(_one(account_id, passkey_id))).rowcount > 0


def _one(account_id: AccountId, passkey_id: str) -> sa.ColumnElement[bool]:
    return (PASSKEYS.c.account_id == account_id) & (PASSKEYS.c.passkey_id == passkey_id)


def _passkey(row: Sequence[object]) -> Passkey:
    return Passkey(*row)  # pyright: ignore[reportArgumentType] # a row of the table above, in its order
