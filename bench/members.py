"""What it costs to come in, and to be told what one may watch: CPU of the one process that answers.

A sign-in goes the whole way through ASGI, against the bare argon2 with the same parameters, which is what it is for. What a
membership gives is decided at each play: the decision by itself against its promise, and with the cashier asked, as playback
does, against one read of one row from the same store.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher, Type
from bench.row import Row
from bench.stage import open_front, posted, signed_in
from bench.turns import Work, in_turns

from matinee.engines.sqlite_sql import SqliteSql
from matinee.members import accounts, payers, subscriptions
from matinee.members.subscription import State, Subscription
from matinee.screen.may_play import WORDS, Allowed, Entitled, may_play
from matinee.screen.pathways import bounded

ENTITLED_US = 20.0
DECISIONS, SIGN_INS, ASKED = 20_000, 12, 200
PER_S = "per s of CPU"
BENCH = {"email": "bench@example.org", "password": "a quiet evening"}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        measured = asyncio.run(_measured(Path(folder)))
    yield Row("signing in, against the bare argon2", *measured["sign in"], f"sign-ins {PER_S}")
    yield Row("a membership's word from the cashier, against a row read", *measured["asked"], f"answers {PER_S}")
    yield Row("deciding what a membership gives, against its promise", _deciding_us(), ENTITLED_US, "us")


async def _measured(folder: Path) -> dict[str, list[float]]:
    furnished = await open_front(folder, billing="till")
    fronts: dict[str, Any] = furnished.fronts
    app = fronts["door"].app()
    member = await signed_in(fronts, app)
    kept = SqliteSql(folder / "state" / "identity.db")
    cashier = SqliteSql(folder / "state" / "cashier.db")
    await cashier.transact(lambda db: _subscribe(db, member.account_id))
    entitlements = fronts["playback"]._entitlements

    async def sign_in(_: int) -> None:
        for _ in range(SIGN_INS):
            status, body = await posted(app, "/auth/sign-in", BENCH, {"x-matinee-address": "192.0.2.1"})
            assert status == 200, body

    async def entitled(_: int) -> None:
        for _ in range(ASKED):
            allowed = await entitlements.allowed(member.account_id, 2, member.call)
            assert allowed == Allowed(screens=2, height=1080), allowed

    async def row_read(_: int) -> None:
        mine = sa.select(payers.PAYERS).where(payers.PAYERS.c.account_id == member.account_id)
        for _ in range(ASKED):
            assert await cashier.read(lambda db: db.execute(mine).one())

    stored = await kept.read(lambda db: accounts.by_email(db, BENCH["email"]))
    assert stored
    measured = {
        "sign in": await in_turns([sign_in, _bare_argon2(stored.password_hash)], SIGN_INS),
        "asked": await in_turns([entitled, row_read], ASKED),
    }
    for store in (*reversed(fronts.values()), *furnished.stores, kept, cashier):
        await store.close()
    return measured


def _bare_argon2(stored: str) -> Work:
    """With the parameters that stand in the hash; no thread, no queue, no house."""
    bare = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
    assert not bare.check_needs_rehash(stored), "passwords are hashed in another way by now"

    async def work(_: int) -> None:
        for _ in range(SIGN_INS):
            bare.verify(stored, BENCH["password"])

    return work


def _subscribe(db: sa.Connection, account_id: str) -> None:
    """A member in the midst of a paid month."""
    now_ms = time.time_ns() // 1_000_000
    month = {"anchor_ms": now_ms, "anchor_period": 1, "period": 1, "from_ms": now_ms, "until_ms": now_ms + 30 * 86_400_000}
    payers.greet(db, account_id, BENCH["email"], "DE", "EUR", now_ms)
    sub = Subscription("bench", account_id, State.ACTIVE, "standard", False, 1299, "EUR", **month, made_ms=now_ms)
    subscriptions.add(db, sub)


def _deciding_us() -> float:
    """What accounts of every standing may watch, and how tall of an edition of four rungs."""
    standings = [Entitled(each, 720, 2, "Until the third of May.") for each in ("WELCOME", *WORDS)]
    before_s = time.process_time()
    for number in range(DECISIONS):
        allowed = may_play(standings[number % len(standings)], 2)
        if isinstance(allowed, Allowed):
            bounded(allowed.height, (1080, 720, 540, 360))
    return (time.process_time() - before_s) / DECISIONS * 1e6
