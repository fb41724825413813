"""Why a bank said no, in words for whoever has the card, and what to do about it. Decides, and knows no store.

The codes are Stripe's (docs.stripe.com/declines/codes). Of a card that was reported lost or stolen, and of a suspicion, its
codes say more than the person who holds the card may hear: there we say only that the card does not pay.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    kind: str  # as the fact and its letter know it
    what: str
    way: str

    def __str__(self) -> str:
        return f"{self.what} {self.way}"


NO_CARD = "no card"
"""There was nothing to charge."""

DECLINED = Decline("declined", "The bank said no.", "Ask it why, or use another card.")
EXPIRED = Decline("expired", "The card has expired.", "Use another one.")
NO_MONEY = Decline("no money", "There was not enough money on the card.", "Pay again once there is, or use another card.")
AT_LIMIT = Decline("limit", "The card has reached its limit.", "Pay again another day, or use another card.")
BLOCKED = Decline("blocked", "The bank does not let this card pay.", "Use another one, or ask the bank.")
UNFIT = Decline("blocked", "This card does not pay for things like this.", "Use another one.")
MISTYPED = Decline("declined", "The card’s details did not fit.", "Leave the card once more, or use another one.")
AWAY = Decline("later", "The bank could not be reached.", "Nothing is wrong with the card: pay again in a while.")
UNCONFIRMED = Decline("needs you", "The bank wants you to confirm it.", "Pay now, and say yes on its page.")
REFUSED = Decline("needs you", "It was not confirmed at the bank.", "Pay again and say yes there, or use another card.")
GONE = Decline("no card", "There is no card to charge.", "Leave one.")

BY_CODE: Mapping[str, Decline] = {
    "expired_card": EXPIRED,
    "insufficient_funds": NO_MONEY,
    "card_velocity_exceeded": AT_LIMIT,
    "withdrawal_count_limit_exceeded": AT_LIMIT,
    "lost_card": BLOCKED,
    "stolen_card": BLOCKED,
    "pickup_card": BLOCKED,
    "restricted_card": BLOCKED,
    "invalid_account": BLOCKED,
    "new_account_information_available": BLOCKED,
    "card_not_supported": UNFIT,
    "currency_not_supported": UNFIT,
    "transaction_not_allowed": UNFIT,
    "service_not_allowed": UNFIT,
    "incorrect_number": MISTYPED,
    "invalid_number": MISTYPED,
    "incorrect_cvc": MISTYPED,
    "invalid_cvc": MISTYPED,
    "incorrect_zip": MISTYPED,
    "invalid_expiry_month": MISTYPED,
    "invalid_expiry_year": MISTYPED,
    "issuer_not_available": AWAY,
    "processing_error": AWAY,
    "reenter_transaction": AWAY,
    "try_again_later": AWAY,
    "authentication_required": UNCONFIRMED,
    "needs_you": UNCONFIRMED,
    "payment_intent_authentication_failure": REFUSED,
    "setup_intent_authentication_failure": REFUSED,
    "withdrawn": REFUSED,
    "no such payment_method": GONE,
    "no such customer": GONE,
    NO_CARD: GONE,
}


def why(code: str) -> Decline:
    """A code that is not here is a plain no."""
    return BY_CODE.get(code, DECLINED)
