"""Subscriptions in portable SQL, and which of them something is due for."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from matinee.members import payers
from matinee.members.billing import due_ms
from matinee.members.ledger import TABLES
from matinee.members.subscription import Happening, State, Subscription, moved

SUBSCRIPTIONS = sa.Table(
    "subscriptions",
    TABLES,
    sa.Column("subscription_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("plan_id", sa.String(40), nullable=False),
    sa.Column("yearly", sa.Boolean, nullable=False),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("anchor_ms", sa.BigInteger, nullable=False),
    sa.Column("anchor_period", sa.Integer, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("from_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("next_plan_id", sa.String(40), nullable=False),
    sa.Column("next_price_minor", sa.BigInteger, nullable=False),
    sa.Column("next_yearly", sa.Boolean, nullable=False),
    sa.Column("coupon", sa.String(32), nullable=False),
    sa.Column("coupon_left", sa.Integer, nullable=False),
    sa.Column("trial_days", sa.Integer, nullable=False),
    sa.Column("warned", sa.Boolean, nullable=False),
    sa.Column("grace_until_ms", sa.BigInteger, nullable=False),
    sa.Column("paused_until_ms", sa.BigInteger, nullable=False),
    sa.Column("pause_months", sa.Integer, nullable=False),
    sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),
)

# Made once, since to make a statement takes five times as long as to ask it.
ONE = sa.select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.subscription_id == sa.bindparam("subscription"))
ADD = sa.insert(SUBSCRIPTIONS)
CHANGE = sa.update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.subscription_id == sa.bindparam("subscription"))
CLAIM = CHANGE.where(SUBSCRIPTIONS.c.due_ms <= sa.bindparam("now_ms"))
DUE = (
    sa.select(SUBSCRIPTIONS.c.subscription_id)
    .where(SUBSCRIPTIONS.c.due_ms <= sa.bindparam("now_ms"))
    .order_by(SUBSCRIPTIONS.c.due_ms)
    .limit(sa.bindparam("most"))
)


def by_id(db: sa.Connection, subscription_id: str) -> Subscription | None:
    row = db.execute(ONE, {"subscription": subscription_id}).first()
    return _subscription(row) if row else None


def add(db: sa.Connection, sub: Subscription) -> None:
    """From now on it is its account's."""
    db.execute(ADD, _words(replace(sub, due_ms=due_ms(sub))))
    payers.change(db, sub.account_id, subscription_id=sub.subscription_id)


def save(db: sa.Connection, sub: Subscription) -> Subscription:
    """With what is due for it from now on."""
    kept = replace(sub, due_ms=due_ms(sub))
    db.execute(CHANGE, {**_words(kept), "subscription": sub.subscription_id})
    return kept


def move(db: sa.Connection, sub: Subscription, happening: Happening, **words: object) -> Subscription:
    """Raises IllegalMove."""
    return save(db, replace(sub, state=moved(sub.state, happening), **words))  # pyright: ignore[reportArgumentType] # fields


def put_off(db: sa.Connection, subscription_id: str, until_ms: int | None) -> None:
    """Nothing is due for it until then; None: until something else has happened."""
    db.execute(CHANGE, {"due_ms": until_ms, "subscription": subscription_id})


def due(db: sa.Connection, now_ms: int, most: int) -> Sequence[str]:
    return list(db.execute(DUE, {"now_ms": now_ms, "most": most}).scalars())


def claim(db: sa.Connection, subscription_id: str, now_ms: int, until_ms: int) -> bool:
    """Whether it was due, and is ours to look after: nobody else finds it due before `until_ms`."""
    return db.execute(CLAIM, {"subscription": subscription_id, "now_ms": now_ms, "due_ms": until_ms}).rowcount == 1


def _words(sub: Subscription) -> dict[str, object]:
    return {**vars(sub), "state": sub.state.value}


def _subscription(row: sa.Row[tuple[object, ...]]) -> Subscription:
    sub = Subscription(*row)  # pyright: ignore[reportArgumentType] # the columns are the fields, in their order
    return replace(sub, state=State(sub.state))
