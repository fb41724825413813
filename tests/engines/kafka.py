"""What only Kafka can get wrong: too few partitions, nobody there, entries that age."""

import asyncio
import time
import uuid
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from infra.ports import LOOPBACK, read_ports
from matinee.engines.kafka_log import KafkaLog
from matinee.engines.kafka_place import place_of
from matinee.ports.log import KEPT_S, Entry, Log, LogUnavailable

pytestmark = pytest.mark.engines

DAY_S = 24 * 3600


def servers() -> str:
    return f"{LOOPBACK}:{read_ports().kafka.broker}"


@pytest.fixture
def url() -> str:
    return f"kafka://{servers()}?prefix=test.{uuid.uuid4().hex[:16]}&partitions=1"


async def read_by(log: Log, group: str) -> str:
    """What a group is given, and is then done with."""
    subscription = await log.subscribe("films", group)
    reads = await subscription.poll(100, 0)
    if reads:
        await subscription.commit(reads[-1])
    return "".join(read.entry.value.decode() for read in reads)


async def append_on_day(url: str, day: int, news: str) -> None:
    """By a process whose clock says so; what is old by then has gone when it is closed."""
    log = KafkaLog(url, now_s=lambda: time.time() + day * DAY_S)
    await log.append("films", [Entry("k", news.encode())])
    await log.close()


async def test_a_fact_goes_when_it_is_old_and_everybody_knows_it(url: str) -> None:
    """Facts stay for seven days, and until the slowest group has them; then they make room."""
    log = KafkaLog(url)
    await append_on_day(url, 0, "a")
    assert await read_by(log, "slow") == "a"
    await append_on_day(url, 6, "b")
    assert await read_by(log, "new on day 6") == "ab"
    await append_on_day(url, KEPT_S // DAY_S + 1, "c")
    assert await read_by(log, "new on day 8") == "bc"
    assert await read_by(log, "slow") == "bc"
    await log.close()


async def test_a_new_topic_can_be_asked_about_at_once(url: str) -> None:
    """Whoever asks where a topic ends that has just been made is told, though the brokers still tell each other of it."""
    log = KafkaLog(url.replace("partitions=1", "partitions=6"))
    ends = await asyncio.gather(*(log.ends(f"films-{number}") for number in range(20)))
    assert [dict(each) for each in ends] == [dict.fromkeys(range(6), 0)] * 20
    await log.close()


async def test_a_topic_with_too_few_partitions_is_not_used(url: str) -> None:
    """A topic made by somebody else with fewer partitions is an error that names it and the way out."""
    name = place_of(url).topic("films")
    somebody: Any = AdminClient({"bootstrap.servers": servers()})
    somebody.create_topics([NewTopic(name, 2, 1)])[name].result()
    log = KafkaLog(url.replace("partitions=1", "partitions=3"))
    with pytest.raises(LogUnavailable, match=r"has 2 partitions and 3 are expected.*partitions=2"):
        await log.append("films", [Entry("k", b"news")])
    await log.close()


async def test_a_log_that_is_not_there_is_an_error_in_time() -> None:
    """Nobody waits for ever for a broker: the error says where it was looked for."""
    log = KafkaLog(f"kafka://{LOOPBACK}:9", patience_s=0.5)
    before_s = time.monotonic()
    with pytest.raises(LogUnavailable, match=rf"{LOOPBACK}:9.*see whether it runs"):
        await log.append("films", [Entry("k", b"news")])
    with pytest.raises(LogUnavailable, match=rf"{LOOPBACK}:9.*see whether it runs"):
        await log.subscribe("films", "catalog")
    with pytest.raises(LogUnavailable, match=rf"{LOOPBACK}:9.*see whether it runs"):
        await log.topics()
    assert time.monotonic() - before_s < 5
    await log.close()
