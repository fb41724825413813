"""What the cashier knows, as its messages say it."""

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import Money as MoneyMessage
from matinee.members.bills import Bill, BillState
from matinee.members.declines import why
from matinee.members.discounts import Coupon, in_words
from matinee.members.entitlement import Entitlement
from matinee.members.gifts import Gift
from matinee.members.invoices import Invoice
from matinee.members.membership import Membership
from matinee.members.money import Money
from matinee.members.office_book import Act
from matinee.members.plans import Plan
from matinee.members.quoting import Quote
from matinee.members.subscription import State, Subscription

STATES = {state: f"MEMBERSHIP_{state.name}" for state in State}


def money(amount: Money) -> MoneyMessage:
    return MoneyMessage(minor=amount.minor, currency=amount.currency)


def entitlement(known: Entitlement) -> pb.Entitlement:
    standing = known.standing.value
    return pb.Entitlement(standing=standing, height=known.height, screens=known.screens, plan=known.plan, note=known.note)


def plan(known: Plan, currency: str, *, trial: bool = True) -> pb.Plan:
    shown = currency if currency in known.prices_minor else next(iter(known.prices_minor))
    return pb.Plan(
        plan_id=known.plan_id,
        name=known.name,
        height=known.height,
        screens=known.screens,
        yearly=known.yearly,
        trial_days=known.trial_days if trial else 0,
        on_sale=known.on_sale,
        price=money(known.price(shown)),
        prices=[money(known.price(each)) for each in sorted(known.prices_minor)],
    )


def membership(member: Membership, entitled: Entitlement) -> pb.Membership:
    payer, sub = member.payer, member.sub
    state = STATES[sub.state] if sub else "MEMBERSHIP_NONE"
    said = pb.Membership(billing=True, state=state, entitlement=entitlement(entitled), may=member.acts)
    if payer:
        said.closed = payer.closed
        said.credit.CopyFrom(money(Money(payer.credit_minor, payer.currency)))
        if payer.method:
            said.card.CopyFrom(pb.Card(brand=payer.brand, last4=payer.last4, month=payer.month, year=payer.year))
    if sub:
        _subscribed(said, member, sub)
    return said


def _subscribed(said: pb.Membership, member: Membership, sub: Subscription) -> None:
    said.price.CopyFrom(money(Money(sub.price_minor, sub.currency)))
    said.period_from_ms, said.period_until_ms = sub.from_ms, sub.until_ms
    said.trial_until_ms = sub.until_ms if sub.state is State.TRIALING else 0
    said.grace_until_ms = sub.grace_until_ms if sub.state is State.PAST_DUE else 0
    said.paused_until_ms = sub.paused_until_ms if sub.state is State.PAUSED else 0
    said.discount = in_words(member.coupon, sub.coupon_left)
    if member.plan:
        said.plan.CopyFrom(plan(member.plan, sub.currency))
    if member.next_plan:
        said.next_plan.CopyFrom(plan(member.next_plan, sub.currency))
    if member.next_charge:
        amount, said.next_charge_ms = member.next_charge
        said.next_charge.CopyFrom(money(amount))
    bill = member.bill
    if bill:
        said.problem, said.confirm_url = str(why(bill.reason)) if bill.reason else "", bill.confirm_url
        said.retry_at_ms = (bill.due_ms or 0) if bill.state is BillState.FAILED else 0
        if member.owes:
            said.due.CopyFrom(money(bill.card))


def quote(known: Quote) -> pb.Quote:
    return pb.Quote(
        plan=plan(known.plan, known.gross.currency),
        now=money(known.now),
        tax=money(known.tax),
        tax_bps=known.tax_bps,
        credit=money(known.credit),
        then=money(known.then),
        then_ms=known.then_ms,
        trial_until_ms=known.trial_until_ms,
        as_of_ms=known.as_of_ms,
        lines=[pb.QuoteLine(what=what, amount=money(amount)) for what, amount in known.lines],
        at_period_end=known.at_period_end,
        discount=known.discount,
    )


def invoice(known: Invoice, bill: Bill | None) -> pb.Invoice:
    """With its bill; a credit note has none."""
    return pb.Invoice(
        number=known.number,
        issued_ms=known.issued_ms,
        total=money(known.total),
        tax=money(known.tax),
        credit_note=known.credit_note,
        what=known.what,
        refunded=money(Money(bill.refunded_minor if bill else 0, known.currency)),
        refundable=money(bill.left if bill else Money(0, known.currency)),
    )


def gift(known: Gift) -> pb.Gift:
    code = known.code if known.ready else ""
    return pb.Gift(code=code, amount=money(known.money), redeemed=bool(known.redeemed_by), made_ms=known.made_ms)


def house_gift(known: Gift, bought: bool, made_by: str, redeemed_by: str) -> pb.HouseGift:
    """A code is money. The house's own that nobody used yet is shown whole, since whoever reads this may make another; of all
    others only the end, by which people can say which they mean."""
    shown = known.code if not (bought or known.redeemed_by) else f"…{known.code[-4:]}"
    said = pb.Gift(code=shown, amount=money(known.money), redeemed=bool(known.redeemed_by), made_ms=known.made_ms)
    return pb.HouseGift(gift=said, bought=bought, made_by=made_by, redeemed_by=redeemed_by)


def coupon(known: Coupon, uses: int) -> pb.Coupon:
    return pb.Coupon(
        code=known.code,
        percent=known.percent,
        amount=money(Money(known.minor, known.currency)),
        periods=known.periods,
        most_uses=known.most_uses,
        until_ms=known.until_ms,
        uses=uses,
    )


def act(known: Act) -> pb.OfficeAct:
    return pb.OfficeAct(what=known.what, by=known.by, at_ms=known.at_ms, note=known.note)


def plan_wanted(said: pb.Plan) -> Plan:
    return Plan(
        plan_id=said.plan_id,
        name=" ".join(said.name.split()),
        height=said.height,
        screens=said.screens,
        yearly=said.yearly,
        trial_days=said.trial_days,
        on_sale=said.on_sale,
        prices_minor={each.currency: each.minor for each in said.prices},
    )


def coupon_wanted(said: pb.Coupon, until_ms: int) -> Coupon:
    return Coupon(
        code=said.code,
        percent=said.percent,
        minor=said.amount.minor,
        currency=said.amount.currency if said.amount.minor else "",
        periods=said.periods,
        most_uses=said.most_uses,
        until_ms=until_ms,
    )
