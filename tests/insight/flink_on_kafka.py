"""Flink on a real Kafka makes the tables that the small runner makes (`make test-flink-kafka`)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from infra.flink.connector import JARS
from infra.ports import LOOPBACK, read_ports
from insight.flink_machine import JOBS, TOLD, kill, offspring, on_the_small_runner, steps_of
from matinee.engines.kafka_log import KafkaLog
from matinee.insight.flink.engine import Task, Topic, flink
from matinee.insight.flink.tables import tables_in
from matinee.insight.streams.job import Job
from matinee.insight.streams.watching import WATCHING
from matinee.ports.log import Entry

pytestmark = [pytest.mark.flink, pytest.mark.engines]
SOON_S = 300.0


class House:
    """A log on Kafka, in several partitions, under names of this test's own."""

    def __init__(self, name: str) -> None:
        self._prefix, self._servers = f"flink.{name}", f"{LOOPBACK}:{read_ports().kafka.broker}"
        self.log = KafkaLog(f"kafka://{self._servers}?prefix={self._prefix}&partitions=3")

    async def tell(self, job: Job, facts: Sequence[Entry]) -> None:
        await self.log.append(job.topic, facts)

    def topic(self, job: Job, *, ends: bool) -> Topic:
        topic = f"{self._prefix}.{job.topic}"
        return Topic(self._servers, topic, f"{topic}/flink.{job.name}", ends)


@pytest.fixture
async def house(tmp_path: Path, brief_java: None) -> AsyncIterator[House]:
    house = House(f"{tmp_path.parent.name}.{tmp_path.name}")
    yield house
    await house.log.close()


async def test_what_stands_on_kafka_is_the_same_on_flink(house: House, tmp_path: Path) -> None:
    """A backfill of both jobs, from the topics' starts to where they stand now."""
    for job in JOBS:
        await house.tell(job, TOLD.entries(job.topic))
    tasks = [Task(job, house.topic(job, ends=True), tmp_path / job.name / "tables") for job in JOBS]
    await asyncio.to_thread(flink(JARS).run, tasks)
    for job in JOBS:
        assert tables_in(tmp_path / job.name / "tables", job) == (await on_the_small_runner(job, tmp_path / job.name)).live


async def test_a_flink_whose_steps_are_killed_loses_and_doubles_nothing(house: House, tmp_path: Path) -> None:
    """The processes of the steps, killed amid the hour: it goes on from its last checkpoint, and each fact counts once."""
    facts, out = TOLD.entries(WATCHING.topic), tmp_path / "out"
    half, whole = len(facts) // 2, (await on_the_small_runner(WATCHING, tmp_path)).live
    await house.tell(WATCHING, facts[:half])
    with flink(JARS).start([Task(WATCHING, house.topic(WATCHING, ends=False), out)], tmp_path) as running:
        try:
            await until(lambda: any(tables_in(out, WATCHING).values()))
            await house.tell(WATCHING, facts[half : half + 40])
            killed = steps_of(running.pid)
            kill(killed)
            assert killed
            await house.tell(WATCHING, facts[half + 40 :])
            await until(lambda: tables_in(out, WATCHING) == whole)
        finally:
            kill([*offspring(running.pid), running.pid])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not holds():
            await asyncio.sleep(0.2)
