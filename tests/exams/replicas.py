"""Several processes that answer the same: who asks notices nothing of which one answers, nor of one that dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import REGISTRY

from exams.rpc import CALL, CATALOG, Catalog, until
from matinee.contracts.catalog_pb2 import GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.engines.grpc_connection import GrpcConnection
from matinee.engines.grpc_rpc import GrpcChannel, GrpcServer
from matinee.engines.manual_clock import ManualClock
from matinee.engines.rpc_callee import Callees
from matinee.engines.telling_all import ChannelToAll
from matinee.ports.rpc import Call, DeadlineExceeded, Refused, Unavailable

NAMES = ("one", "two", "three")


@dataclass
class Row:
    """Three processes in a row, which count what they are asked; `instead` is what one of them does rather than answer."""

    folder: Path
    clock: ManualClock
    asked: Counter[str] = field(default_factory=Counter[str])
    instead: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict[str, Callable[[], Awaitable[None]]])
    servers: dict[str, GrpcServer] = field(default_factory=dict[str, GrpcServer])

    def address(self, name: str) -> str:
        return f"unix:{self.folder / name}"

    async def open(self, name: str) -> None:
        async def answer(request: GetTitleRequest, call: Call) -> Title:
            self.asked[name] += 1
            if name in self.instead:
                await self.instead[name]()
            return Title(name=name)

        callees = Callees(self.clock)
        callees.mount(CATALOG, Catalog(answer))
        self.servers[name] = GrpcServer(self.address(name), callees, self.clock)
        await self.servers[name].start((CATALOG,))

    async def ask(self, client: CatalogClient, times: int = 1) -> Counter[str]:
        """Who answered, asked one after the other."""
        return Counter([(await client.get_title(GetTitleRequest(), CALL)).name for _ in range(times)])


@pytest.fixture
async def row(tmp_path: Path) -> AsyncIterator[Row]:
    row = Row(tmp_path, ManualClock())
    for name in NAMES:
        await row.open(name)
    yield row
    for server in row.servers.values():
        await server.close()


@pytest.fixture
async def client(row: Row) -> AsyncIterator[CatalogClient]:
    connection = GrpcConnection(*(row.address(name) for name in NAMES))
    yield CatalogClient(GrpcChannel("Catalog", row.clock, connection))
    await connection.close()


async def connected(row: Row, client: CatalogClient) -> None:
    """The first call waits for one connection; the others come in the same moment."""
    for name in NAMES:
        async with asyncio.timeout(30):
            while name not in await row.ask(client):
                pass
    row.asked.clear()


async def test_load_is_spread(row: Row, client: CatalogClient) -> None:
    """Of many questions each process gets its share, asked one by one or all at once."""
    await connected(row, client)
    assert await row.ask(client, 30) == dict.fromkeys(NAMES, 10)
    answers = await asyncio.gather(*(row.ask(client) for _ in range(60)))
    assert sum(answers, Counter[str]()) == dict.fromkeys(NAMES, 20)


async def test_one_that_is_gone_is_not_asked_until_it_is_back(row: Row, client: CatalogClient) -> None:
    """When a process ends, every question is answered by the others; when it is started again, it gets its share again."""
    await connected(row, client)
    await row.servers["two"].close()
    assert await row.ask(client, 20) == {"one": 10, "three": 10}
    await row.open("two")
    await connected(row, client)
    assert (await row.ask(client, 30))["two"] == 10


async def test_what_was_under_way_fails_and_is_not_asked_again(row: Row, client: CatalogClient) -> None:
    """A question that a dying process had taken may have been acted upon: who asked is told, and nobody is asked in its stead."""
    await connected(row, client)
    row.instead = dict.fromkeys(NAMES, asyncio.Event().wait)  # pyright: ignore[reportAttributeAccessIssue] # what it returns is not looked at
    asking = asyncio.create_task(row.ask(client))
    await until(lambda: row.asked.total() == 1)
    (taken,) = row.asked
    await row.servers[taken].close()
    with pytest.raises(Unavailable) as failure:
        await asking
    assert not isinstance(failure.value, DeadlineExceeded)
    assert row.asked == {taken: 1}


async def test_one_that_hangs_keeps_one_caller_until_the_deadline(row: Row, client: CatalogClient) -> None:
    """A process that takes questions and never answers costs who asked it his deadline; those who come after ask the others."""
    await connected(row, client)
    row.instead["one"] = lambda: row.clock.sleep(3600)
    asking = [asyncio.create_task(row.ask(client)) for _ in NAMES]
    await until(lambda: sum(each.done() for each in asking) == 2 and row.asked["one"] == 1)
    assert await row.ask(client, 20) == {"two": 10, "three": 10}
    await row.clock.advance(5.1)
    with pytest.raises(DeadlineExceeded, match=r"Catalog\.GetTitle"):
        await asyncio.gather(*asking)


async def test_when_all_are_gone_the_caller_hears_where_they_were(row: Row, client: CatalogClient) -> None:
    """With nobody left the answer comes at once, and says at which places somebody should have been."""
    await connected(row, client)
    for server in row.servers.values():
        await server.close()
    with pytest.raises(Unavailable, match=rf"Catalog\.GetTitle could not be asked.*{row.address('one')} or .*running\?"):
        await row.ask(client)


async def test_what_all_are_to_hear_all_hear(row: Row) -> None:
    """A box tells every steering; while one of them is away the others are told, and it is counted."""
    connections = {name: GrpcConnection(row.address(name)) for name in NAMES}
    everybody = CatalogClient(ChannelToAll({name: GrpcChannel("Catalog", row.clock, connections[name]) for name in NAMES}))
    assert await row.ask(everybody, 2) == {"one": 2}
    assert row.asked == dict.fromkeys(NAMES, 2)
    before = _unheard_by_one()
    await row.servers["one"].close()
    assert await row.ask(everybody) == {"two": 1}
    assert _unheard_by_one() == before + 1
    for name in NAMES[1:]:
        await row.servers[name].close()
    with pytest.raises(Unavailable, match=r"Catalog\.GetTitle"):
        await row.ask(everybody)
    for connection in connections.values():
        await connection.close()


async def test_a_no_to_what_all_are_to_hear_is_a_no(row: Row) -> None:
    """A box that nobody planned is told so: that is an answer, not a silence."""

    async def refuse() -> None:
        raise Refused("missing", "Unknown box.", "It is not in the topology.")

    row.instead = dict.fromkeys(NAMES, refuse)
    connections = {name: GrpcConnection(row.address(name)) for name in NAMES}
    everybody = CatalogClient(ChannelToAll({name: GrpcChannel("Catalog", row.clock, connections[name]) for name in NAMES}))
    with pytest.raises(Refused, match="Unknown box"):
        await row.ask(everybody)
    for connection in connections.values():
        await connection.close()


async def test_a_process_says_that_it_takes_calls(row: Row) -> None:
    """Whoever speaks gRPC's own health protocol hears that a process serves, and which services."""
    async with grpc.aio.insecure_channel(row.address("one")) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)  # it has no types
        for service in ("", "Catalog"):
            answer = await stub.Check(health_pb2.HealthCheckRequest(service=service))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.aio.AioRpcError) as unknown:
            await stub.Check(health_pb2.HealthCheckRequest(service="Kitchen"))
        assert unknown.value.code() == grpc.StatusCode.NOT_FOUND
        watch = stub.Watch(health_pb2.HealthCheckRequest(service="Catalog"))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        leaving = asyncio.create_task(row.servers["one"].close())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
        await leaving


def _unheard_by_one() -> float:
    told = {"method": "Catalog.GetTitle", "process": "one"}
    return REGISTRY.get_sample_value("matinee_rpc_unheard_total", told) or 0
