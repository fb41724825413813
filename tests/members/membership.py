"""What a member lives through: a first payment, renewals, a card that fails, changes of mind."""

import pytest

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import MemberFact
from matinee.contracts.identity_pb2 import AccountId
from matinee.members.declines import DECLINED
from matinee.ports.rpc import Refused
from members.money_house import BOSS, CALL, MemorySql, MoneyHouse

ASHA = AccountId(account_id="asha")


@pytest.fixture
async def house() -> MoneyHouse:
    return await MoneyHouse(MemorySql()).open()


def state(member: pb.Membership) -> str:
    return pb.MembershipState.Name(member.state).removeprefix("MEMBERSHIP_")


def told(house: MoneyHouse) -> list[str]:
    return [MemberFact.FromString(each.value).WhichOneof("what") or "" for each in house.log.entries]


async def test_who_pays_may_watch(house: MoneyHouse) -> None:
    """Choosing a plan leads to the provider's page, and back from there everything plays, in the plan's height and screens."""
    assert await house.standing("asha") == "NO_PLAN"
    step = await house.choose("asha", "standard")
    assert step.go_to.startswith("https://provider/")
    assert state(step.membership) == "PENDING"
    await house.provider.leave_card("good")
    joined = (await house.cashier.settle(ASHA, CALL)).membership
    assert (state(joined), joined.plan.name, joined.card.last4) == ("ACTIVE", "Matinee Standard", "4242")
    entitled = await house.cashier.entitled(ASHA, CALL)
    assert (entitled.standing, entitled.height, entitled.screens) == (pb.WELCOME, 1080, 2)
    (invoice,) = await house.invoices("asha")
    assert (invoice.total.minor, invoice.tax.minor) == (999, 160)
    assert house.provider.takings_minor == 999
    await house.turn()
    assert told(house) == ["payment_made", "subscription_started"] or told(house) == ["subscription_started", "payment_made"]
    assert await house.faults_of_books() == []


async def test_every_period_is_charged_once(house: MoneyHouse) -> None:
    """A year with a cashier at work is twelve charges more, on the day of the month it began."""
    await house.join("asha")
    await house.days(366)
    assert len(await house.invoices("asha")) == 13
    assert house.provider.takings_minor == 13 * 999
    assert await house.faults_of_books() == []


async def test_nobody_pays_for_months_in_which_the_house_was_away(house: MoneyHouse) -> None:
    """A house that wakes after three months charges one, which begins now."""
    await house.join("asha")
    await house.clock.advance(100 * 24 * 3600)
    await house.turn()
    assert house.provider.takings_minor == 2 * 999
    assert (await house.member("asha")).period_until_ms > house.clock.now_ms() + 27 * 24 * 3600 * 1000


async def test_a_card_that_fails_is_tried_again_then_grace_is_over(house: MoneyHouse) -> None:
    """Everything plays on for a week while the card is tried on days 1, 3 and 5; then Play is refused until it is mended."""
    await house.join("asha")
    house.provider.behave("declines")
    await house.days(31)
    behind = await house.member("asha")
    assert (state(behind), behind.due.minor, behind.problem) == ("PAST_DUE", 999, str(DECLINED))
    assert await house.standing("asha") == "WELCOME"
    await house.days(7)
    assert await house.standing("asha") == "UNPAID"
    assert len(house.provider.intents) == 5
    house.provider.behave("good")
    mended = (await house.cashier.pay_now(ASHA, CALL)).membership
    assert (state(mended), await house.standing("asha")) == ("ACTIVE", "WELCOME")
    assert mended.period_from_ms == house.clock.now_ms()
    assert told(house).count("payment_failed") == 4
    assert await house.faults_of_books() == []


async def test_who_never_pays_again_is_let_go(house: MoneyHouse) -> None:
    """A month after the grace the membership ends, and what was owed is owed no more."""
    await house.join("asha")
    house.provider.behave("expired")
    await house.days(75)
    assert state(await house.member("asha")) == "ENDED"
    assert told(house)[-1] == "subscription_ended"
    assert await house.faults_of_books() == []


async def test_an_upgrade_costs_what_was_shown(house: MoneyHouse) -> None:
    """The difference for the rest of the month, shown before, charged to the cent, and the larger picture at once."""
    await house.join("asha")
    await house.days(10.3)
    asked = pb.QuoteRequest(account_id="asha", plan_id="large")
    quote = await house.cashier.get_quote(asked, CALL)
    assert 0 < quote.now.minor < 500
    await house.clock.advance(600)
    before = house.provider.takings_minor
    choice = pb.PlanChoice(account_id="asha", plan_id="large", quoted_minor=quote.now.minor, as_of_ms=quote.as_of_ms)
    changed = (await house.cashier.change_plan(choice, CALL)).membership
    assert house.provider.takings_minor - before == quote.now.minor
    assert (changed.plan.name, changed.entitlement.height) == ("Matinee Large", 2160)
    assert (changed.next_charge.minor, changed.next_charge_ms) == (1499, quote.then_ms)
    choice.quoted_minor -= 1
    choice.plan_id = "small"
    with pytest.raises(Refused, match="The price is another now"):
        await house.cashier.change_plan(choice, CALL)


async def test_a_smaller_plan_waits_for_the_next_period(house: MoneyHouse) -> None:
    """Nobody loses what they have paid for, and nobody is paid back."""
    await house.join("asha", "large")
    changed = (await house.choose("asha", "small")).membership
    assert (changed.plan.plan_id, changed.next_plan.plan_id, changed.next_charge.minor) == ("large", "small", 499)
    await house.days(31)
    after = await house.member("asha")
    assert (after.plan.plan_id, after.entitlement.screens) == ("small", 1)
    assert house.provider.takings_minor == 1499 + 499


async def test_who_cancels_watches_on_until_the_end_and_may_come_back(house: MoneyHouse) -> None:
    """A cancellation can be taken back; after the end one returns with the card that is known, without a page."""
    await house.join("asha")
    assert state(await house.cashier.cancel(ASHA, CALL)) == "CANCELLING"
    assert state((await house.cashier.resume(pb.ReturnTo(account_id="asha", back_to="/account"), CALL)).membership) == "ACTIVE"
    await house.cashier.cancel(ASHA, CALL)
    await house.days(31)
    assert (await house.standing("asha"), house.provider.takings_minor) == ("ENDED", 999)
    step = await house.cashier.resume(pb.ReturnTo(account_id="asha", back_to="/account"), CALL)
    assert (step.go_to, state(step.membership), house.provider.takings_minor) == ("", "ACTIVE", 2 * 999)


async def test_a_pause_begins_when_the_month_is_over(house: MoneyHouse) -> None:
    """What was paid for is watched; then nothing is charged for two months; then it goes on by itself."""
    await house.join("asha")
    assert state(await house.cashier.pause(pb.PauseRequest(account_id="asha", months=2), CALL)) == "PAUSING"
    assert await house.standing("asha") == "WELCOME"
    await house.days(31)
    assert (await house.standing("asha"), house.provider.takings_minor) == ("PAUSED", 999)
    await house.days(62)
    assert (await house.standing("asha"), house.provider.takings_minor) == ("WELCOME", 2 * 999)
    assert {"subscription_paused", "subscription_resumed"} <= set(told(house))


async def test_a_bank_that_asks_its_customer_is_waited_for(house: MoneyHouse) -> None:
    """A payment that its owner must confirm is paid once they have, with no webhook ever heard, and once only."""
    pending = await house.join("asha", card="asks")
    assert (state(pending), pending.confirm_url[:16]) == ("PENDING", "https://provider")
    await house.provider.finish(well=True)
    assert state((await house.cashier.settle(ASHA, CALL)).membership) == "ACTIVE"
    await house.days(31)
    assert state(await house.member("asha")) == "PAST_DUE"
    await house.provider.finish(well=True)
    await house.days(0.1)
    assert (state(await house.member("asha")), house.provider.takings_minor) == ("ACTIVE", 2 * 999)
    assert await house.faults_of_books() == []


async def test_what_a_member_sees_themselves_is_no_letter(house: MoneyHouse) -> None:
    """Who pays by hand and is refused reads it on the page: no letter repeats it, and the house's own tries are not used up."""
    await house.join("asha")
    house.provider.behave("declines")
    await house.days(31)
    due_ms = (await house.member("asha")).retry_at_ms
    for kind in ("declines", "asks"):
        house.provider.behave(kind)
        await house.cashier.pay_now(ASHA, CALL)
    await house.provider.finish(well=False)
    behind = (await house.cashier.settle(ASHA, CALL)).membership
    assert (state(behind), behind.problem, behind.retry_at_ms) == ("PAST_DUE", str(DECLINED), due_ms)
    house.provider.behave("declines")
    await house.days(7)
    assert told(house).count("payment_failed") == 4
    assert await house.standing("asha") == "UNPAID"


async def test_another_card_replaces_a_payment_that_waits(house: MoneyHouse) -> None:
    """The old payment is taken back before the new card is charged: confirming it late pays nothing."""
    await house.join("asha", card="asks")
    await house.cashier.new_card(pb.ReturnTo(account_id="asha", back_to="/account"), CALL)
    await house.provider.leave_card("good")
    assert state((await house.cashier.settle(ASHA, CALL)).membership) == "ACTIVE"
    await house.provider.finish(well=True)
    await house.days(1)
    assert house.provider.takings_minor == 999
    assert await house.faults_of_books() == []


async def test_a_card_left_just_as_the_house_tries_by_itself(house: MoneyHouse) -> None:
    """Whoever mends it hears that it is paid, at whatever instant the house's own attempt comes between, and pays once."""
    await house.join("asha")
    house.provider.behave("declines")
    await house.days(31)
    await house.cashier.new_card(pb.ReturnTo(account_id="asha", back_to="/account"), CALL)
    await house.provider.leave_card("good")
    kept = house.keep()

    async def look_again() -> None:
        house.sql.file.execute("UPDATE bills SET due_ms = 0 WHERE state = 'open'")
        await house.turn()

    for instant in range(1, 100):
        house.put_back(kept)
        house.faults.arm("overtaken", instant, look_again)
        assert state((await house.cashier.settle(ASHA, CALL)).membership) == "ACTIVE"
        if len(house.faults.passed) < instant:
            break
        assert house.provider.takings_minor == 2 * 999
        assert await house.faults_of_books() == []
    assert house.counted["overtaken"] > 20


async def test_a_trial_is_had_once(house: MoneyHouse) -> None:
    """It costs nothing, is told of before it ends, and becomes a membership by itself; the second time one pays at once."""
    plan = pb.Plan(plan_id="small", name="Matinee Small", height=480, screens=1, trial_days=14, on_sale=True)
    plan.prices.add(minor=499, currency="EUR")
    await house.cashier.save_plan(pb.PlanWish(plan=plan), BOSS)
    tried = await house.join("asha", "small")
    assert (state(tried), house.provider.takings_minor) == ("TRIALING", 0)
    await house.days(15)
    assert (state(await house.member("asha")), house.provider.takings_minor) == ("ACTIVE", 499)
    assert told(house)[:3] == ["subscription_started", "trial_ending", "payment_made"]
    await house.cashier.cancel(ASHA, CALL)
    await house.days(40)
    assert state((await house.choose("asha", "small")).membership) == "ACTIVE"


async def test_what_was_never_paid_for_is_forgotten(house: MoneyHouse) -> None:
    """A choice without a payment is dropped after a day; its coupon can be used again."""
    await house.cashier.save_coupon(pb.CouponWish(coupon=pb.Coupon(code="first", percent=50, periods=1)), BOSS)
    declined = await house.join("asha", card="declines", coupon="first")
    assert (state(declined), declined.problem) == ("PENDING", str(DECLINED))
    await house.days(2)
    assert (state(await house.member("asha")), house.provider.takings_minor) == ("ENDED", 0)
    house.provider.behave("good")
    await house.choose("asha", "standard", "FIRST")
    assert house.provider.takings_minor == 499


async def test_who_is_closed_by_the_house_plays_nothing_and_pays_nothing(house: MoneyHouse) -> None:
    """Until opened again; and an operator watches without a plan."""
    await house.join("asha")
    await house.cashier.set_closed(pb.ClosingRequest(account_id="asha", closed=True, note="shared widely"), BOSS)
    assert await house.standing("asha") == "CLOSED"
    await house.days(40)
    assert house.provider.takings_minor == 999
    member = await house.cashier.set_closed(pb.ClosingRequest(account_id="asha", closed=False), BOSS)
    assert [each.what for each in member.acts] == ["opened again", "closed"]
    assert await house.standing("asha") == "ENDED"
    assert await house.standing("boss") == "WELCOME"
