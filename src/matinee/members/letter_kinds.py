"""Which letters a member's fact becomes, and which of them one may refuse. Decides, and knows no store."""

from collections.abc import Mapping

SECURITY, RECEIPTS, MEMBERSHIP = "security", "receipts", "membership"
REFUSABLE = frozenset({MEMBERSHIP})
"""Who may sign in, and what was paid or promised, is always written: one must be able to object to it."""

OF_FACT: Mapping[str, tuple[str, ...]] = {
    "account_opened": ("welcome",),
    "proof_asked": ("confirm_address",),
    "password_changed": ("password_changed",),
    "email_changed": ("address_left", "address_taken"),
    "device_added": ("device_added",),
    "sign_in_means_changed": ("means_changed",),
    "subscription_started": ("subscription_started",),
    "trial_ending": ("trial_ending",),
    "payment_made": ("payment_made",),
    "payment_failed": ("payment_failed",),
    "plan_changed": ("plan_changed",),
    "subscription_paused": ("subscription_paused",),
    "subscription_resumed": ("subscription_resumed",),
    "subscription_cancelled": ("subscription_cancelled",),
    "subscription_ended": ("subscription_ended",),
    "refunded": ("refunded",),
    "gift_bought": ("gift_bought",),
}
"""By the name that a fact has in MemberFact. One that is not here is nobody's letter."""

GROUP: Mapping[str, str] = {
    "welcome": SECURITY,
    "confirm_address": SECURITY,
    "reset_password": SECURITY,
    "password_changed": SECURITY,
    "address_left": SECURITY,
    "address_taken": SECURITY,
    "device_added": SECURITY,
    "means_changed": SECURITY,
    "subscription_started": RECEIPTS,
    "payment_made": RECEIPTS,
    "payment_failed": RECEIPTS,
    "plan_changed": RECEIPTS,
    "subscription_cancelled": RECEIPTS,
    "refunded": RECEIPTS,
    "gift_bought": RECEIPTS,
    "trial_ending": MEMBERSHIP,
    "subscription_paused": MEMBERSHIP,
    "subscription_resumed": MEMBERSHIP,
    "subscription_ended": MEMBERSHIP,
}

LANGUAGES = ("en", "de")
GERMAN_IS_SPOKEN = frozenset({"DE", "AT", "LI"})


def kinds_of(fact: str, *, resets_password: bool) -> tuple[str, ...]:
    """The letters to write about a fact; one of a password's reset is the same fact as one of an address."""
    return ("reset_password",) if fact == "proof_asked" and resets_password else OF_FACT.get(fact, ())


def may_refuse(kind: str) -> bool:
    return GROUP[kind] in REFUSABLE


def language_for(wished: str, country: str) -> str:
    """The one asked for, else the one of the country."""
    if wished in LANGUAGES:
        return wished
    return "de" if country in GERMAN_IS_SPOKEN else "en"
