"""What one person lets one app do, in portable SQL: from the code that is sent back, through every refresh token, to its end.

Of a grant one refresh token is good, the last. One that was used already tells that somebody has a copy: who of the two is the
thief cannot be known, so the grant ends for both (RFC 9700, 4.14.2). But an answer may be lost on its way, and the app asks again
with the token it has: for `GRACE_MS` the one before is taken, too, and the one that went with the lost answer is good no longer.
A thief gains nothing by it: two still cannot go on side by side, the first who comes with a token that was replaced ends both.

What has no row here is over. Functions that find a theft return None instead of raising: what they end must stay ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members.oauth_rules import fits_challenge, same
from matinee.members.oauth_tables import CODES, GRANTS

CODE_MS = 60_000
REMEMBERED_MS = 600_000
"""A code that was used is remembered as long as a token that came of it may be good."""
SILENT_MS = 60 * 24 * 3600 * 1000
"""A grant ends when its app was not heard of for so long."""
GRACE_MS = 10_000


@dataclass(frozen=True)
class Grant:
    grant_id: str
    client_id: str
    account_id: str
    profile_id: str
    scopes: tuple[str, ...]
    signed_in_ms: int
    handle: str
    epoch: int = 0  # the account's when it was given: in another it is over
    granted_ms: int = 0  # 0: not known
    used_ms: int = 0  # when its app came last; 0: never


@dataclass(frozen=True)
class Code:
    code_digest: str
    grant_id: str
    redirect: str
    challenge: str
    nonce: str


def open_grant(db: sa.Connection, grant: Grant, until_ms: int, now_ms: int) -> None:
    """Also forgets what has run out."""
    db.execute(sa.delete(GRANTS).where(GRANTS.c.until_ms <= now_ms))
    db.execute(sa.delete(CODES).where(CODES.c.until_ms <= now_ms - REMEMBERED_MS))
    row = {
        "grant_id": grant.grant_id,
        "client_id": grant.client_id,
        "account_id": grant.account_id,
        "profile_id": grant.profile_id,
        "scopes": " ".join(grant.scopes),
        "signed_in_ms": grant.signed_in_ms,
        "until_ms": until_ms,
        "handle": grant.handle,
        "refresh_digest": "",
        "before_digest": "",
        "turned_ms": 0,
        "granted_ms": now_ms,
        "epoch": grant.epoch,
    }
    db.execute(sa.insert(GRANTS).values(row))


def write_code(db: sa.Connection, code: Code, now_ms: int) -> None:
    row = {
        "code_digest": code.code_digest,
        "grant_id": code.grant_id,
        "redirect": code.redirect,
        "challenge": code.challenge,
        "nonce": code.nonce,
        "until_ms": now_ms + CODE_MS,
        "used": False,
    }
    db.execute(sa.insert(CODES).values(row))


def redeem(
    db: sa.Connection, code_digest: str, client_id: str, redirect: str, verifier: str, refresh_digest: str, now_ms: int
) -> tuple[Grant, str] | None:
    """The grant a code stands for, and its nonce; a code that was used already ends what came of it."""
    code = db.execute(sa.select(CODES).where(CODES.c.code_digest == code_digest)).first()
    grant = by_id(db, code.grant_id, now_ms) if code else None
    if not code or not grant or grant.client_id != client_id:
        return None
    if code.used:
        end(db, grant.grant_id)
        return None
    if code.until_ms <= now_ms or redirect not in {"", code.redirect} or not fits_challenge(verifier, code.challenge):
        return None
    db.execute(sa.update(CODES).where(CODES.c.code_digest == code_digest).values(used=True))
    begin(db, grant.grant_id, refresh_digest, now_ms)
    return grant, str(code.nonce)


def begin(db: sa.Connection, grant_id: str, refresh_digest: str, now_ms: int) -> None:
    """The first refresh token of a grant is given."""
    _turn(db, grant_id, {"refresh_digest": refresh_digest, "turned_ms": now_ms}, now_ms)


def refresh(db: sa.Connection, handle: str, used_digest: str, refresh_digest: str, now_ms: int) -> Grant | None:
    """The grant goes on with another token."""
    row = db.execute(sa.select(GRANTS).where(GRANTS.c.handle == handle, GRANTS.c.until_ms > now_ms)).first()
    if not row:
        return None
    if same(used_digest, row.refresh_digest):
        turned = {"refresh_digest": refresh_digest, "before_digest": used_digest, "turned_ms": now_ms}
    elif same(used_digest, row.before_digest) and now_ms - row.turned_ms <= GRACE_MS:
        turned = {"refresh_digest": refresh_digest}
    else:
        end(db, row.grant_id)
        return None
    _turn(db, row.grant_id, turned, now_ms)
    return _grant(row)


def by_handle(db: sa.Connection, handle: str, now_ms: int) -> Grant | None:
    return _one(db, GRANTS.c.handle == handle, now_ms)


def by_id(db: sa.Connection, grant_id: str, now_ms: int) -> Grant | None:
    return _one(db, GRANTS.c.grant_id == grant_id, now_ms)


def by_token(db: sa.Connection, handle: str, refresh_digest: str, now_ms: int) -> Grant | None:
    """Only by the last one; looking ends nothing."""
    return _one(db, sa.and_(GRANTS.c.handle == handle, GRANTS.c.refresh_digest == refresh_digest), now_ms)


def by_code(db: sa.Connection, code_digest: str, now_ms: int) -> Grant | None:
    grant_id = db.execute(sa.select(CODES.c.grant_id).where(CODES.c.code_digest == code_digest)).scalar()
    return by_id(db, str(grant_id), now_ms) if grant_id else None


def of_account(db: sa.Connection, account_id: str, now_ms: int) -> list[Grant]:
    theirs = sa.select(GRANTS).where(GRANTS.c.account_id == account_id, GRANTS.c.until_ms > now_ms)
    return [_grant(row) for row in db.execute(theirs)]


def end_all(db: sa.Connection, account_id: str, client_id: str) -> None:
    """All that one account lets one app do."""
    db.execute(sa.delete(GRANTS).where(GRANTS.c.account_id == account_id, GRANTS.c.client_id == client_id))


def end(db: sa.Connection, grant_id: str) -> None:
    """Ending one that is gone is no error."""
    db.execute(sa.delete(GRANTS).where(GRANTS.c.grant_id == grant_id))


def _turn(db: sa.Connection, grant_id: str, values: Mapping[str, object], now_ms: int) -> None:
    lives: dict[str, object] = {**values, "until_ms": now_ms + SILENT_MS}
    db.execute(sa.update(GRANTS).where(GRANTS.c.grant_id == grant_id).values(lives))


def _one(db: sa.Connection, which: sa.ColumnElement[bool], now_ms: int) -> Grant | None:
    row = db.execute(sa.select(GRANTS).where(which, GRANTS.c.until_ms > now_ms)).first()
    return _grant(row) if row else None


def _grant(row: sa.Row[tuple[object, ...]]) -> Grant:
    return Grant(
        grant_id=row.grant_id,
        client_id=row.client_id,
        account_id=row.account_id,
        profile_id=row.profile_id,
        scopes=tuple(row.scopes.split()),
        signed_in_ms=int(row.signed_in_ms),
        handle=row.handle,
        epoch=int(row.epoch or 0),
        granted_ms=int(row.granted_ms or 0),
        used_ms=int(row.turned_ms),
    )
