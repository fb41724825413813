"""The ledger's proof: facts go from pages to history and tables while those who carry them are killed, and each counts once.

Real processes hear (`beacons`) and keep (`collect`); on Kafka the broker dies, too. What is looked at in the end: every fact that
a page was told is taken stands on the log; history has each view once, with the sum of its own stretches; and the tables are
those that the job's steps make of the log's facts, each taken once.
"""

import asyncio
import os
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from insight.evening import kept, stored, worked_out
from insight.ledger_house import HEARING, KEEPING, LedgerHouse, all_read, facts_of, read_by_runner
from insight.ledger_tellers import Pace, Teller
from matinee.engines.sqlite_log import SqliteLog
from matinee.insight.streams.watching import WATCHING
from matinee.ports.log import Log, LogUnavailable

FACTS, KILLS, TELLERS = 50_000, 10, 20
FACTS_IN_A_SOAK, KILLS_IN_A_SOAK, TELLERS_IN_A_SOAK = 1_000_000, 200, 80
STEP_WITHIN_S = 180.0
LATEST_S = 0.1
BROKER = "broker"
# Who reads on Kafka is missed for ten seconds before another is given its entries, and a broker takes as long to come back.
IN_TURN, IN_TURN_ON_KAFKA = (HEARING, KEEPING), (HEARING, KEEPING, HEARING, BROKER, HEARING)
Break = Callable[[], Awaitable[None]]


@dataclass
class Proof:
    """Facts told at the pace of the kills: from each kill to the next as many again."""

    house: LedgerHouse
    log: Log
    facts: int
    tellers: int
    in_turn: tuple[str, ...] = IN_TURN
    break_the_broker: Break | None = None
    pace: Pace = field(default_factory=Pace)
    dead: Counter[str] = field(default_factory=Counter[str])
    behind: int = 0
    standing: int = 0

    async def survive(self, kills: int, seed: int) -> None:
        dice = random.Random(seed)
        self.house.start(HEARING, KEEPING)
        tellers = [Teller(number, self.facts // self.tellers, self.house.socket, self.pace) for number in range(self.tellers)]
        telling = asyncio.gather(*(each.tell_all() for each in tellers))
        try:
            for number in range(kills):
                self.pace.allowed = (number + 1) * self.facts // (kills + 1)
                await self._kill(self.in_turn[number % len(self.in_turn)], dice, telling)
            self.pace.allowed = self.facts
            async with asyncio.timeout(STEP_WITHIN_S + self.facts / 2_000):
                await telling
            await all_read(self.log, STEP_WITHIN_S + self.facts / 2_000)
        finally:
            telling.cancel()
            self.house.end()
        await self._hold_against(tellers)

    async def _kill(self, victim: str, dice: random.Random, telling: asyncio.Future[list[None]]) -> None:
        """In the midst of work: it has begun since it was last killed, and more is told just now."""
        standing = await self._standing()
        wanted = self.pace.acknowledged + dice.random() * (self.pace.allowed - self.pace.acknowledged)
        async with asyncio.timeout(STEP_WITHIN_S):
            while self.pace.acknowledged < wanted or (victim == KEEPING and await self._standing() <= standing):
                assert not telling.done(), "nobody tells any more"
                self.house.check()
                await asyncio.sleep(0.005)
        await asyncio.sleep(dice.uniform(0, LATEST_S))
        self.behind += await self._standing() < self.pace.acknowledged
        self.dead[victim] += 1
        if victim == BROKER:
            assert self.break_the_broker
            await self.break_the_broker()
        else:
            self.house.kill(victim)
            self.house.start(victim)

    async def _standing(self) -> int:
        """How many entries the runner is done with; while the log is away, how many it was."""
        with suppress(LogUnavailable):
            self.standing = await read_by_runner(self.log)
        return self.standing

    async def _hold_against(self, tellers: list[Teller]) -> None:
        there = [fact async for fact in facts_of(self.log)]
        numbers = Counter((fact.producer_id, fact.sequence) for fact in there)
        assert set(numbers) == {told for each in tellers for told in each.told()}
        assert len(there) > self.facts, "no answer was lost: nothing was told twice"
        views = 0
        for each in tellers:
            found = [(view.view_id, view.watched_ms) for view in await self.house.history(each.profile)]
            assert len(found) == len(dict(found)), "a view stands twice"
            assert dict(found) == each.views()
            views += len(found)
        sql = self.house.tables()
        in_tables = await kept(WATCHING, sql)
        await sql.close()
        assert in_tables == stored(WATCHING, worked_out(WATCHING, there))
        print(
            f"{self.facts} facts told, {len(there)} on the log, {len(numbers)} of them different; {views} views in history,"
            f" {sum(map(len, in_tables.values()))} rows in tables: none lost, none doubled."
            f" kill -9: {dict(self.dead)}, {self.behind} of them while facts waited to be read"
        )


async def prove_on_sqlite(folder: Path, facts: int, kills: int, tellers: int) -> None:
    file = folder / "log.db"
    log = SqliteLog(file)
    await Proof(LedgerHouse(folder, f"sqlite:///{file}"), log, facts, tellers).survive(kills, facts)
    await log.close()


@pytest.mark.xdist_group("kills")
async def test_ten_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """Fifty thousand facts, ten deaths: a short run of the proof below."""
    await prove_on_sqlite(tmp_path, FACTS, KILLS, TELLERS)


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("MATINEE_SOAK"), reason="long: type make soak")
async def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """Of a million facts each counts once, however often those who carry them die."""
    await prove_on_sqlite(tmp_path, FACTS_IN_A_SOAK, KILLS_IN_A_SOAK, TELLERS_IN_A_SOAK)


async def prove_on_kafka(folder: Path, facts: int, kills: int, tellers: int) -> None:
    """The broker is the third victim."""
    from infra.bring_up import bring_up
    from infra.engines import all_servers, chosen
    from infra.place import DEFAULT_DATA, alone
    from infra.ports import LOOPBACK, read_ports
    from infra.processes import kill
    from matinee.engines.kafka_log import KafkaLog

    ports, data = read_ports(), DEFAULT_DATA.resolve()

    async def break_the_broker() -> None:
        await asyncio.to_thread(kill, data, "kafka")
        with alone(data):
            await bring_up(chosen(all_servers(ports, data), ["kafka"]), data, print)

    url = f"kafka://{LOOPBACK}:{ports.kafka.broker}?prefix=soak.{uuid.uuid4().hex[:16]}&partitions=3"
    log = KafkaLog(url)
    await Proof(LedgerHouse(folder, url), log, facts, tellers, IN_TURN_ON_KAFKA, break_the_broker).survive(kills, facts)
    await log.close()


@pytest.mark.soak
@pytest.mark.engines
@pytest.mark.alone
@pytest.mark.xdist_group("servers die")
async def test_kills_lose_and_double_nothing_on_kafka(tmp_path: Path) -> None:
    """The same with a real broker, which dies, too."""
    whole = bool(os.environ.get("MATINEE_SOAK"))
    await prove_on_kafka(tmp_path, *((FACTS_IN_A_SOAK, KILLS_IN_A_SOAK, TELLERS_IN_A_SOAK) if whole else (FACTS, KILLS, TELLERS)))
