"""Where an account is signed in, in portable SQL: a session, with a name that people know it by.

A device's id is not its session's secret, so it may be shown. Of its address the beginning is kept, of its use the day.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts.ids import AccountId, ProfileId
from matinee.members.accounts import SESSIONS, TABLES, by_id
from matinee.members.accounts import Account as Owner

DAY_MS = 24 * 3600 * 1000
MOST_NAME = 60

DEVICES = sa.Table(
    "devices",
    TABLES,
    sa.Column("device_id", sa.String(40), primary_key=True),
    sa.Column(
        "secret_digest",
        sa.String(64),
        sa.ForeignKey("sessions.secret_digest", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
        unique=True,
    ),
    sa.Column("name", sa.String(MOST_NAME), nullable=False),
    sa.Column("came_from", sa.String(20), nullable=False),
    sa.Column("added_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),  # the day it began
    sa.Column("proved_ms", sa.BigInteger, nullable=False),  # when somebody last showed there who they are
)

# By which names an account has ever come in: of a new one its people are told.
KNOWN = sa.Table(
    "known_devices",
    TABLES,
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(MOST_NAME), primary_key=True),
)


@dataclass(frozen=True)
class Device:
    device_id: str
    name: str
    came_from: str
    added_ms: int
    seen_ms: int
    secret_digest: str


@dataclass(frozen=True)
class Standing:
    """Who asks, in a session that stands."""

    account: Owner
    profile_id: ProfileId
    until_ms: int
    proved_ms: int  # 0: before devices were kept


def added(db: sa.Connection, device: Device, now_ms: int, *, proved: bool) -> None:
    row = {
        "device_id": device.device_id,
        "secret_digest": device.secret_digest,
        "name": device.name,
        "came_from": device.came_from,
        "added_ms": now_ms,
        "seen_ms": _day(now_ms),
        "proved_ms": now_ms if proved else 0,
    }
    db.execute(sa.insert(DEVICES).values(row))


def is_new(db: sa.Connection, account_id: AccountId, name: str) -> bool:
    """Whether the account never came in by a device of that name. From now on it did."""
    known = sa.select(KNOWN.c.name).where(KNOWN.c.account_id == account_id, KNOWN.c.name == name)
    if db.execute(known).first():
        return False
    db.execute(sa.insert(KNOWN).values(account_id=account_id, name=name))
    return True


def standing(db: sa.Connection, secret_digest: str, now_ms: int) -> Standing | None:
    """The session of that secret, if it still stands."""
    columns = (SESSIONS.c.account_id, SESSIONS.c.profile_id, SESSIONS.c.until_ms, DEVICES.c.proved_ms)
    both = SESSIONS.outerjoin(DEVICES, SESSIONS.c.secret_digest == DEVICES.c.secret_digest)
    mine = (SESSIONS.c.secret_digest == secret_digest) & (SESSIONS.c.until_ms > now_ms)
    row = db.execute(sa.select(*columns).select_from(both).where(mine)).first()
    account = by_id(db, AccountId(row.account_id)) if row else None
    return Standing(account, ProfileId(row.profile_id), int(row.until_ms), int(row.proved_ms or 0)) if row and account else None


def goes_on(db: sa.Connection, secret_digest: str, new_digest: str) -> None:
    """Under a new secret, with more rights than before: the old one, should another know it, opens nothing any more."""
    this = SESSIONS.c.secret_digest == secret_digest
    db.execute(sa.update(SESSIONS).where(this).values(secret_digest=new_digest))


def renewed(db: sa.Connection, secret_digest: str, new_digest: str, now_ms: int) -> None:
    """Somebody has shown there who they are."""
    goes_on(db, secret_digest, new_digest)
    db.execute(sa.update(DEVICES).where(DEVICES.c.secret_digest == new_digest).values(proved_ms=now_ms))


def unseen_today(db: sa.Connection, secret_digest: str, now_ms: int) -> bool:
    seen = sa.select(DEVICES.c.seen_ms).where(DEVICES.c.secret_digest == secret_digest)
    return db.execute(seen).scalar() != _day(now_ms)


def seen(db: sa.Connection, device: Device, now_ms: int) -> None:
    """One whose session is older than the keeping of devices is added now."""
    this = DEVICES.c.secret_digest == device.secret_digest
    if not db.execute(sa.update(DEVICES).where(this).values(seen_ms=_day(now_ms))).rowcount:
        stands = sa.select(SESSIONS.c.secret_digest).where(SESSIONS.c.secret_digest == device.secret_digest)
        if db.execute(stands).first():
            added(db, device, now_ms, proved=False)


def of_account(db: sa.Connection, account_id: AccountId, now_ms: int) -> list[Device]:
    """Those seen last first."""
    columns = (DEVICES.c[name] for name in ("device_id", "name", "came_from", "added_ms", "seen_ms", "secret_digest"))
    mine = sa.select(*columns).join(SESSIONS, SESSIONS.c.secret_digest == DEVICES.c.secret_digest)
    standing = mine.where(SESSIONS.c.account_id == account_id, SESSIONS.c.until_ms > now_ms)
    return [Device(*row) for row in db.execute(standing.order_by(DEVICES.c.seen_ms.desc(), DEVICES.c.added_ms.desc()))]


def end(db: sa.Connection, account_id: AccountId, device_id: str) -> None:
    """Ending one that is gone, or is another account's, does nothing."""
    its = sa.select(DEVICES.c.secret_digest).where(DEVICES.c.device_id == device_id)
    db.execute(sa.delete(SESSIONS).where(SESSIONS.c.account_id == account_id, SESSIONS.c.secret_digest.in_(its)))


def end_all(db: sa.Connection, account_id: AccountId, *, but: str = "") -> None:
    """Every session of the account; `but` is the digest of one that goes on."""
    db.execute(sa.delete(SESSIONS).where(SESSIONS.c.account_id == account_id, SESSIONS.c.secret_digest != but))


def _day(now_ms: int) -> int:
    return now_ms - now_ms % DAY_MS
