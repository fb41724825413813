"""What a member does about their membership: another plan, a pause, an end, a return, a payment made good."""

from dataclasses import replace

import sqlalchemy as sa

from matinee.members import billed, bills, money_facts, payers, subscriptions
from matinee.members.bills import Bill, BillState, Kind
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk
from matinee.members.declines import why
from matinee.members.joining import UNDER_WAY, Choice, Joining, checked
from matinee.members.membership import Membership, Visitor, of_account
from matinee.members.quoting import Quote
from matinee.members.subscription import Happening, State, Subscription
from matinee.ports.rpc import Refused

MOST_PAUSED_MONTHS = 3
NONE = Refused("missing", "You have no plan.", "Choose one first.")
NOT_NOW = Refused("invalid", "Not as things are now.", "Look at your membership once more: it has changed.")


class Changing:
    def __init__(self, desk: Desk, collecting: Collecting, joining: Joining) -> None:
        self._desk = desk
        self._collecting = collecting
        self._joining = joining

    async def change_plan(self, visitor: Visitor, choice: Choice) -> str:
        await self._joining.calm(visitor.account_id)
        now_ms = self._desk.clock.now_ms()
        bill_id = await self._desk.sql.transact(lambda db: _another_plan(db, self._desk, visitor, choice, now_ms))
        return await self._collected(bill_id)

    async def cancel(self, account_id: str) -> None:
        await self._joining.calm(account_id)
        now_ms = self._desk.clock.now_ms()
        await self._desk.sql.transact(lambda db: _cancelled(db, _theirs(db, account_id), now_ms))

    async def resume(self, visitor: Visitor, back_to: str) -> str:
        await self._joining.calm(visitor.account_id)
        now_ms = self._desk.clock.now_ms()
        ended = await self._desk.sql.transact(lambda db: _taken_back(db, _theirs(db, visitor.account_id), now_ms))
        return await self._joining.begin(visitor, Choice(ended.plan_id, back_to=back_to)) if ended else ""

    async def pause(self, account_id: str, months: int) -> None:
        if not 1 <= months <= MOST_PAUSED_MONTHS:
            reason = f"A pause is one to {MOST_PAUSED_MONTHS} months."
            raise Refused("invalid", "That is no pause we have.", reason, field="months")
        await self._joining.calm(account_id)

        def pause(db: sa.Connection) -> None:
            _moved(db, _theirs(db, account_id), Happening.PAUSE_ASKED, pause_months=months)

        await self._desk.sql.transact(pause)

    async def unpause(self, account_id: str) -> str:
        await self._joining.calm(account_id)
        now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller

        def unpause(db: sa.Connection) -> str:
            sub = _theirs(db, account_id)
            if sub.state is not State.PAUSED:
                raise NOT_NOW
            return _to_collect(billed.bill_for_period(db, sub, seller, now_ms))

        return await self._collected(await self._desk.sql.transact(unpause))

    async def pay_now(self, account_id: str) -> str:
        """A payment that waits for its owner is gone on with; one that failed is tried again, with what credit there is."""
        now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller
        bill = await self._desk.sql.transact(lambda db: owed_anew(db, account_id, seller, now_ms))
        if bill is None:
            raise Refused("missing", "Nothing is owed.", "Your membership is paid.")
        if bill.state not in bills.UNSETTLED:
            return ""
        return (await self._collecting.retry(bill.bill_id, present=True)).confirm_url

    async def _collected(self, bill_id: str) -> str:
        """Where its owner goes on, if anywhere. Refused when the card said no."""
        if not bill_id:
            return ""
        bill = await self._collecting.collect(bill_id, fresh=True, present=True)
        if bill.state in (BillState.FAILED, BillState.VOID):
            raise Refused("invalid", "The payment did not go through.", str(why(bill.reason)))
        return bill.confirm_url


def owed_anew(db: sa.Connection, account_id: str, seller: str, now_ms: int) -> Bill | None:
    """What their membership owes; made anew when it failed and there is credit now that could pay it."""
    member = of_account(db, account_id)
    bill, sub = member.bill, member.sub
    if bill is None or sub is None or bill.kind is not Kind.PERIOD:
        return None
    if bill.state is BillState.FAILED and member.payer and member.payer.credit_minor:
        billed.void(db, bill, now_ms)
        return billed.bill_for_period(db, sub, seller, now_ms)
    return bill


def _theirs(db: sa.Connection, account_id: str) -> Subscription:
    member = of_account(db, account_id)
    if member.sub is None:
        raise NONE
    if member.bill and member.bill.state in bills.UNDER_WAY:
        raise UNDER_WAY
    return member.sub


def _moved(db: sa.Connection, sub: Subscription, happening: Happening, **words: object) -> Subscription:
    if not sub.can(happening):
        raise NOT_NOW
    return subscriptions.move(db, sub, happening, **words)


def _another_plan(db: sa.Connection, desk: Desk, visitor: Visitor, choice: Choice, now_ms: int) -> str:
    sub, member = _theirs(db, visitor.account_id), of_account(db, visitor.account_id)
    if sub.state not in (State.ACTIVE, State.TRIALING):
        raise NOT_NOW
    if choice.as_of_ms < sub.from_ms and choice.quoted_minor is not None:
        raise NOT_NOW
    quote = checked(db, desk, visitor, choice, now_ms)
    if quote.plan.plan_id == (sub.next_plan_id or sub.plan_id):
        raise Refused("invalid", "That is your plan already.", "Choose another one.", field="plan")
    if quote.list_price.minor and quote.plan.plan_id != sub.plan_id:
        return _upgrade(db, desk, sub, quote, now_ms)
    _from_then_on(db, member, sub, quote, now_ms)
    return ""


def _upgrade(db: sa.Connection, desk: Desk, sub: Subscription, quote: Quote, now_ms: int) -> str:
    name, plan_id = quote.lines[0][0], quote.plan.plan_id
    wanted = billed.Wanted(
        sub.subscription_id, sub.period, Kind.UPGRADE, plan_id, name, quote.list_price.minor, quote.gross.minor
    )
    payer = payers.one(db, sub.account_id)
    return _to_collect(billed.make(db, payer, wanted, desk.house.seller, now_ms))


def _from_then_on(db: sa.Connection, member: Membership, sub: Subscription, quote: Quote, now_ms: int) -> None:
    """In a trial at once; else with the next period, unless it is the plan they have, to which they return."""
    plan, price_minor = quote.plan, quote.plan.price(sub.currency).minor
    if sub.state is State.TRIALING:
        changed = replace(sub, plan_id=plan.plan_id, price_minor=price_minor, yearly=plan.yearly, next_plan_id="")
    elif plan.plan_id == sub.plan_id:
        changed = replace(sub, next_plan_id="", next_price_minor=0)
    else:
        changed = replace(sub, next_plan_id=plan.plan_id, next_price_minor=price_minor, next_yearly=plan.yearly)
    subscriptions.save(db, changed)
    at_ms = now_ms if sub.state is State.TRIALING else sub.until_ms
    before = member.plan.name if member.plan else sub.plan_id
    money_facts.plan_changed(db, sub, before, plan.name, at_ms, now_ms)


def _cancelled(db: sa.Connection, sub: Subscription, now_ms: int) -> None:
    if sub.state is State.PENDING:
        billed.end(db, sub, Happening.GIVEN_UP, "", now_ms)
        return
    if not sub.can(Happening.CANCEL_ASKED):
        raise NOT_NOW
    if sub.after(Happening.CANCEL_ASKED) is State.ENDED:
        billed.end(db, sub, Happening.CANCEL_ASKED, "cancelled", now_ms)
        return
    kept = subscriptions.move(db, sub, Happening.CANCEL_ASKED, next_plan_id="", next_price_minor=0, pause_months=0)
    money_facts.cancelled(db, kept, now_ms)


def _taken_back(db: sa.Connection, sub: Subscription, now_ms: int) -> Subscription | None:
    """A cancellation, a pause to come or a plan to come; None: it is. Else what is to be begun anew.

    That may be what a cashier began before it died over it.
    """
    if sub.state in (State.ENDED, State.PENDING):
        return sub
    if sub.state in (State.CANCELLING, State.PAUSING):
        in_trial = sub.state is State.CANCELLING and sub.period == 0
        happening = Happening.TAKEN_BACK_IN_TRIAL if in_trial else Happening.TAKEN_BACK
        kept = _moved(db, sub, happening, pause_months=0)
        money_facts.resumed(db, kept, billed.plan_name(db, sub.plan_id), now_ms)
    elif sub.next_plan_id:
        subscriptions.save(db, replace(sub, next_plan_id="", next_price_minor=0))
    else:
        raise NOT_NOW
    return None


def _to_collect(bill: Bill) -> str:
    return bill.bill_id if bill.state in bills.UNDER_WAY else ""
