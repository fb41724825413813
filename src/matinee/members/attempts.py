"""Who tried how often, in portable SQL: the counters behind `throttle.py`, kept under digests, so that they name nobody."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Literal

import sqlalchemy as sa

from matinee.members import throttle
from matinee.members.accounts import TABLES

Kind = Literal["account", "code", "letter", "address"]

RULES: Mapping[Kind, Callable[[throttle.Tries, int], throttle.Tries | throttle.Wait]] = {
    "account": throttle.one_more,  # passwords for an address of a person, whether or not they have an account
    "code": throttle.one_more,  # one-time codes of an account
    "letter": throttle.one_more_letter,  # letters that somebody let us write
    "address": throttle.one_more_from,  # anything, from one place of the network
}

ATTEMPTS = sa.Table(
    "attempts",
    TABLES,
    sa.Column("whom", sa.String(80), primary_key=True),
    sa.Column("since_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("tries_before", sa.Integer, nullable=False),
)


class TooMany(Exception):
    """Tried too often; it may be tried again at `until_ms`."""

    def __init__(self, until_ms: int) -> None:
        super().__init__(f"until {until_ms}")
        self.until_ms = until_ms


def charge(db: sa.Connection, kind: Kind, whom: str, now_ms: int) -> None:
    """One more try. Raises TooMany, and then it was none."""
    key = _key(kind, whom)
    found = _of(db, key)
    tries = RULES[kind](found or throttle.NONE, now_ms)
    if isinstance(tries, throttle.Wait):
        raise TooMany(tries.until_ms)
    row = {"since_ms": tries.since_ms, "tries": tries.count, "tries_before": tries.before}
    if found:
        db.execute(sa.update(ATTEMPTS).where(ATTEMPTS.c.whom == key).values(row))
    else:
        db.execute(sa.insert(ATTEMPTS).values(whom=key, **row))


def was_right(db: sa.Connection, kind: Kind, whom: str) -> None:
    """The last try was no guess."""
    key = _key(kind, whom)
    found = _of(db, key)
    if found:
        left = throttle.one_less(found) if kind == "address" else throttle.NONE
        db.execute(sa.update(ATTEMPTS).where(ATTEMPTS.c.whom == key).values(tries=left.count))


def forget_old(db: sa.Connection, now_ms: int) -> None:
    db.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.since_ms < now_ms - throttle.FORGOTTEN_AFTER_MS))


def _of(db: sa.Connection, key: str) -> throttle.Tries | None:
    row = db.execute(
        sa.select(ATTEMPTS.c.since_ms, ATTEMPTS.c.tries, ATTEMPTS.c.tries_before).where(ATTEMPTS.c.whom == key)
    ).first()
    return throttle.Tries(*row) if row else None


def _key(kind: Kind, whom: str) -> str:
    of_whom = throttle.network_of(whom) if kind == "address" else whom
    return f"{kind}:{hashlib.sha256(of_whom.encode()).hexdigest()}"
