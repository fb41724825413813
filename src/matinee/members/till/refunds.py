"""Money that goes back, never more of it than came."""

from matinee.members.till.events import note
from matinee.members.till.tables import Asked, get, listed, put
from matinee.members.till.wrong import Reply, Wrong, metadata_of


def create(asked: Asked, _: str) -> Reply:
    asked.form.only("payment_intent", "amount", "metadata", "reason")
    intent = get(asked.db, "payment_intent", asked.form.text("payment_intent"), "payment_intent")
    if intent["status"] != "succeeded":
        raise Wrong(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent")
    rest = intent["amount_received"] - sum(each["amount"] for each in listed(asked.db, "refund", owner=intent["id"]))
    if rest == 0:
        raise Wrong(f"Charge for {intent['id']} has already been refunded.", code="charge_already_refunded")
    amount = asked.form.number("amount", 1, 99_999_999, rest)
    if amount > rest:
        raise Wrong(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({rest})", param="amount")
    refund = {
        "id": asked.stamp.id("re"),
        "object": "refund",
        "amount": amount,
        "created": asked.stamp.now_s,
        "currency": intent["currency"],
        "metadata": metadata_of(asked.form.mapping("metadata")),
        "payment_intent": intent["id"],
        "status": "succeeded",
    }
    put(asked.db, refund, owner=intent["id"], at_ms=asked.stamp.now_ms)
    note(asked, "refund.created", refund)
    return Reply(refund)
