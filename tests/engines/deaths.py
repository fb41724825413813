"""Real servers are killed and come back: what was acknowledged is there, and nobody on our side is restarted.

Each test leaves the whole set running, also when it fails. Who shares a set with others has to bring up one of their own.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from engines.stores import KINDS, Kind, Store, found_again, is_told, served_again, write_at_last
from infra.bring_up import bring_up
from infra.cassandra.server import meet
from infra.engines import all_servers
from infra.place import CACHE, DEFAULT_DATA, OTHER_DATA, alone
from infra.ports import LOOPBACK, OTHER_PORTS, read_ports
from infra.processes import kill, running
from matinee.engines.cassandra_rows import CassandraRows
from matinee.engines.memcached_cache import Memcached
from matinee.ports.rows import RowsUnavailable

pytestmark = [pytest.mark.engines, pytest.mark.alone, pytest.mark.xdist_group("servers die")]
PORTS = read_ports()
DATA = DEFAULT_DATA.resolve()
WRITTEN_FOR_S = 0.5
HANDED_OVER_WITHIN_S = 60.0
LEAST_WRITTEN = 3
WRITTEN_WITHIN_S = 30.0


class Servers:
    """The servers of this set, to be killed and brought back."""

    def __init__(self) -> None:
        own = (CACHE / "data").resolve() == DATA or OTHER_PORTS in os.environ
        assert own, f"these tests kill servers, and {OTHER_DATA} names another's: bring up your own, see python -m infra --help"

    async def kill(self, *names: str) -> None:
        """As the kernel kills what eats its memory."""
        await asyncio.to_thread(kill, DATA, *names)

    def send(self, number: signal.Signals, name: str) -> None:
        for each in running(DATA):
            if each.name == name:
                with suppress(ProcessLookupError):
                    os.kill(each.pid, number)

    async def bring_back(self) -> None:
        with alone(DATA):
            await bring_up(all_servers(PORTS, DATA), DATA, print)
        await meet(PORTS)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    servers = Servers()
    yield servers
    await servers.bring_back()


async def write_on(store: Store, kind: Kind, acknowledged: list[str]) -> None:
    """Writes until the store is away; every name that was acknowledged is in the list."""
    for number in range(100_000):
        with suppress(*kind.failures):
            await store.write(name := f"film {number}", name.encode())
            acknowledged.append(name)
            continue
        return


@pytest.mark.parametrize("name", sorted(KINDS))
async def test_a_server_that_is_killed_comes_back_with_all_it_acknowledged(name: str, servers: Servers, tmp_path: Path) -> None:
    """Killed in the midst of writing: who asks is told in time, and when it is back every word it had taken is there."""
    kind, acknowledged = KINDS[name], list[str]()
    store = kind.open(kind.there, tmp_path)
    await write_at_last(kind, store, "before", b"word")
    writing = asyncio.create_task(write_on(store, kind, acknowledged))
    await asyncio.sleep(WRITTEN_FOR_S)
    async with asyncio.timeout(WRITTEN_WITHIN_S):
        while len(acknowledged) < LEAST_WRITTEN:
            await asyncio.sleep(0.05)
    await servers.kill(kind.server)
    writing.cancel()
    await asyncio.wait({writing})
    for _ in range(2):
        await is_told(kind, store.read("before"))
    await servers.bring_back()
    assert await served_again(kind, store) == b"here"
    found = {each: await found_again(kind, store, each) for each in ("before", *acknowledged[-200:])}
    if kind.unavailable:
        assert found == {"before": b"word"} | {each: each.encode() for each in acknowledged[-200:]}
    else:
        assert set(found.values()) == {None}, "what a memcached held dies with it"
    await store.close()


async def test_a_kafka_that_hangs_is_given_up_in_time_and_used_when_it_answers(servers: Servers, tmp_path: Path) -> None:
    """A broker that is stopped keeps nobody waiting for longer than was said, and what it had taken is read when it goes on."""
    kind = KINDS["kafka"]
    store = kind.open(kind.there, tmp_path)
    await write_at_last(kind, store, "film", b"before")
    servers.send(signal.SIGSTOP, kind.server)
    try:
        assert str(kind.there) in await is_told(kind, store.write("other", b"meanwhile"))
    finally:
        servers.send(signal.SIGCONT, kind.server)
    assert await served_again(kind, store) == b"here"
    assert await store.read("film") == b"before"
    await store.close()


async def test_a_cassandra_data_centre_that_dies_is_not_noticed_in_the_other(servers: Servers) -> None:
    """dc2 is killed: dc1 reads, writes and pages as if nothing were; what was said meanwhile is in dc2 when it returns."""
    cassandra, at_ms = PORTS.cassandra, time.time_ns() // 1_000_000
    here, partition = CassandraRows(f"cassandra://{cassandra.dc1}:{cassandra.native}/exam?dc=dc1"), f"asha {at_ms}"
    await here.put("deaths", partition, "dropped", {"x": b"before"}, at_ms)
    await here.put("deaths", partition, "changed", {"x": b"before"}, at_ms)
    await servers.kill("cassandra-dc2")
    expected = {"changed": b"meanwhile"} | {f"film {number:02}": b"meanwhile" for number in range(50)}
    began_s, longest_s = time.monotonic(), 0.0
    for key, value in expected.items():
        await here.put("deaths", partition, key, {"x": value}, at_ms + 1)
        assert (await here.get("deaths", partition, [key]))[key].cells == {"x": value}
        began_s, longest_s = time.monotonic(), max(longest_s, time.monotonic() - began_s)
    await here.drop("deaths", partition, "dropped", at_ms + 1)
    assert {row.key: row.cells["x"] for row in await here.page("deaths", partition, 100)} == expected
    assert longest_s < 1
    # Hints are on the disk a second later; of a node that dies sooner some may be lost, and its own rows are not.
    await asyncio.sleep(1.5)
    await servers.bring_back()
    there = CassandraRows(f"cassandra://{cassandra.dc2}:{cassandra.native}/exam?dc=dc2")
    found = dict[str, bytes]()
    with suppress(TimeoutError):
        async with asyncio.timeout(HANDED_OVER_WITHIN_S):
            while found != expected:
                with suppress(RowsUnavailable):  # a node that has just started may keep us waiting
                    found = {row.key: row.cells["x"] for row in await there.page("deaths", partition, 100, fresh=False)}
                await asyncio.sleep(0.2)
    assert found == expected
    await here.close()
    await there.close()


async def test_a_memcached_zone_that_dies_costs_nothing_but_its_copies(servers: Servers, tmp_path: Path) -> None:
    """One node is killed, then its whole zone: the other zone answers. They come back empty, and nobody ever gets an old word."""
    zones = {"a": PORTS.memcached.zone_a, "b": PORTS.memcached.zone_b}
    place = ";".join(f"{zone}={','.join(f'{LOOPBACK}:{port}' for port in ports)}" for zone, ports in zones.items())
    url = f"memcached://{place}?house=deaths-{tmp_path.stat().st_ino}"
    # Who only is slow on a busy machine is not taken for dead: what dies here refuses at once.
    near, far = (Memcached(f"{url}&near={zone}", answers_within_s=1) for zone in zones)
    words = {f"title {number}": b"old" for number in range(100)}
    for key, word in words.items():
        await near.put(key, word, 60)
    for dying in (["memcached-a1"], ["memcached-a1", "memcached-a2"]):
        await servers.kill(*dying)
        assert await near.get_many(list(words)) == words
    for key in ("title 1", "title 2", "title 3"):
        words.pop(key)
        await near.forget(key)
    for key in ("title 4", "title 5", "title 6"):
        words[key] = b"new"
        await near.put(key, b"new", 60)
    await servers.bring_back()
    await asyncio.sleep(1.1)
    before = found_near()
    for cache in (near, far, near):
        assert await cache.get_many(["title 1", "title 2", "title 3", *words]) == words
    assert found_near() - before >= 2 * len(words), "what the far zone had is near again"
    await near.close()
    await far.close()


def found_near() -> float:
    return REGISTRY.get_sample_value("matinee_cache_keys_total", {"where": "near"}) or 0.0
