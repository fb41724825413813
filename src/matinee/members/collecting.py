"""Collecting: a bill is brought to the provider, and what came of it is written down, whoever dies in between.

The order is always: write down what is wanted, ask under its id, write down what was said. Whatever happens on the way, the
bill is due again by itself, and the provider is first asked what it knows of it.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from matinee.members import billed, bills, invoices, ledger, money_facts, office_book, payers, subscriptions
from matinee.members.bills import Bill, BillState
from matinee.members.bookings import refunded
from matinee.members.counter import Desk
from matinee.members.declines import NO_CARD
from matinee.members.money import Money
from matinee.members.paying import AskedOtherwise, Charge, PaymentsUnavailable
from matinee.members.subscription import State
from matinee.members.tax import tax_in

BEST_FIRST = ("paid", "processing", "needs_you")
"""Of several attempts, the one that counts."""
NEW_KEY_AFTER_MS = 3_600_000
"""An attempt that the provider never answers, and that it knows nothing of, is followed by another: its answer under the old
name may be a failure of its own that it repeats for a day."""


class Collecting:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def collect(self, bill_id: str, *, fresh: bool = False, present: bool = False) -> Bill:
        """How it stands afterwards. `fresh`: the provider cannot know of it yet. `present`: its owner waits for the answer."""
        begun_ms = self._desk.clock.now_ms()
        bill = await self._desk.sql.read(lambda db: bills.one(db, bill_id))
        if bill.state is BillState.VOID and bill.due_ms is not None:
            return await self._once_more(bill)
        if bill.state not in bills.UNDER_WAY:
            return bill
        # Who took long to get here finds that somebody else has asked, and was told to wait.
        untried = fresh and bill.state is BillState.OPEN
        found: Sequence[Charge] = () if untried else await self._desk.payments.look_up(bill.bill_id, bill.provider_id)
        known = _best(found)
        if known is None and bill.state is BillState.NEEDS_YOU:
            waited = (each for each in found if each.provider_id == bill.provider_id)
            known = next(waited, Charge(bill.provider_id, "declined"))
        if known is None and not fresh and self._desk.clock.now_ms() - bill.opened_ms > NEW_KEY_AFTER_MS:
            bill = await self._again(bill)
        charge = known or await self._asked(bill, begun_ms, present=present)
        return await self._record(bill, charge, present=present)

    async def retry(self, bill_id: str, *, present: bool = False) -> Bill:
        """Another attempt, when the last one failed; how it stands afterwards."""
        bill = await self._desk.sql.read(lambda db: bills.one(db, bill_id))
        if bill.state is not BillState.FAILED:
            return await self.collect(bill_id, present=present)
        await self._again(bill)
        return await self.collect(bill_id, fresh=True, present=present)

    async def ended(self, bill: Bill) -> Bill:
        """The same with nothing under way, if that can be had: what waits for its owner is taken back."""
        if bill.state in bills.UNDER_WAY:
            bill = await self.collect(bill.bill_id)
        if bill.state is BillState.NEEDS_YOU:
            charge = await self._desk.payments.withdraw(bill.provider_id)
            bill = await self._record(bill, charge)
        return bill

    async def give_back(self, bill_id: str) -> None:
        """A refund that somebody ordered."""
        sql, now_ms = self._desk.sql, self._desk.clock.now_ms()
        refund, bill = await sql.read(lambda db: (office_book.refund_of(db, bill_id), bills.one(db, bill_id)))
        if refund is None or refund.state != "open":
            return
        money = Money(refund.minor, bill.currency)
        said = await self._desk.payments.refund(refund_id=refund.refund_id, provider_id=bill.provider_id, money=money)
        await sql.transact(lambda db: given_back(db, bill_id, said.state, now_ms))

    async def _once_more(self, bill: Bill) -> Bill:
        """Somebody told of one that was given up: was it paid after all?"""
        known = _best(await self._desk.payments.look_up(bill.bill_id, bill.provider_id))
        if known and known.state == "paid":
            return await self._record(bill, known)
        return await self._desk.sql.transact(lambda db: bills.let_be(db, bill))

    async def _asked(self, bill: Bill, begun_ms: int, *, present: bool) -> Charge:
        """Who stood still meanwhile, as a sleeping machine does, may have been followed by somebody with a newer attempt."""
        payer, sub = await self._desk.sql.read(
            lambda db: (payers.one(db, bill.account_id), subscriptions.by_id(db, bill.subscription_id))
        )
        if self._desk.clock.now_ms() - begun_ms > bills.OURS_FOR_MS:
            raise PaymentsUnavailable(f"{bill.bill_id} was not asked for within a minute: it is another's by now")
        if not payer.method:
            return Charge("", "declined", NO_CARD)

        async def asked(off_session: bool) -> Charge:
            return await self._desk.payments.charge(
                charge_id=bill.bill_id,
                attempt=bill.attempt,
                customer=payer.customer,
                method=payer.method,
                money=bill.card,
                off_session=off_session,
                back_to=self._desk.house.back("/join/done") if sub and sub.state is State.PENDING else "",
            )

        try:
            return await asked(not present)
        except AskedOtherwise:
            # Its owner and the house's own clock came at once: the second hears what the first was told.
            return await asked(present)

    async def _again(self, bill: Bill) -> Bill:
        """Of several that find it in the same state, one begins the next attempt, and the others join in."""
        now_ms = self._desk.clock.now_ms()

        def again(db: sa.Connection) -> Bill:
            found = bills.one(db, bill.bill_id)
            is_same = found.state is bill.state and found.attempt == bill.attempt
            return billed.reopened(db, found, now_ms) if is_same else found

        return await self._desk.sql.transact(again)

    async def _record(self, bill: Bill, charge: Charge, *, present: bool = False) -> Bill:
        now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller

        def record(db: sa.Connection) -> Bill:
            return billed.record(db, bill.bill_id, bill.attempt, charge, seller, now_ms, present=present)

        return await self._desk.sql.transact(record)


def _best(found: Sequence[Charge]) -> Charge | None:
    """Of what the provider has under a bill's id, the one that is paid, or may yet be."""
    return next((each for state in BEST_FIRST for each in found if each.state == state), None)


def given_back(db: sa.Connection, bill_id: str, state: str, now_ms: int) -> None:
    """What the provider said of a refund: once it is done it is booked, and noted on paper."""
    refund, bill, invoice = office_book.refund_of(db, bill_id), bills.one(db, bill_id), invoices.of_bill(db, bill_id)
    if refund is None or invoice is None or refund.state != "open":
        return
    if state == "processing":
        office_book.save_refund(db, replace(refund, due_ms=now_ms + billed.LOOK_AGAIN_MS))
        return
    office_book.save_refund(db, replace(refund, state="done" if state == "done" else "failed", due_ms=None))
    if state != "done":
        what = f"the provider gave back nothing of invoice {invoice.number}"
        office_book.did(db, office_book.Act(f"{refund.refund_id}.no", bill.account_id, what, "", "", now_ms))
        return
    whole_minor = bill.refunded_minor + refund.minor
    bills.gave_back(db, bill_id, whole_minor)
    # Of several parts the taxes are those of the whole, to the cent.
    tax_minor = tax_in(whole_minor, bill.tax_bps) - tax_in(bill.refunded_minor, bill.tax_bps)
    ledger.book(db, refund.refund_id, bill.account_id, bill.currency, refunded(refund.minor, tax_minor), now_ms)
    note = invoices.correct(db, replace(bill, bill_id=refund.refund_id), invoice, refund.minor, tax_minor, now_ms)
    money_facts.refunded(db, bill.account_id, refund.refund_id, Money(refund.minor, bill.currency), note.number, now_ms)
