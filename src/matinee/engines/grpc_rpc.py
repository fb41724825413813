"""The port `rpc` over gRPC: one server for each process that others call, one connection to each process that it calls.

A call travels as `/<Service>/<Method>` with the messages of contracts/ as they are. The trace and the caller's name go as
metadata; the deadline as the seconds that are left, because no two machines share a clock. A refusal is a
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

from matinee.engines.rpc_callee import Callees
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, DeadlineExceeded, Method, Refused, Reply, Request, Service, Unavailable

TRACE, CALLER, LEFT, REFUSED = "matinee-trace", "matinee-caller", "matinee-left-s", "matinee-refused-bin"
LARGEST_MESSAGE_BYTES = 16_000_000
SHORT_GRACE_S = 2.0
SERVER_OPTIONS = [
    # The library of a large house in one list is larger than the default of 4 MB.
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
    # Two processes at one address would answer in turns; the second is to fail.
    ("grpc.so_reuseport", 0),
]
CHANNEL_OPTIONS = [
    *SERVER_OPTIONS[:2],
    # A process that was restarted is found again at once: the default waits up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
    # Repeating is decided by who asks, who alone knows whether it is safe.
    ("grpc.enable_retries", 0),
]


class GrpcServer:
    """Answers at `address` (`unix:…` or `host:port`) for the services mounted in `callees`."""

    def __init__(self, address: str, callees: Callees, clock: Clock) -> None:
        self._address = address
        self._callees = callees
        self._clock = clock
        self._server: grpc.aio.Server | None = None

    async def start(self, services: tuple[Service, ...]) -> None:
        _clear_way(self._address)
        self._server = grpc.aio.server(options=SERVER_OPTIONS)
        for service in services:
            methods = {method.name: self._handler(service.name, method) for method in service.methods}
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.name, methods),))
        self._server.add_insecure_port(self._address)
        await self._server.start()

    async def close(self) -> None:
        """What is under way may finish for a moment."""
        if self._server:
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
            return Call(told.get(TRACE, ""), told.get(CALLER, ""), self._clock.monotonic_s() + left_s)
        raise Unavailable(f"a call without {LEFT}: only matinee's own processes can ask here")


def _clear_way(address: str) -> None:
    """A killed process leaves its socket, and the next one could not bind it."""
    if address.startswith("unix:"):
        Path(address.removeprefix("unix:")).unlink(missing_ok=True)


class GrpcConnection:
    """One connection to the process at `address`, shared by the channels to all its services."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._wire: grpc.aio.Channel | None = None

    def wire(self) -> grpc.aio.Channel:
        """Made at the first call, because it belongs to the event loop that is running then."""
        if self._wire is None:
            self._wire = grpc.aio.insecure_channel(self.address, options=CHANNEL_OPTIONS)
        return self._wire

    async def close(self) -> None:
        if self._wire:
            await self._wire.close()


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
        ask = cast("Callable[..., Awaitable[bytes]]", self.connection.wire().unary_unary(f"/{self.to}/{method.name}"))
        metadata = ((TRACE, call.trace_id), (CALLER, call.caller), (LEFT, repr(left_s)))
        try:
            async with self.clock.timeout(left_s):
                # The wire's own limit is a little longer than ours: the callee, who knows more, answers first.
                reply = await ask(request.SerializeToString(), metadata=metadata, timeout=left_s + 1)
        except TimeoutError:
            raise DeadlineExceeded(f"{name} did not answer within {left_s:.3g} s; try again") from None
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
            return Unavailable(f"{name}: nobody serves it at {self.connection.address}; check the services in the topology file")
        where = f"{self.connection.address}: is its process running?"
        return Unavailable(f"{name} could not be asked at {where} ({code.name.lower()}: {told[:200]})")
