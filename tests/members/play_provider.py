"""A payment provider in memory, as hard to work with as the real ones: it repeats what it said first, and webhooks go astray."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from matinee.members.money import Money
from matinee.members.paying import (
    AskedOtherwise,
    BadSignature,
    Charge,
    ChargeState,
    Dispute,
    Event,
    Method,
    Page,
    PageState,
    Refund,
)
from members.money_books import Charged

Kind = Literal["good", "declines", "asks", "expired", "slow"]
SAYS: dict[str, ChargeState] = {
    "good": "paid",
    "declines": "declined",
    "asks": "needs_you",
    "expired": "expired_card",
    "slow": "processing",
}

FOUND_AFTER_MS = 60_000
"""How far a search may be behind."""


class Clock(Protocol):
    def now_ms(self) -> int: ...


@dataclass
class Stopped:
    """Noon of the first day, until somebody brings a clock."""

    def now_ms(self) -> int:
        return 0


@dataclass
class Intent:
    provider_id: str
    charge_id: str
    state: ChargeState
    money: Money
    made_ms: int
    refunded_minor: int = 0

    def seen(self) -> Charge:
        confirm = f"https://provider/{self.provider_id}" if self.state == "needs_you" else ""
        return Charge(self.provider_id, self.state, "", confirm, self.money)


@dataclass
class PlayProvider:
    """`cards` says how each card behaves from now on."""

    cards: dict[str, Kind] = field(default_factory=dict[str, Kind])
    intents: dict[str, Intent] = field(default_factory=dict[str, Intent])
    answers: dict[str, tuple[object, Charge]] = field(default_factory=dict[str, tuple[object, Charge]])
    pages: dict[str, PageState] = field(default_factory=dict[str, PageState])
    refunds: dict[str, int] = field(default_factory=dict[str, int])
    events: list[Event] = field(default_factory=list[Event])
    refuses_refunds: bool = False
    numbered: int = 0
    clock: Clock = field(default_factory=Stopped)

    async def customer(self, account_id: str) -> str:
        return f"cus_{account_id}"

    async def open_page(self, customer: str, *, page_id: str, back_to: str) -> Page:
        self.pages.setdefault(f"cs_{page_id}", PageState("open"))
        return Page(f"cs_{page_id}", f"https://provider/{page_id}?back={back_to}")

    async def page(self, provider_page_id: str) -> PageState:
        return self.pages.get(provider_page_id, PageState("expired"))

    async def method(self, method: str) -> Method:
        return Method("visa", "4242", 12, 2030)

    async def charge(
        self, *, charge_id: str, attempt: int, customer: str, method: str, money: Money, off_session: bool, back_to: str = ""
    ) -> Charge:
        key, asked = f"{charge_id}.{attempt}", (customer, method, money, off_session)
        if key not in self.answers:
            intent = Intent(self._new("pi"), charge_id, SAYS[self.cards[method]], money, self.clock.now_ms())
            self.intents[intent.provider_id] = intent
            self.answers[key] = asked, intent.seen()
            self._tell(intent)
        first_asked, answer = self.answers[key]
        if first_asked != asked:
            raise AskedOtherwise("idempotent requests can only be repeated with the same parameters")
        return answer

    async def look_up(self, charge_id: str, provider_id: str = "") -> Sequence[Charge]:
        old_ms = self.clock.now_ms() - FOUND_AFTER_MS
        mine = [each for each in reversed(self.intents.values()) if each.charge_id == charge_id]
        return [each.seen() for each in mine if each.made_ms <= old_ms or each.provider_id == provider_id]

    async def withdraw(self, provider_id: str) -> Charge:
        intent = self.intents[provider_id]
        if intent.state == "needs_you":
            intent.state = "declined"
            self._tell(intent)
        return intent.seen()

    async def refund(self, *, refund_id: str, provider_id: str, money: Money) -> Refund:
        if self.refuses_refunds:
            return Refund("", "failed")
        if refund_id not in self.refunds:
            self.refunds[refund_id] = money.minor
            self.intents[provider_id].refunded_minor += money.minor
            self._tell(self.intents[provider_id])
        return Refund(f"re_{refund_id}", "done")

    def event(self, payload: bytes, signature: str) -> Event:
        if signature != "signed":
            raise BadSignature("it is not ours")
        event_id, kind, object_id, charge_id, *disputed = payload.decode().split("|")
        if not disputed:
            return Event(event_id, kind, object_id, charge_id)
        payment, outcome = disputed
        return Event(event_id, kind, object_id, "", Dispute(object_id, payment, self.intents[payment].money, outcome))  # type: ignore[arg-type]

    # What the test does at the provider's.

    async def leave_card(self, kind: Kind) -> None:
        """On every page that is open: the visitor fills it in."""
        for page_id, state in self.pages.items():
            if state.state == "open":
                method = self._new("pm")
                self.cards[method] = kind
                self.pages[page_id] = PageState("done", method)
                self.events.append(Event(self._new("evt"), "checkout.session.completed", page_id))

    def behave(self, kind: Kind) -> None:
        """Every card there is, from now on."""
        self.cards = dict.fromkeys(self.cards, kind)

    async def finish(self, *, well: bool) -> None:
        """Owners say yes or no to what waits for them; what took its time is done."""
        for intent in self.intents.values():
            if intent.state in ("needs_you", "processing"):
                intent.state = "paid" if well else "declined"
                self._tell(intent)

    @property
    def takings_minor(self) -> int:
        return sum(each.minor - each.refunded_minor for each in self.charged().values())

    def charged(self) -> Mapping[str, Charged]:
        """By what each charge was for."""
        found: dict[str, Charged] = {}
        for each in self.intents.values():
            if each.state == "paid":
                found[each.charge_id] = found.get(each.charge_id, Charged()).and_(each.money.minor, each.refunded_minor)
        return found

    def _tell(self, intent: Intent) -> None:
        self.events.append(Event(self._new("evt"), "payment_intent.changed", intent.provider_id, intent.charge_id))

    def _new(self, prefix: str) -> str:
        self.numbered += 1
        return f"{prefix}_{self.numbered}"
