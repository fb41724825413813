"""Bills are made, settled, failed and voided: each function is one transaction's work, and doing it again changes nothing.

What a bill pays for becomes true in the same transaction in which it is paid, booked, invoiced and told.
"""

import hashlib
from dataclasses import dataclass, replace

import sqlalchemy as sa

from matinee.members import bills, coupons, gifts, invoices, ledger, money_facts, office_book, payers, subscriptions, tariff, tax
from matinee.members.billing import DAY_MS, GRACE_DAYS, next_period, retry_at_ms
from matinee.members.bills import Bill, BillState, Kind
from matinee.members.bookings import Book, moved, sold
from matinee.members.declines import why
from matinee.members.discounts import off_minor
from matinee.members.invoices import Parties
from matinee.members.money import Money
from matinee.members.payers import Payer
from matinee.members.paying import Charge
from matinee.members.subscription import Happening, State, Subscription

LOOK_AGAIN_MS = 3_600_000
"""How long a payment that waits at the provider is left alone when no webhook tells of it."""


@dataclass(frozen=True)
class Wanted:
    """What is to be paid for: once for each of these names."""

    subject: str  # the subscription, or the gift
    period: int
    kind: Kind
    plan_id: str
    what: str
    list_minor: int
    gross_minor: int
    untaxed: bool = False  # the tax of a gift is due when it is used


def bill_id_of(subject: str, period: int, kind: Kind, plan_id: str) -> str:
    return f"{subject}.{period}.{kind}" + (f".{plan_id}" if kind is Kind.UPGRADE else "")


def named(what: str) -> str:
    """A short name that is the same for the same."""
    return hashlib.sha256(what.encode()).hexdigest()[:32]


def bill_for_period(db: sa.Connection, sub: Subscription, seller: str, now_ms: int) -> Bill:
    """The next period's; the one that was made before, if one was. Nothing else is due for it until that is settled."""
    plan_id, price_minor = (sub.next_plan_id, sub.next_price_minor) if sub.next_plan_id else (sub.plan_id, sub.price_minor)
    period, plan = next_period(sub, now_ms), tariff.by_id(db, plan_id)
    name = plan.name if plan else plan_id
    off = off_minor(coupons.by_code(db, sub.coupon), Money(price_minor, sub.currency)) if sub.coupon_left else 0
    what = f"{name}, a {'year' if (sub.next_yearly if sub.next_plan_id else sub.yearly) else 'month'}"
    wanted = Wanted(sub.subscription_id, period.number, Kind.PERIOD, plan_id, what, price_minor, price_minor - off)
    subscriptions.put_off(db, sub.subscription_id, None)
    return make(db, payers.one(db, sub.account_id), wanted, seller, now_ms)


def bill_for_gift(db: sa.Connection, gift_id: str, seller: str, now_ms: int) -> Bill | None:
    gift = gifts.by_id(db, gift_id)
    if gift is None or gift.ready:
        return None
    wanted = Wanted(gift_id, 0, Kind.GIFT, "", f"A gift of {gift.money}", gift.minor, gift.minor, untaxed=True)
    return make(db, payers.one(db, gift.made_by), wanted, seller, now_ms)


def make(db: sa.Connection, payer: Payer, wanted: Wanted, seller: str, now_ms: int) -> Bill:
    """What credit there is pays first. A bill of nothing is settled at once; a void one is made anew."""
    bill_id = bill_id_of(wanted.subject, wanted.period, wanted.kind, wanted.plan_id)
    known = bills.by_id(db, bill_id)
    if known and known.state is not BillState.VOID:
        return known
    used = 0 if wanted.kind is Kind.GIFT else min(payer.credit_minor, wanted.gross_minor)
    bill = Bill(
        bill_id=bill_id,
        account_id=payer.account_id,
        subscription_id=wanted.subject,
        period=wanted.period,
        kind=wanted.kind,
        plan_id=wanted.plan_id,
        what=wanted.what,
        currency=payer.currency,
        list_minor=wanted.list_minor,
        gross_minor=wanted.gross_minor,
        credit_minor=used,
        tax_bps=0 if wanted.untaxed else tax.rate_bps(payer.country),
        state=BillState.OPEN,
        attempt=known.attempt + 1 if known else 1,
        failures=0,
        first_failed_ms=0,
        provider_id="",
        reason="",
        confirm_url="",
        refunded_minor=0,
        made_ms=now_ms,
        opened_ms=now_ms,
        due_ms=now_ms + bills.OURS_FOR_MS,
    )
    _hold(db, bill, used, now_ms)
    bills.save(db, bill)
    return paid(db, bill, "", seller, now_ms) if bill.card.minor == 0 else bill


def record(
    db: sa.Connection, bill_id: str, attempt: int, charge: Charge, seller: str, now_ms: int, *, present: bool = False
) -> Bill:
    """What the provider said of an attempt. What it said of an earlier one counts only if that was paid."""
    bill = bills.one(db, bill_id)
    if bill.state is BillState.PAID:
        return bill
    if bill.state is BillState.VOID:
        return _given_back(db, bill, charge, seller, now_ms) if charge.state == "paid" else bill
    if charge.state == "paid":
        return paid(db, bill, charge.provider_id, seller, now_ms)
    if bill.attempt != attempt or bill.state is BillState.FAILED:
        return bill
    if charge.state == "processing":
        return bills.save(db, replace(bill, provider_id=charge.provider_id, due_ms=now_ms + LOOK_AGAIN_MS))
    if charge.state == "needs_you" and bill.state is BillState.NEEDS_YOU:
        return bills.save(db, replace(bill, confirm_url=charge.confirm_url, due_ms=now_ms + LOOK_AGAIN_MS))
    return _not_paid(db, bill, charge, now_ms, present=present)


def paid(db: sa.Connection, bill: Bill, provider_id: str, seller: str, now_ms: int) -> Bill:
    payer, tax_minor = payers.one(db, bill.account_id), tax.tax_in(bill.gross_minor, bill.tax_bps)
    done = bills.save(db, replace(bill, state=BillState.PAID, provider_id=provider_id, due_ms=None, reason="", confirm_url=""))
    is_gift = bill.kind is Kind.GIFT
    bought = moved(bill.gross_minor, to=Book.PROVIDER, from_=Book.GIFTS)
    entries = bought if is_gift else sold(bill.gross_minor, bill.credit_minor, tax_minor)
    ledger.book(db, f"{bill.bill_id}.{bill.attempt}.paid", bill.account_id, bill.currency, entries, now_ms)
    invoice = invoices.issue(db, done, Parties(seller, payer.email, payer.country), now_ms)
    if is_gift:
        money_facts.gift_bought(db, gifts.paid(db, bill.subscription_id), now_ms)
    elif bill.kind is Kind.UPGRADE:
        _upgraded(db, done, now_ms)
    else:
        _period_begins(db, done, now_ms)
    if bill.card.minor:
        money_facts.payment_made(db, bill.account_id, bill.bill_id, bill.card, invoice.number, now_ms)
    return done


def _given_back(db: sa.Connection, bill: Bill, charge: Charge, seller: str, now_ms: int) -> Bill:
    """Paid after all, when there was nothing left to pay for: it is booked, and refunded as soon as may be."""
    minor, payer = bill.card.minor, payers.one(db, bill.account_id)
    done = replace(
        bill, state=BillState.PAID, provider_id=charge.provider_id, credit_minor=0, list_minor=minor, gross_minor=minor
    )
    bills.save(db, done)
    entries = sold(minor, 0, tax.tax_in(minor, bill.tax_bps))
    ledger.book(db, f"{bill.bill_id}.{bill.attempt}.paid", bill.account_id, bill.currency, entries, now_ms)
    invoices.issue(db, done, Parties(seller, payer.email, payer.country), now_ms)
    office_book.save_refund(db, office_book.Refund(f"{bill.bill_id}.refund", bill.bill_id, minor, "open", now_ms))
    return done


def void(db: sa.Connection, bill: Bill, now_ms: int) -> None:
    """It will not be paid: only for one that is not under way. What credit it held is free again."""
    bills.save(db, replace(bill, state=BillState.VOID, due_ms=None, confirm_url=""))
    _hold(db, bill, -bill.credit_minor, now_ms)


def reopened(db: sa.Connection, bill: Bill, now_ms: int) -> Bill:
    """Another attempt at one of which nothing is under way."""
    due_ms = now_ms + bills.OURS_FOR_MS
    kept = replace(bill, state=BillState.OPEN, attempt=bill.attempt + 1, opened_ms=now_ms, due_ms=due_ms, reason="")
    return bills.save(db, kept)


def _hold(db: sa.Connection, bill: Bill, minor: int, now_ms: int) -> None:
    if not minor:
        return
    entries = moved(minor, to=Book.CREDIT, from_=Book.HELD)
    name = f"{bill.bill_id}.{bill.attempt}.{'held' if minor > 0 else 'freed'}"
    ledger.book(db, name, bill.account_id, bill.currency, entries, now_ms)
    payers.credit(db, bill.account_id, -minor)


def _period_begins(db: sa.Connection, bill: Bill, now_ms: int) -> None:
    sub = subscriptions.by_id(db, bill.subscription_id)
    if sub is None or bill.period <= sub.period:
        return
    period = next_period(sub, now_ms)
    name, before = plan_name(db, bill.plan_id), sub
    left = sub.coupon_left - (1 if sub.coupon_left > 0 else 0)
    sub = subscriptions.move(
        db,
        sub,
        Happening.PAID,
        period=period.number,
        anchor_ms=period.anchor_ms,
        anchor_period=period.anchor_period,
        from_ms=period.from_ms,
        until_ms=period.until_ms,
        plan_id=bill.plan_id,
        price_minor=bill.list_minor,
        yearly=sub.next_yearly if sub.next_plan_id else sub.yearly,
        next_plan_id="",
        next_price_minor=0,
        coupon_left=left,
        grace_until_ms=0,
        paused_until_ms=0,
        pause_months=0,
        trial_days=0,
    )
    if before.state is State.PENDING:
        money_facts.started(db, sub, name, 0, now_ms)
    elif before.state is State.PAUSED:
        money_facts.resumed(db, sub, name, now_ms)
    if before.plan_id != sub.plan_id:
        money_facts.plan_changed(db, sub, plan_name(db, before.plan_id), name, period.from_ms, now_ms)


def _upgraded(db: sa.Connection, bill: Bill, now_ms: int) -> None:
    """At once; what the next period would have been is forgotten."""
    sub = subscriptions.by_id(db, bill.subscription_id)
    plan = tariff.by_id(db, bill.plan_id)
    if sub is None or plan is None:
        return
    before = plan_name(db, sub.plan_id)
    price_minor = plan.prices_minor.get(sub.currency, sub.price_minor)
    kept = replace(sub, plan_id=plan.plan_id, price_minor=price_minor, next_plan_id="", next_price_minor=0)
    money_facts.plan_changed(db, subscriptions.save(db, kept), before, plan.name, now_ms, now_ms)


def _not_paid(db: sa.Connection, bill: Bill, charge: Charge, now_ms: int, *, present: bool) -> Bill:
    """Declined, or waiting for its owner. A period's is tried again by itself; the others when somebody asks. What its owner sees
    himself is no letter, and none of the tries that the house makes."""
    waits, code = charge.state == "needs_you", charge.reason or charge.state
    first_ms, failures = bill.first_failed_ms or now_ms, max(1, bill.failures + (not present))
    sub = subscriptions.by_id(db, bill.subscription_id) if bill.kind is Kind.PERIOD else None
    again_ms = retry_at_ms(first_ms, failures, now_ms) if sub and sub.state is not State.PENDING else None
    state = BillState.NEEDS_YOU if waits else BillState.FAILED
    kept = replace(
        bill,
        state=state,
        failures=failures,
        first_failed_ms=first_ms,
        provider_id=charge.provider_id,
        reason=code[: bills.MOST_REASON],
        confirm_url=charge.confirm_url,
        due_ms=now_ms + LOOK_AGAIN_MS if waits else again_ms,
    )
    bills.save(db, kept)
    grace_ms = _falls_behind(db, sub, now_ms) if sub else 0
    if sub and sub.state is not State.PENDING and not present:
        failed, again = f"{bill.bill_id}.{bill.attempt}.{state}", 0 if waits else again_ms or 0
        ahead_ms = grace_ms if grace_ms > now_ms else 0
        money_facts.payment_failed(
            db, bill.account_id, failed, bill.card, why(code).kind, now_ms, again_at_ms=again, grace_until_ms=ahead_ms
        )
    if bill.kind is not Kind.PERIOD and not waits:
        void(db, kept, now_ms)
        return replace(kept, state=BillState.VOID)
    return kept


def _falls_behind(db: sa.Connection, sub: Subscription, now_ms: int) -> int:
    """The state of a subscription whose payment failed; until when it plays on."""
    days = 0 if sub.state in (State.PENDING, State.PAUSED) else GRACE_DAYS
    grace_ms = 0 if sub.state is State.PENDING else sub.grace_until_ms or now_ms + days * DAY_MS
    subscriptions.move(db, sub, Happening.DECLINED, grace_until_ms=grace_ms)
    return grace_ms


def begin_trial(db: sa.Connection, sub: Subscription, now_ms: int) -> Subscription:
    until_ms = now_ms + sub.trial_days * DAY_MS
    payers.change(db, sub.account_id, trialled=True)
    begun = subscriptions.move(db, sub, Happening.TRIAL_BEGAN, from_ms=now_ms, until_ms=until_ms, anchor_ms=now_ms, trial_days=0)
    money_facts.started(db, begun, plan_name(db, sub.plan_id), until_ms, now_ms)
    return begun


def end(db: sa.Connection, sub: Subscription, happening: Happening, reason: str, now_ms: int) -> None:
    """With the bill that was never paid, if there is one; it must not be under way."""
    owed = bills.unsettled(db, sub.subscription_id)
    if owed:
        void(db, owed, now_ms)
    over_ms = now_ms if happening in (Happening.GIVEN_UP, Happening.CANCEL_ASKED) else sub.until_ms
    was_pending = sub.state is State.PENDING
    kept = subscriptions.move(db, sub, happening, until_ms=over_ms)
    if was_pending:
        if sub.coupon:
            coupons.give_back(db, sub.coupon, sub.account_id)
    else:
        money_facts.ended(db, kept, reason, now_ms)


def plan_name(db: sa.Connection, plan_id: str) -> str:
    plan = tariff.by_id(db, plan_id)
    return plan.name if plan else plan_id
