"""What the cashier needs of a payment provider: customers, saved cards, charges. The subscription itself is ours.

The promise: whatever takes an id is done once under that id, however often it is asked. `PaymentsUnavailable` means that no
answer came: the work may have been done, so repeat with the same id. What a webhook says is believed only so far as to look
again at what it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from matinee.members.money import Money
from matinee.ports.unavailable import Unavailable


class PaymentsUnavailable(Unavailable):
    """The provider did not answer; the text says which and why. The work may have been done."""


class AskedOtherwise(PaymentsUnavailable):
    """This attempt was asked for before in other words: what came of it is said to those words alone."""


class BadSignature(Exception):
    """A webhook that the provider did not sign, or too long ago."""


@dataclass(frozen=True)
class Page:
    """A page of the provider's, where somebody leaves a card."""

    page_id: str  # the provider's
    url: str


@dataclass(frozen=True)
class PageState:
    state: Literal["open", "done", "expired"]
    method: str = ""  # what was left there, once it is done


@dataclass(frozen=True)
class Method:
    """As much of a card as people know it by."""

    brand: str
    last4: str
    month: int
    year: int


ChargeState = Literal["paid", "declined", "needs_you", "expired_card", "processing"]


@dataclass(frozen=True)
class Charge:
    provider_id: str
    state: ChargeState  # needs_you: it waits; one that ended because its owner was not there is declined
    reason: str = ""  # the provider's code (declines.py)
    confirm_url: str = ""  # where its owner says yes, when the state is needs_you
    money: Money | None = None  # as the provider has it


@dataclass(frozen=True)
class Refund:
    provider_id: str
    state: Literal["done", "failed", "processing"]


@dataclass(frozen=True)
class Dispute:
    """A bank asks for a payment back on behalf of its customer, or was answered."""

    dispute_id: str
    provider_id: str  # the payment's
    money: Money
    outcome: Literal["open", "won", "lost"]  # for the house


@dataclass(frozen=True)
class Event:
    """What a webhook tells: that something happened to an object, which is to be looked at again."""

    event_id: str
    kind: str
    object_id: str
    charge_id: str = ""
    dispute: Dispute | None = None


class Payments(Protocol):
    async def customer(self, account_id: str) -> str:
        """The provider's name of the account, made once."""
        ...

    async def open_page(self, customer: str, *, page_id: str, back_to: str) -> Page:
        """Where a card is left; the visitor is sent back to `back_to`. One page per `page_id`."""
        ...

    async def page(self, provider_page_id: str) -> PageState: ...

    async def method(self, method: str) -> Method: ...

    async def charge(
        self, *, charge_id: str, attempt: int, customer: str, method: str, money: Money, off_session: bool, back_to: str = ""
    ) -> Charge:
        """Once for each charge and attempt; the provider keeps `charge_id` beside it. `off_session`: its owner is not there.

        `back_to` is where its owner comes back to if he has to confirm it; empty: where everybody does.
        """
        ...

    async def look_up(self, charge_id: str, provider_id: str = "") -> Sequence[Charge]:
        """All that were ever made under this id, the last first; with `provider_id`, surely that one among them."""
        ...

    async def withdraw(self, provider_id: str) -> Charge:
        """Takes back a charge that waits for its owner, so that it can never be paid; "paid" when it was too late for that.

        One that is over already is left as it is: the answer says how it stands now ("declined" once it was withdrawn).
        """
        ...

    async def refund(self, *, refund_id: str, provider_id: str, money: Money) -> Refund: ...

    def event(self, payload: bytes, signature: str) -> Event:
        """Raises BadSignature."""
        ...
