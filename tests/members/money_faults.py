"""Mistakes that a tired person might make with money, planted into the real code: the histories find every one of them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import getsource
from textwrap import dedent
from types import CodeType, FunctionType

import pytest
import sqlalchemy as sa

from matinee.by_name import named
from matinee.members.subscription import IllegalMove
from members.money_histories import Theatre, dealt

WITHIN = 1000
"""So many histories it may take."""
REFUSALS = (sa.exc.IntegrityError, IllegalMove)
"""A mistake may also be found by the store or the table of moves, which refuse it."""


@dataclass(frozen=True)
class Edit:
    where: str
    old: str
    new: str


FAULTS: Mapping[str, tuple[Edit, ...]] = {
    "credit that a bill held is never free again": (Edit("billed:void", "_hold(db, bill, -bill.credit_minor, now_ms)", "pass"),),
    "credit pays for two bills": (Edit("billed:_hold", "payers.credit(db, bill.account_id, -minor)", "pass"),),
    "each repetition has a name of its own": (
        Edit("collecting:Collecting._asked", "attempt=bill.attempt", 'attempt=__import__("uuid").uuid4().int'),
    ),
    "what may be under way is tried once more": (
        Edit("collecting:Collecting.retry", "bill.state is not BillState.FAILED", "bill.state is BillState.PAID"),
    ),
    "nobody asks what the provider knows": (Edit("collecting:Collecting._known", "for each in found if", "for each in () if"),),
    "what waits for its owner is forgotten there": (
        Edit(
            "collecting:Collecting.ended",
            "await self._desk.payments.withdraw(bill.provider_id)",
            'Charge(bill.provider_id, "declined")',
        ),
    ),
    "an invoice's number is taken before its transaction": (
        Edit(
            "collecting:Collecting._record",
            "    return await",
            "    year = invoices.datetime.fromtimestamp(now_ms / 1000, invoices.UTC).year\n"
            '    if charge.state == "paid":\n'
            "        number = await self._desk.sql.transact(lambda db: invoices._next_number(db, year))\n"
            '        vars(invoices._next_number)["taken"] = number\n'
            "    return await",
        ),
        Edit("invoices:_keep", "number = ", 'number = vars(_next_number).pop("taken", "") or '),
    ),
    "a webhook is counted as often as it comes": (
        Edit("office_book:hear", 'if db.execute(HEARD, {"event": event_id}).first()', "if False"),
    ),
    "a webhook is believed": (
        Edit(
            "cashier:_heard",
            "bills.nudge(db, event.charge_id, now_ms)",
            'bills.save(db, bills.replace(bills.one(db, event.charge_id), state=bills.BillState("paid")))',
        ),
    ),
    "who paused pays for the pause": (
        Edit("billing:next_period", "now_ms if sub.state in FRESH else sub.until_ms", "sub.until_ms"),
    ),
    "the period after a pause is billed twice": (
        Edit("billed:bill_for_period", "period.number,", "period.number + (sub.state is State.PAUSED),"),
    ),
    "shares are rounded down": (
        Edit("money:share", "(2 * abs(minor) * part + whole) // (2 * whole)", "abs(minor) * part // whole"),
    ),
    "tax is put on top": (Edit("tax:tax_in", "10_000 + bps", "10_000"),),
    "an upgrade costs the whole month's difference": (
        Edit("billing:upgrade_minor", "min(sub.until_ms - now_ms, ", "min(sub.until_ms, "),
    ),
    "what is paid is recorded once more": (Edit("billed:record", "if bill.state is BillState.PAID", "if False"),),
    "who asks twice is given two months": (
        Edit("back_office:BackOffice.comp", "by, note, now_ms)):", "by, note, now_ms)) is not None:"),
    ),
    "a gift is opened by everybody who has the code": (Edit("giving:_redeemed", "if gift.redeemed_by:", "if False:"),),
    "a refund is booked before it is given": (
        Edit(
            "collecting:Collecting.give_back",
            "    said = ",
            '    await sql.transact(lambda db: given_back(db, bill_id, "done", now_ms))\n    said = ',
        ),
    ),
    "facts are struck out before they are told": (
        Edit(
            "outbox:Outbox.tell",
            "    for topic in",
            "    await self._sql.transact(lambda db: self._strike_out(db, [each.fact_id for each in waiting]))\n    for topic in",
        ),
    ),
    "a month begins where a short one ended": (
        Edit(
            "billing:next_period",
            "Period(number, sub.anchor_ms, sub.anchor_period, starts_ms, ends_ms)",
            "anchored(number, sub.until_ms, yearly=yearly)",
        ),
    ),
    "months go by the clock on the wall": (
        Edit(
            "billing:begins_at_ms",
            "datetime.fromtimestamp(anchor_ms // 1000, UTC)",
            'datetime.fromtimestamp(anchor_ms // 1000, __import__("zoneinfo").ZoneInfo("Europe/Berlin"))',
        ),
    ),
    "a coupon is never used up": (Edit("billed:_period_begins", "(1 if sub.coupon_left > 0 else 0)", "0"),),
    "a trial is had again and again": (Edit("joining:quoted", " and not (member.payer and member.payer.trialled)", ""),),
    "every failure begins another grace": (Edit("billed:_falls_behind", "sub.grace_until_ms or now_ms", "now_ms"),),
}

SOON = (
    "credit that a bill held is never free again",
    "each repetition has a name of its own",
    "an invoice's number is taken before its transaction",
    "a webhook is counted as often as it comes",
    "the period after a pause is billed twice",
    "shares are rounded down",
    "a refund is booked before it is given",
    "months go by the clock on the wall",
)
"""What every run of the tests looks for."""


class Planted:
    """Functions as somebody might have written them, wherever they are called from."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._codes = [_edited(each) for each in edits]

    @contextmanager
    def bears_fruit(self) -> Iterator[None]:
        before = [function.__code__ for function, _ in self._codes]
        for function, code in self._codes:
            function.__code__ = code
        try:
            yield
        finally:
            for (function, _), code in zip(self._codes, before, strict=True):
                function.__code__ = code


def _edited(edit: Edit) -> tuple[FunctionType, CodeType]:
    module, _, path = edit.where.partition(":")
    owner, _, method = path.partition(".")
    place = named(f"matinee.members.{module}:{owner}")
    function = vars(place)[method] if method else place
    source = dedent(getsource(function))
    assert source.count(edit.old) == 1, f"{edit.where} no longer has: {edit.old}"
    found: dict[str, FunctionType] = {}
    exec(source.replace(edit.old, edit.new), dict(function.__globals__), found)
    return function, found[function.__name__].__code__


def found_after(theatre: Theatre, fault: str) -> int:
    """The number of the first history that shows it."""
    planted = Planted(FAULTS[fault])
    for number in range(WITHIN):
        history = dealt(number)
        theatre.begin(history)
        with planted.bears_fruit():
            try:
                shows = theatre.lived(history) != []
            except REFUSALS:
                shows = True
        if shows:
            return number
    raise AssertionError(f"{WITHIN} histories do not show that {fault}")


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    theatre = Theatre()
    yield theatre
    theatre.close()


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS if os.environ.get("MATINEE_SOAK") else SOON)
def test_a_mistake_is_found(theatre: Theatre, fault: str) -> None:
    """Whoever makes it reads of it before anybody's money does."""
    print(f"history {found_after(theatre, fault)} shows: {fault}")


def test_without_a_mistake_nothing_is_found(theatre: Theatre) -> None:
    """The very histories that show them find nothing in the code as it stands."""
    assert [wrong for number in range(10) for wrong in theatre.lived(dealt(number))] == []
