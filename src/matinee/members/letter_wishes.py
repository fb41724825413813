"""What an account wishes to be written, and in which language; and the key that signs the word by which a letter is refused.

The word names the account and is signed, so that it needs no sign-in and no list of words given out; it holds for as long as
the letter that bears it lies somewhere.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members.letter_shelf import TABLES

WISHES = sa.Table(
    "wishes",
    TABLES,
    sa.Column("account_id", sa.String(40), primary_key=True),
    sa.Column("language", sa.String(5), nullable=False),  # empty: that of the country
    sa.Column("membership", sa.Boolean, nullable=False),
)

KEY = sa.Table(
    "words_key",
    TABLES,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
)
ONLY_KEY = "first"
SIGNATURE_BYTES = 16


@dataclass(frozen=True)
class Wishes:
    language: str = ""
    membership: bool = True


def of(db: sa.Connection, account_id: str) -> Wishes:
    row = db.execute(sa.select(WISHES.c.language, WISHES.c.membership).where(WISHES.c.account_id == account_id)).first()
    return Wishes(row.language, bool(row.membership)) if row else Wishes()


def keep(db: sa.Connection, account_id: str, wishes: Wishes) -> None:
    db.execute(sa.delete(WISHES).where(WISHES.c.account_id == account_id))
    row = {"account_id": account_id, "language": wishes.language, "membership": wishes.membership}
    db.execute(sa.insert(WISHES).values(row))


def refuse(db: sa.Connection, account_id: str) -> None:
    keep(db, account_id, Wishes(of(db, account_id).language, membership=False))


def key(db: sa.Connection, new: bytes) -> bytes:
    """The house's; of several that come at once the first one's is everybody's."""
    found = db.execute(sa.select(KEY.c.secret).where(KEY.c.name == ONLY_KEY)).first()
    if found:
        return bytes(found.secret)
    db.execute(sa.insert(KEY).values({"name": ONLY_KEY, "secret": new}))
    return new


def word_for(account_id: str, secret: bytes) -> str:
    return base64.urlsafe_b64encode(_signature(account_id, secret) + account_id.encode()).decode().rstrip("=")


def account_of(word: str, secret: bytes) -> str | None:
    """Whose word it is; None when we never wrote it."""
    try:
        signed = base64.urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
        account_id = signed[SIGNATURE_BYTES:].decode()
    except (ValueError, binascii.Error):
        return None
    right = hmac.compare_digest(signed[:SIGNATURE_BYTES], _signature(account_id, secret))
    return account_id if right and account_id else None


def _signature(account_id: str, secret: bytes) -> bytes:
    return hmac.new(secret, b"no more letters about the membership of " + account_id.encode(), hashlib.sha256).digest()[
        :SIGNATURE_BYTES
    ]
