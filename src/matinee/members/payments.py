"""Which payment provider a house has, and what it takes to speak to it. The SDK is loaded only where there is one."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from matinee.members.secret_file import kept_secret
from matinee.ports.clock import Clock

if TYPE_CHECKING:
    from matinee.members.stripe_payments import StripePayments

TILL_KEY, TILL_HOOKS = "till-key", "till-hooks"
"""The till's secrets, among the house's: who may ask it, and how its webhooks are signed."""
ANSWERS_WITHIN_S = 20.0
STRIPE = "https://api.stripe.com"


@dataclass(frozen=True)
class PaymentsSettings:
    """`sockets` lead to the till, which makes its own secrets; with none it is Stripe, whose secrets somebody put there."""

    key: Path
    hooks: Path
    back_to: str  # where a card's owner comes back to, after confirming a payment
    base: str = STRIPE
    sockets: tuple[str, ...] = ()


class NoKey(Exception):
    """A provider's secret is missing; the text says which file and what to do."""


def till_payments(secrets: Path, sockets: tuple[str, ...], back_to: str) -> PaymentsSettings:
    return PaymentsSettings(secrets / TILL_KEY, secrets / TILL_HOOKS, back_to, "http://till", sockets)


def till_secrets(secrets: Path) -> tuple[str, str]:
    """The till's key and what its webhooks are signed with; made when they are not there yet."""
    return _made(secrets / TILL_KEY, "sk_till_"), _made(secrets / TILL_HOOKS, "whsec_")


def open_payments(settings: PaymentsSettings, clock: Clock) -> "StripePayments":
    """Raises NoKey."""
    from matinee.members.sockets import speaks_over
    from matinee.members.stripe_payments import StripePayments

    if settings.sockets:
        key, hooks = till_secrets(settings.key.parent)
    else:
        key, hooks = _secret(settings.key, "sk_… or rk_…"), _secret(settings.hooks, "whsec_…")
    speaks = speaks_over(settings.sockets, ANSWERS_WITHIN_S)
    return StripePayments(base=settings.base, back_to=settings.back_to, key=key, hooks=hooks, clock=clock, speaks=speaks)


def _made(path: Path, like: str) -> str:
    return kept_secret(path, lambda: f"{like}{token_urlsafe(32)}".encode()).decode()


def _secret(path: Path, like: str) -> str:
    try:
        found = path.read_text().strip()
    except OSError as error:
        raise NoKey(f"{path}: {error.strerror}: put the provider's secret there ({like}), mode 0600") from error
    if not found:
        raise NoKey(f"{path} is empty: put the provider's secret there ({like}), mode 0600")
    return found
