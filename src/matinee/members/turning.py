"""What happens by itself: periods are renewed, graces run out, pauses and ends come, and what is unsettled is looked at again.

Whoever finds something due claims it for a minute by one conditional write, so that several cashiers share the work; who dies
in the midst of it is followed after that minute, and what was begun is gone on with, since everything has a name.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import sqlalchemy as sa
import structlog

from matinee.members import billed, bills, money_facts, office_book, payers, subscriptions, tariff, visits
from matinee.members.billing import DAY_MS, Turn, begins_at_ms, turn
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk
from matinee.members.subscription import Happening, Subscription
from matinee.ports.unavailable import Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger("cashier")
LOOK_EVERY_S = 1.0
MOST_AT_ONCE = 100
FORGET_AFTER_DAYS = 30
VISIT_DAYS = 2


class Turning:
    def __init__(self, desk: Desk, collecting: Collecting) -> None:
        self._desk = desk
        self._collecting = collecting

    async def keep_turning(self) -> None:
        while True:
            while await self.turn_all() >= MOST_AT_ONCE:
                pass
            await self._desk.clock.sleep(LOOK_EVERY_S)

    async def keep_tidy(self) -> None:
        """Webhooks long heard, and visits that nobody came back from."""
        while True:
            await self._tidy(self._desk.clock.now_ms())
            await self._desk.clock.sleep(3600)

    async def _tidy(self, now_ms: int) -> None:
        await self._desk.sql.transact(lambda db: office_book.forget_hooks(db, now_ms - FORGET_AFTER_DAYS * DAY_MS))
        await self._desk.sql.transact(lambda db: visits.forget(db, now_ms - VISIT_DAYS * DAY_MS))

    async def turn_all(self) -> int:
        """How much was due. What the provider has no answer for now is due again in a minute."""
        now_ms, most = self._desk.clock.now_ms(), MOST_AT_ONCE
        due_bills, due_subs, due_refunds = await self._desk.sql.read(
            lambda db: (
                bills.due(db, now_ms, most),
                subscriptions.due(db, now_ms, most),
                office_book.refunds_due(db, now_ms, most),
            )
        )
        for bill_id in due_bills:
            await self._in_turn(bill_id, bills.claim, self._bill)
        for subscription_id in due_subs:
            await self._in_turn(subscription_id, subscriptions.claim, self.turn)
        for bill_id in due_refunds:
            await self._in_turn(bill_id, office_book.claim_refund, self._collecting.give_back)
        return len(due_bills) + len(due_subs) + len(due_refunds)

    async def turn(self, subscription_id: str) -> None:
        """Does what is due for it."""
        sub = await self._desk.sql.read(lambda db: subscriptions.by_id(db, subscription_id))
        due = turn(sub, self._desk.clock.now_ms()) if sub else None
        if sub is None or due is None:
            await self._desk.sql.transact(lambda db: _settled(db, subscription_id))
        elif await self._nothing_under_way(sub, due):
            now_ms, seller = self._desk.clock.now_ms(), self._desk.house.seller
            bill_id = await self._desk.sql.transact(lambda db: turned(db, subscription_id, seller, now_ms))
            if bill_id:
                await self._collecting.collect(bill_id, fresh=True)

    async def _nothing_under_way(self, sub: Subscription, due: Turn) -> bool:
        """Before it is renewed or given up, what else waits at the provider is ended; a grace ends whatever waits."""
        bill = await self._desk.sql.read(lambda db: bills.unsettled(db, sub.subscription_id))
        if bill is None or due in (Turn.WARN, Turn.GRACE_OVER):
            return True
        bill = await self._collecting.ended(bill)
        return bill.state not in bills.UNDER_WAY

    async def _bill(self, bill_id: str) -> None:
        await self._collecting.retry(bill_id)

    async def _in_turn(
        self, name: str, claim: Callable[[sa.Connection, str, int, int], bool], act: Callable[[str], Awaitable[None]]
    ) -> None:
        now_ms = self._desk.clock.now_ms()
        if not await self._desk.sql.transact(lambda db: claim(db, name, now_ms, now_ms + bills.OURS_FOR_MS)):
            return
        try:
            await act(name)
        except Unavailable as why:
            log.warning("money waits", what=name, why=str(why))


def _settled(db: sa.Connection, subscription_id: str) -> None:
    """Nothing was due after all: something else happened to it meanwhile."""
    sub = subscriptions.by_id(db, subscription_id)
    if sub and sub.due_ms is not None:
        subscriptions.save(db, sub)


def turned(db: sa.Connection, subscription_id: str, seller: str, now_ms: int) -> str:
    """What was due is done; the bill that is to be collected for it, if there is one."""
    sub = subscriptions.by_id(db, subscription_id)
    due = turn(sub, now_ms) if sub else None
    if sub is None or due is None:
        return ""
    match due:
        case Turn.RENEW:
            return _renewed(db, sub, seller, now_ms)
        case Turn.WARN:
            plan = tariff.by_id(db, sub.plan_id)
            warned = subscriptions.save(db, replace(sub, warned=True))
            money_facts.trial_ending(db, warned, plan.name if plan else sub.plan_id, now_ms)
        case Turn.GRACE_OVER:
            subscriptions.move(db, sub, Happening.GRACE_OVER)
        case Turn.PAUSE:
            until_ms = begins_at_ms(sub.until_ms, sub.pause_months, yearly=False)
            money_facts.paused(db, subscriptions.move(db, sub, Happening.PERIOD_OVER, paused_until_ms=until_ms), now_ms)
        case Turn.END:
            billed.end(db, sub, Happening.PERIOD_OVER, "cancelled", now_ms)
        case Turn.DROP | Turn.GIVE_UP:
            billed.end(db, sub, Happening.GIVEN_UP, "unpaid", now_ms)
    return ""


def _renewed(db: sa.Connection, sub: Subscription, seller: str, now_ms: int) -> str:
    """Who was closed by the house is charged no more."""
    if payers.one(db, sub.account_id).closed:
        billed.end(db, sub, Happening.GIVEN_UP, "by the house", now_ms)
        return ""
    bill = billed.bill_for_period(db, sub, seller, now_ms)
    return bill.bill_id if bill.state in bills.UNDER_WAY else ""
