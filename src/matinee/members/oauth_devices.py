"""Televisions at the door (RFC 8628), in portable SQL: one shows a code, somebody types it on their phone and says yes or no,
and the television, which asks every few seconds, hears of it.

    waiting --yes--> allowed --asked--> gone, with its tokens
            --no---> denied
            --time-> over
"""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from matinee.members import oauth_grants as grants
from matinee.members.oauth_tables import DEVICES, GUESSES

DeviceState = Literal["waiting", "allowed", "denied"]
WAITS_MS = 15 * 60_000
INTERVAL_S = 5
SLOWER_BY_S = 5
MOST_GUESSES = 10
GUESSES_WITHIN_MS = 15 * 60_000

NEXT: dict[DeviceState, frozenset[DeviceState]] = {
    "waiting": frozenset({"allowed", "denied"}),
    "allowed": frozenset(),
    "denied": frozenset(),
}


@dataclass(frozen=True)
class Device:
    device_digest: str
    user_code: str
    client_id: str
    scopes: tuple[str, ...]


def open_device(db: sa.Connection, device: Device, now_ms: int) -> bool:
    """False when the code is shown by another one just now. Also forgets those that ran out."""
    db.execute(sa.delete(DEVICES).where(DEVICES.c.until_ms <= now_ms - WAITS_MS))
    if db.execute(sa.select(DEVICES.c.user_code).where(DEVICES.c.user_code == device.user_code)).first():
        return False
    row = {
        "device_digest": device.device_digest,
        "user_code": device.user_code,
        "client_id": device.client_id,
        "scopes": " ".join(device.scopes),
        "until_ms": now_ms + WAITS_MS,
        "interval_s": INTERVAL_S,
        "asked_ms": 0,
        "state": "waiting",
        "grant_id": "",
    }
    db.execute(sa.insert(DEVICES).values(row))
    return True


def find(db: sa.Connection, user_code: str, account_id: str, now_ms: int) -> Device | Literal["unknown", "too many"]:
    """The one that shows this code. Whoever guesses has a few tries, and then none for a while."""
    counted = db.execute(sa.select(GUESSES).where(GUESSES.c.account_id == account_id)).first()
    lately = counted is not None and now_ms - counted.since_ms < GUESSES_WITHIN_MS
    wrong = int(counted.wrong) if counted and lately else 0
    if wrong >= MOST_GUESSES:
        return "too many"
    which = (DEVICES.c.user_code == user_code, DEVICES.c.until_ms > now_ms, DEVICES.c.state == "waiting")
    row = db.execute(sa.select(DEVICES).where(*which)).first()
    if row:
        return Device(row.device_digest, row.user_code, row.client_id, tuple(row.scopes.split()))
    count = {"since_ms": counted.since_ms if counted and lately else now_ms, "wrong": wrong + 1}
    if counted:
        db.execute(sa.update(GUESSES).where(GUESSES.c.account_id == account_id).values(count))
    else:
        db.execute(sa.insert(GUESSES).values({"account_id": account_id, **count}))
    return "unknown"


def decide(db: sa.Connection, device_digest: str, to: DeviceState, grant_id: str, now_ms: int) -> bool:
    """False when it is decided already, or too late."""
    row = db.execute(sa.select(DEVICES).where(DEVICES.c.device_digest == device_digest)).first()
    if not row or row.until_ms <= now_ms or to not in NEXT[row.state]:
        return False
    db.execute(sa.update(DEVICES).where(DEVICES.c.device_digest == device_digest).values(state=to, grant_id=grant_id))
    return True


def allowed(db: sa.Connection, device_digest: str, now_ms: int) -> grants.Grant | None:
    """What it will be given when it asks next."""
    this = (DEVICES.c.device_digest == device_digest, DEVICES.c.state == "allowed", DEVICES.c.until_ms > now_ms)
    grant_id = db.execute(sa.select(DEVICES.c.grant_id).where(*this)).scalar()
    return grants.by_id(db, str(grant_id), now_ms) if grant_id else None


def ask(db: sa.Connection, device_digest: str, client_id: str, refresh_digest: str, now_ms: int) -> grants.Grant | str:
    """The grant, once: or, by its name in the standard, why there is none."""
    row = db.execute(sa.select(DEVICES).where(DEVICES.c.device_digest == device_digest)).first()
    if not row or row.client_id != client_id:
        return "invalid_grant"
    if row.until_ms <= now_ms:
        return "expired_token"
    if row.state == "denied":
        return "access_denied"
    this = DEVICES.c.device_digest == device_digest
    if row.state == "waiting":
        too_soon = now_ms - row.asked_ms < row.interval_s * 1000
        interval_s = row.interval_s + (SLOWER_BY_S if too_soon else 0)
        db.execute(sa.update(DEVICES).where(this).values(asked_ms=now_ms, interval_s=interval_s))
        return "slow_down" if too_soon else "authorization_pending"
    db.execute(sa.delete(DEVICES).where(this))
    grant = grants.by_id(db, row.grant_id, now_ms)
    if not grant:
        return "access_denied"
    grants.begin(db, grant.grant_id, refresh_digest, now_ms)
    return grant
