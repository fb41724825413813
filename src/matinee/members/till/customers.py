"""Customers, the clocks they live by, and the cards they leave."""

from matinee.members.till.cards import BY_TEST_ID, CARDS, Card, last_month_ms, valid_until
from matinee.members.till.events import note
from matinee.members.till.tables import Asked, change, find, get, listed, put
from matinee.members.till.wrong import Json, Reply, Wrong, metadata_of

CLOCK = "test_helpers.test_clock"


def create_customer(asked: Asked, _: str) -> Reply:
    asked.form.only("metadata", "test_clock")
    clock_id = asked.form.text("test_clock", "")
    if clock_id:
        get(asked.db, CLOCK, clock_id, "test_clock")
    customer = {
        "id": asked.stamp.id("cus"),
        "object": "customer",
        "created": asked.stamp.now_s,
        "livemode": False,
        "metadata": metadata_of(asked.form.mapping("metadata")),
        "test_clock": clock_id or None,
    }
    put(asked.db, customer, owner=clock_id, at_ms=asked.stamp.now_ms)
    note(asked, "customer.created", customer)
    return Reply(customer)


def now_of(asked: Asked, customer: Json) -> int:
    """What time it is for a customer: by his test clock, if he lives by one."""
    clock = find(asked.db, CLOCK, customer["test_clock"] or "")
    return clock["frozen_time"] * 1000 if clock else asked.stamp.now_ms


def leave(asked: Asked, customer: Json, card: Card) -> Json:
    """A card of which nothing is known but how it behaves and what people know it by."""
    now_ms = now_of(asked, customer)
    month, year = valid_until(card, now_ms)
    method = {
        "id": asked.stamp.id("pm"),
        "object": "payment_method",
        "type": "card",
        "card": {"brand": card.brand, "last4": card.last4, "exp_month": month, "exp_year": year, "funding": "credit"},
        "created": now_ms // 1000,
        "customer": None,
        "livemode": False,
        "metadata": {"card": card.name},
    }
    return put(asked.db, method, at_ms=asked.stamp.now_ms)


def attach(asked: Asked, method: Json, customer: Json) -> Json:
    attached = change(asked.db, method | {"customer": customer["id"]}, owner=customer["id"])
    note(asked, "payment_method.attached", attached)
    return attached


def attach_method(asked: Asked, method_id: str) -> Reply:
    """A card by Stripe's names for tests: `pm_card_visa`."""
    asked.form.only("customer")
    customer = get(asked.db, "customer", asked.form.text("customer"), "customer")
    card = BY_TEST_ID.get(method_id)
    method = leave(asked, customer, card) if card else get(asked.db, "payment_method", method_id)
    if method["customer"] not in (None, customer["id"]):
        raise Wrong("The payment method you provided has already been attached to a customer.")
    return Reply(attach(asked, method, customer))


def detach_method(asked: Asked, method_id: str) -> Reply:
    asked.form.only()
    method = get(asked.db, "payment_method", method_id)
    if method["customer"] is None:
        raise Wrong("The payment method you provided is not attached to a customer so detachment is impossible.")
    detached = change(asked.db, method | {"customer": None}, owner="")
    note(asked, "payment_method.detached", detached)
    return Reply(detached)


def card_of(method: Json) -> Card:
    return CARDS[method["metadata"]["card"]]


def create_clock(asked: Asked, _: str) -> Reply:
    asked.form.only("frozen_time", "name")
    clock = {
        "id": asked.stamp.id("clock"),
        "object": CLOCK,
        "created": asked.stamp.now_s,
        "frozen_time": asked.form.number("frozen_time", 0, 10**10),
        "livemode": False,
        "name": asked.form.text("name", ""),
        "status": "ready",
    }
    return Reply(put(asked.db, clock, at_ms=asked.stamp.now_ms))


def advance_clock(asked: Asked, clock_id: str) -> Reply:
    """Time goes forward for who lives by this clock, and what it brings happens: cards come into their last month."""
    asked.form.only("frozen_time")
    clock = get(asked.db, CLOCK, clock_id)
    was_ms, now_s = clock["frozen_time"] * 1000, asked.form.number("frozen_time", 0, 10**10)
    if now_s * 1000 <= was_ms:
        raise Wrong("A test clock can only be advanced: frozen_time must be later.", param="frozen_time")
    advanced = change(asked.db, clock | {"frozen_time": now_s})
    for customer in reversed(listed(asked.db, "customer", owner=clock_id)):
        for method in reversed(listed(asked.db, "payment_method", owner=customer["id"])):
            card = method["card"]
            if was_ms < last_month_ms(card["exp_month"], card["exp_year"]) <= now_s * 1000:
                note(asked, "customer.source.expiring", method)
    note(asked, "test_helpers.test_clock.ready", advanced)
    return Reply(advanced)
