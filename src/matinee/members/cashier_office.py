"""The cashier's answers to operators."""

import uuid
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.members import bills, cashier_answers, coupons, gifts, invoices, office_book, tariff
from matinee.members.back_office import BackOffice, Closing, closed
from matinee.members.billing import DAY_MS
from matinee.members.changing import Changing
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk, House
from matinee.members.entitlement import entitlement
from matinee.members.giving import Giving, checked_ask
from matinee.members.joining import Joining
from matinee.members.membership import Membership, Visitor, of_account
from matinee.members.money import Money
from matinee.members.office_book import Act
from matinee.members.turning import Turning
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

MOST_LISTED = 100
MOST_GIFTS_SHOWN = 500
NO_MONEY = Refused("missing", "Nothing costs anything here.", "This house asks for no money: just watch.")


@dataclass(frozen=True)
class Rooms:
    """The parts of a cashier that takes money."""

    desk: Desk
    collecting: Collecting
    joining: Joining
    changing: Changing
    giving: Giving
    office: BackOffice
    turning: Turning

    @classmethod
    def of(cls, desk: Desk) -> Self:
        collecting = Collecting(desk)
        joining = Joining(desk, collecting)
        return cls(
            desk=desk,
            collecting=collecting,
            joining=joining,
            changing=Changing(desk, collecting, joining),
            giving=Giving(desk, collecting, joining),
            office=BackOffice(desk, collecting),
            turning=Turning(desk, collecting),
        )


class CashierOffice:
    def __init__(self, sql: Sql, clock: Clock, identity: IdentityClient, house: House, rooms: Rooms | None) -> None:
        self._sql = sql
        self._clock = clock
        self._identity = identity
        self._house = house
        self._rooms = rooms

    async def list_members(self, request: pb.AccountIds, call: Call) -> pb.MemberList:
        account_ids = request.account_ids[:MOST_LISTED]
        found = await self._sql.read(lambda db: [of_account(db, each) for each in account_ids])
        return pb.MemberList(members=[self._member(*each) for each in zip(account_ids, found, strict=True)])

    async def get_member(self, request: AccountId, call: Call) -> pb.Member:
        account_id = request.account_id
        found, done = await self._sql.read(lambda db: (of_account(db, account_id), office_book.of_account(db, account_id)))
        member = self._member(account_id, found)
        member.invoices.extend(await self._invoices(account_id))
        member.acts.extend(cashier_answers.act(each) for each in done)
        return member

    async def give_back(self, request: pb.RefundRequest, call: Call) -> pb.Member:
        by = call.who.account_id
        act = Act(checked_ask(request.ask_id, by), request.account_id, "", by, request.note, self._clock.now_ms())
        await self._open.office.refund(act, request.number, request.minor)
        return await self.get_member(AccountId(account_id=request.account_id), call)

    async def comp(self, request: pb.CompRequest, call: Call) -> pb.Member:
        await self._open.office.comp(call.who.account_id, request.account_id, request.months, request.note, request.ask_id)
        return await self.get_member(AccountId(account_id=request.account_id), call)

    async def set_closed(self, request: pb.ClosingRequest, call: Call) -> pb.Member:
        """Also who never chose a plan, and in a house that asks for no money. Refused where identity knows no such account."""
        who = await self._visitor(request.account_id, call)
        wish = Closing(call.who.account_id, who, request.note, closed=request.closed)
        now_ms, act_id = self._clock.now_ms(), uuid.uuid4().hex
        await self._sql.transact(lambda db: closed(db, wish, self._house.currency, act_id, now_ms))
        return await self.get_member(AccountId(account_id=request.account_id), call)

    async def list_all_plans(self, request: pb.ListPlansRequest, call: Call) -> pb.PlanList:
        currency = self._open.desk.house.currency
        return pb.PlanList(plans=[cashier_answers.plan(each, currency) for each in await self._sql.read(tariff.all_plans)])

    async def save_plan(self, request: pb.PlanWish, call: Call) -> pb.Plan:
        kept = await self._open.office.save_plan(call.who.account_id, cashier_answers.plan_wanted(request.plan))
        return cashier_answers.plan(kept, self._open.desk.house.currency)

    async def list_coupons(self, request: pb.ListPlansRequest, call: Call) -> pb.CouponList:
        found = await self._sql.read(lambda db: [(each, coupons.uses(db, each.code)) for each in coupons.all_coupons(db)])
        return pb.CouponList(coupons=[cashier_answers.coupon(each, uses) for each, uses in found])

    async def save_coupon(self, request: pb.CouponWish, call: Call) -> pb.Coupon:
        until_ms = self._clock.now_ms() + request.days * DAY_MS if request.days > 0 else 0
        kept = await self._open.office.save_coupon(call.who.account_id, cashier_answers.coupon_wanted(request.coupon, until_ms))
        return cashier_answers.coupon(kept, await self._sql.read(lambda db: coupons.uses(db, kept.code)))

    async def list_all_gifts(self, request: pb.ListPlansRequest, call: Call) -> pb.HouseGiftList:
        found = await self._sql.read(lambda db: gifts.newest(db, MOST_GIFTS_SHOWN))
        return pb.HouseGiftList(gifts=[cashier_answers.house_gift(*each) for each in found])

    async def make_gifts(self, request: pb.GiftOrder, call: Call) -> pb.GiftList:
        money = Money(request.minor, request.currency)
        made = await self._open.office.make_gifts(call.who.account_id, request.count, money, request.ask_id)
        return pb.GiftList(gifts=[cashier_answers.gift(each) for each in made], currency=request.currency)

    @property
    def _open(self) -> Rooms:
        """Refused in a house that asks for no money."""
        if self._rooms is None:
            raise NO_MONEY
        return self._rooms

    async def _visitor(self, account_id: str, call: Call) -> Visitor:
        account = await self._identity.whois(AccountId(account_id=account_id), call.from_("cashier"))
        return Visitor(account_id, account.email, account.country, account.operator)

    def _member(self, account_id: str, member: Membership) -> pb.Member:
        is_closed = member.payer is not None and member.payer.closed
        said = cashier_answers.membership(member, entitlement(member.sub, member.plan, closed=is_closed))
        said.billing = self._rooms is not None
        return pb.Member(account_id=account_id, email=member.payer.email if member.payer else "", membership=said)

    async def _invoices(self, account_id: str) -> list[pb.Invoice]:
        def mine(db: sa.Connection) -> list[tuple[invoices.Invoice, bills.Bill | None]]:
            found = invoices.of_account(db, account_id)
            return [(each, None if each.credit_note else bills.one(db, each.bill_id)) for each in found]

        return [cashier_answers.invoice(each, bill) for each, bill in await self._sql.read(mine)]
