"""Money: plans, what one's own membership costs, and everything that can be done about it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import strawberry

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId
from matinee.ports.rpc import Call
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.money_types import Gift, Gifts, Invoice, Membership, Money, Plan, Quote, Redeemed, Step
from matinee.screen.schema.refused import Refused
from matinee.screen.schema.viewing import Info, Viewing

Asked = TypeVar("Asked")
QuoteAnswer = Annotated[Quote | Refused, strawberry.union("QuoteAnswer")]
StepAnswer = Annotated[Step | Refused, strawberry.union("StepAnswer")]
MembershipAnswer = Annotated[Membership | Refused, strawberry.union("MembershipAnswer")]
RedeemAnswer = Annotated[Redeemed | Refused, strawberry.union("RedeemAnswer")]


@strawberry.type
class MoneyQuery:
    @strawberry.field(description="Those on sale, the smallest first; none in a house that asks for no money.")
    async def plans(self, info: Info) -> list[Plan]:
        viewing = info.context
        request = pb.ListPlansRequest(account_id=viewing.asker.account_id)
        return [Plan.of(each) for each in (await viewing.desks.cashier.list_plans(request, viewing.call)).plans]

    @strawberry.field
    async def membership(self, info: Info) -> Membership:
        viewing = info.context
        return Membership.of(await viewing.desks.cashier.get_membership(_who(viewing), viewing.call))

    @strawberry.field(description="What choosing this plan would cost: now, and from when on.")
    async def quote(self, info: Info, plan: strawberry.ID, coupon: str = "") -> QuoteAnswer:
        viewing = info.context
        request = pb.QuoteRequest(account_id=viewing.asker.account_id, plan_id=plan, coupon=coupon)
        try:
            return Quote.of(await viewing.desks.cashier.get_quote(request, viewing.call))
        except RefusedCall as refused:
            return Refused.of(refused)

    @strawberry.field(description="The last first.")
    async def invoices(self, info: Info) -> list[Invoice]:
        viewing = info.context
        return [Invoice.of(each) for each in (await viewing.desks.cashier.list_invoices(_who(viewing), viewing.call)).invoices]

    @strawberry.field
    async def gifts(self, info: Info) -> Gifts:
        viewing = info.context
        found = await viewing.desks.cashier.list_gifts(_who(viewing), viewing.call)
        choices = [Money(minor=each, currency=found.currency) for each in found.choices_minor]
        return Gifts(bought=[Gift.of(each) for each in found.gifts], choices=choices)


@strawberry.type
class MoneyMutation:
    @strawberry.mutation(
        description="Choose the first plan, giving back the quote's `now.minor` and `asOf`. `backTo` is a path of ours, to which"
        " the provider's page returns: call `settle` there."
    )
    async def begin_membership(
        self, info: Info, plan: strawberry.ID, quoted_minor: int, as_of: str, back_to: str, coupon: str = ""
    ) -> StepAnswer:
        viewing = info.context
        choice = _choice(viewing, plan, quoted_minor, as_of, coupon, back_to)
        return await _step(viewing, viewing.desks.cashier.begin, choice)

    @strawberry.mutation(description="Back from a page of the provider's: looks at what became of it, and goes on.")
    async def settle(self, info: Info) -> StepAnswer:
        viewing = info.context
        return await _step(viewing, viewing.desks.cashier.settle, _who(viewing))

    @strawberry.mutation(description="A dearer plan at once, a cheaper one from the next period on.")
    async def change_plan(self, info: Info, plan: strawberry.ID, quoted_minor: int, as_of: str) -> StepAnswer:
        viewing = info.context
        choice = _choice(viewing, plan, quoted_minor, as_of)
        return await _step(viewing, viewing.desks.cashier.change_plan, choice)

    @strawberry.mutation(description="Plays until what was paid for is over.")
    async def cancel_membership(self, info: Info) -> MembershipAnswer:
        viewing = info.context
        return await _membership(viewing, viewing.desks.cashier.cancel, _who(viewing))

    @strawberry.mutation(description="Takes a cancellation, or a change to come, back; or comes back after the end.")
    async def resume_membership(self, info: Info, back_to: str) -> StepAnswer:
        viewing = info.context
        request = pb.ReturnTo(account_id=viewing.asker.account_id, back_to=back_to)
        return await _step(viewing, viewing.desks.cashier.resume, request)

    @strawberry.mutation(description="Once what was paid for is over, for one to three months.")
    async def pause_membership(self, info: Info, months: int) -> MembershipAnswer:
        viewing = info.context
        request = pb.PauseRequest(account_id=viewing.asker.account_id, months=max(0, min(months, 99)))
        return await _membership(viewing, viewing.desks.cashier.pause, request)

    @strawberry.mutation
    async def unpause_membership(self, info: Info) -> StepAnswer:
        viewing = info.context
        return await _step(viewing, viewing.desks.cashier.unpause, _who(viewing))

    @strawberry.mutation(description="A gift code becomes credit; a coupon stays with the membership.")
    async def redeem(self, info: Info, code: str) -> RedeemAnswer:
        viewing = info.context
        request = pb.CodeRequest(account_id=viewing.asker.account_id, code=code)
        try:
            await _by_grown_up(viewing)
            redeemed = await viewing.desks.cashier.redeem(request, viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return Redeemed(what=redeemed.what, membership=Membership.of(redeemed.membership))

    @strawberry.mutation(description="`askId` is made once per purchase: 8 to 40 letters and digits. Asking again asks the same.")
    async def buy_gift(self, info: Info, minor: int, ask_id: str, back_to: str) -> StepAnswer:
        viewing = info.context
        request = pb.GiftRequest(account_id=viewing.asker.account_id, minor=minor, ask_id=ask_id, back_to=back_to)
        return await _step(viewing, viewing.desks.cashier.buy_gift, request)

    @strawberry.mutation(description="Where another card is left.")
    async def new_card(self, info: Info, back_to: str) -> StepAnswer:
        viewing = info.context
        request = pb.ReturnTo(account_id=viewing.asker.account_id, back_to=back_to)
        return await _step(viewing, viewing.desks.cashier.new_card, request)

    @strawberry.mutation(description="After a payment failed: once more, now.")
    async def pay_now(self, info: Info) -> StepAnswer:
        viewing = info.context
        return await _step(viewing, viewing.desks.cashier.pay_now, _who(viewing))


def _who(viewing: Viewing) -> AccountId:
    return AccountId(account_id=viewing.asker.account_id)


def _choice(
    viewing: Viewing, plan: strawberry.ID, quoted_minor: int, as_of: str, coupon: str = "", back_to: str = ""
) -> pb.PlanChoice:
    return pb.PlanChoice(
        account_id=viewing.asker.account_id,
        plan_id=plan,
        coupon=coupon,
        quoted_minor=quoted_minor,
        as_of_ms=int(as_of) if as_of.isdecimal() and len(as_of) < 16 else 0,
        back_to=back_to,
    )


async def _step(viewing: Viewing, ask: Callable[[Asked, Call], Awaitable[pb.Step]], asked: Asked) -> StepAnswer:
    try:
        await _by_grown_up(viewing)
        return Step.of(await ask(asked, viewing.call))
    except RefusedCall as refused:
        return Refused.of(refused)


async def _membership(viewing: Viewing, ask: Callable[[Asked, Call], Awaitable[pb.Membership]], asked: Asked) -> MembershipAnswer:
    try:
        await _by_grown_up(viewing)
        return Membership.of(await ask(asked, viewing.call))
    except RefusedCall as refused:
        return Refused.of(refused)


async def _by_grown_up(viewing: Viewing) -> None:
    """Children spend no money. Whoever was not picked yet may: plans are chosen before anybody watches."""
    if viewing.asker.profile_id and (await viewing.profile()).kids:
        reason = "Plans and payments are looked after by grown-ups: let one of them say who is watching, and try again."
        raise RefusedCall("forbidden", "That is for grown-ups.", reason)
