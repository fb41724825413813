"""The cards that open the till. None has a number: each is a name, and a table of what its bank says. Decides, knows no store.

The names and what they do follow Stripe's own test cards (docs.stripe.com/testing), so that a test that uses one by its
`test_id` means the same at either provider; only `later` and `expires` are as a house wants to try them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Says = Literal["yes", "declined", "no_money", "ask", "expired"]
"""What a bank says of a charge; `ask`: its owner has to confirm it."""

LONG_YEARS = 4


@dataclass(frozen=True)
class Card:
    name: str
    test_id: str
    brand: str
    last4: str
    title: str
    note: str
    saved: Says  # when it is left with us
    present: Says  # charged while its owner is here
    absent: Says  # charged when a period is renewed
    short: bool = False  # good until the end of the month in which it was left


CARDS = {
    card.name: card
    for card in (
        Card("works", "pm_card_visa", "visa", "4242", "Works", "Pays, now and every period.", "yes", "yes", "yes"),
        Card(
            name="asks",
            test_id="pm_card_authenticationRequired",
            brand="visa",
            last4="3184",
            title="Asks every time",
            note="The bank wants you to confirm each payment (3-D Secure), the renewals too.",
            saved="ask",
            present="ask",
            absent="ask",
        ),
        Card(
            name="later",
            test_id="pm_card_chargeCustomerFail",
            brand="visa",
            last4="0341",
            title="Works now, declined later",
            note="Pays while you are here; every renewal is declined.",
            saved="yes",
            present="yes",
            absent="declined",
        ),
        Card(
            name="expires",
            test_id="pm_card_chargeDeclinedExpiredCard",
            brand="mastercard",
            last4="0069",
            title="Expires this month",
            note="Pays until the month is over, and has then expired.",
            saved="yes",
            present="yes",
            absent="yes",
            short=True,
        ),
        Card(
            name="empty",
            test_id="pm_card_visa_chargeDeclinedInsufficientFunds",
            brand="visa",
            last4="9995",
            title="Not enough money",
            note="Can be saved, and every payment fails for want of funds.",
            saved="yes",
            present="no_money",
            absent="no_money",
        ),
        Card(
            name="declined",
            test_id="pm_card_visa_chargeDeclined",
            brand="visa",
            last4="0002",
            title="Declined",
            note="The bank refuses it at once: it cannot even be saved.",
            saved="declined",
            present="declined",
            absent="declined",
        ),
    )
}

BY_TEST_ID = {card.test_id: card for card in CARDS.values()}

REFUSALS: dict[Says, tuple[str, str, str]] = {
    "declined": ("card_declined", "generic_decline", "Your card was declined."),
    "no_money": ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "expired": ("expired_card", "expired_card", "Your card has expired."),
    "ask": ("authentication_required", "authentication_required", "Your card was declined: it requires your confirmation."),
}
"""For each no: Stripe's code, its decline_code and its words. `ask` is one when its owner is not there to be asked."""


def valid_until(card: Card, now_ms: int) -> tuple[int, int]:
    """The month and year printed on a card that is left now."""
    today = _day(now_ms)
    return (today.month, today.year) if card.short else (12, today.year + LONG_YEARS)


def ends_ms(month: int, year: int) -> int:
    """When a card is no longer good: the first instant after its month."""
    return _first_of(month % 12 + 1, year + month // 12)


def last_month_ms(month: int, year: int) -> int:
    """When its last month begins."""
    return _first_of(month, year)


def says_of_charge(card: Card, month: int, year: int, now_ms: int, *, off_session: bool) -> Says:
    if now_ms >= ends_ms(month, year):
        return "expired"
    return card.absent if off_session else card.present


def _day(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC)


def _first_of(month: int, year: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000
