"""The port `rpc` inside one process, behaving as if there were a wire.

Request and reply are serialised and parsed, so nobody holds another's object; the deadline is kept by this side; and
whatever breaks in the callee arrives as the few errors a caller must know. A program that is right here stays right when
the same service moves to another machine.
"""

from dataclasses import dataclass
from typing import Any

import structlog

from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Channel, DeadlineExceeded, Method, Refused, Reply, Request, Service, Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger("matinee.rpc")


class LocalExchange:
    """Where the services of one process are mounted, by name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mounted: dict[str, object] = {}

    def mount(self, service: Service, implementation: object) -> None:
        """Makes `implementation` answer for `service`; refuses one that lacks a method, before anybody calls it."""
        missing = [
            method.attribute for method in service.methods if not callable(getattr(implementation, method.attribute, None))
        ]
        if missing:
            raise TypeError(f"{type(implementation).__name__} cannot serve {service.name}: add {', '.join(missing)}")
        if service.name in self._mounted:
            raise ValueError(f"{service.name} is mounted already: mount each service once")
        self._mounted[service.name] = implementation

    def channel(self, to: str) -> Channel:
        """The way to the service `to`, which may be mounted later."""
        return LocalChannel(to, self._clock, self._mounted)


@dataclass(frozen=True)
class LocalChannel:
    to: str
    clock: Clock
    mounted: dict[str, object]

    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply:
        name = f"{self.to}.{method.name}"
        left_s = call.deadline_s - self.clock.monotonic_s()
        if left_s <= 0:
            raise DeadlineExceeded(f"{name} was not asked: the caller's time was already up")
        answer = getattr(self.mounted.get(self.to), method.attribute, None)
        if answer is None or method.service != self.to:
            raise Unavailable(f"{name}: nobody serves it in this process; check the services in the topology file")
        return await self._ask(answer, name, left_s, method, request, call)

    async def _ask(
        self, answer: Any, name: str, left_s: float, method: Method[Request, Reply], request: Request, call: Call
    ) -> Reply:
        copy = method.parse_request(request.SerializeToString())
        try:
            async with self.clock.timeout(left_s):
                reply: Reply = await answer(copy, call)
            return method.parse_reply(reply.SerializeToString())
        except Refused as no:
            raise Refused(no.kind, no.title, no.reason, no.until_ms, no.field) from None
        except (TimeoutError, DeadlineExceeded):
            raise DeadlineExceeded(f"{name} did not answer within {left_s:.3g} s; try again") from None
        except Unavailable as failure:
            raise Unavailable(f"{name} could not answer: {failure}") from None
        except Exception as failure:
            log.exception("rpc_broke", method=name, caller=call.caller, trace_id=call.trace_id)
            raise Unavailable(f"{name} broke ({type(failure).__name__}); its log has the details") from None
