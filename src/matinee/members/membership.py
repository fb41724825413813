"""A membership as it stands: everything that is known of one account, read at one moment."""

from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members import bills, coupons, payers, subscriptions, tariff
from matinee.members.bills import Bill, BillState, Kind
from matinee.members.discounts import Coupon, off_minor
from matinee.members.money import Money
from matinee.members.payers import Payer
from matinee.members.plans import Plan
from matinee.members.subscription import State, Subscription, may

RENEWING = (State.ACTIVE, State.TRIALING, State.PAUSED)


@dataclass(frozen=True)
class Visitor:
    """Who asks, as identity knows them."""

    account_id: str
    email: str = ""
    country: str = ""
    operator: bool = False


@dataclass(frozen=True)
class Membership:
    payer: Payer | None
    sub: Subscription | None = None
    plan: Plan | None = None
    next_plan: Plan | None = None
    bill: Bill | None = None  # what is not settled
    coupon: Coupon | None = None

    @property
    def owes(self) -> bool:
        return self.bill is not None and self.bill.kind is Kind.PERIOD and self.bill.state is not BillState.OPEN

    @property
    def acts(self) -> list[str]:
        sub = self.sub
        return may(sub.state if sub else None, has_next=bool(sub and sub.next_plan_id), owes=self.owes)

    @property
    def next_charge(self) -> tuple[Money, int] | None:
        """What the card is charged next, and when, if all stays as it is."""
        sub, payer = self.sub, self.payer
        if sub is None or payer is None or sub.state not in RENEWING or self.bill is not None:
            return None
        price = Money(sub.next_price_minor if sub.next_plan_id else sub.price_minor, sub.currency)
        off = off_minor(self.coupon, price) if sub.coupon_left else 0
        left = max(0, price.minor - off - payer.credit_minor)
        return Money(left, sub.currency), sub.paused_until_ms if sub.state is State.PAUSED else sub.until_ms


def of_account(db: sa.Connection, account_id: str) -> Membership:
    payer = payers.by_id(db, account_id)
    sub = subscriptions.by_id(db, payer.subscription_id) if payer and payer.subscription_id else None
    if sub is None:
        return Membership(payer)
    return Membership(
        payer=payer,
        sub=sub,
        plan=tariff.by_id(db, sub.plan_id),
        next_plan=tariff.by_id(db, sub.next_plan_id) if sub.next_plan_id else None,
        bill=bills.unsettled(db, sub.subscription_id),
        coupon=coupons.by_code(db, sub.coupon) if sub.coupon_left else None,
    )
