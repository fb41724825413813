"""What operators do: find a member, give money back, give a month, close an account. Each act is written down with its doer."""

import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa

from matinee.members import bills, coupons, discounts, gifts, invoices, ledger, office_book, payers, plans, tariff, tax
from matinee.members.bookings import Book, moved
from matinee.members.changing import owed_anew
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk
from matinee.members.discounts import Coupon
from matinee.members.gifts import Gift
from matinee.members.giving import checked_ask, new_code
from matinee.members.membership import Visitor, of_account
from matinee.members.money import DIGITS, Money
from matinee.members.office_book import Act, Refund
from matinee.members.plans import Plan
from matinee.ports.rpc import Refused

MOST_MONTHS = 12
MOST_GIFTS = 100
NO_SUCH_MEMBER = Refused("missing", "There is no such member.", "They have never chosen a plan.")
NO_SUCH_INVOICE = Refused("missing", "There is no such invoice.", "Look at the member's invoices once more.", field="number")


@dataclass(frozen=True)
class Closing:
    """An operator's wish that somebody plays nothing any more, or plays again."""

    by: str
    who: Visitor
    note: str
    closed: bool


class BackOffice:
    def __init__(self, desk: Desk, collecting: Collecting) -> None:
        self._desk = desk
        self._collecting = collecting

    async def refund(self, act: Act, number: str, minor: int) -> None:
        """So much of an invoice; 0: all that is left of it."""
        await self._collecting.give_back(await self._desk.sql.transact(lambda db: _refund_wanted(db, act, number, minor)))

    async def comp(self, by: str, account_id: str, months: int, note: str, ask_id: str) -> None:
        """Credit, which pays what comes next; and at once what is owed."""
        if not 1 <= months <= MOST_MONTHS:
            raise Refused("invalid", "That is too much of a good thing.", f"Give 1 to {MOST_MONTHS} months.", field="months")
        act_id, now_ms, seller = checked_ask(ask_id, by), self._desk.clock.now_ms(), self._desk.house.seller

        def comp(db: sa.Connection) -> None:
            sub = of_account(db, account_id).sub
            if sub is None:
                raise NO_SUCH_MEMBER
            minor = sub.price_minor * months // (12 if sub.yearly else 1)
            money = Money(minor, sub.currency)
            if office_book.did(db, Act(act_id, account_id, f"gave {months} months, {money}", by, note, now_ms)):
                entries = moved(minor, to=Book.GIVEN, from_=Book.CREDIT)
                ledger.book(db, f"{act_id}.comp", account_id, sub.currency, entries, now_ms)
                payers.credit(db, account_id, minor)
                owed_anew(db, account_id, seller, now_ms)

        await self._desk.sql.transact(comp)

    async def save_plan(self, by: str, plan: Plan) -> Plan:
        wrong = plans.problem_with(plan, self._desk.house.currency)
        if wrong:
            raise Refused("invalid", "Almost there.", wrong.reason, field=wrong.field)
        kept, act_id, now_ms = replace(plan, plan_id=plan.plan_id or uuid.uuid4().hex[:12]), uuid.uuid4().hex, self._now_ms()

        def save(db: sa.Connection) -> None:
            before = tariff.by_id(db, kept.plan_id)
            if plan.plan_id and before is None:
                raise Refused("missing", "We do not have that plan.", "Make a new one, without an id.", field="id")
            if before and before.yearly != kept.yearly:
                raise Refused("invalid", "Somebody may have it.", "Make a new plan for another period.", field="yearly")
            tariff.save(db, kept)
            office_book.did(db, Act(act_id, "", f"plan {kept.name}: {_prices(kept)}", by, "", now_ms))

        await self._desk.sql.transact(save)
        return kept

    async def save_coupon(self, by: str, coupon: Coupon) -> Coupon:
        kept = replace(coupon, code=discounts.tidy(coupon.code))
        wrong = discounts.problem_with(kept, frozenset(DIGITS))
        if wrong:
            raise Refused("invalid", "Almost there.", wrong[1], field=wrong[0])
        act_id, now_ms = uuid.uuid4().hex, self._now_ms()

        def save(db: sa.Connection) -> None:
            coupons.save(db, kept)
            office_book.did(db, Act(act_id, "", f"coupon {kept.code}", by, "", now_ms))

        await self._desk.sql.transact(save)
        return kept

    async def make_gifts(self, by: str, count: int, money: Money, ask_id: str) -> list[Gift]:
        if not 1 <= count <= MOST_GIFTS or not 1 <= money.minor <= plans.MOST_MINOR or money.currency not in DIGITS:
            reason = f"1 to {MOST_GIFTS} gifts of more than nothing, in {', '.join(DIGITS)}."
            raise Refused("invalid", "Those are no gifts of ours.", reason, field="count")
        act_id, now_ms, codes = checked_ask(ask_id, by), self._now_ms(), [new_code() for _ in range(count)]

        def give(db: sa.Connection) -> list[Gift]:
            office_book.did(db, Act(act_id, "", f"gave {count} gifts of {money}", by, "", now_ms))
            wanted = [
                Gift(f"{act_id}.{at}", code, money.minor, money.currency, by, now_ms, ready=True) for at, code in enumerate(codes)
            ]
            return [gifts.give(db, each, now_ms) for each in wanted]

        return await self._desk.sql.transact(give)

    def _now_ms(self) -> int:
        return self._desk.clock.now_ms()


def closed(db: sa.Connection, wish: Closing, currency: str, act_id: str, now_ms: int) -> None:
    """Wishing what is so already does nothing. Who was not known here yet is from now on."""
    who = wish.who
    payer = payers.by_id(db, who.account_id)
    if payer is None:
        payer = payers.greet(db, who.account_id, who.email, who.country, tax.CURRENCIES.get(who.country, currency), now_ms)
    if payer.closed != wish.closed:
        what = "closed" if wish.closed else "opened again"
        office_book.did(db, Act(act_id, who.account_id, what, wish.by, wish.note, now_ms))
        payers.change(db, who.account_id, closed=wish.closed)


def _refund_wanted(db: sa.Connection, act: Act, number: str, minor: int) -> str:
    """The bill of which it is. As often as there is something left that the card paid, one after the other."""
    invoice = invoices.by_number(db, number)
    bill = bills.by_id(db, invoice.bill_id) if invoice else None
    if invoice is None or bill is None or invoice.account_id != act.account_id or invoice.credit_note:
        raise NO_SUCH_INVOICE
    wanted, before = minor or bill.left.minor, office_book.refund_of(db, bill.bill_id)
    if not office_book.did(db, replace(act, what=f"refunded {Money(wanted, bill.currency)} of invoice {number}")):
        return bill.bill_id
    if before and before.state == "open":
        raise Refused("busy", "A refund of it is under way.", "Try again in a minute.", field="number")
    if not 1 <= wanted <= bill.left.minor:
        raise Refused(
            "invalid", "Not that much is left of it.", f"The card paid {bill.left} that was not given back.", field="minor"
        )
    office_book.save_refund(db, Refund(act.act_id, bill.bill_id, wanted, "open", act.at_ms))
    return bill.bill_id


def _prices(plan: Plan) -> str:
    return ", ".join(str(plan.price(each)) for each in sorted(plan.prices_minor))
