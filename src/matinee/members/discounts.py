"""Coupons: what they take off, for how long, and when one is no good. Decides, and knows no store."""

import re
from dataclasses import dataclass

from matinee.members.money import Money, share

CODE = re.compile(r"[A-Z0-9-]{3,32}")
FOR_GOOD = -1
MOST_USES = 1_000_000


@dataclass(frozen=True)
class Coupon:
    """A percentage, or an amount in one currency, off each of so many periods."""

    code: str
    percent: int = 0
    minor: int = 0
    currency: str = ""
    periods: int = 1  # 0: all there will ever be
    most_uses: int = 0  # 0: without limit
    until_ms: int = 0  # when it can be used no more; 0: always


def tidy(code: str) -> str:
    """As it is kept: people type codes as they like."""
    return "".join(code.split()).upper()


def off_minor(coupon: Coupon | None, price: Money) -> int:
    """What it takes off a price: never more than all of it."""
    if coupon is None:
        return 0
    if coupon.percent:
        return share(price.minor, coupon.percent, 100)
    return min(price.minor, coupon.minor) if coupon.currency == price.currency else 0


def no_good(coupon: Coupon | None, uses: int, currency: str, now_ms: int, *, used_before: bool) -> str:
    """Why it cannot be used, in words for the person; empty: it can."""
    if coupon is None:
        return "We do not know that code. Look whether it is typed as it was written."
    if coupon.until_ms and coupon.until_ms <= now_ms:
        return "That code is past its time."
    if used_before:
        return "You have used that code before."
    if coupon.most_uses and uses >= coupon.most_uses:
        return "That code has been used as often as it may."
    if coupon.currency and coupon.currency != currency:
        return f"That code is for prices in {coupon.currency}, and yours are in {currency}."
    return ""


def in_words(coupon: Coupon | None, left: int) -> str:
    """`left` as a subscription counts them."""
    if coupon is None or left == 0:
        return ""
    off = f"{coupon.percent} % off" if coupon.percent else f"{Money(coupon.minor, coupon.currency)} off"
    if left == FOR_GOOD:
        return off
    return f"{off}, once" if left == 1 else f"{off}, {left} times"


def problem_with(coupon: Coupon, currencies: frozenset[str]) -> tuple[str, str] | None:
    """Which field is wrong, and why, in words for the operator; or None."""
    if not CODE.fullmatch(coupon.code):
        return "code", "A code is 3 to 32 letters, digits and dashes."
    if bool(coupon.percent) == bool(coupon.minor):
        return "percent", "A coupon takes off a percentage or an amount: give one of them."
    if not 0 <= coupon.percent <= 100:
        return "percent", "A percentage is 1 to 100."
    if coupon.minor and (coupon.minor < 0 or coupon.currency not in currencies):
        return "amount", f"An amount is more than nothing, in one of {', '.join(sorted(currencies))}."
    if not 0 <= coupon.periods <= 120 or not 0 <= coupon.most_uses <= MOST_USES:
        return "periods", f"0 to 120 periods, 0 to {MOST_USES} uses."
    return None
