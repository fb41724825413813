"""memcached in two zones, with nodes that die, hang and come back: the film goes on, and nothing old is told."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from infra.ports import LOOPBACK, read_ports
from matinee.engines.memcached_cache import Memcached
from matinee.engines.memcached_node import ANSWERS_WITHIN_S

pytestmark = pytest.mark.engines
NODES = read_ports().memcached
NOBODY = f"{LOOPBACK}:1"
PATIENT_S = 1.0
"""Where it is not asked how soon: a node that has to wait for a busy machine is not one that hangs."""


class Relay:
    """Stands before a real node, and may fall silent as one that hangs does, without closing anything."""

    def __init__(self) -> None:
        self.speaks = asyncio.Event()
        self.speaks.set()
        self.address = ""

    async def between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, NODES.zone_a[0])
        await asyncio.gather(self.carry(reader, far_writer), self.carry(far_reader, writer))

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while some := await reader.read(100_000):
                if not self.speaks.is_set():
                    break  # what was under way when it hung is lost
                writer.write(some)
        except ConnectionError:
            pass
        writer.close()


@asynccontextmanager
async def relayed() -> AsyncGenerator[Relay]:
    relay = Relay()
    server = await asyncio.start_server(relay.between, LOOPBACK, 0)
    relay.address = f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    yield relay
    server.close()


@asynccontextmanager
async def cache(near: str, far: str, house: str, answers_within_s: float = PATIENT_S) -> AsyncGenerator[Memcached]:
    opened = Memcached(f"memcached://near={near};far={far}?near=near&house={house}", answers_within_s)
    yield opened
    await opened.close()


@pytest.fixture
def house() -> str:
    return uuid.uuid4().hex


NEAR, OTHER, FAR = (f"{LOOPBACK}:{port}" for port in (*NODES.zone_a, NODES.zone_b[0]))


async def test_the_far_zone_answers_for_a_near_one_that_is_dead(house: str) -> None:
    """A whole zone is gone: what was kept is found in the other, and nobody waits for the dead."""
    async with cache(NEAR, FAR, house) as before, cache(NOBODY, FAR, house) as after:
        await before.put("a", b"1", 60)
        began_s = time.monotonic()
        for _ in range(50):
            assert await after.get_many(["a", "b"]) == {"a": b"1"}
        assert time.monotonic() - began_s < 1


async def test_what_the_far_zone_had_is_near_afterwards_and_no_longer_lived(house: str) -> None:
    """A near node that came back empty is filled by what is asked for, and not beyond its time."""
    async with cache(FAR, FAR, house) as far, cache(NEAR, FAR, house) as both, cache(NEAR, NOBODY, house) as near:
        await far.put("a", b"1", 3)
        assert await near.get_many(["a"]) == {}
        assert await both.get_many(["a"]) == {"a": b"1"}
        assert await near.get_many(["a"]) == {"a": b"1"}
        await asyncio.sleep(3.2)
        assert await near.get_many(["a"]) == {}


async def test_a_forgotten_value_does_not_come_back_by_way_of_the_other_zone(house: str) -> None:
    """A zone that missed the forgetting is not asked for what the near one knows to be gone."""
    async with cache(FAR, FAR, house) as far, cache(NEAR, FAR, house) as both:
        await both.put("a", b"old", 60)
        await both.forget("a")
        await far.put("a", b"old", 60)
        assert await both.get_many(["a"]) == {}


async def test_without_any_node_everything_is_a_miss(house: str) -> None:
    """All of memcached is dead: nothing is found, nothing fails, nothing waits."""
    async with cache(f"{NOBODY},{LOOPBACK}:2", f"{LOOPBACK}:3", house) as dead:
        began_s = time.monotonic()
        for number in range(100):
            await dead.put(f"{number}", b"1", 60)
            await dead.forget(f"{number}")
        assert await dead.get_many([f"{number}" for number in range(100)]) == {}
        assert time.monotonic() - began_s < 1


async def test_a_node_that_hangs_costs_a_moment_and_then_nothing(house: str) -> None:
    """A node that is there and says nothing delays one question, not the next hundred."""
    async with relayed() as relay, cache(relay.address, FAR, house, ANSWERS_WITHIN_S) as hanging:
        await hanging.put("a", b"1", 60)
        relay.speaks.clear()
        began_s = time.monotonic()
        for _ in range(100):
            assert await hanging.get_many(["a"]) == {"a": b"1"}
        assert time.monotonic() - began_s < 0.8


async def test_a_node_that_was_away_does_not_tell_what_was_forgotten_meanwhile(house: str) -> None:
    """What changed while a node could not be reached is a miss or the new value when it is back, for everybody."""
    async with relayed() as relay, cache(relay.address, NOBODY, house) as away, cache(NEAR, NOBODY, house) as other:
        values = {key: b"old" for key in ("forgotten", "changed", "kept")}
        for key, value in values.items():
            await away.put(key, value, 60)
        relay.speaks.clear()
        await away.forget("forgotten")
        await away.put("changed", b"new", 60)
        assert await away.get_many(list(values)) == {}
        relay.speaks.set()
        async with asyncio.timeout(5):
            while not (found := await away.get_many(list(values))):
                await asyncio.sleep(0.05)
        assert found == {"kept": b"old"}
        assert await other.get_many(list(values)) == {"kept": b"old"}


async def test_others_hear_of_it_also_when_we_ask_for_nothing_more(house: str) -> None:
    """Who changed something and fell idle still takes the old value back from a node that returns."""
    async with relayed() as relay, cache(relay.address, NOBODY, house) as away, cache(NEAR, NOBODY, house) as other:
        await away.put("a", b"old", 60)
        relay.speaks.clear()
        await away.forget("a")
        relay.speaks.set()
        async with asyncio.timeout(5):
            while await other.get_many(["a"]):
                await asyncio.sleep(0.05)


async def test_keys_are_spread_over_a_zones_nodes_and_found_again(house: str) -> None:
    """Two nodes of a zone each hold about half, and a batch of all of them comes back whole."""
    async with cache(f"{NEAR},{OTHER}", FAR, house) as both, cache(NEAR, NOBODY, house) as one:
        values = {f"{number}": b"%d" % number for number in range(200)}
        for key, value in values.items():
            await both.put(key, value, 60)
        assert await both.get_many(list(values)) == values
        assert 60 <= len(await one.get_many(list(values))) <= 140


@pytest.mark.parametrize(
    "url",
    ["memcached://", "memcached://a=host", "memcached://a=h:1?near=b", "memcached://a=h:1?nar=a", "memcached://a=h:1?house=A"],
)
def test_a_url_that_says_too_little_is_refused(url: str) -> None:
    """A typo in the list of nodes is told at the start, with what would be right."""
    with pytest.raises(ValueError, match=r"memcached://|house="):
        Memcached(url)
