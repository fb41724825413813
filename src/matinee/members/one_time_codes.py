"""One-time codes (RFC 6238) as a second step of signing in, and the recovery codes for who has lost their phone.

A code counts once: the half minute it belongs to must be later than that of the last one. A recovery code is kept as a digest.
The secret itself has to be known to compute codes with: it is kept sealed (`sealing.py`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
import structlog

from matinee.contracts.ids import AccountId
from matinee.members.accounts import TABLES
from matinee.members.sealing import BadSeal, Seal

log = structlog.get_logger("identity")

STEP_S = 30
EARLY_OR_LATE = (0, -1, 1)  # half minutes by which a phone's clock may be wrong
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another

CODES = sa.Table(
    "one_time_codes",
    TABLES,
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("secret", sa.String(40), nullable=False),  # as it was kept before it was sealed; else empty
    sa.Column("in_use", sa.Boolean, nullable=False),  # not before a first code was right
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.String(300)),
)

RECOVERY = sa.Table(
    "recovery_codes",
    TABLES,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
)


def new_secret() -> str:
    import pyotp

    return pyotp.random_base32()


def new_recovery_codes() -> list[str]:
    """Each is one of 2^59: "k7mq2a-x9fdw3"."""
    drawn = ("".join(secrets.choice(LETTERS) for _ in range(12)) for _ in range(RECOVERY_CODES))
    return [f"{each[:6]}-{each[6:]}" for each in drawn]


def url_of(secret: str, email: str) -> str:
    """What apps read, also from a picture."""
    from pyotp.totp import TOTP

    return TOTP(secret).provisioning_uri(name=email, issuer_name="Matinee")


def picture_of(url: str) -> str:
    """A QR code as an address that stands for itself."""
    import segno

    return segno.make(url, error="m").svg_data_uri(scale=6, border=4, dark="#17120f", light="#fbf3e6")


def begin(db: sa.Connection, account_id: AccountId, sealed: str) -> None:
    """A secret that is not asked for yet. One in use stays."""
    db.execute(sa.delete(CODES).where(CODES.c.account_id == account_id, CODES.c.in_use == sa.false()))
    if not are_on(db, account_id):
        db.execute(sa.insert(CODES).values(account_id=account_id, secret="", in_use=False, last_step=0, sealed=sealed))


def are_on(db: sa.Connection, account_id: AccountId) -> bool:
    return bool(db.execute(sa.select(CODES.c.in_use).where(CODES.c.account_id == account_id)).scalar())


def left(db: sa.Connection, account_id: AccountId) -> int:
    """How many recovery codes."""
    return db.execute(sa.select(sa.func.count()).select_from(RECOVERY).where(RECOVERY.c.account_id == account_id)).scalar_one()


def confirm(db: sa.Connection, account_id: AccountId, code: str, recovery: Sequence[str], seal: Seal, now_ms: int) -> bool:
    """From now on codes are asked for, if this one is right."""
    if are_on(db, account_id) or not _fits(db, account_id, code, seal, now_ms):
        return False
    db.execute(sa.update(CODES).where(CODES.c.account_id == account_id).values(in_use=True))
    db.execute(sa.insert(RECOVERY), [{"digest": _digest(account_id, each), "account_id": account_id} for each in recovery])
    return True


def fits(db: sa.Connection, account_id: AccountId, code: str, seal: Seal, now_ms: int) -> bool:
    """Whether it is the code of the moment, or a recovery code; either is used up by this."""
    if _fits(db, account_id, code, seal, now_ms):
        return True
    this = (RECOVERY.c.digest == _digest(account_id, code)) & (RECOVERY.c.account_id == account_id)
    return db.execute(sa.delete(RECOVERY).where(this)).rowcount > 0


def remove(db: sa.Connection, account_id: AccountId) -> bool:
    """Whether they were asked for."""
    were_on = are_on(db, account_id)
    for table in (CODES, RECOVERY):
        db.execute(sa.delete(table).where(table.c.account_id == account_id))
    return were_on


def seal_all(db: sa.Connection, seal: Seal) -> None:
    """What was kept open by a Matinee of before is sealed."""
    for row in db.execute(sa.select(CODES.c.account_id, CODES.c.secret).where(CODES.c.secret != "")).all():
        sealed = {"secret": "", "sealed": seal.shut(row.secret, row.account_id)}
        db.execute(sa.update(CODES).where(CODES.c.account_id == row.account_id).values(sealed))


def _fits(db: sa.Connection, account_id: AccountId, code: str, seal: Seal, now_ms: int) -> bool:
    from pyotp.totp import TOTP

    row = db.execute(sa.select(CODES.c.sealed, CODES.c.last_step).where(CODES.c.account_id == account_id)).first()
    typed = "".join(code.split())
    if not row or not (typed.isascii() and typed.isdecimal()):
        return False
    try:
        now_step, totp = now_ms // 1000 // STEP_S, TOTP(seal.open(row.sealed or "", account_id))
    except BadSeal as bad:
        log.error("a secret of one-time codes cannot be opened: only recovery codes help", account=account_id, why=str(bad))
        return False
    steps = (now_step + by for by in EARLY_OR_LATE if now_step + by > row.last_step)
    step = next((each for each in steps if hmac.compare_digest(totp.at(each * STEP_S), typed)), None)
    if step is None:
        return False
    later = (CODES.c.account_id == account_id) & (CODES.c.last_step < step)
    return db.execute(sa.update(CODES).where(later).values(last_step=step)).rowcount > 0


def _digest(account_id: AccountId, code: str) -> str:
    letters = "".join(each for each in code.lower() if each.isalnum())
    return hashlib.sha256(f"{account_id}:{letters}".encode()).hexdigest()
