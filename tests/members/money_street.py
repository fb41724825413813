"""A till and two cashiers as processes of their own, and what a test of one process has, only that all of it is elsewhere."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from matinee.contracts.events_pb2 import MemberFact
from matinee.engines.sqlite_log import SqliteLog
from matinee.members.bills import OURS_FOR_MS
from matinee.members.facts import TOPIC
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Unavailable
from matinee.topology import REPOSITORY
from members.money_books import WATCHES, Charged
from members.money_house import Died, MoneyHouse
from members.mortal_money import AHEAD, AWAY, CASHIERS, METHODS, REFUSED, TILL
from members.play_provider import Kind
from members.providers import Provider, till_in

CARDS: dict[Kind, str] = {"good": "works", "slow": "works", "declines": "later", "asks": "asks", "expired": "empty"}
"""The till's names of cards; it has none that is slow."""
WITHIN_S = 90.0


class AnyCashier:
    """Either of the two, as chance has it. One that is dead is one that died over it."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self._dice = dice
        self._ways = [over(folder / f"{name}.sock") for name in CASHIERS]

    def __getattr__(self, name: str) -> Callable[[Any, Call], Awaitable[Any]]:
        method = next(each for each in METHODS.values() if each.attribute == name)

        async def asked(request: Any, call: Call) -> Any:
            boss = {"operator": "1"} if call.who.operator else {}
            try:
                way = self._dice.choice(self._ways)
                answer = await way.post(f"/ask/{method.name}", params=boss, content=request.SerializeToString())
            except httpx.HTTPError as error:
                raise Died from error
            if answer.status_code == REFUSED:
                raise Refused(*json.loads(answer.content))
            if answer.status_code == AWAY:
                raise Unavailable(answer.text)
            assert answer.status_code == 200, answer.text
            return method.parse_reply(answer.content)

        return asked


class Hand:
    """What members do on the till's pages."""

    def __init__(self, folder: Path) -> None:
        self._store = folder / "till.db"
        self._till = over(folder / f"{TILL}.sock")

    async def leave_card(self, kind: Kind) -> None:
        """On every page that is open."""
        asked = "SELECT thing_id FROM things WHERE kind = 'checkout.session' AND json_extract(body, '$.status') = 'open'"
        for (page,) in rows(self._store, asked):
            await self._fill_in(f"/till/card/{page}", card=CARDS[kind])
        await self.confirm("setup_intent", well=True)

    async def finish(self, *, well: bool) -> None:
        await self.confirm("payment_intent", well=well)

    async def confirm(self, kind: str, *, well: bool) -> None:
        asked = """SELECT json_extract(body, '$.client_secret') FROM things
            WHERE kind = ? AND json_extract(body, '$.status') = 'requires_action'"""
        for (secret,) in rows(self._store, asked, kind):
            await self._fill_in(f"/till/confirm/{secret}", answer="confirm" if well else "decline")

    async def _fill_in(self, page: str, **form: str) -> None:
        try:
            await self._till.post(page, data=form)
        except httpx.HTTPError as error:
            raise Died from error


class Ahead:
    """The clock of all of them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / AHEAD
        self._file.write_text("0")

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + int(self._file.read_text())

    async def advance(self, seconds: float) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(int(self._file.read_text()) + round(seconds * 1000)))
        new.rename(self._file)


class Street:
    join, choose, member, invoices = MoneyHouse.join, MoneyHouse.choose, MoneyHouse.member, MoneyHouse.invoices

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self._folder = folder
        self.cashier, self.provider, self.clock = AnyCashier(folder, dice), Hand(folder), Ahead(folder)
        self.counted, self.plan_ids = Counter[str](), dict[str, str]()
        self._pids: dict[str, int] = {}

    async def open(self) -> "Street":
        """What the till tells, it tells twice, and the last first."""
        script = str(REPOSITORY / "tests" / "members" / "mortal_money.py")
        path = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'tests'}:{REPOSITORY}"}
        pipes: Any = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
        self._nursery = await asyncio.create_subprocess_exec(sys.executable, script, str(self._folder), env=path, **pipes)
        for name in (TILL, *CASHIERS):
            await self._start(name)
        with closing(sqlite3.connect(self._folder / "cashier.db")) as db:
            db.executescript(WATCHES)
        self._till: Provider = till_in(self._folder, f"{TILL}.sock")
        await self._till.sdk.raw_request_async("post", "/v1/test_helpers/deliveries", copies=2, newest_first="true")
        return self

    async def kill(self, name: str) -> None:
        """Another of the name takes over."""
        os.kill(self._pids[name], signal.SIGKILL)
        self.counted[f"kills of a {name.partition('-')[0]}"] += 1
        await self._start(name)

    async def close(self) -> None:
        self._nursery.kill()
        await self._nursery.wait()
        await self._till.close()

    async def turn(self) -> None:
        """Waits until nothing is due, and everything is told."""
        await until(self._is_quiet, "all that is due is done")

    async def rest(self) -> None:
        """Waits until nobody is at work either: what somebody has taken up is due again when it would be anybody's."""
        await until(partial(self._is_quiet, OURS_FOR_MS), "nobody has anything in hand")

    @property
    def store(self) -> Path:
        return self._folder / "cashier.db"

    async def charged(self) -> dict[str, Charged]:
        """What the till took for each bill, asked by Stripe's own SDK."""
        found: dict[str, Charged] = {}
        for (customer,) in rows(self.store, "SELECT customer FROM payers WHERE customer <> ''"):
            intents: Any = await self._till.sdk.v1.payment_intents.list_async({"customer": customer, "limit": 100})
            async for intent in intents.auto_paging_iter():
                if intent.status == "succeeded":
                    back = await self._till.sdk.v1.refunds.list_async({"payment_intent": intent.id, "limit": 100})
                    bill = intent.metadata["charge_id"]
                    found[bill] = found.get(bill, Charged()).and_(intent.amount, sum(each.amount for each in back.data))
        return found

    async def told(self) -> list[MemberFact]:
        log, found, last = SqliteLog(self._folder / "log.db"), list[MemberFact](), None
        while some := await log.look(TOPIC, last):
            found += [MemberFact.FromString(each.entry.value) for each in some]
            last = some[-1].position
        await log.close()
        return found

    async def _start(self, name: str) -> None:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(f"{name}\n".encode())
        self._pids[name] = int(await self._nursery.stdout.readline())
        await until(partial(self._answers, name), f"the {name} answers")

    async def _answers(self, name: str) -> bool:
        async with over(self._folder / f"{name}.sock", within_s=1) as way:
            try:
                return (await way.get("/")).status_code < 500
            except httpx.HTTPError:
                return False

    async def _is_quiet(self, ahead_ms: int = 0) -> bool:
        due = "SELECT 1 FROM bills WHERE due_ms <= :now UNION SELECT 1 FROM subscriptions WHERE due_ms <= :now \
UNION SELECT 1 FROM refunds WHERE due_ms <= :now UNION SELECT 1 FROM outbox"
        return not rows(self.store, due, {"now": self.clock.now_ms() + ahead_ms})


def over(place: Path, within_s: float = WITHIN_S) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(place)), base_url="http://localhost", timeout=within_s)


def rows(store: Path, asked: str, *given: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store)) as db:
        return db.execute(asked, *(given if given and isinstance(given[0], dict) else (given,))).fetchall()


async def until(is_so: Callable[[], Awaitable[bool]], what: str) -> None:
    by_s = time.monotonic() + WITHIN_S
    while not await is_so():
        assert time.monotonic() < by_s, f"{WITHIN_S:.0f} s, and not yet so: {what}"
        await asyncio.sleep(0.01)
