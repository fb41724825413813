"""What may happen to a house that takes money: what its members do, its operators, banks, webhooks and clocks."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import Money
from matinee.contracts.identity_pb2 import AccountId
from matinee.ports.rpc import Refused
from matinee.ports.unavailable import Unavailable
from members.money_house import BOSS, CALL, Died, MoneyHouse

WHO = ("asha", "ben")
PLANS = ("small", "standard", "large", "try", "year")
CARDS = ("good", "good", "good", "declines", "asks", "expired", "slow")
DECLINES, ASKS, SLOW = (CARDS.index(each) for each in ("declines", "asks", "slow"))
HERE = ZoneInfo("Europe/Berlin")

TIMES = ("day", "week", "month", "leap", "turn")
ACTS = (
    *("join", "choose", "choose", "card", "settle", "cancel", "resume", "pause", "unpause", "pay", "pay"),
    *("gift", "redeem", "refund", "comp", "close", "confirm", "behave", "behave", "hooks", "turn"),
    *("day", "week", "month", "month", "month", "month", "leap", "leap"),
)

Act = Callable[[MoneyHouse, str, int, int], Awaitable[object]]
"""Of a member, one of twelve ways to do it (half of them are each member's), and an id to ask under."""


async def furnished(house: MoneyHouse) -> MoneyHouse:
    """With a plan to try first, one by the year, and a coupon whose third is never a whole cent."""
    prices = [Money(minor=1099, currency="EUR")]
    trial = pb.Plan(name="try", height=1080, screens=2, on_sale=True, trial_days=7, prices=prices)
    year = pb.Plan(name="year", height=1080, screens=2, on_sale=True, yearly=True, prices=[Money(minor=9999, currency="EUR")])
    for plan in (trial, year):
        made = await house.cashier.save_plan(pb.PlanWish(plan=plan), BOSS)
        house.plan_ids[plan.name] = made.plan_id
    await house.cashier.save_coupon(pb.CouponWish(coupon=pb.Coupon(code="THIRD", percent=33, periods=2)), BOSS)
    return house


async def a_neighbour(house: MoneyHouse) -> None:
    """Ben, who has less of credit than his next month costs: the card pays the rest."""
    await house.join(WHO[1], "standard")
    await _a_present(house, WHO[1])


async def _a_present(house: MoneyHouse, who: str) -> None:
    given = pb.GiftOrder(count=1, minor=700, currency="EUR", ask_id=f"for-{who:_<8}")
    (gift,) = (await house.cashier.make_gifts(given, BOSS)).gifts
    await house.cashier.redeem(pb.CodeRequest(account_id=who, code=gift.code), CALL)


@dataclass(frozen=True)
class Situation:
    """Where Asha's history begins: with that plan, after these acts of hers, and so many days after each."""

    plan: str = ""
    acts: tuple[tuple[str, int], ...] = ()
    days: int = 0
    coupon: str = ""

    async def come_about(self, house: MoneyHouse) -> None:
        if self.plan:
            await house.join(WHO[0], self.plan, coupon=self.coupon)
        for at, (name, choice) in enumerate(self.acts):
            await act(house, name, choice, 900_000 + at)
            await house.clock.advance(self.days * 24 * 3600)
            await house.turn()


# The second number of an act is its choice: 0 is Asha's first way to do it, 2 her second; of `behave` it is the card's.
SITUATIONS: Mapping[str, Situation] = {
    "new": Situation(),
    "on the provider's page": Situation(acts=(("look", 2),)),
    "trying": Situation("try"),
    "small": Situation("small"),
    "by the year": Situation("year"),
    "with credit": Situation("standard", (("present", 0),)),
    "with a coupon": Situation("large", coupon="THIRD"),
    "with a smaller plan to come": Situation("large", (("choose", 0),)),
    "pausing": Situation("standard", (("pause", 0),)),
    "paused": Situation("standard", (("pause", 4),), days=32),
    "cancelling": Situation("standard", (("cancel", 0),)),
    "cancelling a trial": Situation("try", (("cancel", 0),)),
    "ended": Situation("standard", (("cancel", 0),), days=32),
    "ended after a trial": Situation("try", (("cancel", 0),), days=8),
    "declined": Situation("standard", (("behave", DECLINES),), days=32),
    "declined after a trial": Situation("try", (("behave", DECLINES),), days=8),
    "unpaid": Situation("standard", (("behave", DECLINES), ("turn", 0)), days=32),
    "asked by the bank": Situation("standard", (("behave", ASKS),), days=32),
    "slowly paying": Situation("standard", (("behave", SLOW),), days=32),
}


async def survived(house: MoneyHouse, act: Callable[[], Awaitable[object]]) -> bool:
    """Whether all went well. Who is dead is followed by another, and no fault is armed any more."""
    try:
        await act()
    except Refused:
        house.counted["refusals"] += 1
    except Unavailable:
        return False
    except Died:
        house.restart()
        return False
    finally:
        house.faults.arm()
    return True


async def overtaken(house: MoneyHouse, acting: Callable[[], Awaitable[object]], stands_still_s: float = 61) -> None:
    """Ours stands still, as a rule for so long that what it took up is anybody's again, and another of its kind does it all."""
    ours = house.cashier
    house.restart()
    await house.clock.advance(stands_still_s)
    await survived(house, acting)
    await house.turn()
    house.cashier = ours


async def calm(house: MoneyHouse) -> None:
    """No faults any more, and every owner has answered."""
    house.restart()
    await house.provider.finish(well=True)
    for _ in range(3):
        await house.clock.advance(2 * 3600)
        await house.turn()


async def act(house: MoneyHouse, name: str, choice: int, at: int) -> object:
    house.counted[name] += 1
    return await DOES.get(name, at_the_desk)(house, name, choice, at)


async def at_the_desk(house: MoneyHouse, name: str, choice: int, at: int) -> object:
    who, other, cashier = WHO[choice % 2], choice // 2, house.cashier
    asked, card = AccountId(account_id=who), CARDS[choice % len(CARDS)]
    back = pb.ReturnTo(account_id=who, back_to="/account")
    match name:
        case "join":
            return await house.join(who, PLANS[other % 5], card, "THIRD" if choice > 6 else "")
        case "choose":
            return await house.choose(who, PLANS[other % 5])
        case "card":
            await cashier.new_card(back, CALL)
            await house.provider.leave_card(card)
            return await cashier.settle(asked, CALL)
        case "look":
            await house.choose(who, PLANS[other % 5])
            return await house.provider.leave_card("good")
        case "present":
            return await _a_present(house, who)
        case "settle":
            return await cashier.settle(asked, CALL)
        case "cancel":
            return await cashier.cancel(asked, CALL)
        case "resume":
            return await cashier.resume(back, CALL)
        case "pause":
            return await cashier.pause(pb.PauseRequest(account_id=who, months=1 + other % 3), CALL)
        case "unpause":
            return await cashier.unpause(asked, CALL)
        case _:
            return await cashier.pay_now(asked, CALL)


async def _with_codes(house: MoneyHouse, name: str, choice: int, at: int) -> object:
    who, other, cashier = WHO[choice % 2], choice // 2, house.cashier
    if name == "gift":
        ask = pb.GiftRequest(account_id=who, minor=1500, back_to="/gifts", ask_id=f"gift-{at:06}")
        return await cashier.buy_gift(ask, CALL)
    codes = [each.code for one in (*WHO, "boss") for each in (await cashier.list_gifts(AccountId(account_id=one), CALL)).gifts]
    code = [*codes, "THIRD"][other % (len(codes) + 1)]
    return await cashier.redeem(pb.CodeRequest(account_id=who, code=code), CALL)


async def _at_the_office(house: MoneyHouse, name: str, choice: int, at: int) -> object:
    who, other, cashier = WHO[choice % 2], choice // 2, house.cashier
    match name:
        case "refund":
            found = await house.invoices(who)
            number = found[other % len(found)].number if found else "2024-000001"
            minor = 0 if choice % 3 else 100
            asked = pb.RefundRequest(account_id=who, number=number, minor=minor, ask_id=f"refund-{at:03}")
            return await cashier.give_back(asked, BOSS)
        case "comp":
            return await cashier.comp(pb.CompRequest(account_id=who, months=1 + other % 2, ask_id=f"comp-{at:06}"), BOSS)
        case _:
            return await cashier.set_closed(pb.ClosingRequest(account_id=who, closed=choice < 4), BOSS)


async def _at_the_bank(house: MoneyHouse, name: str, choice: int, at: int) -> None:
    if name == "confirm":
        await house.provider.finish(well=choice < 8)
    else:
        house.provider.behave(CARDS[choice % len(CARDS)])


async def _hooks(house: MoneyHouse, name: str, choice: int, at: int) -> None:
    """Webhooks come late, twice, out of order, or (but for the first choice) never. One that nobody heard comes again."""
    chance, sent, waiting = random.Random(choice), [*house.provider.events], house.provider.events
    kept = [each for each in sent if not choice or chance.random() > 0.2]
    coming = [*kept, *kept[:2]]
    chance.shuffle(coming)
    waiting[:] = kept
    house.counted["webhooks"] += len(sent)
    house.counted["webhooks lost"] += len(sent) - len(kept)
    house.counted["webhooks twice"] += len(kept[:2])
    house.counted["webhooks out of order"] += sum(
        sent.index(late) < max(map(sent.index, coming[:number]), default=0) for number, late in enumerate(coming)
    )
    for event in coming:
        payload = f"{event.event_id}|{event.kind}|{event.object_id}|{event.charge_id}"
        await house.cashier.hear(pb.Webhook(payload=payload.encode(), signature="signed"), CALL)
        waiting[:] = [each for each in waiting if each != event]


async def _time(house: MoneyHouse, name: str, choice: int, at: int) -> None:
    """It passes in steps, or in a leap while nobody is there to look."""
    if name == "leap":
        await passes(house, (17, 45, 100, 400)[choice % 4] * 24)
    times, hours = {"day": (1, 24), "week": (5, 30), "month": (8, 97)}.get(name, (0, 0))
    for _ in range(times):
        await passes(house, hours)
    await house.turn()


async def passes(house: MoneyHouse, hours: int) -> None:
    before = datetime.fromtimestamp(house.clock.now_ms() / 1000, UTC)
    after = before + timedelta(hours=hours)
    house.counted["clock jumps"] += 1
    house.counted["over a month's end"] += before.month != after.month
    house.counted["over a change of clocks"] += before.astimezone(HERE).utcoffset() != after.astimezone(HERE).utcoffset()
    await house.clock.advance(hours * 3600)
    await house.turn()


DOES: dict[str, Act] = {
    **dict.fromkeys(("gift", "redeem"), _with_codes),
    **dict.fromkeys(("refund", "comp", "close"), _at_the_office),
    **dict.fromkeys(("confirm", "behave"), _at_the_bank),
    "hooks": _hooks,
    **dict.fromkeys(TIMES, _time),
}
"""By whom; all else is done at the cashier's desk."""
