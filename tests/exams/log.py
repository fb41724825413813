"""The exam of the port `log`: every fact, in order, at least once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from exams.neighbour import ENTRIES_PER_APPEND, heard, neighbour, rest
from exams.sitters import LOG, sitters_of
from matinee.ports.log import Entry, Log, LogUnavailable, Read, Subscription


@pytest.fixture(params=sitters_of(LOG))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def log(engine: str, tmp_path: Path) -> AsyncIterator[Log]:
    sitter = LOG[engine](tmp_path)
    yield sitter
    await sitter.close()


def entries(*values: str, key: str = "k") -> list[Entry]:
    return [Entry(key, value.encode()) for value in values]


async def drain(subscription: Subscription) -> list[Read]:
    """Everything there is to read now."""
    found: list[Read] = []
    while reads := await subscription.poll(1000, 0):
        found += reads
    return found


def values(reads: list[Read]) -> list[str]:
    return [read.entry.value.decode() for read in reads]


async def test_what_is_appended_is_read_in_order(log: Log) -> None:
    """Facts come back in the order they happened, with growing positions."""
    await log.append("films", entries("found", "probed"))
    await log.append("films", entries("published"))
    reads = await drain(await log.subscribe("films", "catalog"))
    assert values(reads) == ["found", "probed", "published"]
    offsets = [read.position.offset for read in reads]
    assert offsets == sorted(set(offsets))


async def test_nothing_comes_of_an_empty_topic(log: Log) -> None:
    """A topic nobody wrote to is empty, and so is one that got no entry; neither is an error."""
    await log.append("films", [])
    assert await (await log.subscribe("films", "catalog")).poll(10, 0.06) == []


async def test_what_was_not_committed_comes_again(log: Log, engine: str, tmp_path: Path) -> None:
    """A reader that died before it was done sees the same facts again; one that was done does not."""
    await log.append("films", entries("a", "b", "c", "d"))
    reads = await drain(await log.subscribe("films", "catalog"))
    first = await log.subscribe("films", "catalog")
    await first.poll(10, 0)
    await first.commit(reads[1])
    await log.close()
    again = LOG[engine](tmp_path)
    assert values(await drain(await again.subscribe("films", "catalog"))) == ["c", "d"]
    await again.close()


async def test_a_subscription_goes_on_from_what_it_polled(log: Log) -> None:
    """Within its life a reader meets each fact once, committed or not, however few it takes at a time."""
    await log.append("films", entries(*"abcdefg"))
    subscription = await log.subscribe("films", "catalog")
    parts = [values(list(await subscription.poll(3, 0))) for _ in range(4)]
    assert parts == [["a", "b", "c"], ["d", "e", "f"], ["g"], []]


async def test_groups_do_not_disturb_each_other(log: Log) -> None:
    """What the catalog has read, the search has yet to read; a new group starts at the first entry."""
    await log.append("films", entries("a", "b"))
    catalog = await log.subscribe("films", "catalog")
    await catalog.commit((await drain(catalog))[-1])
    assert values(await drain(await log.subscribe("films", "search"))) == ["a", "b"]
    assert await drain(await log.subscribe("films", "catalog")) == []


async def test_topics_do_not_mix(log: Log) -> None:
    """Plays are not films, even for one group."""
    await log.append("films", entries("film"))
    await log.append("plays", entries("play"))
    films, plays = await log.subscribe("films", "g"), await log.subscribe("plays", "g")
    await films.commit((await drain(films))[-1])
    assert values(await drain(plays)) == ["play"]


async def test_many_writers_keep_the_order_of_each_key(log: Log) -> None:
    """Twenty titles being made at once each keep their own story straight."""

    async def story(title: str) -> None:
        for chapter in range(20):
            await log.append("titles", entries(str(chapter), key=title))

    await asyncio.gather(*(story(f"title {number}") for number in range(20)))
    reads = await drain(await log.subscribe("titles", "catalog"))
    for number in range(20):
        assert values([r for r in reads if r.entry.key == f"title {number}"]) == [str(chapter) for chapter in range(20)]


async def test_what_is_told_in_one_breath_keeps_its_order(log: Log) -> None:
    """Thirty facts sent off one after the other, none waited for, arrive as they were sent."""
    await asyncio.gather(*(log.append("titles", entries(str(number))) for number in range(30)))
    reads = await drain(await log.subscribe("titles", "catalog"))
    assert values(reads) == [str(number) for number in range(30)]


async def test_what_is_done_stays_done(log: Log) -> None:
    """Saying again that an earlier fact is done with takes nothing back."""
    await log.append("films", entries("a", "b", "c"))
    subscription = await log.subscribe("films", "catalog")
    reads = await drain(subscription)
    await subscription.commit(reads[1])
    await subscription.commit(reads[0])
    assert values(await drain(await log.subscribe("films", "catalog"))) == ["c"]


async def test_two_processes_write_and_one_reads_all(log: Log, engine: str, tmp_path: Path) -> None:
    """The worker's facts and mine end in one log; none is lost, and each side keeps its order."""
    with neighbour("append_some", engine, tmp_path, "worker", "50") as other:
        assert heard(other) == "ready"
        for number in range(50):
            await log.append("films", entries(str(number), key="front"))
        assert await asyncio.to_thread(other.wait, 60) == 0
    reads = await drain(await log.subscribe("films", "catalog"))
    for key in ("front", "worker"):
        assert values([r for r in reads if r.entry.key == key]) == [str(number) for number in range(50)]
    assert len(reads) == 100


async def test_a_waiting_reader_hears_of_another_process(log: Log, engine: str, tmp_path: Path) -> None:
    """The front learns of a film the moment the worker has it, without being called."""
    subscription = await log.subscribe("films", "catalog")
    waiting = asyncio.create_task(subscription.poll(1, 60))
    with neighbour("append_some", engine, tmp_path, "worker", "1"):
        reads = await asyncio.wait_for(waiting, 40)
    assert [read.entry.key for read in reads] == ["worker"]


async def test_a_waiting_reader_is_woken(log: Log) -> None:
    """A fact appended while somebody waits reaches him; nobody need ask twice."""
    subscription = await log.subscribe("films", "catalog")
    waiting = asyncio.create_task(subscription.poll(10, 60))
    await asyncio.sleep(0.01)
    await log.append("films", entries("news"))
    assert values(list(await asyncio.wait_for(waiting, 40))) == ["news"]


async def test_a_killed_writer_loses_nothing_it_was_told_was_kept(log: Log, engine: str, tmp_path: Path) -> None:
    """Whatever was acknowledged before the power went is there, whole; of what was on its way there is at most the beginning."""
    told: Counter[str] = Counter()
    for _ in range(3):
        with neighbour("append_forever", engine, tmp_path) as other:
            words = [heard(other) for _ in range(5)]
            assert "" not in words
            other.kill()
            told.update(f"film {word}" for word in [*words, *rest(other)])
    kept: Counter[str] = Counter()
    stories = runs(await drain(await log.subscribe("films", "catalog")))
    for key, story in stories:
        assert story == [str(part) for part in range(len(story))]
        kept[key] += len(story) == ENTRIES_PER_APPEND
    assert told <= kept
    assert len(stories) <= told.total() + 3


def runs(reads: list[Read]) -> list[tuple[str, list[str]]]:
    """The stories told, each under its key: one begins where its first chapter is read."""
    stories: list[tuple[str, list[str]]] = []
    current: dict[str, list[str]] = {}
    for read in reads:
        chapter, key = read.entry.value.decode(), read.entry.key
        if chapter == "0" or key not in current:
            current[key] = []
            stories.append((key, current[key]))
        current[key].append(chapter)
    return stories


async def test_keys_and_values_may_be_anything(log: Log) -> None:
    """Any language, no key at all, no value at all, every byte: what goes in comes out."""
    strange = [Entry("", b""), Entry("фильм 🎬 \x00", bytes(range(256))), Entry("k" * 5000, b"\x00" * 70_000)]
    await log.append("films", strange)
    reads = [read.entry for read in await drain(await log.subscribe("films", "catalog"))]
    assert sorted(reads, key=lambda entry: entry.key) == sorted(strange, key=lambda entry: entry.key)


async def test_no_key_is_a_key(log: Log) -> None:
    """Facts without a key keep their order as if they had one."""
    for number in range(30):
        await log.append("films", entries(str(number), key=""))
    assert values(await drain(await log.subscribe("films", "catalog"))) == [str(number) for number in range(30)]


async def test_a_thing_too_large_is_refused_whole(log: Log) -> None:
    """A whole film does not fit into the log: the message says so, and nothing of that call is kept."""
    with pytest.raises(ValueError, match="too large for topic 'films'"):
        await log.append("films", [Entry("small", b"fits"), Entry("large", bytes((1 << 20) + 1))])
    assert await drain(await log.subscribe("films", "catalog")) == []


async def test_a_very_long_append_is_kept_in_order(log: Log) -> None:
    """Twelve thousand entries and twelve megabytes at once arrive in order, all of them."""
    many = [Entry("k", b"%d" % number) for number in range(12_000)]
    heavy = [Entry("h", bytes([number]) * 1_000_000) for number in range(12)]
    await log.append("films", many + heavy)
    reads = [read.entry for read in await drain(await log.subscribe("films", "catalog"))]
    assert [entry for entry in reads if entry.key == "k"] == many
    assert [entry for entry in reads if entry.key == "h"] == heavy
    assert len(reads) == len(many) + len(heavy)


async def test_a_page_is_full_while_there_is_more(log: Log) -> None:
    """Who asks for 700 of ten thousand gets 700 each time, and fewer only when that was all."""
    await log.append("films", [Entry(f"film {number}", b"") for number in range(10_000)])
    subscription = await log.subscribe("films", "catalog")
    pages = [len(await subscription.poll(700, 1)) for _ in range(15)]
    assert pages == [700] * 14 + [200]


async def test_a_poll_given_up_loses_nothing(log: Log) -> None:
    """A reader that stops waiting, and asks again later, misses nothing that came in between."""
    subscription = await log.subscribe("films", "catalog")
    seen: list[Read] = []
    for number in range(8):
        waiting = asyncio.create_task(subscription.poll(10, 60))
        await asyncio.sleep(0.002 * number)
        await log.append("films", entries(str(number)))
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            seen += await waiting
    assert values(seen + await drain(subscription)) == [str(number) for number in range(8)]


async def test_what_a_reader_leaves_undone_falls_to_another(log: Log, engine: str, tmp_path: Path) -> None:
    """Two workers hear of all films between them; what one had not finished when it went, the other is given."""
    films = {f"film {number}" for number in range(60)}
    other = LOG[engine](tmp_path)
    here, there = await log.subscribe("films", "studio"), await other.subscribe("films", "studio")
    await log.append("films", [Entry(film, b"") for film in films])
    polled: list[set[str]] = [set(), set()]
    async with asyncio.timeout(60):
        while polled[0] | polled[1] != films:
            for seen, subscription in zip(polled, (here, there), strict=True):
                seen.update(read.entry.key for read in await subscription.poll(100, 0.2))
    await other.close()
    async with asyncio.timeout(60):
        while polled[0] != films:
            polled[0].update(read.entry.key for read in await here.poll(100, 0.2))


async def test_a_hung_up_append_is_whole_or_not_at_all(log: Log) -> None:
    """Who hangs up while telling a story told all of it or none, and the others are not disturbed."""
    stories = [asyncio.create_task(log.append("films", entries("a", "b", key=str(number)))) for number in range(40)]
    await asyncio.sleep(0)
    for story in stories[::2]:
        story.cancel()
    await asyncio.gather(*stories, return_exceptions=True)
    reads = await drain(await log.subscribe("films", "catalog"))
    for number in range(40):
        told = values([read for read in reads if read.entry.key == str(number)])
        assert told == ["a", "b"] or (number % 2 == 0 and told == [])


async def test_a_closed_log_says_so(log: Log) -> None:
    """Whoever comes after closing time is told, and does not wait for ever."""
    subscription = await log.subscribe("films", "catalog")
    await log.close()
    with pytest.raises(LogUnavailable, match="closed"):
        await log.append("films", entries("late"))
    with pytest.raises(LogUnavailable, match="closed"):
        await subscription.poll(1, 0)
