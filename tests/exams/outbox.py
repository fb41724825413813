"""Facts that leave with their transaction, on every store: whoever dies, and however many tell, none is lost or out of order."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from exams.sitters import SQL, sitters_of
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.ports.outbox import Outbox, Untold, leave
from matinee.ports.sql import Sql
from matinee.screen.leases import OUTBOX
from matinee.screen.migrations import MIGRATIONS

TOPICS = ("plays", "members")
KEYS = ("asha", "ben", "cleo")


class Died(Exception):
    """As a process does by kill -9: what it had not done yet is not done."""


class Mortal:
    """A port to which somebody dies before or after their `last` word (0: they live)."""

    def __init__(self, port: object, words: list[str], last: int) -> None:
        self._port, self._words, self._last = port, words, last

    def __getattr__(self, name: str) -> Any:
        async def asked(*what: Any) -> Any:
            self._word(f"before {name}")
            answer = await getattr(self._port, name)(*what)
            self._word(f"after {name}")
            return answer

        return asked

    def _word(self, word: str) -> None:
        self._words.append(word)
        if len(self._words) == self._last:
            raise Died


class Place:
    def __init__(self, folder: Path, engine: str) -> None:
        self.sql: Sql = SQL[engine](folder)
        self.log, self.clock = SqliteLog(folder / "log.db"), ManualClock()

    async def left(self, first: int, after: int) -> None:
        facts = [
            Untold(f"{number:05}", TOPICS[number % 2], KEYS[number % 3], b"%05d" % number, number)
            for number in range(first, after)
        ]
        await self.sql.transact(lambda db: leave(db, OUTBOX, *facts))

    def teller(self, last: int = 0) -> tuple[Outbox, list[str]]:
        words: list[str] = []
        sql, log = (Mortal(port, words, last) for port in (self.sql, self.log))
        return Outbox(OUTBOX, sql, log, self.clock), words  # type: ignore[arg-type]

    async def waiting(self) -> int:
        return await self.sql.read(lambda db: db.execute(sa.select(sa.func.count()).select_from(OUTBOX)).scalar_one())

    async def told(self) -> dict[tuple[str, str], list[int]]:
        """By topic and key, in the order of the log."""
        told: dict[tuple[str, str], list[int]] = {}
        for topic in TOPICS:
            after = None
            while read := await self.log.look(topic, after):
                after = read[-1].position
                for each in read:
                    told.setdefault((topic, each.entry.key), []).append(int(each.entry.value))
        return told


@pytest.fixture(params=sitters_of(SQL))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path, request.param)
    await place.sql.install(MIGRATIONS)
    yield place
    await place.sql.close()
    await place.log.close()


def first_told(numbers: list[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


async def test_whoever_dies_at_any_word_loses_no_fact_and_mixes_none_up(place: Place) -> None:
    """At each word to the store and to the log somebody dies; the next one goes on, and tells again what that one died over."""
    died, first = list[str](), 0
    for last in range(1, 20):
        await place.left(first, first + 12)
        first += 12
        teller, words = place.teller(last)
        try:
            await teller.tell()
        except Died:
            died.append(words[-1])
        else:
            break
    await place.teller()[0].tell()
    assert len(died) == 8, died
    assert await place.waiting() == 0
    told = await place.told()
    assert sorted(number for numbers in told.values() for number in first_told(numbers)) == list(range(first))
    for numbers in told.values():
        assert first_told(numbers) == sorted(set(numbers))
    again = sum(len(numbers) for numbers in told.values()) - first
    assert 0 < again <= 12 * sum(range(len(died) + 1))


async def test_two_tell_at_once(place: Place) -> None:
    """Two processes tell while facts are still being left: each is told, first in its order, and then none waits."""
    await place.left(0, 600)
    tellers = [place.teller()[0] for _ in range(2)]

    async def more() -> None:
        for first in range(600, 900, 30):
            await place.left(first, first + 30)

    await asyncio.gather(more(), *(teller.tell() for teller in tellers for _ in range(3)))
    await tellers[0].tell()
    told = await place.told()
    assert await place.waiting() == 0
    assert sorted(number for numbers in told.values() for number in first_told(numbers)) == list(range(900))
    for numbers in told.values():
        assert first_told(numbers) == sorted(set(numbers))


async def test_what_was_done_is_told_once(place: Place) -> None:
    """While nobody dies or tells beside, each fact is on the log once, however often it was left; none that was undone."""
    for _ in range(2):
        await place.left(0, 1100)
    with pytest.raises(ZeroDivisionError):
        await place.sql.transact(lambda db: (leave(db, OUTBOX, Untold("undone", "plays", "asha", b"-1", 1)), 1 // 0))
    assert await place.teller()[0].tell() == 1100
    assert await place.teller()[0].tell() == 0
    told = await place.told()
    assert sorted(number for numbers in told.values() for number in numbers) == list(range(1100))
