"""Telling the house: each event is posted to it, signed, until it says that it has heard; less and less often, for three days.

A delivery is claimed before it is made, for as long as one may take: of several tills one makes it, and when that one dies
another does. It may be made twice, as Stripe's may.
"""

import json
from functools import partial

import httpx
import sqlalchemy as sa

from matinee.members.till.events import delivery_mode
from matinee.members.till.signing import signature_of
from matinee.members.till.tables import DELIVERIES, get
from matinee.members.till.wrong import Json
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

LOOK_EVERY_S = 0.5
MOST_AT_ONCE = 50
ANSWERS_WITHIN_S = 10.0
CLAIMED_MS = 30_000
FIRST_PAUSE_MS = 2_000
LONGEST_PAUSE_MS = 3_600_000
MOST_TRIES = 84
"""Three days' worth, at an hour each once they are an hour apart."""

Delivery = tuple[str, int, int, Json]
"""The event's id, which copy of it, how often it was tried, and the event."""


class Hooks:
    def __init__(self, sql: Sql, clock: Clock, house: httpx.AsyncClient, address: str, secret: str) -> None:
        self._sql = sql
        self._clock = clock
        self._house = house
        self._address = address
        self._secret = secret

    async def keep_delivering(self) -> None:
        while True:
            while await self.deliver() == MOST_AT_ONCE:
                pass
            await self._clock.sleep(LOOK_EVERY_S)

    async def deliver(self) -> int:
        """Makes the deliveries that are due; how many there were."""
        now_ms = self._clock.now_ms()
        due = await self._sql.transact(lambda db: _claim(db, now_ms))
        for event_id, copy, tries, event in due:
            heard = await self._heard(event)
            pause_ms = min(FIRST_PAUSE_MS << min(tries, 20), LONGEST_PAUSE_MS)
            again_ms = None if heard or tries >= MOST_TRIES else self._clock.now_ms() + pause_ms
            await self._sql.transact(partial(_settle, event_id=event_id, copy=copy, again_ms=again_ms))
        return len(due)

    async def _heard(self, event: Json) -> bool:
        payload = json.dumps(event).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": signature_of(payload, self._secret, self._clock.now_ms()),
        }
        try:
            answer = await self._house.post(self._address, content=payload, headers=headers, timeout=ANSWERS_WITHIN_S)
        except httpx.HTTPError:
            return False
        return answer.is_success


def _claim(db: sa.Connection, now_ms: int) -> list[Delivery]:
    """The oldest first, as a rule."""
    columns = (DELIVERIES.c.event_id, DELIVERIES.c.copy, DELIVERIES.c.tries)
    rows = db.execute(
        sa.select(*columns)
        .where(DELIVERIES.c.due_ms <= now_ms)
        .order_by(DELIVERIES.c.event_id, DELIVERIES.c.copy)
        .limit(MOST_AT_ONCE)
    ).all()
    for event_id, copy, tries in rows:
        claimed = {"tries": tries + 1, "due_ms": now_ms + CLAIMED_MS}
        db.execute(sa.update(DELIVERIES).where(_this(event_id, copy)).values(claimed))
    due: list[Delivery] = [(event_id, copy, tries, get(db, "event", event_id)) for event_id, copy, tries in rows]
    return due[::-1] if delivery_mode(db)["newest_first"] else due


def _this(event_id: str, copy: int) -> sa.ColumnElement[bool]:
    return sa.and_(DELIVERIES.c.event_id == event_id, DELIVERIES.c.copy == copy)


def _settle(db: sa.Connection, event_id: str, copy: int, again_ms: int | None) -> None:
    """It was heard, or is tried again then."""
    if again_ms is None:
        db.execute(sa.delete(DELIVERIES).where(_this(event_id, copy)))
    else:
        db.execute(sa.update(DELIVERIES).where(_this(event_id, copy)).values(due_ms=again_ms))
