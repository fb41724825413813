"""What must be true of the books, whatever happened: asked of the store in plain SQL, and worked out anew in fractions.

Nothing here calls the house's own code: what that gets wrong, this would get wrong with it.
"""

import json
import sqlite3
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

from matinee.contracts.events_pb2 import MemberFact

WATCHES = """
CREATE TABLE lived (account TEXT, sub TEXT, was TEXT, state TEXT, was_period INT, period INT, yearly INT,
  from_ms INT, until_ms INT, was_grace_ms INT, grace_ms INT);
CREATE TRIGGER lives AFTER UPDATE ON subscriptions
WHEN (OLD.state, OLD.period, OLD.from_ms, OLD.grace_until_ms) <> (NEW.state, NEW.period, NEW.from_ms, NEW.grace_until_ms)
BEGIN INSERT INTO lived VALUES (NEW.account_id, NEW.subscription_id, OLD.state, NEW.state, OLD.period, NEW.period, NEW.yearly,
  NEW.from_ms, NEW.until_ms, OLD.grace_until_ms, NEW.grace_until_ms);
END;
"""
"""The store itself writes down what a subscription went through: no death is quick enough to hide it."""

OWED = """NOT (b.refunded_minor > 0
  AND (SELECT refund_id FROM refunds r WHERE r.bill_id = b.bill_id) NOT IN (SELECT act_id FROM acts))"""
"""Of a bill `b`: not paid after all when there was nothing left to pay for. That was refunded, and by nobody's act."""
FRESH = ("pending", "paused", "unpaid")


@dataclass(frozen=True)
class Charged:
    """What the provider took for one bill, and what of it went back."""

    times: int = 0
    minor: int = 0
    refunded_minor: int = 0

    def and_(self, minor: int, refunded_minor: int) -> "Charged":
        return Charged(self.times + 1, self.minor + minor, self.refunded_minor + refunded_minor)


@dataclass(frozen=True)
class Books:
    """The store, what the provider says it took, and what the log was told."""

    db: sqlite3.Connection
    charges: Mapping[str, Charged]
    told: Sequence[MemberFact]

    def rows(self, asked: str) -> list[sqlite3.Row]:
        cursor = self.db.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(asked).fetchall()


def wrongs(db: sqlite3.Connection, charges: Mapping[str, Charged], told: Sequence[MemberFact]) -> list[str]:
    books = Books(db, charges, told)
    return [wrong for check in CHECKS for wrong in check(books)]


def _sums(books: Books) -> Iterable[str]:
    """The ledger sums to zero, as a whole and in each movement; its books are what payers, bills and the provider have."""
    for by in ("currency", "movement_id"):
        for name, total in books.rows(f"SELECT {by}, SUM(minor) FROM postings GROUP BY {by} HAVING SUM(minor) <> 0"):
            yield f"{name} sums to {total}"
    found = dict(tuple(row) for row in books.rows("SELECT book, SUM(minor) FROM postings GROUP BY book"))
    takings = sum(each.minor - each.refunded_minor for each in books.charges.values())
    ((held,),) = books.rows("SELECT COALESCE(SUM(credit_minor), 0) FROM bills WHERE state IN ('open', 'needs_you', 'failed')")
    ((gifts,),) = books.rows("SELECT COALESCE(SUM(minor), 0) FROM gifts WHERE ready AND redeemed_by = ''")
    ((tax,),) = books.rows("SELECT COALESCE(SUM(tax_minor), 0) FROM invoices")
    for book, expected in (("provider", takings), ("held", -held), ("gifts", -gifts), ("tax", -tax)):
        if found.get(book, 0) != expected:
            yield f"the book {book} has {found.get(book, 0)} instead of {expected}"
    owed = "SELECT -SUM(minor) FROM postings WHERE book = 'credit' AND postings.account_id = payers.account_id"
    for who, credit, booked in books.rows(f"SELECT account_id, credit_minor, COALESCE(({owed}), 0) FROM payers"):
        if credit != booked or credit < 0:
            yield f"{who} has {credit} of credit, and the books say {booked}"


def _bills(books: Books) -> Iterable[str]:
    """A bill is charged once if it is paid, else never, and the provider says the same; its invoice is there if it is paid."""
    known: set[str] = set()
    papers = "SELECT COUNT(*) FROM invoices i WHERE i.bill_id = b.bill_id AND NOT i.credit_note"
    refund = "SELECT state FROM refunds r WHERE r.bill_id = b.bill_id"
    asked = f"SELECT bill_id, state, gross_minor - credit_minor, refunded_minor, ({papers}), ({refund}) FROM bills b"
    for bill, state, card, refunded, found, refunding in books.rows(asked):
        known.add(bill)
        expected = Charged(1, card, refunded) if state == "paid" and card else Charged()
        if books.charges.get(bill, Charged()) != expected:
            yield f"{bill} is {state}: the provider has {books.charges.get(bill, Charged())}, and our books {expected}"
        if found != (state == "paid"):
            yield f"{bill} is {state} and has {found} invoices"
        if refunding not in (None, "done"):
            yield f"the refund of {bill} is {refunding}"
    yield from (f"the provider was paid for {stranger}, which is no bill of ours" for stranger in books.charges.keys() - known)


def _invoices(books: Books) -> Iterable[str]:
    """Numbered without gaps, each with the tax that is in it to the nearest cent; a credit note is as much as went back."""
    years: dict[str, list[int]] = {}
    back = "SELECT COALESCE(SUM({}), 0) FROM invoices n WHERE n.credit_note AND n.corrects = i.number"
    owed = "SELECT gross_minor FROM bills b WHERE b.bill_id = i.bill_id"
    for (number,) in books.rows("SELECT number FROM invoices"):
        years.setdefault(number[:4], []).append(int(number[5:]))
    for paper in books.rows(
        f"""SELECT i.*, ({owed}) AS owed, ({back.format("total_minor")}) AS back, ({back.format("tax_minor")}) AS tax_back,
        (SELECT refunded_minor FROM bills b WHERE b.bill_id = i.bill_id) AS refunded FROM invoices i WHERE NOT i.credit_note"""
    ):
        name = paper["number"]
        if paper["total_minor"] != paper["owed"] or -paper["back"] != paper["refunded"]:
            yield f"{name}: {paper['total_minor']} of {paper['owed']}, and {paper['back']} of {paper['refunded']} went back"
        for total, tax in ((paper["total_minor"], paper["tax_minor"]), (paper["back"], paper["tax_back"])):
            if not _nearest(tax, Fraction(total * paper["tax_bps"], 10_000 + paper["tax_bps"])):
                yield f"{name} has {tax} of tax in {total}"
    for year, found in years.items():
        if sorted(found) != [*range(1, len(found) + 1)]:
            yield f"{year} has the invoices {sorted(found)}"


def _periods(books: Books) -> Iterable[str]:
    """Each period that somebody had was paid, once; and only an account's last subscription is not over."""
    paid = """SELECT group_concat(period) FROM (SELECT period FROM bills b
        WHERE b.subscription_id = s.subscription_id AND kind = 'period' AND state = 'paid' ORDER BY period)"""
    last = "SELECT subscription_id FROM payers p WHERE p.account_id = s.account_id"
    for sub, state, period, numbers, newest in books.rows(
        f"SELECT subscription_id, state, period, COALESCE(({paid}), ''), ({last}) FROM subscriptions s"
    ):
        if numbers != ",".join(map(str, range(1, period + 1))):
            yield f"{sub} is in period {period} and paid for {numbers or 'none'}"
        if state != "ended" and newest != sub:
            yield f"{sub} is {state}, beside another one of its account"


def _times(books: Books) -> Iterable[str]:
    """No two periods of an account overlap; each begins when it was paid or where the last one ended, on the same day of the
    month or on the last there is; and a grace is given once."""
    papers = "SELECT issued_ms FROM bills b JOIN invoices i USING (bill_id) WHERE b.subscription_id = sub AND kind = 'period'"
    begun = books.rows(
        f"SELECT *, ({papers} AND b.period = lived.period AND NOT i.credit_note) AS paid_ms FROM lived "
        "WHERE period <> was_period OR (was = 'pending' AND state = 'trialing') ORDER BY rowid"
    )
    anchors: dict[str, datetime] = {}
    for who in {row["account"] for row in begun}:
        for before, after in pairwise([None, *(row for row in begun if row["account"] == who)]):
            assert after is not None
            yield from (f"{who}: {why}" for why in _begins_wrongly(before, after, anchors))
    for sub, was, now in books.rows("SELECT sub, was_grace_ms, grace_ms FROM lived WHERE was = state AND state = 'past_due'"):
        if was != now:
            yield f"the grace of {sub} was {was}, and became {now}"


def _begins_wrongly(before: sqlite3.Row | None, after: sqlite3.Row, anchors: dict[str, datetime]) -> Iterable[str]:
    """`anchors` has the first day of every subscription's months, or years, so far."""
    starts, ends = _utc(after["from_ms"]), _utc(after["until_ms"])
    if before and before["until_ms"] > after["from_ms"]:
        yield f"a period begins on {starts}, when the one before lasts until {_utc(before['until_ms'])}"
    if after["period"] == 0:
        return
    if after["paid_ms"] is None:
        yield f"the period from {starts} was never paid"
        return
    if after["was"] in FRESH and after["from_ms"] != after["paid_ms"]:
        yield f"a period that begins anew on {starts} was paid at {after['paid_ms']}"
    if after["until_ms"] <= after["paid_ms"]:
        yield f"the period until {ends} was paid on {_utc(after['paid_ms'])}, when it was over"
    goes_on = before is not None and before["sub"] == after["sub"] and before["until_ms"] == after["from_ms"]
    if not goes_on or after["period"] == 1 or before is None or before["yearly"] != after["yearly"]:
        anchors[after["sub"]] = starts
    anchor = anchors[after["sub"]]
    for name, when in (("begins", starts), ("ends", ends)):
        day = min(anchor.day, monthrange(when.year, when.month)[1])
        if (when.day, when.timetz()) != (day, anchor.timetz()):
            yield f"a period {name} on {when}, of months that began on {anchor}"
    if 12 * (ends.year - starts.year) + ends.month - starts.month != (12 if after["yearly"] else 1):
        yield f"a period is from {starts} to {ends}"


def _prices(books: Books) -> Iterable[str]:
    """What a period costs is its plan's price less its coupon's part; what an upgrade costs is its share of the difference.

    A coupon takes something off as often as it says. What was paid after all when nothing was owed is no price.
    """
    prices = {plan: json.loads(found) for plan, found in books.rows("SELECT plan_id, prices_minor FROM plans")}
    coupons = {row["code"]: row for row in books.rows("SELECT * FROM coupons")}
    used = Counter[str]()
    plans: dict[str, str] = {}
    asked = f"""SELECT b.*, s.coupon, number FROM bills b JOIN subscriptions s USING (subscription_id)
        JOIN invoices i USING (bill_id) WHERE NOT i.credit_note AND {OWED} ORDER BY number"""
    for bill in books.rows(asked):
        sub, price = bill["subscription_id"], prices[bill["plan_id"]][bill["currency"]]
        if bill["kind"] == "upgrade":
            difference = price - prices[plans[sub]][bill["currency"]]
            if not _nearest(bill["list_minor"], difference * _left(books, bill)):
                yield f"{bill['bill_id']} costs {bill['list_minor']}, of a difference of {difference}"
        elif bill["list_minor"] != price:
            yield f"{bill['bill_id']} costs {bill['list_minor']}, and its plan {price}"
        elif bill["gross_minor"] != price:
            used[sub] += 1
            if not _nearest(price - bill["gross_minor"], Fraction(price * coupons[bill["coupon"]]["percent"], 100)):
                yield f"{bill['bill_id']} is {bill['gross_minor']} of {price} with {bill['coupon']}"
            if used[sub] > coupons[bill["coupon"]]["periods"]:
                yield f"{bill['coupon']} took something off {used[sub]} periods of {sub}"
        plans[sub] = bill["plan_id"]


def _left(books: Books, bill: sqlite3.Row) -> Fraction:
    """What part of the period was to come when the upgrade was asked for."""
    asked = "SELECT from_ms, until_ms FROM lived WHERE sub = ? AND period = ? AND was_period < period"
    from_ms, until_ms = books.db.execute(asked, (bill["subscription_id"], bill["period"])).fetchone()
    return max(Fraction(0), Fraction(until_ms - bill["made_ms"], until_ms - from_ms))


def _facts(books: Books) -> Iterable[str]:
    """Who began, ended or paid was told so, once: a fact may be told twice after a death, but it is the same fact."""
    facts: dict[str, MemberFact] = {}
    for told in books.told:
        if facts.setdefault(told.fact_id, told) != told:
            yield f"{told.WhichOneof('what')} was told in two ways under one name"
    counted = Counter((fact.account_id, fact.WhichOneof("what")) for fact in facts.values())
    happened = f"""
        SELECT 'subscription_started', account FROM lived WHERE was = 'pending' AND state <> 'ended'
        UNION ALL SELECT 'subscription_ended', account FROM lived WHERE was <> 'pending' AND state = 'ended'
        UNION ALL SELECT 'payment_made', b.account_id FROM bills b WHERE state = 'paid' AND gross_minor > credit_minor AND {OWED}
        UNION ALL SELECT 'refunded', account_id FROM invoices WHERE credit_note
        UNION ALL SELECT 'gift_bought', made_by FROM gifts JOIN bills ON subscription_id = gift_id WHERE ready"""
    for (what, account), count in Counter(tuple(row) for row in books.rows(happened)).items():
        if counted[account, what] != count:
            yield f"{account} was told of {counted[account, what]} {what}, and there were {count}"
    tried = Counter(fact.account_id for fact in facts.values() if fact.subscription_started.trial_until_ms)
    yield from (f"{who} had {times} trials" for who, times in tried.items() if times > 1)
    yield from (f"{count} facts were never told" for (count,) in books.rows("SELECT COUNT(*) FROM outbox") if count)


CHECKS: Sequence[Callable[[Books], Iterable[str]]] = (_sums, _bills, _invoices, _periods, _times, _prices, _facts)


def _nearest(minor: int, exact: Fraction | int) -> bool:
    return abs(minor - exact) * 2 <= 1


def _utc(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
