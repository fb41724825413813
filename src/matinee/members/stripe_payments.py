"""The port of payments through Stripe's own SDK: to Stripe, or to the house's till, which speaks the same.

Stripe keeps what it answered under an idempotency key for a day at least, an inner error of its own too: who repeats later, or
never gets a good answer, looks up what there is under the charge's id before trying under the next attempt.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx
import stripe

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
    PaymentsUnavailable,
    Refund,
)
from matinee.ports.clock import Clock

VERSION = "2026-10-28.endive"
"""The version of Stripe's API that this was written for: what an account is set to does not matter."""
RETRIES = 1
"""Of the SDK's own, under the same idempotency key. Whoever asks has more patience, and a clock."""
TOLERANCE_MS = 300_000
BY_CODE: Mapping[str, ChargeState] = {"expired_card": "expired_card"}
BY_STATUS: Mapping[str, ChargeState] = {
    "succeeded": "paid",
    "processing": "processing",
    "requires_action": "needs_you",
    "requires_confirmation": "processing",
}
GONE = {"payment_method", "customer"}
"""What a charge may name and the provider have no more: no answer to wait for, but another card to ask for."""


class StripePayments:
    def __init__(self, *, base: str, back_to: str, key: str, hooks: str, clock: Clock, speaks: httpx.AsyncClient) -> None:
        """`back_to` is where a card's owner comes back to after confirming a payment."""
        self._back_to = back_to
        self._hooks = hooks
        self._clock = clock
        self._http = OverHttpx(speaks)
        self._stripe = stripe.StripeClient(
            key,
            stripe_version=VERSION,
            base_addresses={"api": base},
            max_network_retries=RETRIES,
            http_client=self._http,
        )

    async def close(self) -> None:
        await self._http.close_async()

    async def customer(self, account_id: str) -> str:
        options: Any = {"idempotency_key": f"customer.{account_id}"}
        try:
            return (await self._stripe.v1.customers.create_async({"metadata": {"account_id": account_id}}, options)).id
        except stripe.StripeError as error:
            raise _unavailable(error) from error

    async def open_page(self, customer: str, *, page_id: str, back_to: str) -> Page:
        wanted: Any = {
            "mode": "setup",
            "customer": customer,
            "success_url": back_to,
            "cancel_url": back_to,
            "client_reference_id": page_id,
            "payment_method_types": ["card"],
        }
        try:
            session = await self._stripe.v1.checkout.sessions.create_async(wanted, {"idempotency_key": f"page.{page_id}"})
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        return Page(session.id, session.url or "")

    async def page(self, provider_page_id: str) -> PageState:
        try:
            session = await self._stripe.v1.checkout.sessions.retrieve_async(provider_page_id, {"expand": ["setup_intent"]})
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        if session.status == "complete" and isinstance(session.setup_intent, stripe.SetupIntent):
            return PageState("done", _id_of(session.setup_intent.payment_method))
        return PageState("expired" if session.status == "expired" else "open")

    async def method(self, method: str) -> Method:
        try:
            card = (await self._stripe.v1.payment_methods.retrieve_async(method)).card
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        return Method(card.brand, card.last4, card.exp_month, card.exp_year) if card else Method("", "", 0, 0)

    async def charge(
        self, *, charge_id: str, attempt: int, customer: str, method: str, money: Money, off_session: bool, back_to: str = ""
    ) -> Charge:
        wanted: Any = {
            "amount": money.minor,
            "currency": money.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "payment_method_types": ["card"],
            "metadata": {"charge_id": charge_id},
            "confirm": True,
            **({"off_session": True} if off_session else {"return_url": back_to or self._back_to}),
        }
        options: Any = {"idempotency_key": f"{charge_id}.{attempt}"}
        try:
            return _charge(await self._stripe.v1.payment_intents.create_async(wanted, options))
        except stripe.CardError as error:
            return _declined(error)
        except stripe.IdempotencyError as error:
            raise AskedOtherwise(f"{charge_id}.{attempt}: {error.user_message}") from error
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing" and (gone := str(error.param)) in GONE:  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] # the SDK leaves it untyped
                return Charge("", "declined", f"no such {gone}")
            raise _unavailable(error) from error
        except stripe.StripeError as error:
            raise _unavailable(error) from error

    async def look_up(self, charge_id: str, provider_id: str = "") -> Sequence[Charge]:
        """Stripe's search may be a minute behind; what is named by its own id is up to date."""
        quoted = charge_id.replace("\\", "\\\\").replace("'", "\\'")
        try:
            query: Any = {"query": f"metadata['charge_id']:'{quoted}'", "limit": 100}
            found = {each.id: each for each in (await self._stripe.v1.payment_intents.search_async(query)).data}
            if provider_id:
                found[provider_id] = await self._stripe.v1.payment_intents.retrieve_async(provider_id)
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        return [_charge(each) for each in sorted(found.values(), key=lambda each: each.created, reverse=True)]

    async def withdraw(self, provider_id: str) -> Charge:
        try:
            return _charge(await self._stripe.v1.payment_intents.cancel_async(provider_id))
        except stripe.InvalidRequestError as error:
            if error.code != "payment_intent_unexpected_state":
                raise _unavailable(error) from error
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        try:
            return _charge(await self._stripe.v1.payment_intents.retrieve_async(provider_id))
        except stripe.StripeError as error:
            raise _unavailable(error) from error

    async def refund(self, *, refund_id: str, provider_id: str, money: Money) -> Refund:
        wanted: Any = {"payment_intent": provider_id, "amount": money.minor, "metadata": {"refund_id": refund_id}}
        try:
            refund = await self._stripe.v1.refunds.create_async(wanted, {"idempotency_key": f"refund.{refund_id}"})
        except stripe.InvalidRequestError:
            return Refund("", "failed")
        except stripe.StripeError as error:
            raise _unavailable(error) from error
        state = refund.status
        return Refund(
            refund.id, "done" if state == "succeeded" else "failed" if state in ("failed", "canceled") else "processing"
        )

    def event(self, payload: bytes, signature: str) -> Event:
        """By the house's own clock, so that an old one is old also in a test."""
        try:
            stripe.WebhookSignature.verify_header(payload, signature, self._hooks, tolerance=None)  # pyright: ignore[reportUnknownMemberType] # the SDK leaves a parameter untyped
            said: Any = json.loads(payload)
            thing: Any = said["data"]["object"]
            made_ms = 1000 * int(dict(part.split("=", 1) for part in signature.split(","))["t"])
            about: Any = thing.get("metadata") or {}
            dispute = _dispute(thing) if thing.get("object") == "dispute" else None
            event = Event(said["id"], said["type"], thing["id"], about.get("charge_id", ""), dispute)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSignature(f"a webhook that our provider did not sign: {error}") from error
        if abs(self._clock.now_ms() - made_ms) > TOLERANCE_MS:
            raise BadSignature("a webhook that was signed too long ago, or in the future: compare the clocks")
        return event


class OverHttpx(stripe.HTTPClient):
    """The SDK's questions over a client of ours, which may lead through a unix socket."""

    name = "httpx"

    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType] # the SDK leaves a parameter untyped
        self._client = client

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = await self._client.request(method, url, headers=dict(headers), content=post_data or None)
        except httpx.HTTPError as error:
            why = f"{type(error).__name__} {error}".strip()
            raise stripe.APIConnectionError(f"the payment provider did not answer: {why}", should_retry=True) from error
        return answer.content, answer.status_code, answer.headers

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self._client.aclose()


def _charge(intent: stripe.PaymentIntent) -> Charge:
    money = Money(intent.amount, intent.currency.upper())
    state = BY_STATUS.get(intent.status, "declined")
    if state == "needs_you":
        # A bank may be asked in other ways than by sending its customer to it.
        redirect = getattr(intent.next_action, "redirect_to_url", None)
        return Charge(intent.id, state, "authentication_required", getattr(redirect, "url", None) or "", money)
    if state != "declined" or intent.status == "canceled":
        return Charge(intent.id, state, "withdrawn" if state == "declined" else "", money=money)
    why = intent.last_payment_error
    code = (why.code if why else "") or intent.status
    return Charge(intent.id, BY_CODE.get(code, state), getattr(why, "decline_code", None) or code, money=money)


def _declined(error: stripe.CardError) -> Charge:
    """A no of the bank. A charge that needs its owner who is not there ended with it: the next attempt is made with him."""
    said = error.error
    intent = getattr(said, "payment_intent", None)
    reason = getattr(said, "decline_code", None) or error.code or "declined"
    return Charge(intent.id if intent else "", BY_CODE.get(error.code or "", "declined"), reason)


def _dispute(thing: Any) -> Dispute:
    """What is not decided is open, also what Stripe will call otherwise one day."""
    money, closed = Money(thing["amount"], thing["currency"].upper()), {"lost": "lost", "won": "won", "warning_closed": "won"}
    return Dispute(thing["id"], thing.get("payment_intent") or "", money, cast(Any, closed.get(thing["status"], "open")))


def _id_of(thing: object) -> str:
    return thing if isinstance(thing, str) else str(getattr(thing, "id", ""))


def _unavailable(error: stripe.StripeError) -> PaymentsUnavailable:
    """Whatever it was, the cashier's answer is the same: ask again with the same id; and a person reads why."""
    kind = type(error).__name__
    return PaymentsUnavailable(f"the payment provider said {error.http_status or 'nothing'} ({kind}): {error.user_message}")
