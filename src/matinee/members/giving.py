"""Codes: a gift is bought, a gift is redeemed, a coupon is kept for the next periods."""

import re
import secrets
from dataclasses import replace

import sqlalchemy as sa

from matinee.members import billed, bills, coupons, gifts, payers, subscriptions, tax
from matinee.members.collecting import Collecting
from matinee.members.counter import Desk
from matinee.members.declines import why
from matinee.members.discounts import FOR_GOOD, in_words, no_good, tidy
from matinee.members.gifts import CHOICES_MINOR, CODE_LETTERS, LETTERS, Gift
from matinee.members.joining import Joining
from matinee.members.membership import Visitor, of_account
from matinee.members.money import Money
from matinee.members.subscription import State
from matinee.ports.rpc import Refused

ASK_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
ENDED = (State.PENDING, State.ENDED)


class Giving:
    def __init__(self, desk: Desk, collecting: Collecting, joining: Joining) -> None:
        self._desk = desk
        self._collecting = collecting
        self._joining = joining

    async def redeem(self, visitor: Visitor, typed: str) -> str:
        """What came of it, in words."""
        code, now_ms = tidy(typed), self._desk.clock.now_ms()
        return await self._desk.sql.transact(lambda db: _redeemed(db, self._desk, visitor, code, now_ms))

    async def buy(self, visitor: Visitor, minor: int, ask_id: str, back_to: str) -> tuple[str, Gift]:
        """Where to go on, if anywhere; and the gift, as it stands then."""
        back, gift_id = self._desk.house.back(back_to), checked_ask(ask_id, visitor.account_id)
        now_ms, seller, currency = self._desk.clock.now_ms(), self._desk.house.seller, self._desk.house.currency

        def want(db: sa.Connection) -> payers.Payer:
            theirs = tax.CURRENCIES.get(visitor.country, currency)
            payer = payers.greet(db, visitor.account_id, visitor.email, visitor.country, theirs, now_ms)
            if minor not in CHOICES_MINOR.get(payer.currency, ()):
                raise Refused("invalid", "That is none of our gifts.", "Choose one of the amounts that are shown.", field="minor")
            gifts.add(db, Gift(gift_id, new_code(), minor, payer.currency, visitor.account_id, now_ms, ready=False))
            if payer.method:
                billed.bill_for_gift(db, gift_id, seller, now_ms)
            return payer

        payer = await self._desk.sql.transact(want)
        go_to = await self._collected(gift_id) if payer.method else await self._joining.page(payer, back, gift_id)
        gift = await self._desk.sql.read(lambda db: gifts.by_id(db, gift_id))
        return go_to, gift or Gift(gift_id, "", minor, payer.currency, visitor.account_id, now_ms, ready=False)

    async def _collected(self, gift_id: str) -> str:
        bill_id = billed.bill_id_of(gift_id, 0, bills.Kind.GIFT, "")
        bill = await self._collecting.collect(bill_id, present=True)
        if bill.state is bills.BillState.VOID:
            raise Refused("invalid", "The payment did not go through.", str(why(bill.reason)))
        return bill.confirm_url


def checked_ask(ask_id: str, account_id: str) -> str:
    """One name for whatever an account asks for under this id, however often. Refused when it is no id."""
    if not ASK_ID.fullmatch(ask_id):
        raise Refused("invalid", "That could not be read.", "An id is 8 to 40 letters, digits, - or _.", field="askId")
    return billed.named(f"{account_id} {ask_id}")


def new_code() -> str:
    """80 bits of luck: nobody finds one by trying."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def _redeemed(db: sa.Connection, desk: Desk, visitor: Visitor, code: str, now_ms: int) -> str:
    gift = gifts.by_code(db, code)
    if gift is None:
        return _coupon_kept(db, visitor, code, now_ms)
    payer = payers.greet(db, visitor.account_id, visitor.email, visitor.country, gift.currency, now_ms)
    if gift.redeemed_by == visitor.account_id:
        return f"You have {Money(payer.credit_minor, payer.currency)} of credit."
    if gift.redeemed_by:
        raise Refused("gone", "That gift was opened before.", "Each code is for one account, once.", field="code")
    if payer.currency != gift.currency:
        reason = f"It is in {gift.currency}, and your membership is in {payer.currency}."
        raise Refused("invalid", "That gift is for another country.", reason, field="code")
    gifts.redeem(db, gift, visitor.account_id, now_ms)
    return f"{gift.money} is yours, and pays for what comes next."


def _coupon_kept(db: sa.Connection, visitor: Visitor, code: str, now_ms: int) -> str:
    member, coupon = of_account(db, visitor.account_id), coupons.by_code(db, code)
    currency = member.payer.currency if member.payer else ""
    used = coupons.used_by(db, code, visitor.account_id)
    wrong = no_good(coupon, coupons.uses(db, code), currency, now_ms, used_before=used)
    if wrong or coupon is None:
        raise Refused("invalid", "That code does not fit.", wrong, field="code")
    if member.sub is None or member.sub.state in ENDED:
        raise Refused("invalid", "Choose a plan first.", "That code takes something off its price: give it there.", field="code")
    if member.sub.coupon_left:
        raise Refused("taken", "One code at a time.", "Your membership has a discount already.", field="code")
    coupons.use(db, code, visitor.account_id)
    kept = replace(member.sub, coupon=code, coupon_left=coupon.periods or FOR_GOOD)
    subscriptions.save(db, kept)
    return f"{in_words(coupon, kept.coupon_left)}, from the next payment on."
