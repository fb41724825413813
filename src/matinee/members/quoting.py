"""What choosing a plan costs: said before, and charged as it was said. Decides, and knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.members.billing import DAY_MS, begins_at_ms, upgrade_minor
from matinee.members.discounts import FOR_GOOD, Coupon, in_words, off_minor
from matinee.members.money import Money
from matinee.members.plans import Plan
from matinee.members.subscription import State, Subscription
from matinee.members.tax import tax_in

HOLDS_FOR_MS = 30 * 60 * 1000
"""How long a price that was shown is the price."""


@dataclass(frozen=True)
class Quote:
    plan: Plan
    gross: Money
    list_price: Money  # before the discount
    credit: Money
    tax_bps: int
    then: Money
    then_ms: int
    as_of_ms: int
    lines: Sequence[tuple[str, Money]] = ()
    trial_until_ms: int = 0
    at_period_end: bool = False
    discount: str = ""

    @property
    def now(self) -> Money:
        """What the card is charged at once."""
        return Money(self.gross.minor - self.credit.minor, self.gross.currency)

    @property
    def tax(self) -> Money:
        return Money(tax_in(self.gross.minor, self.tax_bps), self.gross.currency)


@dataclass(frozen=True)
class Purse:
    """What of a payer a price depends on."""

    currency: str
    credit_minor: int
    tax_bps: int


def to_begin(plan: Plan, coupon: Coupon | None, purse: Purse, now_ms: int, *, trial: bool) -> Quote:
    price = plan.price(purse.currency)
    off = off_minor(coupon, price)
    left = (coupon.periods or FOR_GOOD) if coupon else 0
    lasts = left == FOR_GOOD or left > 1 or trial
    until_ms = now_ms + plan.trial_days * DAY_MS if trial else 0
    list_minor = 0 if trial else price.minor
    gross_minor = 0 if trial else price.minor - off
    lines = [(f"{plan.name}, a {'year' if plan.yearly else 'month'}", price)]
    if off:
        lines.append((in_words(coupon, left), Money(-off, purse.currency)))
    if trial:
        lines = [(f"{plan.name}, {plan.trial_days} days to try", Money(0, purse.currency))]
    return Quote(
        plan=plan,
        gross=Money(gross_minor, purse.currency),
        list_price=Money(list_minor, purse.currency),
        credit=Money(min(purse.credit_minor, gross_minor), purse.currency),
        tax_bps=purse.tax_bps,
        then=Money(price.minor - (off if lasts else 0), purse.currency),
        then_ms=until_ms or begins_at_ms(now_ms, 1, yearly=plan.yearly),
        as_of_ms=now_ms,
        lines=lines,
        trial_until_ms=until_ms,
        discount=in_words(coupon, left),
    )


def to_change(sub: Subscription, plan: Plan, coupon: Coupon | None, purse: Purse, now_ms: int) -> Quote:
    """A dearer plan of the same period begins at once; in a trial every plan does; any other with the next period."""
    old, new = Money(sub.price_minor, sub.currency), plan.price(sub.currency)
    coupon = coupon if sub.coupon_left else None
    is_upgrade = sub.state is State.ACTIVE and plan.yearly == sub.yearly and new.minor > old.minor
    list_minor = upgrade_minor(old.minor, new.minor, sub, now_ms) if is_upgrade else 0
    old_minor, new_minor = old.minor - off_minor(coupon, old), new.minor - off_minor(coupon, new)
    gross_minor = min(list_minor, upgrade_minor(old_minor, new_minor, sub, now_ms)) if is_upgrade else 0
    lines = [(f"{plan.name} for the rest of this {'year' if sub.yearly else 'month'}", Money(gross_minor, sub.currency))]
    # A coupon's last period may be the one that is under way.
    then_minor = new_minor if sub.coupon_left else new.minor
    return Quote(
        plan=plan,
        gross=Money(gross_minor, sub.currency),
        list_price=Money(list_minor, sub.currency),
        credit=Money(min(purse.credit_minor, gross_minor), sub.currency),
        tax_bps=purse.tax_bps,
        then=Money(then_minor, sub.currency),
        then_ms=sub.until_ms,
        as_of_ms=now_ms,
        lines=lines if is_upgrade else [],
        trial_until_ms=sub.until_ms if sub.state is State.TRIALING else 0,
        at_period_end=not is_upgrade and sub.state is not State.TRIALING,
        discount=in_words(coupon, sub.coupon_left),
    )
