"""A call that every one of several processes is to hear: each of them keeps for itself what it is told.

It is done when one has answered, and the first answer counts, in the order of the topology. Who did not hear it hears the next
one; how often that happens is counted.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Counter

from matinee.ports.rpc import Call, Channel, Method, Reply, Request, Unavailable

UNHEARD = Counter("matinee_rpc_unheard_total", "Calls meant for several processes that one of them missed", ["method", "process"])


@dataclass(frozen=True)
class ChannelToAll:
    """The ways to a service in every process that runs it, by the process's name."""

    ways: Mapping[str, Channel]

    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply:
        told = (way.invoke(method, request, call) for way in self.ways.values())
        answers = await asyncio.gather(*told, return_exceptions=True)
        for process, answer in zip(self.ways, answers, strict=True):
            if isinstance(answer, Unavailable):
                UNHEARD.labels(f"{method.service}.{method.name}", process).inc()
        answered = next((answer for answer in answers if not isinstance(answer, Unavailable)), answers[0])
        if isinstance(answered, BaseException):
            raise answered
        return answered
