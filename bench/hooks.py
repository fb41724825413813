"""A thousand payments' webhooks a minute: signed as the provider signs them, through Envoy, door and cashier, on a real house.

Bills are under way at the house's own till, as they are when an answer was lost: two in three were paid there and one in three
was declined. Each is told of three times, out of order: by the till's own event, by the same again, and by one of another kind.
What the house then does is part of it: it asks the till, books, writes the invoice and the letter. The anchor is a webhook with
a false signature, which sets nothing off.
"""

import asyncio
import http.client
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import chdir, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from bench.row import Row

from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.members import billed, bills, gifts, payers
from matinee.members.payments import open_payments, till_payments, till_secrets
from matinee.members.till.cards import CARDS
from matinee.members.till.signing import signature_of
from running import House, wait_until
from visiting import Visitor

A_MINUTE = 1000
BILLS, PER_S, REFUSED, IDLE_S = 334, 40.0, 200, 5.0
PAYS, DECLINES = CARDS["works"].test_id, CARDS["later"].test_id
HOUR_MS = 3_600_000
TILL = "run/front.till.sock"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "state", flags=("--billing", "till"))
        house.up()
        try:
            for email in (PAYS, DECLINES):
                Visitor(house).sign_up(f"{email}@example.org")
            with chdir(house.state):
                asyncio.run(_under_way(house))
            yield from _measured(house)
        finally:
            house.down()


def _measured(house: House) -> Iterator[Row]:
    _, secret = till_secrets(house.state / "secrets")
    hooks = _hooks(house)
    refused_s, _ = _spent_on(house, hooks[:REFUSED], "whsec_of_somebody_else", 403)
    heard_s, took_s = _spent_on(house, hooks, secret, 204)
    assert _bills(house) == {"paid": BILLS - len(range(0, BILLS, 3)), "void": len(range(0, BILLS, 3))}
    yield Row("webhooks heard, and all they set off done, against the goal", len(hooks) / took_s * 60, A_MINUTE, "a minute")
    yield Row("a webhook and what it sets off, against one refused", heard_s * 1e3, refused_s * 1e3, "ms of CPU")
    yield Row("webhooks that two processors could bear, against the goal", 120 / heard_s, A_MINUTE, "a minute")


def _spent_on(house: House, hooks: Sequence[bytes], secret: str, status: int) -> tuple[float, float]:
    """CPU for each of them, beyond what an idle house takes; and how long it took until nothing waited any more."""
    idle_s = _cpu_s(house)
    time.sleep(IDLE_S)
    idle_share = (_cpu_s(house) - idle_s) / IDLE_S
    before_s, began_s = _cpu_s(house), time.monotonic()
    _post(house, hooks, secret, status)
    wait_until(lambda: status != 204 or "open" not in _bills(house), 60, "every bill is settled")
    took_s = time.monotonic() - began_s
    return (_cpu_s(house) - before_s - idle_share * took_s) / len(hooks), took_s


def _post(house: House, hooks: Sequence[bytes], secret: str, status: int) -> None:
    """At a steady pace, on one connection."""
    door, began_s = http.client.HTTPConnection("localhost", house.port, timeout=20), time.monotonic()
    for number, payload in enumerate(hooks):
        time.sleep(max(0.0, began_s + number / PER_S - time.monotonic()))
        signature = signature_of(payload, secret, time.time_ns() // 1_000_000)
        door.request("POST", "/hooks/payments", payload, {"stripe-signature": signature, "content-type": "application/json"})
        answer = door.getresponse()
        answer.read()
        assert answer.status == status, answer.status
    door.close()


def _hooks(house: House) -> list[bytes]:
    """What the till has to tell of the bills: its own event, the same again, and one of the charge that belongs to it."""
    with closing(sqlite3.connect(f"file:{house.state}/till.db?mode=ro", uri=True)) as db:
        kept = [json.loads(body) for (body,) in db.execute("SELECT body FROM things WHERE kind = 'event'")]
    own = [each for each in kept if each["data"]["object"].get("metadata", {}).get("charge_id")]
    assert len(own) == BILLS, len(own)
    of_charges: list[dict[str, Any]] = []
    for event in own:
        intent = event["data"]["object"]
        charge = {"id": f"ch_{event['id']}", "object": "charge", "payment_intent": intent["id"], "metadata": intent["metadata"]}
        kind = "charge.succeeded" if event["type"] == "payment_intent.succeeded" else "charge.failed"
        of_charges.append({**event, "id": f"{event['id']}c", "type": kind, "data": {"object": charge}})
    told = [json.dumps(each).encode() for each in (*own, *own, *of_charges)]
    random.Random(5).shuffle(told)
    return told


def _bills(house: House) -> dict[str, int]:
    """How many there are in each state."""
    with closing(sqlite3.connect(f"file:{house.state}/cashier.db?mode=ro", uri=True)) as db:
        return dict(db.execute("SELECT state, count(*) FROM bills GROUP BY state").fetchall())


def _cpu_s(house: House) -> float:
    """User and system time of Envoy and of the front, so far."""
    pids = house.pids()
    ticks = 0
    for pid in (*pids["envoy"], *pids["front"]):
        ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


async def _under_way(house: House) -> None:
    """Bills whose charge was made, and of whose end the cashier was never told; nor does the till tell it from here on."""
    with closing(sqlite3.connect("identity.db")) as db:
        accounts = dict(db.execute("SELECT email, account_id FROM accounts").fetchall())
    settings = till_payments(Path("secrets"), (TILL,), house.address)
    till, sql = open_payments(settings, SystemClock()), SqliteSql(Path("cashier.db"))
    await _asked("test_helpers/deliveries", copies="0")
    members: dict[str, tuple[str, str, str]] = {}
    for card in (PAYS, DECLINES):
        account_id = accounts[f"{card}@example.org".lower()]
        customer = await till.customer(account_id)
        members[card] = account_id, customer, (await _asked(f"payment_methods/{card}/attach", customer=customer))["id"]
    for number in range(BILLS):
        account_id, customer, method = members[DECLINES if number % 3 == 0 else PAYS]
        bill = await sql.transact(partial(_want, account_id=account_id, customer=customer, method=method, number=number))
        await till.charge(charge_id=bill.bill_id, attempt=1, customer=customer, method=method, money=bill.card, off_session=True)
    await till.close()
    await sql.close()


async def _asked(what: str, **form: str) -> dict[str, Any]:
    """Of the till, as its own."""
    key, _ = till_secrets(Path("secrets"))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=TILL)) as asking:
        said = await asking.post(f"http://till/v1/{what}", data=form, headers={"authorization": f"Bearer {key}"})
    assert said.is_success, said.text
    return said.json()


def _want(db: sa.Connection, account_id: str, customer: str, method: str, number: int) -> bills.Bill:
    now_ms = time.time_ns() // 1_000_000
    gift_id = f"bench-{number:04}"
    payers.greet(db, account_id, "bench@example.org", "DE", "EUR", now_ms)
    payers.change(db, account_id, customer=customer, method=method)
    gifts.add(db, gifts.Gift(gift_id, gift_id.upper(), 1500, "EUR", account_id, now_ms, ready=False))
    bill = billed.bill_for_gift(db, gift_id, "Bench", now_ms)
    assert bill
    return bills.save(db, replace(bill, due_ms=now_ms + HOUR_MS))
