"""A call from service to service: within a process against a call by hand, over gRPC against gRPC's own stub and server.

A card's worth of a title is the answer. Over gRPC both ends are in this process, so a call's CPU is that of asking and answering.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import grpc
import grpc.aio
import structlog
from bench import engine_works as works
from bench.row import Row
from bench.turns import Work, at_once, contest, run
from prometheus_client import Histogram

from matinee.contracts.catalog_pb2 import GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.engines.grpc_connection import GrpcConnection
from matinee.engines.grpc_rpc import GrpcChannel, GrpcServer
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.rpc_callee import Callees
from matinee.engines.system_clock import SystemClock
from matinee.up.rim import log_as_json
from passes import Desk

TOOK = Histogram("bench_rpc_seconds", "How long calls took", ["service", "method", "outcome"])
UNIT = "calls a second of CPU"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield from run(_by_hand(Path(folder)))
    # Over gRPC each call is told to the log, which is written and thrown away.
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        log_as_json(nowhere)
        yield from run(_over_grpc(Path(folder)))
        structlog.reset_defaults()


async def _by_hand(folder: Path) -> list[Row]:
    desk = Desk(folder, SystemClock().now_ms())
    exchange, catalog = LocalExchange(SystemClock(), desk.passports), works.Catalog()
    as_member = replace(works.CALL, house=False, passport=desk.passport("asha", "p1"))
    exchange.mount(works.CATALOG, catalog)

    async def ask() -> Title:
        question = GetTitleRequest.FromString(works.QUESTION.SerializeToString())
        answer = await catalog.get_title(question, works.CALL)
        return Title.FromString(answer.SerializeToString())

    async def ask_in_time() -> Title:
        began_s = time.monotonic()
        async with asyncio.timeout(works.CALL.deadline_s - began_s):
            answer = await ask()
        TOOK.labels("Catalog", "GetTitle", "answered").observe(time.monotonic() - began_s)
        return answer

    client = CatalogClient(exchange.channel("Catalog"))

    async def ask_as_member() -> Title:
        return await client.get_title(works.QUESTION, as_member)

    anchors = {"a call by hand": _asking(ask), "the same with a deadline, timed": _asking(ask_in_time)}
    by_house = await contest("rpc in a process", works.ASKS, works.asking(client), anchors, UNIT, 20)

    async def ask_by_house() -> Title:
        return await client.get_title(works.QUESTION, works.CALL)

    alike = {"one of the house's own": _asking(ask_by_house)}
    return by_house + await contest("rpc with a passport", works.ASKS, _asking(ask_as_member), alike, UNIT, 20)


async def _over_grpc(folder: Path) -> list[Row]:
    clock = SystemClock()
    callees = Callees(clock)
    callees.mount(works.CATALOG, works.Catalog())
    address = f"unix:{folder / 'ours.sock'}"
    server, connection = GrpcServer(address, callees, clock), GrpcConnection(address)
    await server.start((works.CATALOG,))
    bare_server, wire = await _bare_server(f"unix:{folder / 'bare.sock'}")
    stub = wire.unary_unary(
        "/Catalog/GetTitle", request_serializer=GetTitleRequest.SerializeToString, response_deserializer=Title.FromString
    )

    async def ask() -> Title:
        return await stub(works.QUESTION, timeout=30)

    ours = works.asking(CatalogClient(GrpcChannel("Catalog", clock, connection)))
    measured = await contest("rpc over gRPC", works.ASKS, ours, {"grpc.aio": _asking(ask)}, UNIT)
    await connection.close()
    await wire.close()
    await server.close()
    await bare_server.stop(None)
    return measured


async def _bare_server(address: str) -> tuple[grpc.aio.Server, grpc.aio.Channel]:
    async def answer(request: GetTitleRequest, context: object) -> Title:
        return works.ANSWER

    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=GetTitleRequest.FromString, response_serializer=Title.SerializeToString
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("Catalog", {"GetTitle": handler}),))
    server.add_insecure_port(address)
    await server.start()
    return server, grpc.aio.insecure_channel(address)


def _asking(ask: Callable[[], Awaitable[object]]) -> Work:
    async def work(number: int) -> None:
        await at_once(ask() for _ in range(works.ASKS))

    return work
