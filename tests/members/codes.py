"""Coupons, gifts, refunds and invoices: what is given, given back, and put on paper."""

import asyncio

import pytest

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import MemberFact, Money
from matinee.contracts.identity_pb2 import AccountId
from matinee.members.cashier import Cashier, CashierSettings
from matinee.members.counter import House
from matinee.ports.rpc import Refused
from members.money_house import BOSS, CALL, MemorySql, MoneyHouse

ASHA, BEN = AccountId(account_id="asha"), AccountId(account_id="ben")


@pytest.fixture
async def house() -> MoneyHouse:
    return await MoneyHouse(MemorySql()).open()


async def coupon(house: MoneyHouse, code: str, **words: object) -> None:
    await house.cashier.save_coupon(pb.CouponWish(coupon=pb.Coupon(code=code, **words)), BOSS)  # type: ignore[arg-type]


async def test_a_coupon_lasts_as_long_as_it_says(house: MoneyHouse) -> None:
    """Half the price for two months is what the quote says and what is charged; then the whole."""
    await coupon(house, "HALF", percent=50, periods=2)
    quote = await house.cashier.get_quote(pb.QuoteRequest(account_id="asha", plan_id="standard", coupon="half"), CALL)
    assert (quote.now.minor, quote.then.minor, quote.discount) == (499, 499, "50 % off, 2 times")
    await house.join("asha", coupon="half")
    taken = [house.provider.takings_minor]
    for _ in range(2):
        await house.days(31)
        taken.append(house.provider.takings_minor)
    assert taken == [499, 998, 998 + 999]
    assert await house.faults_of_books() == []


async def test_a_coupon_is_used_as_often_as_it_may_be(house: MoneyHouse) -> None:
    """Once by each account, and by so many accounts."""
    await coupon(house, "ONE", percent=100, periods=1, most_uses=1)
    await house.join("asha", coupon="one")
    assert house.provider.takings_minor == 0
    with pytest.raises(Refused, match="as often as it may"):
        await house.choose("ben", "small", "one")
    with pytest.raises(Refused, match="used that code before"):
        await house.cashier.redeem(pb.CodeRequest(account_id="asha", code="ONE"), CALL)
    assert await house.faults_of_books() == []


async def test_a_gift_is_bought_given_and_opened_once(house: MoneyHouse) -> None:
    """Asha's card pays it, Ben's next months are paid by it, and nobody opens it again."""
    asked = pb.GiftRequest(account_id="asha", minor=1500, back_to="/gifts", ask_id="for-ben-1")
    assert (await house.cashier.buy_gift(asked, CALL)).gift.code == ""
    await house.provider.leave_card("good")
    await house.cashier.settle(ASHA, CALL)
    again = await house.cashier.buy_gift(asked, CALL)
    (gift,) = (await house.cashier.list_gifts(ASHA, CALL)).gifts
    assert (again.gift.code, house.provider.takings_minor) == (gift.code, 1500)
    await house.cashier.redeem(pb.CodeRequest(account_id="ben", code=gift.code.lower()), CALL)
    joined = await house.join("ben")
    assert (joined.credit.minor, house.provider.takings_minor) == (501, 1500)
    assert joined.next_charge.minor == 999 - 501
    with pytest.raises(Refused, match="opened before"):
        await house.cashier.redeem(pb.CodeRequest(account_id="asha", code=gift.code), CALL)
    await house.days(31)
    assert house.provider.takings_minor == 1500 + 498
    assert await house.faults_of_books() == []


async def test_a_month_on_the_house_mends_what_was_owed(house: MoneyHouse) -> None:
    """A member whose card fails is given a month: it pays the debt at once, and asking twice gives it once."""
    await house.join("asha")
    house.provider.behave("declines")
    await house.days(40)
    assert await house.standing("asha") == "UNPAID"
    given = pb.CompRequest(account_id="asha", months=1, note="sorry", ask_id="sorry-asha")
    for _ in range(2):
        member = await house.cashier.comp(given, BOSS)
    assert (member.membership.state, member.membership.credit.minor) == (pb.MEMBERSHIP_ACTIVE, 0)
    assert [(each.what, each.by, each.note) for each in member.acts] == [("gave 1 months, 9.99 EUR", "boss", "sorry")]
    assert await house.faults_of_books() == []


async def test_money_goes_back_in_parts_up_to_what_was_paid(house: MoneyHouse) -> None:
    """Each part goes back once, however often it is asked, with a credit note of its own; their taxes add up."""
    await house.join("asha")
    (invoice,) = await house.invoices("asha")

    async def refund(minor: int, ask_id: str, who: str = "asha") -> pb.Member:
        asked = pb.RefundRequest(account_id=who, number=invoice.number, minor=minor, note="a bad film", ask_id=ask_id)
        return await house.cashier.give_back(asked, BOSS)

    with pytest.raises(Refused, match="no such invoice"):
        await refund(1, "somebody-elses", who="ben")
    for _ in range(2):
        member = await refund(333, "the-first-part")
    note, first = member.invoices
    assert (note.credit_note, note.total.minor, note.tax.minor) == (True, -333, -53)
    assert (first.refunded.minor, first.refundable.minor, house.provider.takings_minor) == (333, 666, 666)
    with pytest.raises(Refused, match="Not that much is left"):
        await refund(667, "more-than-there-is")
    await refund(333, "the-second-part")
    await refund(333, "the-first-part")
    member = await refund(0, "all-the-rest")
    *notes, first = member.invoices
    assert sum(each.total.minor for each in member.invoices) == sum(each.tax.minor for each in member.invoices) == 0
    assert ([each.number[-6:] for each in notes], first.refundable.minor) == (["000004", "000003", "000002"], 0)
    assert house.provider.takings_minor == 0
    await house.turn()
    assert [MemberFact.FromString(each.value).WhichOneof("what") for each in house.log.entries].count("refunded") == 3
    assert await house.faults_of_books() == []


async def test_a_refund_that_the_provider_does_not_give_can_be_asked_for_again(house: MoneyHouse) -> None:
    """The operator reads that nothing went back; nothing is booked, and another try is another refund."""
    await house.join("asha")
    (invoice,) = await house.invoices("asha")
    house.provider.refuses_refunds = True
    asked = pb.RefundRequest(account_id="asha", number=invoice.number, note="a bad film", ask_id="the-first")
    member = await house.cashier.give_back(asked, BOSS)
    assert {each.what for each in member.acts} == {
        f"refunded 9.99 EUR of invoice {invoice.number}",
        f"the provider gave back nothing of invoice {invoice.number}",
    }
    assert member.invoices[0].refundable.minor == house.provider.takings_minor == 999
    house.provider.refuses_refunds = False
    member = await house.cashier.give_back(
        pb.RefundRequest(account_id="asha", number=invoice.number, note="again", ask_id="the-second"), BOSS
    )
    assert (member.invoices[1].refunded.minor, house.provider.takings_minor) == (999, 0)
    assert await house.faults_of_books() == []


async def test_an_invoice_is_for_its_own_account(house: MoneyHouse) -> None:
    """As a page that runs nothing and as a PDF; to anybody else it does not exist, but to an operator."""
    await coupon(house, "TENTH", percent=10)
    house.identity.country = "GB"
    await house.join("asha", coupon="tenth")
    (invoice,) = await house.invoices("asha")
    page = await house.cashier.get_invoice(pb.InvoiceRequest(account_id="asha", number=invoice.number), CALL)
    text = page.content.decode()
    for said in ("asha@example.org", "7.99 GBP", "-0.80 GBP", "7.19 GBP", "Tax, 20 %", "1.20 GBP", "1 Quiet Street"):
        assert said in text, said
    paper = await house.cashier.get_invoice(pb.InvoiceRequest(account_id="asha", number=invoice.number, pdf=True), CALL)
    assert paper.content.startswith(b"%PDF") and paper.media_type == "application/pdf"
    with pytest.raises(Refused, match="no such invoice"):
        await house.cashier.get_invoice(pb.InvoiceRequest(account_id="ben", number=invoice.number), CALL)
    await house.cashier.get_invoice(pb.InvoiceRequest(account_id="boss", number=invoice.number), BOSS)


async def test_a_webhook_only_makes_us_look(house: MoneyHouse) -> None:
    """One that is not signed is refused; one that is, however often, pays nothing that the provider does not have."""
    await house.join("asha", card="asks")
    (intent,) = house.provider.intents.values()
    told = f"evt_1|payment_intent.succeeded|{intent.provider_id}|{intent.charge_id}".encode()
    with pytest.raises(Refused, match="not signed"):
        await house.cashier.hear(pb.Webhook(payload=told, signature="forged"), CALL)
    for _ in range(2):
        await house.cashier.hear(pb.Webhook(payload=told, signature="signed"), CALL)
        await house.turn()
    assert (await house.member("asha")).state == pb.MEMBERSHIP_PENDING
    intent.state = "paid"
    await house.cashier.hear(pb.Webhook(payload=told.replace(b"evt_1", b"evt_2"), signature="signed"), CALL)
    await house.turn()
    assert (await house.member("asha")).state == pb.MEMBERSHIP_ACTIVE
    assert await house.faults_of_books() == []


async def test_what_was_paid_too_late_is_given_back(house: MoneyHouse) -> None:
    """A payment that a bank grants after all, for a membership that is no more, is booked and refunded."""
    await house.join("asha", card="declines")
    await house.cashier.cancel(ASHA, CALL)
    (intent,) = house.provider.intents.values()
    told = f"|payment_intent.succeeded|{intent.provider_id}|{intent.charge_id}".encode()
    await house.cashier.hear(pb.Webhook(payload=b"evt_1" + told, signature="signed"), CALL)
    await house.turn()
    intent.state = "paid"
    await house.cashier.hear(pb.Webhook(payload=b"evt_2" + told, signature="signed"), CALL)
    await house.turn()
    assert house.provider.takings_minor == 0
    assert [each.total.minor for each in await house.invoices("asha")] == [-999, 999]
    assert [each for each in await house.faults_of_books() if "paid for" not in each] == []


async def test_two_cashiers_charge_once(house: MoneyHouse) -> None:
    """Both find the same renewals due in the same moment, and each is charged once."""
    for who in ("asha", "ben"):
        await house.join(who)
    other = MoneyHouse(house.sql, house.clock, house.provider)
    await house.clock.advance(31 * 24 * 3600)
    await asyncio.gather(house.turn(), other.turn())
    assert house.provider.takings_minor == 4 * 999
    assert await house.faults_of_books() == []


@pytest.mark.parametrize("back_to", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "account", "/a\nb"])
async def test_the_provider_sends_nobody_elsewhere(house: MoneyHouse, back_to: str) -> None:
    """Whoever leaves a card comes back to a page of this house."""
    with pytest.raises(Refused, match="leads elsewhere"):
        await house.cashier.begin(pb.PlanChoice(account_id="asha", plan_id="small", back_to=back_to), CALL)


async def test_a_house_that_asks_for_no_money_welcomes_everybody(house: MoneyHouse) -> None:
    """No plans, no bounds, and nothing to buy."""
    settings = CashierSettings(House("EUR", "", "http://localhost"))
    free = Cashier(sql=house.sql, log=house.log, clock=house.clock, identity=house.identity, settings=settings)  # type: ignore[arg-type]
    entitled = await free.entitled(BEN, CALL)
    assert (entitled.standing, entitled.height, entitled.screens) == (pb.WELCOME, 0, 0)
    assert len((await free.list_plans(pb.ListPlansRequest(account_id="ben"), CALL)).plans) == 0
    assert (await free.get_membership(BEN, CALL)).billing is False
    with pytest.raises(Refused, match="Nothing costs anything here"):
        await free.buy_gift(pb.GiftRequest(account_id="ben", minor=1500, ask_id="12345678", back_to="/"), CALL)


async def test_anybody_can_be_closed_and_opened_again(house: MoneyHouse) -> None:
    """Also who never chose a plan, and in a house that asks for no money; nothing plays meanwhile, and none is sold to them."""
    settings = CashierSettings(House("EUR", "", "http://localhost"))
    free = Cashier(sql=house.sql, log=house.log, clock=house.clock, identity=house.identity, settings=settings)  # type: ignore[arg-type]
    for cashier in (house.cashier, free):
        closed = await cashier.set_closed(pb.ClosingRequest(account_id="ben", closed=True, note="lent the key"), BOSS)
        assert (closed.membership.closed, closed.acts[0].what, closed.acts[0].note) == (True, "closed", "lent the key")
        assert (await cashier.entitled(BEN, CALL)).standing == pb.CLOSED
        assert (await cashier.get_membership(BEN, CALL)).closed is True
        await house.clock.advance(1)
        opened = await cashier.set_closed(pb.ClosingRequest(account_id="ben", closed=False), BOSS)
        assert (opened.membership.closed, opened.acts[0].what) == (False, "opened again")
        await house.clock.advance(1)
    assert (await free.entitled(BEN, CALL)).standing == pb.WELCOME
    assert (await house.cashier.entitled(BEN, CALL)).standing == pb.NO_PLAN
    listed = (await house.cashier.list_members(pb.AccountIds(account_ids=["ben", "nobody yet"]), BOSS)).members
    assert [(each.account_id, each.membership.billing) for each in listed] == [("ben", True), ("nobody yet", True)]


async def test_an_operator_makes_plans_and_gifts(house: MoneyHouse) -> None:
    """A new plan is on sale at once, one no longer sold is kept by who has it, and gifts of the house cost nobody anything."""
    await house.join("asha", "small")
    small = (await house.cashier.list_all_plans(pb.ListPlansRequest(), CALL)).plans[0]
    small.on_sale = False
    await house.cashier.save_plan(pb.PlanWish(plan=small), BOSS)
    new = pb.Plan(name="Matinee Night", height=720, screens=1, on_sale=True, prices=[Money(minor=299, currency="EUR")])
    made = await house.cashier.save_plan(pb.PlanWish(plan=new), BOSS)
    shown = (await house.cashier.list_plans(pb.ListPlansRequest(account_id="ben"), CALL)).plans
    assert [each.name for each in shown] == ["Matinee Night", "Matinee Standard", "Matinee Large"]
    assert (await house.member("asha")).plan.name == "Matinee Small"
    order = pb.GiftOrder(count=3, minor=299, currency="EUR", ask_id="for-all-3")
    codes = [each.code for each in (await house.cashier.make_gifts(order, BOSS)).gifts]
    assert codes == [each.code for each in (await house.cashier.make_gifts(order, BOSS)).gifts]
    await house.cashier.redeem(pb.CodeRequest(account_id="ben", code=codes[0]), CALL)
    await house.join("ben", made.plan_id)
    assert (len(set(codes)), house.provider.takings_minor) == (3, 499)
    assert await house.faults_of_books() == []


async def test_an_operator_sees_every_gift_and_no_code_that_is_somebodys_money(house: MoneyHouse) -> None:
    """The house's own codes can be read until they are used; of those that members bought only the end, and nobody else has them
    among the gifts they bought."""
    (ours, spare) = (
        await house.cashier.make_gifts(pb.GiftOrder(count=2, minor=700, currency="EUR", ask_id="for-everybody"), BOSS)
    ).gifts
    await house.join("asha")
    await house.cashier.buy_gift(pb.GiftRequest(account_id="asha", minor=1500, ask_id="for-a-friend", back_to="/gift"), CALL)
    await house.cashier.redeem(pb.CodeRequest(account_id="ben", code=ours.code), CALL)
    (bought,) = (await house.cashier.list_gifts(AccountId(account_id="asha"), CALL)).gifts
    seen = (await house.cashier.list_all_gifts(pb.ListPlansRequest(), BOSS)).gifts
    assert {(each.gift.code, each.bought, each.made_by, each.redeemed_by) for each in seen} == {
        (f"…{ours.code[-4:]}", False, "", "ben@example.org"),
        (spare.code, False, "", ""),
        (f"…{bought.code[-4:]}", True, "asha@example.org", ""),
    }
    assert (await house.cashier.list_gifts(AccountId(account_id="boss"), CALL)).gifts == []


async def test_a_bank_that_asks_for_a_payment_back_is_noted_for_the_operator(house: MoneyHouse) -> None:
    """What is disputed, and how it ended, stands on the member's page, once; until an operator decides, everything plays on."""
    await house.join("asha")
    (invoice,) = await house.invoices("asha")
    (payment,) = house.provider.intents
    for event, outcome in (("evt_1", "open"), ("evt_2", "open"), ("evt_3", "lost")):
        told = f"{event}|charge.dispute.changed|dp_1||{payment}|{outcome}"
        await house.cashier.hear(pb.Webhook(payload=told.encode(), signature="signed"), CALL)
    member = await house.cashier.get_member(AccountId(account_id="asha"), BOSS)
    assert sorted(each.what for each in member.acts) == [
        f"a bank asks 9.99 EUR of invoice {invoice.number} back: answer it at the payment provider",
        f"the bank took 9.99 EUR of invoice {invoice.number} back",
    ]
    assert await house.standing("asha") == "WELCOME"
