"""The exam of the port `log`, continued: readers that share the work, come back, die, and fall behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from exams.neighbour import heard, neighbour
from exams.sitters import LOG, sitters_of
from matinee.ports.log import MOST_ENTRY_BYTES, Entry, Log, Read, Subscription

FILMS = {f"film {number}" for number in range(40)}


@pytest.fixture(params=sitters_of(LOG))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def log(engine: str, tmp_path: Path) -> AsyncIterator[Log]:
    sitter = LOG[engine](tmp_path)
    yield sitter
    await sitter.close()


async def tell_of_films(log: Log) -> None:
    await log.append("films", [Entry(film, b"found") for film in sorted(FILMS)])


async def drain(subscription: Subscription) -> list[Read]:
    found: list[Read] = []
    while reads := await subscription.poll(1000, 0):
        found += reads
    return found


async def finish(subscription: Subscription, reads: list[Read]) -> None:
    """Done with all of it: the last of each partition says so."""
    for read in {read.position.partition: read for read in reads}.values():
        await subscription.commit(read)


def keys(reads: list[Read]) -> list[str]:
    return sorted(read.entry.key for read in reads)


def lag(topic: str, group: str) -> float:
    """What Prometheus is told of a group, all partitions together."""
    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples if sample.name == "matinee_log_lag_entries"]
    return sum(each.value for each in samples if (each.labels["topic"], each.labels["group"]) == (topic, group))


async def test_a_group_that_comes_back_goes_on_where_it_was(log: Log, engine: str, tmp_path: Path) -> None:
    """After a restart the catalog is told what is new, of every film, and nothing twice."""
    await tell_of_films(log)
    before = await log.subscribe("films", "catalog")
    await finish(before, await drain(before))
    await log.close()
    again = LOG[engine](tmp_path)
    await tell_of_films(again)
    assert keys(await drain(await again.subscribe("films", "catalog"))) == sorted(FILMS)
    await again.close()


async def test_a_fact_given_again_is_the_same_fact(log: Log) -> None:
    """Who keeps the positions of what it did knows a repetition; two equal facts have two positions."""
    await tell_of_films(log)
    await tell_of_films(log)
    first = set(await drain(await log.subscribe("films", "catalog")))
    again = set(await drain(await log.subscribe("films", "catalog")))
    assert first == again
    assert len(first) == 2 * len(FILMS)


async def test_a_reader_that_is_killed_hands_over(log: Log, engine: str, tmp_path: Path) -> None:
    """A worker is killed with its hands full: all it had not finished is given to the one that is left."""
    await tell_of_films(log)
    with neighbour("read_and_hang", engine, tmp_path) as other:
        assert int(heard(other)) > 0
        other.kill()
        seen: set[str] = set()
        subscription = await log.subscribe("films", "studio")
        async with asyncio.timeout(90):
            while seen != FILMS:
                seen.update(read.entry.key for read in await subscription.poll(1000, 0.2))


async def test_readers_come_and_go_while_writers_write(log: Log, engine: str, tmp_path: Path) -> None:
    """Three processes write, a second reader joins and leaves: nothing is missed, and each writer's facts lie in their order."""
    writers = {name: 40 for name in ("worker", "front", "box")}
    reads: set[Read] = set()
    subscription = await log.subscribe("films", "studio")
    with ExitStack() as stack:
        for name, times in writers.items():
            assert heard(stack.enter_context(neighbour("append_some", engine, tmp_path, name, str(times)))) == "ready"
        visitor = LOG[engine](tmp_path)
        visiting = await visitor.subscribe("films", "studio")
        for _ in range(4):
            reads.update(await subscription.poll(10, 0.2))
            reads.update(await visiting.poll(10, 0.2))
        await visitor.close()
        async with asyncio.timeout(90):
            while len(reads) < sum(writers.values()):
                reads.update(await subscription.poll(1000, 0.2))
    for name, times in writers.items():
        story = sorted((each for each in reads if each.entry.key == name), key=lambda read: read.position.offset)
        assert [int(read.entry.value) for read in story] == list(range(times))


async def test_the_largest_entry_fits_and_one_byte_more_does_not(log: Log) -> None:
    """The limit is what the port says, key and value together, and the refusal leaves nothing behind."""
    key = "фильм"
    largest = Entry(key, bytes(MOST_ENTRY_BYTES - len(key.encode())))
    await log.append("films", [largest])
    with pytest.raises(ValueError, match="too large for topic 'films'"):
        await log.append("films", [Entry("small", b""), Entry(key, largest.value + b"\0")])
    assert [read.entry for read in await drain(await log.subscribe("films", "catalog"))] == [largest]


async def test_who_falls_behind_is_seen(log: Log, tmp_path: Path) -> None:
    """The operator sees how many facts a group has yet to finish, and sees it catch up."""
    group = tmp_path.name
    await log.append("films", [Entry("k", b"") for _ in range(5)])
    subscription = await log.subscribe("films", group)
    reads = await drain(subscription)
    assert lag("films", group) == 5
    await subscription.commit(reads[2])
    assert lag("films", group) == 2
    await subscription.commit(reads[4])
    assert lag("films", group) == 0
