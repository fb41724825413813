"""Real processes, killed at random while they take money: whoever dies, and when, the books are right in the end."""

import asyncio
import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from matinee.ports.rpc import Refused
from matinee.ports.unavailable import Unavailable
from members.money_acts import WHO, act, furnished
from members.money_books import wrongs
from members.money_house import Died
from members.money_street import Street
from members.mortal_money import CASHIERS, TILL

KILLS_IN_A_SOAK = 100
VICTIMS = (*CASHIERS, *CASHIERS, TILL)
ACTS = (
    *("join", "join", "choose", "choose", "card", "card", "settle", "cancel", "resume", "pause", "unpause", "pay"),
    *("gift", "redeem", "refund", "comp", "confirm", "time", "time", "time", "time", "time"),
)
DAYS = (1, 3, 17, 31, 31, 31, 45)


async def test_five_kills_at_random_take_no_cent_too_much(tmp_path: Path) -> None:
    """A short run of the proof below."""
    await survive(tmp_path, KILLS_IN_A_SOAK // 20, seed=2)


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("MATINEE_SOAK"), reason="long: type make soak")
async def test_a_hundred_kills_at_random_take_no_cent_too_much(tmp_path: Path) -> None:
    """Two cashiers and a till are killed in the midst of whatever they do; the ledger, the invoices and the till agree."""
    await survive(tmp_path, KILLS_IN_A_SOAK, seed=int(time.time()))


async def survive(folder: Path, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    street = await Street(folder, dice).open()
    try:
        await furnished(street)
        for who in WHO:
            await street.join(who, "standard")
        for number in range(kills):
            for quietly in range(2):
                await _done(street, dice, 3 * number + quietly)
            doing = asyncio.create_task(_done(street, dice, 3 * number + 2))
            await asyncio.sleep(dice.random() ** 2 * 0.2)
            await street.kill(dice.choice(VICTIMS))
            await doing
        await _calm(street)
        with closing(sqlite3.connect(street.store)) as db:
            wrong = wrongs(db, await street.charged(), await street.told())
            paid = db.execute("SELECT COUNT(*) FROM bills WHERE state = 'paid'").fetchone()[0]
        print(f"\n{kills} kills survived (seed {seed}), {paid} bills paid: {dict(street.counted)}")
        assert wrong == []
        assert paid >= max(2, kills // 2)
    finally:
        await street.close()


async def _done(street: Street, dice: random.Random, at: int) -> None:
    """What somebody does, twice if it did not go well; or time goes by."""
    name, choice = dice.choice(ACTS), dice.randrange(12)
    if name == "time":
        street.counted["days"] += (days := dice.choice(DAYS))
        await street.clock.advance(days * 24 * 3600)
        return await street.turn()
    for _ in range(2):
        try:
            await act(street, name, choice, at)
        except Refused:
            street.counted["refusals"] += 1
        except (Died, Unavailable):
            street.counted["answers that never came"] += 1
            continue
        return None
    return None


async def _calm(street: Street) -> None:
    for _ in range(3):
        await street.provider.finish(well=True)
        await street.clock.advance(2 * 3600)
        await street.rest()
