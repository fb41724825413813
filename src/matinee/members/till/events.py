"""What happened, as Stripe's events: each is kept, and delivered to the house in its own time.

For tests the next ones can be delivered late, several times, the newest first, or never.
"""

import sqlalchemy as sa

from matinee.members.till.tables import DELIVERIES, Asked, change, find, put
from matinee.members.till.wrong import Json, Reply

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API that the till speaks, and the only one that it is asked in."""

MODE = "delivery_mode"
USUAL: Json = {"id": MODE, "object": MODE, "late_s": 0, "copies": 1, "newest_first": False}


def note(asked: Asked, kind: str, thing: Json) -> None:
    event = {
        "id": asked.stamp.id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": asked.stamp.now_s,
        "type": kind,
        "livemode": False,
        "pending_webhooks": 1,
        "data": {"object": thing},
    }
    put(asked.db, event, at_ms=asked.stamp.now_ms)
    mode = delivery_mode(asked.db)
    due_ms = asked.stamp.now_ms + 1000 * mode["late_s"]
    for copy in range(mode["copies"]):
        asked.db.execute(sa.insert(DELIVERIES).values(event_id=event["id"], copy=copy, tries=0, due_ms=due_ms))


def delivery_mode(db: sa.Connection) -> Json:
    return find(db, MODE, MODE) or USUAL


def set_delivery_mode(asked: Asked, _: str) -> Reply:
    """How events reach the house from now on; nothing said is the usual way."""
    asked.form.only("late_s", "copies", "newest_first")
    mode = USUAL | {
        "late_s": asked.form.number("late_s", 0, 3600, 0),
        "copies": asked.form.number("copies", 0, 5, 1),
        "newest_first": asked.form.truth("newest_first"),
    }
    if find(asked.db, MODE, MODE):
        return Reply(change(asked.db, mode))
    return Reply(put(asked.db, mode, at_ms=asked.stamp.now_ms))
