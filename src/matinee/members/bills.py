"""Bills: what a member owes for one period, one upgrade or one gift. Each is paid once, whatever happens on the way.

`open` is under way at the provider, or about to be: how it ended is not known before the provider was asked again under the
same id. `needs_you` waits there for its owner. `failed` is over for now; `paid` and `void` are for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from matinee.members.ledger import TABLES
from matinee.members.money import Money


class BillState(StrEnum):
    OPEN = "open"
    NEEDS_YOU = "needs_you"
    FAILED = "failed"
    PAID = "paid"
    VOID = "void"


class Kind(StrEnum):
    PERIOD = "period"
    UPGRADE = "upgrade"
    GIFT = "gift"


UNDER_WAY = (BillState.OPEN, BillState.NEEDS_YOU)
UNSETTLED = (*UNDER_WAY, BillState.FAILED)

MOST_REASON = 200
OURS_FOR_MS = 60_000
"""How long whoever made a bill, or took up something due, is left to finish it."""

BILLS = sa.Table(
    "bills",
    TABLES,
    sa.Column("bill_id", sa.String(100), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("subscription_id", sa.String(40), nullable=False, index=True),  # of a gift: the gift
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("plan_id", sa.String(40), nullable=False),
    sa.Column("what", sa.String(200), nullable=False),  # in words, for the invoice
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("list_minor", sa.BigInteger, nullable=False),  # before the discount
    sa.Column("gross_minor", sa.BigInteger, nullable=False),
    sa.Column("credit_minor", sa.BigInteger, nullable=False),  # what of it credit pays
    sa.Column("tax_bps", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("first_failed_ms", sa.BigInteger, nullable=False),
    sa.Column("provider_id", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(MOST_REASON), nullable=False),
    sa.Column("confirm_url", sa.String(1000), nullable=False),
    sa.Column("refunded_minor", sa.BigInteger, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("opened_ms", sa.BigInteger, nullable=False),  # when this attempt began
    sa.Column("due_ms", sa.BigInteger, nullable=True, index=True),  # when it is looked at again by itself
    sa.UniqueConstraint("subscription_id", "period", "kind", "plan_id"),
)

# Made once, since to make a statement takes five times as long as to ask it.
ONE = sa.select(BILLS).where(BILLS.c.bill_id == sa.bindparam("bill"))
UNSETTLED_ONE = (
    sa.select(BILLS)
    .where((BILLS.c.subscription_id == sa.bindparam("subject")) & BILLS.c.state.in_([each.value for each in UNSETTLED]))
    .order_by(BILLS.c.period)
)
ADD = sa.insert(BILLS)
CHANGE = sa.update(BILLS).where(BILLS.c.bill_id == sa.bindparam("bill"))
CLAIM = CHANGE.where(BILLS.c.due_ms <= sa.bindparam("now_ms"))
DUE = (
    sa.select(BILLS.c.bill_id)
    .where(BILLS.c.due_ms <= sa.bindparam("now_ms"))
    .order_by(BILLS.c.due_ms)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class Bill:
    bill_id: str
    account_id: str
    subscription_id: str
    period: int
    kind: Kind
    plan_id: str
    what: str
    currency: str
    list_minor: int
    gross_minor: int
    credit_minor: int
    tax_bps: int
    state: BillState
    attempt: int
    failures: int
    first_failed_ms: int
    provider_id: str
    reason: str
    confirm_url: str
    refunded_minor: int
    made_ms: int
    opened_ms: int
    due_ms: int | None

    @property
    def card(self) -> Money:
        """What the card pays."""
        return Money(self.gross_minor - self.credit_minor, self.currency)

    @property
    def left(self) -> Money:
        """What of that the house has and has not given back."""
        return Money(self.card.minor - self.refunded_minor if self.state is BillState.PAID else 0, self.currency)


def one(db: sa.Connection, bill_id: str) -> Bill:
    return _bill(db.execute(ONE, {"bill": bill_id}).one())


def by_id(db: sa.Connection, bill_id: str) -> Bill | None:
    row = db.execute(ONE, {"bill": bill_id}).first()
    return _bill(row) if row else None


def by_payment(db: sa.Connection, provider_id: str) -> Bill | None:
    """The one that this payment of the provider's paid."""
    row = db.execute(
        sa.select(BILLS).where((BILLS.c.provider_id == provider_id) & (BILLS.c.state == BillState.PAID.value))
    ).first()
    return _bill(row) if row else None


def unsettled(db: sa.Connection, subscription_id: str) -> Bill | None:
    """What of this subscription is neither paid nor void: one at most."""
    row = db.execute(UNSETTLED_ONE, {"subject": subscription_id}).first()
    return _bill(row) if row else None


def save(db: sa.Connection, bill: Bill) -> Bill:
    words = {**vars(bill), "kind": bill.kind.value, "state": bill.state.value}
    if db.execute(CHANGE, {**words, "bill": bill.bill_id}).rowcount == 0:
        db.execute(ADD, words)
    return bill


def due(db: sa.Connection, now_ms: int, most: int) -> Sequence[str]:
    return list(db.execute(DUE, {"now_ms": now_ms, "most": most}).scalars())


def claim(db: sa.Connection, bill_id: str, now_ms: int, until_ms: int) -> bool:
    """Whether it was due, and is ours to look after: nobody else finds it due before `until_ms`."""
    return db.execute(CLAIM, {"bill": bill_id, "now_ms": now_ms, "due_ms": until_ms}).rowcount == 1


def waiting(db: sa.Connection, account_id: str) -> Sequence[str]:
    """What of an account's is under way."""
    mine = (BILLS.c.account_id == account_id) & BILLS.c.state.in_([each.value for each in UNDER_WAY])
    return list(db.execute(sa.select(BILLS.c.bill_id).where(mine).order_by(BILLS.c.made_ms)).scalars())


def nudge(db: sa.Connection, bill_id: str, now_ms: int) -> None:
    """Somebody says that something happened to it: it is looked at soon, unless it is paid or its hour is set."""
    states = [each.value for each in (*UNDER_WAY, BillState.VOID)]
    waits = (BILLS.c.bill_id == bill_id) & BILLS.c.state.in_(states)
    db.execute(sa.update(BILLS).where(waits).values(due_ms=now_ms))


def let_be(db: sa.Connection, bill: Bill) -> Bill:
    """Nothing is due for one that is void."""
    is_void = (BILLS.c.bill_id == bill.bill_id) & (BILLS.c.state == BillState.VOID.value)
    db.execute(sa.update(BILLS).where(is_void).values(due_ms=None))
    return bill


def gave_back(db: sa.Connection, bill_id: str, minor: int) -> None:
    db.execute(sa.update(BILLS).where(BILLS.c.bill_id == bill_id).values(refunded_minor=minor))


def _bill(row: sa.Row[tuple[object, ...]]) -> Bill:
    bill = Bill(*row)  # pyright: ignore[reportArgumentType] # the columns are the fields, in their order
    return replace(bill, kind=Kind(bill.kind), state=BillState(bill.state))
