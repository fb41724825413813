"""Every act in every situation, and a death at every question to a port on its way: none is left to luck.

Whoever died is followed by another process, the member asks again, and everything ends as if nobody had died.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest

from members.money_acts import ACTS, SITUATIONS, TIMES, act, calm, furnished, overtaken, survived
from members.money_house import Kept, MemorySql, MoneyHouse

ELSEWHERE = {"behave", "confirm", *TIMES}
DAYS = (1, 8, 32, 45, 400)
SCENES = [
    *((situation, name) for situation in SITUATIONS for name in sorted({*ACTS} - ELSEWHERE)),
    *((situation, f"choose {choice}") for situation in SITUATIONS for choice in (2, 4, 6, 8)),
    *((situation, f"turn {days}") for situation in SITUATIONS for days in DAYS),
]
"""The number beside an act is the choice; beside a turn, after how many days it comes."""
EVENTFUL = [
    ("small", "choose 4"),
    ("with credit", "choose 4"),
    ("on the provider's page", "settle"),
    ("ended", "join"),
    ("ended", "resume"),
    ("declined", "card"),
    ("unpaid", "pay"),
    ("unpaid", "hooks"),
    ("asked by the bank", "cancel"),
    ("asked by the bank", "pause"),
    ("paused", "unpause"),
    ("small", "gift"),
    ("small", "redeem"),
    ("small", "refund"),
    ("declined", "comp"),
    ("small", "close"),
    ("with a smaller plan to come", "turn 32"),
    ("with a coupon", "turn 32"),
    ("trying", "turn 8"),
    ("slowly paying", "turn 1"),
    ("cancelling", "turn 32"),
    ("declined", "turn 45"),
]
"""Those in which the most is asked: what every run of the tests plays."""
SEEN = """
SELECT 'owner', account_id, credit_minor, closed, trialled FROM payers
UNION ALL SELECT 'sub', account_id, state, period, CASE state WHEN 'ended' THEN 0 ELSE until_ms - from_ms END
  FROM subscriptions WHERE state <> 'ended' OR period > 0
UNION ALL SELECT 'bill', kind, plan_id, gross_minor, credit_minor FROM bills WHERE state = 'paid'
UNION ALL SELECT 'refund', bill_id LIKE '%period%', minor, state, '' FROM refunds
UNION ALL SELECT 'gift', minor, ready, redeemed_by, '' FROM gifts WHERE ready
UNION ALL SELECT 'act', what, by, '', '' FROM acts
UNION ALL SELECT 'book', book, SUM(minor), '', '' FROM postings GROUP BY book
"""
"""What a member, an operator and a bookkeeper would call the outcome."""


class Stage:
    """One house, in which every scene is played as often as somebody can die in it."""

    def __init__(self) -> None:
        self.house = MoneyHouse(MemorySql())
        self._runner = asyncio.Runner()
        empty = self.house.keep()
        self._situations = {name: self._runner.run(self._set(empty, name)) for name in SITUATIONS}

    def close(self) -> None:
        self._runner.close()

    def ends(self, situation: str, name: str, die_at: int) -> tuple[list[str], Counter[tuple[object, ...]]]:
        """What is wrong with the books, and how things stand; 0: nobody dies."""
        return self._runner.run(self._played(self._situations[situation], name, die_at))

    def disturbed_at(self, situation: str, name: str) -> list[int]:
        """At which questions of its owner's cashier another one's turn disturbs what they do."""
        goes_well: list[bool] = []
        before = -1
        while self.house.counted["overtaken"] > before:
            before = self.house.counted["overtaken"]
            goes_well.append(self._runner.run(self._disturbed(self._situations[situation], name, len(goes_well) + 1)))
        return [at for at, is_well in enumerate(goes_well, 1) if not is_well]

    async def _disturbed(self, situation: Kept, name: str, at: int) -> bool:
        house, (what, _, number) = self.house, name.partition(" ")
        house.put_back(situation)
        house.provider.behave("good")
        house.faults.arm("overtaken", at, partial(overtaken, house, house.turn, stands_still_s=0))
        return await survived(house, partial(act, house, what, int(number or 0), 1))

    async def _set(self, empty: Kept, name: str) -> Kept:
        self.house.put_back(empty)
        await furnished(await self.house.open())
        await SITUATIONS[name].come_about(self.house)
        return self.house.keep()

    async def _played(self, situation: Kept, name: str, die_at: int) -> tuple[list[str], Counter[tuple[object, ...]]]:
        house, (what, _, number) = self.house, name.partition(" ")
        house.put_back(situation)
        if what == "turn":
            await house.clock.advance(int(number) * 24 * 3600)
        house.faults.arm("dies", die_at)
        acting = partial(act, house, what, int(number or 0), 1)
        if not await survived(house, acting):
            await house.clock.advance(61 if what == "turn" else 0)
            await survived(house, acting)
        await calm(house)
        return await house.faults_of_books(), Counter(house.sql.file.execute(SEEN).fetchall())


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.mark.soak
def test_wherever_somebody_dies_all_ends_as_if_nobody_had(stage: Stage) -> None:
    """Before and after every question to the store, the log, the provider and identity, in every step of every act."""
    scenes = SCENES if os.environ.get("MATINEE_SOAK") else EVENTFUL
    for situation, name in scenes:
        wrong, as_it_should = stage.ends(situation, name, 0)
        assert wrong == []
        for die_at in count(1):
            before = died(stage.house)
            wrong, outcome = stage.ends(situation, name, die_at)
            assert wrong == [], f"{name} while {situation}, dead at question {die_at}"
            assert outcome == as_it_should, f"{name} while {situation}, dead at question {die_at}"
            if died(stage.house) == before:
                break
    asked = {name: times for name, times in stage.house.counted.items() if name.startswith("deaths at")}
    print(f"\n{len(scenes)} scenes, {died(stage.house)} deaths, one before and one after each question: {asked}")
    assert asked.keys() == {f"deaths at {port}" for port in ("sql", "log", "provider", "identity")}
    assert died(stage.house) > 10 * len(scenes)


@pytest.mark.parametrize(
    ("situation", "name"),
    [("new", "join"), ("ended", "join"), ("small", "choose 4"), ("declined", "card"), ("unpaid", "pay"), ("paused", "unpause")],
)
def test_while_its_owner_pays_nobody_else_asks_for_it(stage: Stage, situation: str, name: str) -> None:
    """Another cashier that looks for what is due leaves a payment to whom its owner waits for, who is told how it went."""
    assert stage.disturbed_at(situation, name) == []


def died(house: MoneyHouse) -> int:
    return sum(times for name, times in house.counted.items() if name.startswith("deaths at"))
