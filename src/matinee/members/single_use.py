"""What may be used once and soon, in portable SQL: the challenges of passkeys and the tickets between two steps of a sign-in.

Only digests are kept. One that was spent, ran out or was made for another use is worth nothing.
"""

from typing import Literal

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import TABLES

Use = Literal["sign in", "confirm", "add", "second step"]
LASTS_MS = 5 * 60_000

SINGLE_USE = sa.Table(
    "single_use",
    TABLES,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("made_for", sa.String(20), nullable=False),
    sa.Column("account_id", sa.String(40), nullable=False),  # empty: not known yet
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
)


def keep(db: sa.Connection, digest: str, use: Use, account_id: str, now_ms: int) -> None:
    row = {"digest": digest, "made_for": use, "account_id": account_id, "until_ms": now_ms + LASTS_MS}
    db.execute(sa.insert(SINGLE_USE).values(row))


def whose(db: sa.Connection, digest: str, use: Use, now_ms: int) -> AccountId | None:
    """Whom it was made for ("" when that was not known), or None when it is worth nothing."""
    worth = (SINGLE_USE.c.digest == digest) & (SINGLE_USE.c.made_for == use) & (SINGLE_USE.c.until_ms > now_ms)
    row = db.execute(sa.select(SINGLE_USE.c.account_id).where(worth)).first()
    return AccountId(row.account_id) if row else None


def spend(db: sa.Connection, digest: str, use: Use, now_ms: int) -> AccountId | None:
    """The same, and it is worth nothing from now on."""
    account_id = whose(db, digest, use, now_ms)
    gone = db.execute(sa.delete(SINGLE_USE).where(SINGLE_USE.c.digest == digest, SINGLE_USE.c.made_for == use)).rowcount
    return account_id if gone else None


def forget_old(db: sa.Connection, now_ms: int) -> None:
    db.execute(sa.delete(SINGLE_USE).where(SINGLE_USE.c.until_ms <= now_ms))
