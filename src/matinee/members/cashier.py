"""Cashier: plans, memberships and what they cost. The subscription is ours; the provider holds cards and charges only.

In a house that asks for no money (no provider) everybody is welcome, and there is nothing to buy.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.members import bills, cashier_answers, disputes, gifts, invoices, ledger, office_book, tariff, tax, visits
from matinee.members.cashier_migrations import MIGRATIONS
from matinee.members.cashier_office import CashierOffice, Rooms
from matinee.members.counter import Desk, House
from matinee.members.entitlement import EVERYTHING, Entitlement, Standing, entitlement
from matinee.members.gifts import Gift
from matinee.members.joining import Choice
from matinee.members.membership import Membership, Visitor, of_account
from matinee.members.paying import BadSignature, Event, Payments
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.outbox import Outbox
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

NO_SUCH_INVOICE = Refused("missing", "There is no such invoice.", "Your account's page lists those there are.")


@dataclass(frozen=True)
class CashierSettings:
    house: House
    payments: Callable[[Clock], Payments] | None = None  # opens the provider; None: the house asks for no money


class Cashier(CashierOffice):
    """Implements `CashierService`; what operators ask, `CashierOffice` answers."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, identity: IdentityClient, settings: CashierSettings) -> None:
        provider = settings.payments(clock) if settings.payments else None
        rooms = Rooms.of(Desk(sql, provider, clock, settings.house)) if provider else None
        super().__init__(sql, clock, identity, settings.house, rooms)
        self._outbox = Outbox(ledger.OUTBOX, sql, log, clock)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        await self._sql.transact(tariff.sow)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        telling = ("cashier.outbox", self._outbox.keep_telling)
        if self._rooms is None:
            return (telling,)
        turning = self._rooms.turning
        return (telling, ("cashier.turning", turning.keep_turning), ("cashier.tidy", turning.keep_tidy))

    async def close(self) -> None:
        await self._sql.close()

    async def entitled(self, request: AccountId, call: Call) -> pb.Entitlement:
        return cashier_answers.entitlement((await self._standing(request.account_id, call))[1])

    async def list_plans(self, request: pb.ListPlansRequest, call: Call) -> pb.PlanList:
        if self._rooms is None:
            return pb.PlanList()
        who = await self._visitor(request.account_id, call) if request.account_id else Visitor("")
        member, plans = await self._sql.read(lambda db: (of_account(db, who.account_id), tariff.all_plans(db)))
        payer, home = member.payer, tax.CURRENCIES.get(who.country, "")
        trial = not (payer and payer.trialled)
        shown = [(each, payer.currency if payer else home or self._house.currency) for each in plans if each.on_sale]
        prices = [(each, theirs if theirs in each.prices_minor else self._house.currency) for each, theirs in shown]
        return pb.PlanList(plans=[cashier_answers.plan(each, theirs, trial=trial) for each, theirs in prices])

    async def get_membership(self, request: AccountId, call: Call) -> pb.Membership:
        member, entitled = await self._standing(request.account_id, call)
        if self._rooms is None:
            is_closed = entitled.standing is Standing.CLOSED
            return pb.Membership(billing=False, entitlement=cashier_answers.entitlement(entitled), closed=is_closed)
        return cashier_answers.membership(member, entitled)

    async def get_quote(self, request: pb.QuoteRequest, call: Call) -> pb.Quote:
        who = await self._visitor(request.account_id, call)
        return cashier_answers.quote(await self._open.joining.quote(who, request.plan_id, request.coupon))

    async def begin(self, request: pb.PlanChoice, call: Call) -> pb.Step:
        who = await self._visitor(request.account_id, call)
        return await self._step(request.account_id, call, await self._open.joining.begin(who, _choice(request)))

    async def settle(self, request: AccountId, call: Call) -> pb.Step:
        return await self._step(request.account_id, call, await self._open.joining.settle(request.account_id))

    async def change_plan(self, request: pb.PlanChoice, call: Call) -> pb.Step:
        who = await self._visitor(request.account_id, call)
        return await self._step(request.account_id, call, await self._open.changing.change_plan(who, _choice(request)))

    async def cancel(self, request: AccountId, call: Call) -> pb.Membership:
        await self._open.changing.cancel(request.account_id)
        return await self.get_membership(request, call)

    async def resume(self, request: pb.ReturnTo, call: Call) -> pb.Step:
        who = await self._visitor(request.account_id, call)
        return await self._step(request.account_id, call, await self._open.changing.resume(who, request.back_to))

    async def pause(self, request: pb.PauseRequest, call: Call) -> pb.Membership:
        await self._open.changing.pause(request.account_id, request.months)
        return await self.get_membership(AccountId(account_id=request.account_id), call)

    async def unpause(self, request: AccountId, call: Call) -> pb.Step:
        return await self._step(request.account_id, call, await self._open.changing.unpause(request.account_id))

    async def redeem(self, request: pb.CodeRequest, call: Call) -> pb.Redeemed:
        what = await self._open.giving.redeem(await self._visitor(request.account_id, call), request.code)
        return pb.Redeemed(what=what, membership=await self.get_membership(AccountId(account_id=request.account_id), call))

    async def buy_gift(self, request: pb.GiftRequest, call: Call) -> pb.Step:
        who = await self._visitor(request.account_id, call)
        go_to, gift = await self._open.giving.buy(who, request.minor, request.ask_id, request.back_to)
        step = await self._step(request.account_id, call, go_to)
        step.gift.CopyFrom(cashier_answers.gift(gift))
        return step

    async def list_gifts(self, request: AccountId, call: Call) -> pb.GiftList:
        if self._rooms is None:
            return pb.GiftList()
        who = await self._visitor(request.account_id, call)

        def mine(db: sa.Connection) -> tuple[list[Gift], str]:
            payer = of_account(db, who.account_id).payer
            home = tax.CURRENCIES.get(who.country, self._house.currency)
            return gifts.of_buyer(db, who.account_id), payer.currency if payer else home

        found, currency = await self._sql.read(mine)
        choices = gifts.CHOICES_MINOR[currency]
        return pb.GiftList(gifts=[cashier_answers.gift(each) for each in found], choices_minor=choices, currency=currency)

    async def new_card(self, request: pb.ReturnTo, call: Call) -> pb.Step:
        go_to = await self._open.joining.new_card(request.account_id, request.back_to)
        return await self._step(request.account_id, call, go_to)

    async def pay_now(self, request: AccountId, call: Call) -> pb.Step:
        return await self._step(request.account_id, call, await self._open.changing.pay_now(request.account_id))

    async def list_invoices(self, request: AccountId, call: Call) -> pb.InvoiceList:
        return pb.InvoiceList(invoices=await self._invoices(request.account_id))

    async def get_invoice(self, request: pb.InvoiceRequest, call: Call) -> pb.InvoiceFile:
        from matinee.members.invoice_paper import as_html, as_pdf

        found = await self._sql.read(lambda db: invoices.by_number(db, request.number))
        if found is None or (found.account_id != request.account_id and not call.who.operator):
            raise NO_SUCH_INVOICE
        if request.pdf:
            return pb.InvoiceFile(media_type="application/pdf", content=as_pdf(found))
        return pb.InvoiceFile(media_type="text/html; charset=utf-8", content=as_html(found))

    async def hear(self, request: pb.Webhook, call: Call) -> pb.Heard:
        try:
            event = self._open.desk.payments.event(request.payload, request.signature)
        except BadSignature as bad:
            raise Refused("forbidden", "That was not signed by the provider.", str(bad)) from bad
        visit = await self._sql.read(lambda db: visits.by_page(db, event.object_id))
        if visit:
            await self._open.joining.settle(visit.account_id)
        now_ms = self._clock.now_ms()
        await self._sql.transact(lambda db: _heard(db, event, now_ms))
        return pb.Heard()

    async def _step(self, account_id: str, call: Call, go_to: str) -> pb.Step:
        return pb.Step(go_to=go_to, membership=await self.get_membership(AccountId(account_id=account_id), call))

    async def _standing(self, account_id: str, call: Call) -> tuple[Membership, Entitlement]:
        """Whoever runs the house needs no plan: identity is asked who they are only when they have none."""
        member = await self._sql.read(lambda db: of_account(db, account_id))
        closed = member.payer is not None and member.payer.closed
        if self._rooms is None and not closed:
            return member, EVERYTHING
        known = entitlement(member.sub, member.plan, closed=closed)
        if known.standing in (Standing.WELCOME, Standing.CLOSED) or not (await self._visitor(account_id, call)).operator:
            return member, known
        return member, EVERYTHING


def _choice(said: pb.PlanChoice) -> Choice:
    return Choice(said.plan_id, said.coupon, said.quoted_minor, said.as_of_ms, said.back_to or "/account")


def _heard(db: sa.Connection, event: Event, now_ms: int) -> None:
    """What it tells of is looked at again soon. Once for each event."""
    if not office_book.hear(db, event.event_id, event.kind, now_ms):
        return
    if event.dispute:
        disputes.note(db, event.dispute, now_ms)
    if event.charge_id:
        bills.nudge(db, event.charge_id, now_ms)
        office_book.nudge_refund(db, event.charge_id, now_ms)
