"""Joining: a plan is chosen, a card is left at the provider, the first period is paid or the trial begins."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members import billed, bills, coupons, payers, subscriptions, tariff, tax, visits
from matinee.members.bills import BillState
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk
from matinee.members.discounts import FOR_GOOD, no_good, tidy
from matinee.members.membership import Visitor, of_account
from matinee.members.payers import Payer
from matinee.members.paying import Method
from matinee.members.plans import Plan, currency_for
from matinee.members.quoting import HOLDS_FOR_MS, Purse, Quote, to_begin, to_change
from matinee.members.subscription import Happening, State, Subscription
from matinee.members.visits import Visit
from matinee.ports.rpc import Refused

NO_SUCH_PLAN = Refused("missing", "We do not have that plan.", "Choose one of those that are shown.", field="plan")
ANOTHER_PRICE = Refused("taken", "The price is another now.", "Look at it once more, and choose again.")
HAS_ONE = Refused("taken", "You have a plan already.", "Change it on your account's page.")
CLOSED = Refused("forbidden", "This membership is closed.", "Write to whoever runs this house.")
UNDER_WAY = Refused("busy", "A payment is under way.", "Try again in a minute.")
JOINABLE = (State.PENDING, State.ENDED)


@dataclass(frozen=True)
class Choice:
    plan_id: str
    coupon: str = ""
    quoted_minor: int | None = None  # what was shown; None: nothing was
    as_of_ms: int = 0
    back_to: str = "/account"


class Joining:
    def __init__(self, desk: Desk, collecting: Collecting) -> None:
        self._desk = desk
        self._collecting = collecting

    async def quote(self, visitor: Visitor, plan_id: str, coupon: str) -> Quote:
        now_ms = self._desk.clock.now_ms()
        return await self._desk.sql.read(lambda db: quoted(db, self._desk, visitor, plan_id, tidy(coupon), now_ms))

    async def begin(self, visitor: Visitor, choice: Choice) -> str:
        """Where to go on; empty: nowhere, the card is known."""
        back, account_id = self._desk.house.back(choice.back_to), visitor.account_id
        await self.calm(account_id)
        subscription_id, now_ms = uuid.uuid4().hex, self._desk.clock.now_ms()
        payer = await self._desk.sql.transact(lambda db: chosen(db, self._desk, visitor, choice, subscription_id, now_ms))
        if not payer.method:
            return await self.page(payer, back, subscription_id)
        return await self._pay_for(subscription_id)

    async def page(self, payer: Payer, back: str, subject: str = "") -> str:
        """The address of a page where a card is left, for that subject."""
        sql, page_id, now_ms = self._desk.sql, uuid.uuid4().hex, self._desk.clock.now_ms()
        customer = payer.customer or await self._desk.payments.customer(payer.account_id)
        await sql.transact(lambda db: payers.change(db, payer.account_id, customer=customer))
        page = await self._desk.payments.open_page(customer, page_id=page_id, back_to=back)
        visit = Visit(page_id, payer.account_id, page.page_id, subject, now_ms)
        await sql.transact(lambda db: visits.add(db, visit))
        return page.url

    async def new_card(self, account_id: str, back_to: str) -> str:
        back, payer = self._desk.house.back(back_to), await self._desk.sql.read(lambda db: payers.by_id(db, account_id))
        if payer is None:
            raise Refused("missing", "There is nothing to pay for yet.", "Choose a plan first.")
        return await self.page(payer, back)

    async def settle(self, account_id: str) -> str:
        """What became of the pages they were on, and of what waits; where to go on, if anywhere."""
        for visit in await self._desk.sql.read(lambda db: visits.of_account(db, account_id)):
            state = await self._desk.payments.page(visit.provider_page_id)
            if state.state == "done":
                card = await self._desk.payments.method(state.method)
                await self._ended(account_id)
                await self._came_back(visit, state.method, card)
            elif state.state == "expired":
                await self._desk.sql.transact(lambda db, visit=visit: visits.over(db, visit.page_id))
        go_to = ""
        for bill_id in await self._desk.sql.read(lambda db: bills.waiting(db, account_id)):
            go_to = (await self._collecting.collect(bill_id, present=True)).confirm_url or go_to
        return go_to

    async def calm(self, account_id: str) -> None:
        """Nothing of their membership is under way at the provider. Refused "busy" when that cannot be had."""
        if await self._ended(account_id) in bills.UNDER_WAY:
            raise UNDER_WAY

    async def _ended(self, account_id: str) -> BillState | None:
        member = await self._desk.sql.read(lambda db: of_account(db, account_id))
        return (await self._collecting.ended(member.bill)).state if member.bill else None

    async def _pay_for(self, subscription_id: str) -> str:
        now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller
        bill_id = await self._desk.sql.transact(lambda db: begun(db, subscription_id, seller, now_ms))
        return (await self._collecting.collect(bill_id, fresh=True, present=True)).confirm_url if bill_id else ""

    async def _came_back(self, visit: Visit, method: str, card: Method) -> None:
        """The card is theirs from now on, and what it was left for is wanted, in one transaction."""
        now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller

        def keep(db: sa.Connection) -> None:
            words = {"brand": card.brand, "last4": card.last4, "month": card.month, "year": card.year}
            payers.change(db, visit.account_id, method=method, **words)
            visits.over(db, visit.page_id)
            member = of_account(db, visit.account_id)
            if member.bill and member.bill.state is BillState.FAILED:
                billed.reopened(db, member.bill, now_ms)
            elif visit.subject and member.sub and member.sub.subscription_id == visit.subject:
                begun(db, visit.subject, seller, now_ms)
            elif visit.subject:
                billed.bill_for_gift(db, visit.subject, seller, now_ms)

        await self._desk.sql.transact(keep)


def quoted(db: sa.Connection, desk: Desk, visitor: Visitor, plan_id: str, code: str, now_ms: int) -> Quote:
    member, plan = of_account(db, visitor.account_id), tariff.by_id(db, plan_id)
    if plan is None or not plan.on_sale:
        raise NO_SUCH_PLAN
    purse = purse_of(member.payer, visitor, plan, desk.house.currency)
    if member.sub and member.sub.state not in JOINABLE:
        if member.sub.currency not in plan.prices_minor:
            raise NO_SUCH_PLAN
        return to_change(member.sub, plan, member.coupon, purse, now_ms)
    coupon = coupons.by_code(db, code) if code else None
    if code:
        mine = member.sub is not None and member.sub.state is State.PENDING and member.sub.coupon == code
        used = coupons.used_by(db, code, visitor.account_id) and not mine
        wrong = no_good(coupon, coupons.uses(db, code) - mine, purse.currency, now_ms, used_before=used)
        if wrong:
            raise Refused("invalid", "That code does not fit.", wrong, field="coupon")
    trial = plan.trial_days > 0 and not (member.payer and member.payer.trialled)
    return to_begin(plan, coupon, purse, now_ms, trial=trial)


def checked(db: sa.Connection, desk: Desk, visitor: Visitor, choice: Choice, now_ms: int) -> Quote:
    """What was shown, if it holds still."""
    as_of_ms = choice.as_of_ms if choice.quoted_minor is not None else now_ms
    if not now_ms - HOLDS_FOR_MS <= as_of_ms <= now_ms + HOLDS_FOR_MS:
        raise ANOTHER_PRICE
    quote = quoted(db, desk, visitor, choice.plan_id, tidy(choice.coupon), as_of_ms)
    if choice.quoted_minor is not None and quote.now.minor != choice.quoted_minor:
        raise ANOTHER_PRICE
    return quote


def chosen(db: sa.Connection, desk: Desk, visitor: Visitor, choice: Choice, subscription_id: str, now_ms: int) -> Payer:
    """They have chosen: a subscription awaits its first payment. An earlier choice that was never paid for is dropped."""
    member = of_account(db, visitor.account_id)
    if member.sub and member.sub.state not in JOINABLE:
        raise HAS_ONE
    if member.payer and member.payer.closed:
        raise CLOSED
    if member.bill and member.bill.state in bills.UNDER_WAY:
        raise UNDER_WAY
    quote = checked(db, desk, visitor, choice, now_ms)
    if member.sub and member.sub.state is State.PENDING:
        billed.end(db, member.sub, Happening.GIVEN_UP, "", now_ms)
    price, code = quote.plan.price(quote.gross.currency), tidy(choice.coupon)
    payer = payers.greet(db, visitor.account_id, visitor.email, visitor.country, price.currency, now_ms)
    coupon = coupons.by_code(db, code) if code else None
    if coupon:
        coupons.use(db, code, visitor.account_id)
    sub = Subscription(
        subscription_id=subscription_id,
        account_id=visitor.account_id,
        state=State.PENDING,
        plan_id=quote.plan.plan_id,
        yearly=quote.plan.yearly,
        price_minor=price.minor,
        currency=price.currency,
        anchor_ms=now_ms,
        anchor_period=0,
        period=0,
        from_ms=now_ms,
        until_ms=now_ms,
        made_ms=now_ms,
        coupon=code,
        coupon_left=(coupon.periods or FOR_GOOD) if coupon else 0,
        trial_days=quote.plan.trial_days if quote.trial_until_ms else 0,
    )
    subscriptions.add(db, sub)
    return payer


def begun(db: sa.Connection, subscription_id: str, seller: str, now_ms: int) -> str:
    """The card is there: the trial begins, or the first period is billed. The bill to collect, if there is one."""
    sub = subscriptions.by_id(db, subscription_id)
    if sub is None or sub.state is not State.PENDING:
        return ""
    if sub.trial_days:
        billed.begin_trial(db, sub, now_ms)
        return ""
    bill = billed.bill_for_period(db, sub, seller, now_ms)
    return bill.bill_id if bill.state in bills.UNDER_WAY else ""


def purse_of(payer: Payer | None, visitor: Visitor, plan: Plan, house_currency: str) -> Purse:
    country = visitor.country or (payer.country if payer else "")
    currency = payer.currency if payer else currency_for(tax.CURRENCIES.get(country, ""), house_currency, plan)
    if currency not in plan.prices_minor:
        raise NO_SUCH_PLAN
    return Purse(currency, payer.credit_minor if payer else 0, tax.rate_bps(country))
