"""The port `rpc` over gRPC: one server for each process that others call, a connection to the processes that it calls.

A call travels as `/<Service>/<Method>` with the messages of contracts/ as they are. The trace, the caller's name and the
passport go as metadata; the deadline as the seconds that are left, because no two machines share a clock. A refusal is a
FAILED_PRECONDITION that carries its words in trailing metadata; the other errors are the statuses of their names.

Between processes of one machine the address is a unix socket in the private state directory: whoever may open it could
read the stores as well, so nothing is asked of him.
"""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import grpc
import grpc.aio
import msgspec
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from matinee.engines.grpc_connection import GrpcConnection, NobodyThere
from matinee.engines.grpc_options import SERVER_OPTIONS
from matinee.engines.rpc_callee import Callees
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, DeadlineExceeded, Method, Refused, Reply, Request, Service, Unavailable

TRACE, CALLER, LEFT, REFUSED = "matinee-trace", "matinee-caller", "matinee-left-s", "matinee-refused-bin"
PASSPORT, HOUSE, ADDRESS = "matinee-passport", "matinee-house", "matinee-address"
SHORT_GRACE_S = 2.0
WHOLE_SERVER = ""
"""What gRPC's health service calls all services together."""


class GrpcServer:
    """Answers at `address` (`unix:…` or `host:port`) for the services mounted in `callees`.

    Also for `grpc.health.v1.Health`, by which a process says that it takes calls; what it depends on is no part of the answer.
    """

    def __init__(self, address: str, callees: Callees, clock: Clock) -> None:
        self._address = address
        self._callees = callees
        self._clock = clock
        self._server: grpc.aio.Server | None = None
        self._health = cast(Any, health).aio.HealthServicer()  # it has no types

    async def start(self, services: tuple[Service, ...]) -> None:
        _clear_way(self._address)
        self._server = grpc.aio.server(options=SERVER_OPTIONS)
        for service in services:
            methods = {method.name: self._handler(service.name, method) for method in service.methods}
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.name, methods),))
        cast(Any, health_pb2_grpc).add_HealthServicer_to_server(self._health, self._server)
        self._server.add_insecure_port(self._address)
        await self._server.start()
        for name in (WHOLE_SERVER, *(service.name for service in services)):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def close(self) -> None:
        """Says that it leaves; what is under way may finish for a moment."""
        if self._server:
            await self._health.enter_graceful_shutdown()
            await self._server.stop(SHORT_GRACE_S)

    def _handler(self, to: str, method: Method[Any, Any]) -> "grpc.RpcMethodHandler[bytes, bytes]":
        async def handle(request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            try:
                return await self._callees.answer(to, method, request, self._call(context), told=True)
            except Refused as no:
                words = msgspec.json.encode((no.kind, no.title, no.reason, no.until_ms, no.field))
                await context.abort(grpc.StatusCode.FAILED_PRECONDITION, no.kind, ((REFUSED, words),))
            except DeadlineExceeded as late:
                await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, str(late))
            except Unavailable as failure:
                await context.abort(grpc.StatusCode.UNAVAILABLE, str(failure))

        return grpc.unary_unary_rpc_method_handler(cast("Callable[[bytes, Any], bytes]", handle))

    def _call(self, context: "grpc.aio.ServicerContext[bytes, bytes]") -> Call:
        told = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        with contextlib.suppress(ValueError):
            left_s = float(told.get(LEFT, ""))
            return Call(
                trace_id=told.get(TRACE, ""),
                caller=told.get(CALLER, ""),
                deadline_s=self._clock.monotonic_s() + left_s,
                passport=told.get(PASSPORT, ""),
                house=HOUSE in told,
                address=told.get(ADDRESS, ""),
            )
        raise Unavailable(f"a call without {LEFT}: only matinee's own processes can ask here")


def _beside(call: Call, left_s: float) -> tuple[tuple[str, str], ...]:
    """What travels beside the message; of these three only what there is."""
    told = ((TRACE, call.trace_id), (CALLER, call.caller), (LEFT, repr(left_s)))
    more = ((PASSPORT, call.passport), (HOUSE, "yes" if call.house else ""), (ADDRESS, call.address))
    return told + tuple(each for each in more if each[1])


def _clear_way(address: str) -> None:
    """A killed process leaves its socket, and the next one could not bind it."""
    if address.startswith("unix:"):
        Path(address.removeprefix("unix:")).unlink(missing_ok=True)


@dataclass(frozen=True)
class GrpcChannel:
    """The way to the service `to` at the other end of `connection`."""

    to: str
    clock: Clock
    connection: GrpcConnection

    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply:
        name = f"{self.to}.{method.name}"
        left_s = call.deadline_s - self.clock.monotonic_s()
        if left_s <= 0:
            raise DeadlineExceeded(f"{name} was not asked: the caller's time was already up")
        metadata = _beside(call, left_s)
        try:
            async with self.clock.timeout(left_s), self.connection.wire() as wire:
                ask = cast("Callable[..., Awaitable[bytes]]", wire.unary_unary(f"/{self.to}/{method.name}"))
                # The wire's own limit is a little longer than ours: the callee, who knows more, answers first.
                reply = await ask(request.SerializeToString(), metadata=metadata, timeout=left_s + 1)
        except TimeoutError:
            raise DeadlineExceeded(f"{name} did not answer within {left_s:.3g} s; try again") from None
        except NobodyThere as error:
            raise Unavailable(f"{name} could not be asked: {error}") from None
        except grpc.aio.AioRpcError as failure:
            raise self._in_our_words(name, failure) from None
        return method.parse_reply(reply)

    def _in_our_words(self, name: str, failure: grpc.aio.AioRpcError) -> Exception:
        told, code = failure.details() or "", failure.code()
        words = next((value for key, value in failure.trailing_metadata() or () if key == REFUSED), None)
        if isinstance(words, bytes):
            return Refused(*msgspec.json.decode(words, type=tuple[str, str, str, int, str]))
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            return DeadlineExceeded(told or f"{name} did not answer in time; try again")
        if code == grpc.StatusCode.UNAVAILABLE and name in told:
            return Unavailable(told)
        if code == grpc.StatusCode.UNIMPLEMENTED:
            return Unavailable(f"{name}: nobody serves it at {self.connection.where}; check the services in the topology file")
        where = f"{self.connection.where}: is its process running?"
        return Unavailable(f"{name} could not be asked at {where} ({code.name.lower()}: {told[:200]})")
