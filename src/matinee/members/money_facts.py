"""What the house tells about memberships: each fact named for what it is about, so that saying it again is the same fact."""

from typing import Any

import sqlalchemy as sa

from matinee.contracts import events_pb2 as pb
from matinee.members.facts import fact
from matinee.members.gifts import Gift
from matinee.members.ledger import OUTBOX
from matinee.members.money import Money
from matinee.members.subscription import Subscription
from matinee.ports.outbox import id_of, leave


def started(db: sa.Connection, sub: Subscription, plan: str, trial_until_ms: int, now_ms: int) -> None:
    price, until_ms = _money(Money(sub.price_minor, sub.currency)), sub.until_ms
    what = pb.SubscriptionStarted(
        plan=plan, price=price, trial_until_ms=trial_until_ms, period_until_ms=until_ms, yearly=sub.yearly
    )
    _tell(db, sub.account_id, f"{sub.subscription_id} started", now_ms, subscription_started=what)


def trial_ending(db: sa.Connection, sub: Subscription, plan: str, now_ms: int) -> None:
    price = _money(Money(sub.price_minor, sub.currency))
    what = pb.TrialEnding(plan=plan, until_ms=sub.until_ms, price=price, yearly=sub.yearly)
    _tell(db, sub.account_id, f"{sub.subscription_id} trial ends", now_ms, trial_ending=what)


def payment_made(db: sa.Connection, account_id: str, bill_id: str, money: Money, number: str, now_ms: int) -> None:
    what = pb.PaymentMade(amount=_money(money), invoice_number=number)
    _tell(db, account_id, f"{bill_id} paid", now_ms, payment_made=what)


def payment_failed(
    db: sa.Connection,
    account_id: str,
    failed: str,
    money: Money,
    reason: str,
    now_ms: int,
    *,
    again_at_ms: int = 0,
    grace_until_ms: int = 0,
) -> None:
    """`failed` names the bill and its attempt."""
    amount = _money(money)
    what = pb.PaymentFailed(amount=amount, reason=reason, again_at_ms=again_at_ms, grace_until_ms=grace_until_ms)
    _tell(db, account_id, f"{failed} failed", now_ms, payment_failed=what)


def plan_changed(db: sa.Connection, sub: Subscription, before: str, after: str, at_ms: int, now_ms: int) -> None:
    what = pb.PlanChanged(from_plan=before, to_plan=after, at_ms=at_ms)
    _tell(db, sub.account_id, f"{sub.subscription_id} {before} {after} {at_ms} {now_ms}", now_ms, plan_changed=what)


def paused(db: sa.Connection, sub: Subscription, now_ms: int) -> None:
    what = pb.SubscriptionPaused(until_ms=sub.paused_until_ms)
    _tell(db, sub.account_id, f"{sub.subscription_id} {sub.period} paused", now_ms, subscription_paused=what)


def resumed(db: sa.Connection, sub: Subscription, plan: str, now_ms: int) -> None:
    what = pb.SubscriptionResumed(plan=plan)
    _tell(db, sub.account_id, f"{sub.subscription_id} {now_ms} resumed", now_ms, subscription_resumed=what)


def cancelled(db: sa.Connection, sub: Subscription, now_ms: int) -> None:
    what = pb.SubscriptionCancelled(until_ms=sub.until_ms)
    _tell(db, sub.account_id, f"{sub.subscription_id} {now_ms} cancelled", now_ms, subscription_cancelled=what)


def ended(db: sa.Connection, sub: Subscription, reason: str, now_ms: int) -> None:
    what = pb.SubscriptionEnded(reason=reason)
    _tell(db, sub.account_id, f"{sub.subscription_id} ended", now_ms, subscription_ended=what)


def refunded(db: sa.Connection, account_id: str, refund_id: str, money: Money, number: str, now_ms: int) -> None:
    what = pb.Refunded(amount=_money(money), invoice_number=number)
    _tell(db, account_id, f"{refund_id} refunded", now_ms, refunded=what)


def gift_bought(db: sa.Connection, gift: Gift, now_ms: int) -> None:
    what = pb.GiftBought(code=gift.code, amount=_money(gift.money))
    _tell(db, gift.made_by, f"{gift.gift_id} bought", now_ms, gift_bought=what)


def _tell(db: sa.Connection, account_id: str, named: str, now_ms: int, **what: Any) -> None:
    leave(db, OUTBOX, fact(account_id, now_ms, fact_id=id_of(named), **what))


def _money(money: Money) -> pb.Money:
    return pb.Money(minor=money.minor, currency=money.currency)
