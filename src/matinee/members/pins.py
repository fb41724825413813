"""PINs of profiles, how often they were tried, and what a right one opened, in portable SQL. Rules stand in `pin_rules.py`."""

from collections.abc import Sequence

import sqlalchemy as sa

from matinee.contracts.ids import ProfileId
from matinee.members.accounts import TABLES
from matinee.members.pin_rules import PERMIT_MS, Tries, after_another, one_less

PINS = sa.Table(
    "pins",
    TABLES,
    sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("pin_hash", sa.String(200), nullable=False),
    # Titles above the limit are shown locked, and play after the PIN; false: they are not there.
    sa.Column("asks_above", sa.Boolean, nullable=False),
)

# Of a profile's PIN, and of an account's password where it stands in for one.
TRIES = sa.Table(
    "pin_tries",
    TABLES,
    sa.Column("owner_id", sa.String(40), primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("wait_until_ms", sa.BigInteger, nullable=False),
)

# A play of one title above the limit, once.
PERMITS = sa.Table(
    "permits",
    TABLES,
    sa.Column("permit_digest", sa.String(64), primary_key=True),
    sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), nullable=False),
    sa.Column("title_id", sa.String(40), nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)


class TooManyTries(Exception):
    """No try counts before that moment."""

    def __init__(self, until_ms: int) -> None:
        super().__init__(until_ms)
        self.until_ms = until_ms


def of(db: sa.Connection, profile_ids: Sequence[str]) -> dict[str, bool]:
    """Those of the profiles that have one, and whether they ask for it above their limit."""
    rows = db.execute(sa.select(PINS.c.profile_id, PINS.c.asks_above).where(PINS.c.profile_id.in_(profile_ids)))
    return {row.profile_id: bool(row.asks_above) for row in rows}


def hashes(db: sa.Connection, profile_ids: Sequence[str]) -> dict[str, str]:
    rows = db.execute(sa.select(PINS.c.profile_id, PINS.c.pin_hash).where(PINS.c.profile_id.in_(profile_ids)))
    return {row.profile_id: row.pin_hash for row in rows}


def keep(db: sa.Connection, profile_id: ProfileId, pin_hash: str, *, asks_above: bool) -> None:
    """A new PIN has all its tries before it."""
    remove(db, profile_id)
    db.execute(sa.insert(PINS).values(profile_id=profile_id, pin_hash=pin_hash, asks_above=asks_above))


def remove(db: sa.Connection, profile_id: str) -> None:
    """What it had opened is shut, too."""
    db.execute(sa.delete(PINS).where(PINS.c.profile_id == profile_id))
    db.execute(sa.delete(PERMITS).where(PERMITS.c.profile_id == profile_id))
    was_right(db, [profile_id])


def tries_of(db: sa.Connection, owner_id: str) -> Tries:
    row = db.execute(sa.select(TRIES.c.tries, TRIES.c.wait_until_ms).where(TRIES.c.owner_id == owner_id)).first()
    return Tries(int(row.tries), int(row.wait_until_ms)) if row else Tries()


def count_try(db: sa.Connection, owner_ids: Sequence[str], now_ms: int) -> None:
    """Before it is looked at: many tried at once are as many tries. Raises TooManyTries, and then none is counted."""
    stands = {each: tries_of(db, each) for each in owner_ids}
    until_ms = max((each.wait_until_ms for each in stands.values()), default=0)
    if now_ms < until_ms:
        raise TooManyTries(until_ms)
    for owner_id, tries in stands.items():
        _stand(db, owner_id, after_another(tries, now_ms))


def was_right(db: sa.Connection, owner_ids: Sequence[str]) -> None:
    db.execute(sa.delete(TRIES).where(TRIES.c.owner_id.in_(owner_ids)))


def was_not_tried(db: sa.Connection, owner_ids: Sequence[str]) -> None:
    """The PIN was another's, and right."""
    for owner_id in owner_ids:
        _stand(db, owner_id, one_less(tries_of(db, owner_id)))


def permit(db: sa.Connection, digest: str, profile_id: str, title_id: str, now_ms: int) -> int:
    """Opens one play of a title; until when. Also forgets those that nobody used in time."""
    db.execute(sa.delete(PERMITS).where(PERMITS.c.until_ms <= now_ms))
    row = {"permit_digest": digest, "profile_id": profile_id, "title_id": title_id, "until_ms": now_ms + PERMIT_MS}
    db.execute(sa.insert(PERMITS).values(row))
    return now_ms + PERMIT_MS


def use_permit(db: sa.Connection, digest: str, profile_id: str, title_id: str, now_ms: int) -> bool:
    """Whether it opened this title for this profile; it never does again."""
    its = (PERMITS.c.permit_digest == digest) & (PERMITS.c.profile_id == profile_id) & (PERMITS.c.title_id == title_id)
    return db.execute(sa.delete(PERMITS).where(its, PERMITS.c.until_ms > now_ms)).rowcount == 1


def _stand(db: sa.Connection, owner_id: str, tries: Tries) -> None:
    was_right(db, [owner_id])
    db.execute(sa.insert(TRIES).values(owner_id=owner_id, tries=tries.count, wait_until_ms=tries.wait_until_ms))
