"""Payments: an intent is made, its bank asked, its owner perhaps too, until it is paid or never will be."""

import hmac
import re
from collections.abc import Mapping

from matinee.members.till.cards import REFUSALS, Says, says_of_charge
from matinee.members.till.customers import card_of, now_of
from matinee.members.till.events import note
from matinee.members.till.tables import Asked, change, get, listed, put
from matinee.members.till.wrong import Json, Reply, Wrong, error, metadata_of

MAY: Mapping[str, frozenset[str]] = {
    "requires_payment_method": frozenset({"confirm", "cancel"}),
    "requires_confirmation": frozenset({"confirm", "cancel"}),
    "requires_action": frozenset({"confirm", "cancel", "answer"}),
    "succeeded": frozenset(),
    "canceled": frozenset(),
}
"""What may be done with an intent, by its status."""

QUERY = re.compile(r"""metadata\[(["'])charge_id\1\]\s*:\s*(["'])((?:\\.|(?!\2)[^\\])*)\2""")


def create(asked: Asked, _: str) -> Reply:
    form, stamp = asked.form, asked.stamp
    form.only(
        "amount", "currency", "customer", "payment_method", "confirm", "off_session", "metadata", "payment_method_types",
        "return_url",
    )  # fmt: skip
    customer = get(asked.db, "customer", form.text("customer"), "customer")
    currency, intent_id = form.text("currency").lower(), stamp.id("pi")
    if not re.fullmatch("[a-z]{3}", currency):
        raise Wrong(f"Invalid currency: {currency[:20]}", code="parameter_invalid_string", param="currency")
    intent = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": form.number("amount", 1, 99_999_999),
        "amount_received": 0,
        "client_secret": f"{intent_id}_secret_{stamp.id('s')}",
        "created": now_of(asked, customer) // 1000,
        "currency": currency,
        "customer": customer["id"],
        "last_payment_error": None,
        "livemode": False,
        "metadata": metadata_of(form.mapping("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }
    put(asked.db, intent, owner=customer["id"], at_ms=stamp.now_ms)
    if form.truth("confirm"):
        return _confirmed(asked, intent)
    if form.truth("off_session"):
        raise Wrong("off_session can only be set together with confirm.", param="off_session")
    return Reply(intent)


def confirm(asked: Asked, intent_id: str) -> Reply:
    asked.form.only("payment_method", "off_session", "return_url")
    return _confirmed(asked, _that_may(asked, intent_id, "confirm"))


def cancel(asked: Asked, intent_id: str) -> Reply:
    asked.form.only("cancellation_reason")
    intent = _that_may(asked, intent_id, "cancel")
    canceled = change(asked.db, intent | {"status": "canceled", "next_action": None, "canceled_at": asked.stamp.now_s})
    note(asked, "payment_intent.canceled", canceled)
    return Reply(canceled)


def search(asked: Asked, _: str) -> Reply:
    """By the one thing that is asked for: the charge id among the metadata."""
    found = QUERY.fullmatch(asked.form.text("query"))
    if not found:
        raise Wrong("The till searches by metadata['charge_id']:'…' only.", param="query")
    charge_id = re.sub(r"\\(.)", r"\1", found[3])
    data = listed(asked.db, "payment_intent", charge_id=charge_id, most=100)
    return Reply({"object": "search_result", "url": "/v1/payment_intents/search", "has_more": False, "data": data})


def by_secret(asked: Asked, kind: str, secret: str) -> Json:
    """The intent whose page this secret opens."""
    intent = get(asked.db, kind, secret.partition("_secret_")[0])
    if not hmac.compare_digest(intent["client_secret"].encode(), secret.encode()):
        raise Wrong("That page does not exist.", status=404)
    return intent


def answer(asked: Asked, secret: str, *, yes: bool) -> Json:
    """What its owner told the bank. Told again, or too late, it changes nothing."""
    intent = by_secret(asked, "payment_intent", secret)
    if "answer" not in MAY[intent["status"]]:
        return intent
    if not yes:
        said = "The provided PaymentMethod has failed authentication."
        why = error("card_error", said, code="payment_intent_authentication_failure")["error"]
        return _refused(asked, intent, why)
    says = _says(asked, intent, off_session=False)
    return _paid(asked, intent) if says in ("yes", "ask") else _refused(asked, intent, _why(says))


def _that_may(asked: Asked, intent_id: str, what: str) -> Json:
    intent = get(asked.db, "payment_intent", intent_id)
    if what not in MAY[intent["status"]]:
        said = f"You cannot {what} this PaymentIntent because it has a status of {intent['status']}."
        raise Wrong(said, code="payment_intent_unexpected_state", payment_intent=intent)
    return intent


def _confirmed(asked: Asked, intent: Json) -> Reply:
    method_id = asked.form.text("payment_method", intent["payment_method"] or "")
    off_session = asked.form.truth("off_session")
    intent = intent | {"payment_method": method_id, "next_action": None, "last_payment_error": None}
    says = _says(asked, intent, off_session=off_session)
    if says == "yes":
        return Reply(_paid(asked, intent))
    if says == "ask" and not off_session:
        return Reply(_asks(asked, intent))
    refused = _refused(asked, intent, _why(says))
    why = refused["last_payment_error"]
    return Reply({"error": {**why, "payment_intent": refused}}, 402)


def _says(asked: Asked, intent: Json, *, off_session: bool) -> Says:
    method = get(asked.db, "payment_method", intent["payment_method"], "payment_method")
    if method["customer"] != intent["customer"]:
        said = f"The customer does not have a payment method with the ID {method['id']}."
        raise Wrong(said, code="resource_missing", param="payment_method")
    now_ms = now_of(asked, get(asked.db, "customer", intent["customer"]))
    card = method["card"]
    return says_of_charge(card_of(method), card["exp_month"], card["exp_year"], now_ms, off_session=off_session)


def _paid(asked: Asked, intent: Json) -> Json:
    done = {"status": "succeeded", "next_action": None, "last_payment_error": None, "amount_received": intent["amount"]}
    paid = change(asked.db, intent | done)
    note(asked, "payment_intent.succeeded", paid)
    return paid


def _asks(asked: Asked, intent: Json) -> Json:
    """Sends the owner to a page where the bank asks; without an address to come back to there is no way to it."""
    where = {"return_url": asked.form.text("return_url"), "url": f"{asked.house}/till/confirm/{intent['client_secret']}"}
    action = {"type": "redirect_to_url", "redirect_to_url": where}
    waiting = change(asked.db, intent | {"status": "requires_action", "next_action": action})
    note(asked, "payment_intent.requires_action", waiting)
    return waiting


def _refused(asked: Asked, intent: Json, why: Json) -> Json:
    again = {"status": "requires_payment_method", "next_action": None, "payment_method": None, "last_payment_error": why}
    refused = change(asked.db, intent | again)
    note(asked, "payment_intent.payment_failed", refused)
    return refused


def _why(says: Says) -> Json:
    code, decline_code, said = REFUSALS[says]
    return error("card_error", said, code=code, decline_code=decline_code)["error"]
