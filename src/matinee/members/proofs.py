"""Proofs that an address is somebody's, in portable SQL: a letter with a link, good for one use and for a while.

A proof is asked for first and has no secret then; whoever writes the letter gets one, of which a digest is kept. Getting another
makes the one before worthless, and so does asking for another proof of the same.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import ACCOUNTS, TABLES, EmailTaken, by_email

Of = Literal["email", "reset"]
LASTS_MS: Mapping[Of, int] = {"email": 24 * 3600_000, "reset": 3600_000}

PROOFS = sa.Table(
    "proofs",
    TABLES,
    sa.Column("proof_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("proof_of", sa.String(10), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),  # where the letter goes
    sa.Column("secret_digest", sa.String(64), nullable=False),  # empty: no letter was written yet
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),
)

# The address that an account's people have shown to be theirs; one that they have changed since is not.
PROVED = sa.Table(
    "proved_emails",
    TABLES,
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Proof:
    proof_id: str
    account_id: AccountId
    proof_of: Of
    email: str
    secret_digest: str
    until_ms: int


def ask(db: sa.Connection, proof_id: str, account_id: AccountId, proof_of: Of, email: str, now_ms: int) -> None:
    db.execute(sa.delete(PROOFS).where(PROOFS.c.account_id == account_id, PROOFS.c.proof_of == proof_of))
    row = {"proof_id": proof_id, "account_id": account_id, "proof_of": proof_of, "email": email, "secret_digest": ""}
    db.execute(sa.insert(PROOFS).values(**row, until_ms=now_ms + LASTS_MS[proof_of]))


def with_secret(db: sa.Connection, proof_id: str, secret_digest: str, now_ms: int) -> Proof | None:
    """The proof with this secret and no other; None when it was used or has run out."""
    stands = (PROOFS.c.proof_id == proof_id) & (PROOFS.c.until_ms > now_ms)
    db.execute(sa.update(PROOFS).where(stands).values(secret_digest=secret_digest))
    return _one(db, stands)


def good(db: sa.Connection, proof_of: Of, proof: str, now_ms: int) -> Proof | None:
    """The one that "id.secret" is the proof of; it is not used up by this."""
    proof_id, _, secret = proof.partition(".")
    found = _one(db, (PROOFS.c.proof_id == proof_id) & (PROOFS.c.proof_of == proof_of) & (PROOFS.c.until_ms > now_ms))
    return found if found and found.secret_digest and hmac.compare_digest(found.secret_digest, digest_of(secret)) else None


def use(db: sa.Connection, proof: Proof, now_ms: int) -> str:
    """The address is shown to be theirs, and the account's from now on, if it was not; the one before is returned.

    Every other letter to that account is worth nothing from now on: an old address must not win the new one back. Raises
    EmailTaken when it has become another account's meanwhile.
    """
    forget(db, proof.account_id)
    this = ACCOUNTS.c.account_id == proof.account_id
    before: str = db.execute(sa.select(ACCOUNTS.c.email).where(this)).scalar_one()
    if before != proof.email:
        if by_email(db, proof.email):
            raise EmailTaken(proof.email)
        db.execute(sa.update(ACCOUNTS).where(this).values(email=proof.email))
    db.execute(sa.delete(PROVED).where(PROVED.c.account_id == proof.account_id))
    db.execute(sa.insert(PROVED).values(account_id=proof.account_id, email=proof.email, at_ms=now_ms))
    return before


def is_proved(db: sa.Connection, account_id: AccountId, email: str) -> bool:
    theirs = (PROVED.c.account_id == account_id) & (PROVED.c.email == email)
    return db.execute(sa.select(PROVED.c.at_ms).where(theirs)).first() is not None


def forget(db: sa.Connection, account_id: AccountId) -> None:
    db.execute(sa.delete(PROOFS).where(PROOFS.c.account_id == account_id))


def forget_old(db: sa.Connection, now_ms: int) -> None:
    db.execute(sa.delete(PROOFS).where(PROOFS.c.until_ms <= now_ms))


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _one(db: sa.Connection, which: sa.ColumnElement[bool]) -> Proof | None:
    row = db.execute(sa.select(PROOFS).where(which)).first()
    return Proof(*row) if row else None
