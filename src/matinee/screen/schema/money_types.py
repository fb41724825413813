"""What GraphQL says of plans, memberships, quotes and invoices."""

from enum import Enum
from typing import Self

import strawberry

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import Money as MoneyMessage
from matinee.screen.schema.refused import iso


@strawberry.type(description="In the smallest unit of its currency: 1299 EUR is 12.99 euros.")
class Money:
    minor: int
    currency: str = strawberry.field(description="ISO 4217.")

    @classmethod
    def of(cls, money: MoneyMessage) -> Self:
        return cls(minor=money.minor, currency=money.currency)


@strawberry.type
class Plan:
    id: strawberry.ID
    name: str
    height: int = strawberry.field(description="The tallest picture, in lines.")
    screens: int = strawberry.field(description="At once.")
    yearly: bool = strawberry.field(description="Else by the month.")
    trial_days: int = strawberry.field(description="Free at the beginning; 0 also for who has had a trial.")
    on_sale: bool
    price: Money = strawberry.field(description="Of a period, tax included, in the account's currency.")
    prices: list[Money] = strawberry.field(description="In each currency; for operators.")

    @classmethod
    def of(cls, plan: pb.Plan) -> Self:
        return cls(
            id=strawberry.ID(plan.plan_id),
            name=plan.name,
            height=plan.height,
            screens=plan.screens,
            yearly=plan.yearly,
            trial_days=plan.trial_days,
            on_sale=plan.on_sale,
            price=Money.of(plan.price),
            prices=[Money.of(each) for each in plan.prices],
        )


@strawberry.enum
class MembershipState(Enum):
    NONE = pb.MEMBERSHIP_NONE
    PENDING = pb.MEMBERSHIP_PENDING
    TRIALING = pb.MEMBERSHIP_TRIALING
    ACTIVE = pb.MEMBERSHIP_ACTIVE
    PAST_DUE = pb.MEMBERSHIP_PAST_DUE
    UNPAID = pb.MEMBERSHIP_UNPAID
    PAUSING = pb.MEMBERSHIP_PAUSING
    PAUSED = pb.MEMBERSHIP_PAUSED
    CANCELLING = pb.MEMBERSHIP_CANCELLING
    ENDED = pb.MEMBERSHIP_ENDED


@strawberry.enum
class MembershipAct(Enum):
    BEGIN = "begin"
    CHANGE = "change"
    CANCEL = "cancel"
    RESUME = "resume"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    PAY = "pay"
    CARD = "card"


@strawberry.type
class PaymentCard:
    brand: str
    last4: str
    month: int
    year: int


@strawberry.type(description="What the account has, what it pays, and what it can do about it.")
class Membership:
    billing: bool = strawberry.field(description="False: this house asks for no money, and everybody may watch.")
    state: MembershipState
    plays: bool = strawberry.field(description="Whether Play is granted now.")
    note: str = strawberry.field(description="Why not, or what is about to happen; may be empty.")
    plan: Plan | None
    price: Money | None = strawberry.field(description="Of a period, before discounts.")
    period_from: str | None
    period_until: str | None
    next_plan: Plan | None = strawberry.field(description="From the next period on, when it is another.")
    next_charge: Money | None = strawberry.field(description="What the card is charged then; null: nothing is due.")
    next_charge_at: str | None
    trial_until: str | None
    grace_until: str | None = strawberry.field(description="A payment failed, and until then the account plays on.")
    retry_at: str | None = strawberry.field(description="When a failed payment is tried again by itself.")
    paused_until: str | None
    problem: str | None = strawberry.field(description="Why the last payment failed.")
    confirm_url: str | None = strawberry.field(description="Where the card's owner says yes to a payment that waits for it.")
    card: PaymentCard | None
    credit: Money | None = strawberry.field(description="Used before the card.")
    discount: str | None
    due: Money | None = strawberry.field(description="What payNow would charge.")
    may: list[MembershipAct] = strawberry.field(description="What can be done now.")
    closed: bool = strawberry.field(description="By the house.")

    @classmethod
    def of(cls, member: pb.Membership) -> Self:
        return cls(
            billing=member.billing,
            state=MembershipState(member.state),
            plays=member.entitlement.standing == pb.WELCOME,
            note=member.entitlement.note,
            plan=Plan.of(member.plan) if member.HasField("plan") else None,
            price=_money(member, "price"),
            period_from=_moment(member.period_from_ms),
            period_until=_moment(member.period_until_ms),
            next_plan=Plan.of(member.next_plan) if member.HasField("next_plan") else None,
            next_charge=_money(member, "next_charge"),
            next_charge_at=_moment(member.next_charge_ms),
            trial_until=_moment(member.trial_until_ms),
            grace_until=_moment(member.grace_until_ms),
            retry_at=_moment(member.retry_at_ms),
            paused_until=_moment(member.paused_until_ms),
            problem=member.problem or None,
            confirm_url=member.confirm_url or None,
            card=_card(member.card) if member.HasField("card") else None,
            credit=_money(member, "credit"),
            discount=member.discount or None,
            due=_money(member, "due"),
            may=[MembershipAct(each) for each in member.may],
            closed=member.closed,
        )


@strawberry.type
class QuoteLine:
    what: str
    amount: Money


@strawberry.type(description="What choosing a plan would cost.")
class Quote:
    plan: Plan
    now: Money = strawberry.field(description="Charged at once, tax included.")
    tax: Money = strawberry.field(description="Of that.")
    tax_percent: float
    credit: Money = strawberry.field(description="What is paid from credit instead of the card.")
    then: Money = strawberry.field(description="Each period from thenAt on.")
    then_at: str
    trial_until: str | None
    at_period_end: bool = strawberry.field(description="Nothing now: the change waits for the next period.")
    discount: str | None
    lines: list[QuoteLine]
    as_of: str = strawberry.field(description="Give it back when choosing, so that the price is this one.")

    @classmethod
    def of(cls, quote: pb.Quote) -> Self:
        return cls(
            plan=Plan.of(quote.plan),
            now=Money.of(quote.now),
            tax=Money.of(quote.tax),
            tax_percent=quote.tax_bps / 100,
            credit=Money.of(quote.credit),
            then=Money.of(quote.then),
            then_at=iso(quote.then_ms),
            trial_until=_moment(quote.trial_until_ms),
            at_period_end=quote.at_period_end,
            discount=quote.discount or None,
            lines=[QuoteLine(what=each.what, amount=Money.of(each.amount)) for each in quote.lines],
            as_of=str(quote.as_of_ms),
        )


@strawberry.type
class Gift:
    code: str | None = strawberry.field(description="Null until it is paid.")
    amount: Money
    redeemed: bool
    made_at: str

    @classmethod
    def of(cls, gift: pb.Gift) -> Self:
        return cls(code=gift.code or None, amount=Money.of(gift.amount), redeemed=gift.redeemed, made_at=iso(gift.made_ms))


@strawberry.type
class Gifts:
    bought: list[Gift] = strawberry.field(description="The last first.")
    choices: list[Money] = strawberry.field(description="For how much one can be bought.")


@strawberry.type
class Invoice:
    number: str
    issued_at: str
    total: Money
    tax: Money
    credit_note: bool
    what: str
    refunded: Money | None
    refundable: Money | None = strawberry.field(description="What of it the card paid and did not get back.")
    html: str = strawberry.field(description="Its address as a page.")
    pdf: str = strawberry.field(description="Its address as a PDF.")

    @classmethod
    def of(cls, invoice: pb.Invoice) -> Self:
        return cls(
            number=invoice.number,
            issued_at=iso(invoice.issued_ms),
            total=Money.of(invoice.total),
            tax=Money.of(invoice.tax),
            credit_note=invoice.credit_note,
            what=invoice.what,
            refunded=Money.of(invoice.refunded) if invoice.refunded.minor else None,
            refundable=Money.of(invoice.refundable) if invoice.refundable.minor else None,
            html=f"/account/invoices/{invoice.number}.html",
            pdf=f"/account/invoices/{invoice.number}.pdf",
        )


@strawberry.type(description="Go there, or stay: what there is to do is done.")
class Step:
    go_to: str | None = strawberry.field(description="A page of the payment provider's.")
    membership: Membership
    gift: Gift | None

    @classmethod
    def of(cls, step: pb.Step) -> Self:
        gift = Gift.of(step.gift) if step.HasField("gift") else None
        return cls(go_to=step.go_to or None, membership=Membership.of(step.membership), gift=gift)


@strawberry.type
class Redeemed:
    what: str = strawberry.field(description="In words.")
    membership: Membership


def _money(member: pb.Membership, field: str) -> Money | None:
    return Money.of(getattr(member, field)) if member.HasField(field) else None  # type: ignore[arg-type]


def _moment(unix_ms: int) -> str | None:
    return iso(unix_ms) if unix_ms else None


def _card(card: pb.Card) -> PaymentCard:
    return PaymentCard(brand=card.brand, last4=card.last4, month=card.month, year=card.year)
