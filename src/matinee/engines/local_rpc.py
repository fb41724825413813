"""The port `rpc` inside one process, behaving as if there were a wire.

Request and reply are serialised and parsed, so nobody holds another's object; the deadline is kept; and whatever breaks in
the callee arrives as the few errors a caller must know. A program that is right here stays right when the same service
moves to another machine.
"""

from dataclasses import dataclass

from matinee.engines.rpc_callee import Callees
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, DeadlineExceeded, Method, Reply, Request


@dataclass(frozen=True)
class LocalChannel:
    """The way to the service `to`, which may be mounted later."""

    to: str
    clock: Clock
    callees: Callees

    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply:
        if call.deadline_s <= self.clock.monotonic_s():
            raise DeadlineExceeded(f"{self.to}.{method.name} was not asked: the caller's time was already up")
        reply = await self.callees.answer(self.to, method, request.SerializeToString(), call)
        return method.parse_reply(reply)


class LocalExchange(Callees):
    """The services of one process, and the ways to them."""

    def channel(self, to: str) -> LocalChannel:
        return LocalChannel(to, self._clock, self)
