"""What operators did to memberships, refunds among it; and which webhooks were heard."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import sqlalchemy as sa

from matinee.members.ledger import TABLES

MOST_NOTE, MOST_KIND = 500, 80

ACTS = sa.Table(
    "acts",
    TABLES,
    sa.Column("act_id", sa.String(140), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("what", sa.String(200), nullable=False),
    sa.Column("by", sa.String(40), nullable=False),
    sa.Column("note", sa.String(MOST_NOTE), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

REFUNDS = sa.Table(
    "refunds",
    TABLES,
    sa.Column("refund_id", sa.String(120), primary_key=True),
    sa.Column("bill_id", sa.String(100), nullable=False, unique=True),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # open, done, failed
    sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),
)

HOOKS = sa.Table(
    "hooks",
    TABLES,
    sa.Column("event_id", sa.String(120), primary_key=True),
    sa.Column("kind", sa.String(MOST_KIND), nullable=False),
    sa.Column("heard_ms", sa.BigInteger, nullable=False, index=True),
)

# Made once, since to make a statement takes five times as long as to ask it.
REFUND = sa.select(REFUNDS).where(REFUNDS.c.bill_id == sa.bindparam("bill"))
REFUNDS_DUE = (
    sa.select(REFUNDS.c.bill_id)
    .where(REFUNDS.c.due_ms <= sa.bindparam("now_ms"))
    .order_by(REFUNDS.c.due_ms)
    .limit(sa.bindparam("most"))
)
HEARD = sa.select(HOOKS.c.event_id).where(HOOKS.c.event_id == sa.bindparam("event"))


@dataclass(frozen=True)
class Act:
    act_id: str
    account_id: str
    what: str
    by: str
    note: str
    at_ms: int


@dataclass(frozen=True)
class Refund:
    """The last one of a bill. Another may begin when it is over; what went before is in the ledger, in acts and on paper."""

    refund_id: str
    bill_id: str
    minor: int
    state: Literal["open", "done", "failed"]
    due_ms: int | None


def did(db: sa.Connection, act: Act) -> bool:
    """Writes it down; False when it was done under that id before."""
    if db.execute(sa.select(ACTS.c.act_id).where(ACTS.c.act_id == act.act_id)).first():
        return False
    db.execute(sa.insert(ACTS).values({**asdict(act), "note": act.note[:MOST_NOTE]}))
    return True


def of_account(db: sa.Connection, account_id: str) -> list[Act]:
    """The last first."""
    mine = sa.select(ACTS).where(ACTS.c.account_id == account_id)
    return [Act(*row) for row in db.execute(mine.order_by(ACTS.c.at_ms.desc(), ACTS.c.act_id))]


def refund_of(db: sa.Connection, bill_id: str) -> Refund | None:
    row = db.execute(REFUND, {"bill": bill_id}).first()
    return Refund(*row) if row else None


def save_refund(db: sa.Connection, refund: Refund) -> None:
    if refund_of(db, refund.bill_id):
        db.execute(sa.update(REFUNDS).where(REFUNDS.c.bill_id == refund.bill_id).values(asdict(refund)))
    else:
        db.execute(sa.insert(REFUNDS).values(asdict(refund)))


def refunds_due(db: sa.Connection, now_ms: int, most: int) -> Sequence[str]:
    """By the bills they are of."""
    return list(db.execute(REFUNDS_DUE, {"now_ms": now_ms, "most": most}).scalars())


def claim_refund(db: sa.Connection, bill_id: str, now_ms: int, until_ms: int) -> bool:
    """Whether it was due, and is ours to look after: nobody else finds it due before `until_ms`."""
    mine = (REFUNDS.c.bill_id == bill_id) & (REFUNDS.c.due_ms <= now_ms)
    return db.execute(sa.update(REFUNDS).where(mine).values(due_ms=until_ms)).rowcount == 1


def nudge_refund(db: sa.Connection, bill_id: str, now_ms: int) -> None:
    """Somebody says that something happened to it: it is looked at soon, if it is not over."""
    waits = (REFUNDS.c.bill_id == bill_id) & (REFUNDS.c.state == "open")
    db.execute(sa.update(REFUNDS).where(waits).values(due_ms=now_ms))


def hear(db: sa.Connection, event_id: str, kind: str, now_ms: int) -> bool:
    """False when it was heard before."""
    if db.execute(HEARD, {"event": event_id}).first():
        return False
    db.execute(sa.insert(HOOKS).values(event_id=event_id, kind=kind[:MOST_KIND], heard_ms=now_ms))
    return True


def forget_hooks(db: sa.Connection, before_ms: int) -> None:
    db.execute(sa.delete(HOOKS).where(HOOKS.c.heard_ms < before_ms))
