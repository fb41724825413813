"""Money, for operators: members and what they pay, plans, coupons, gift codes. What is done here is written down."""

from typing import Annotated, Self

import strawberry

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.events_pb2 import Money as MoneyMessage
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.all_members import Member, MemberAnswer, Members, acted_on, member, members
from matinee.screen.schema.money_types import Gift, Money, Plan
from matinee.screen.schema.operating import NOT_YOURS
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.viewing import Info, Viewing


@strawberry.type
class Coupon:
    code: str
    percent: int | None
    amount: Money | None = strawberry.field(description="When it is no percentage.")
    periods: int = strawberry.field(description="For so many; 0: for good.")
    most_uses: int = strawberry.field(description="0: without limit.")
    until: str | None
    uses: int

    @classmethod
    def of(cls, coupon: pb.Coupon) -> Self:
        return cls(
            code=coupon.code,
            percent=coupon.percent or None,
            amount=Money.of(coupon.amount) if coupon.amount.minor else None,
            periods=coupon.periods,
            most_uses=coupon.most_uses,
            until=iso(coupon.until_ms) if coupon.until_ms else None,
            uses=coupon.uses,
        )


@strawberry.input
class MoneyInput:
    minor: int
    currency: str


@strawberry.input
class PlanInput:
    id: str = strawberry.field(default="", description="Empty: a new one.")
    name: str
    height: int
    screens: int
    yearly: bool = False
    trial_days: int = 0
    on_sale: bool = True
    prices: list[MoneyInput]


@strawberry.input
class CouponInput:
    code: str
    percent: int = 0
    amount: MoneyInput | None = None
    periods: int = 1
    most_uses: int = 0
    days: int = strawberry.field(default=0, description="For how many it can be used from now on; 0: for good.")


PlanAnswer = Annotated[Plan | Refused, strawberry.union("PlanAnswer")]
CouponAnswer = Annotated[Coupon | Refused, strawberry.union("CouponAnswer")]


@strawberry.type(description="A gift code as operators see it: whole only while it is the house's own and unused.")
class HouseGift:
    code: str
    amount: Money
    made_at: str
    bought: bool = strawberry.field(description="Else the house gave it.")
    made_by: str = strawberry.field(description="The address of who bought it.")
    redeemed_by: str | None

    @classmethod
    def of(cls, said: pb.HouseGift) -> Self:
        return cls(
            code=said.gift.code,
            amount=Money.of(said.gift.amount),
            made_at=iso(said.gift.made_ms),
            bought=said.bought,
            made_by=said.made_by,
            redeemed_by=said.redeemed_by or None,
        )


@strawberry.type
class MadeGifts:
    gifts: list[Gift]


GiftsAnswer = Annotated[MadeGifts | Refused, strawberry.union("GiftsAnswer")]


@strawberry.type(description="The house's tills.")
class TillRoom:
    @strawberry.field(description="By a part of an address or of a profile's name, or by id: fifty, from before that account on.")
    async def members(self, info: Info, search: str = "", before: strawberry.ID | None = None) -> Members:
        return await members(info.context, search, before or "")

    @strawberry.field
    async def member(self, info: Info, id: strawberry.ID) -> Member:
        return await member(info.context, id)

    @strawberry.field(description="Also those that are not on sale.")
    async def plans(self, info: Info) -> list[Plan]:
        viewing = info.context
        return [Plan.of(each) for each in (await viewing.desks.cashier.list_all_plans(pb.ListPlansRequest(), viewing.call)).plans]

    @strawberry.field
    async def coupons(self, info: Info) -> list[Coupon]:
        viewing = info.context
        found = await viewing.desks.cashier.list_coupons(pb.ListPlansRequest(), viewing.call)
        return [Coupon.of(each) for each in found.coupons]

    @strawberry.field(description="Those that were paid or given, the last first; at most 500.")
    async def gifts(self, info: Info) -> list[HouseGift]:
        viewing = info.context
        found = await viewing.desks.cashier.list_all_gifts(pb.ListPlansRequest(), viewing.call)
        return [HouseGift.of(each) for each in found.gifts]


@strawberry.type
class MoneyOperatingQuery:
    @strawberry.field(description="Null unless the account is the operator's.")
    async def till_room(self, info: Info) -> TillRoom | None:
        return TillRoom() if info.context.asker.operator else None


@strawberry.type
class MoneyOperatingMutation:
    @strawberry.mutation(
        description="Give back what an invoice says was paid by card; 0: all that is left of it. `askId` is made once per refund."
    )
    async def refund_invoice(
        self, info: Info, member: strawberry.ID, number: str, ask_id: str, minor: int = 0, note: str = ""
    ) -> MemberAnswer:
        request = pb.RefundRequest(account_id=member, number=number, minor=max(0, minor), note=note, ask_id=ask_id)
        return await acted_on(info.context, _cashier(info.context).give_back(request, info.context.call))

    @strawberry.mutation(description="Credit for so many months of the member's plan. `askId` is made once per gift of yours.")
    async def comp_member(self, info: Info, member: strawberry.ID, months: int, ask_id: str, note: str = "") -> MemberAnswer:
        few = max(0, min(months, 99))
        request = pb.CompRequest(account_id=member, months=few, ask_id=ask_id, note=note)
        return await acted_on(info.context, _cashier(info.context).comp(request, info.context.call))

    @strawberry.mutation(description="A closed member plays nothing and is charged nothing, until opened again.")
    async def close_member(self, info: Info, member: strawberry.ID, closed: bool, note: str = "") -> MemberAnswer:
        request = pb.ClosingRequest(account_id=member, closed=closed, note=note)
        return await acted_on(info.context, _cashier(info.context).set_closed(request, info.context.call))

    @strawberry.mutation
    async def save_plan(self, info: Info, plan: PlanInput) -> PlanAnswer:
        wanted = pb.Plan(
            plan_id=plan.id,
            name=plan.name,
            height=plan.height,
            screens=plan.screens,
            yearly=plan.yearly,
            trial_days=plan.trial_days,
            on_sale=plan.on_sale,
            prices=[MoneyMessage(minor=each.minor, currency=each.currency) for each in plan.prices],
        )
        wish = pb.PlanWish(plan=wanted)
        try:
            return Plan.of(await _cashier(info.context).save_plan(wish, info.context.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="A new one, or the same code anew.")
    async def save_coupon(self, info: Info, coupon: CouponInput) -> CouponAnswer:
        amount = coupon.amount and MoneyMessage(minor=coupon.amount.minor, currency=coupon.amount.currency)
        wanted = pb.Coupon(
            code=coupon.code,
            percent=coupon.percent,
            amount=amount,
            periods=coupon.periods,
            most_uses=coupon.most_uses,
        )
        wish = pb.CouponWish(coupon=wanted, days=coupon.days)
        try:
            return Coupon.of(await _cashier(info.context).save_coupon(wish, info.context.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.mutation(description="Codes that the house gives away. `askId` is made once per batch.")
    async def make_gifts(self, info: Info, count: int, amount: MoneyInput, ask_id: str) -> GiftsAnswer:
        order = pb.GiftOrder(count=count, minor=amount.minor, currency=amount.currency, ask_id=ask_id)
        try:
            made = await _cashier(info.context).make_gifts(order, info.context.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return MadeGifts(gifts=[Gift.of(each) for each in made.gifts])


def _cashier(viewing: Viewing) -> CashierClient:
    if not viewing.asker.operator:
        raise NOT_YOURS
    return viewing.desks.cashier
