"""The callee's side of a call, the same however the question came: parsed, kept to its deadline, answered as bytes.

Whatever breaks in here leaves as one of the few errors a caller must know. This is the boundary: what a service raises by a
fault of its own is logged here, with its traceback, and told to nobody outside. And whoever may not ask is turned away here.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import structlog
from prometheus_client import Histogram

from matinee.engines.admission import NoPassports, admitted
from matinee.ports.clock import Clock
from matinee.ports.rpc import Book, Call, DeadlineExceeded, Method, Passports, Refused, Service, Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger("matinee.rpc")
SECONDS = Histogram(
    "matinee_rpc_seconds",
    "How long calls between services took, by what came of them",
    ["service", "method", "outcome"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


@cache
def _seconds(to: str, method: str, outcome: str) -> Histogram:
    """Found again at each call, it would cost as much as the rest of it."""
    return SECONDS.labels(to, method, outcome)


class Callees:
    """Who answers for which service in this process."""

    def __init__(self, clock: Clock, passports: Passports | None = None) -> None:
        self._clock = clock
        self._passports = passports or NoPassports()
        self._mounted: dict[str, object] = {}
        self._book: Book | None = None

    def write_acts_into(self, book: Book) -> None:
        """Until somebody writes operators' acts down, none is done."""
        self._book = book

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

    async def answer(self, to: str, method: Method[Any, Any], request: bytes, call: Call, *, told: bool = False) -> bytes:
        """The reply of the service `to`, or Refused, DeadlineExceeded or Unavailable.

        `told`: a line in the log says what came of it, which is how a call is followed from process to process.
        """
        name = f"{to}.{method.name}"
        implementation = getattr(self._mounted.get(to), method.attribute, None)
        if implementation is None or method.service != to:
            raise Unavailable(f"{name}: nobody serves it in this process; check the services in the topology file")
        began_s, outcome = self._clock.monotonic_s(), "unavailable"
        left_s = call.deadline_s - began_s
        try:
            async with self._clock.timeout(left_s):
                asked = method.parse_request(request)
                who = admitted(method, asked, call, self._passports, self._clock.now_ms())
                reply = await self._done(method, implementation, asked, replace(call, who=who))
            answer: bytes = reply.SerializeToString()
            outcome = "answered"
            return answer
        except Refused as no:
            outcome = "refused"
            raise Refused(no.kind, no.title, no.reason, no.until_ms, no.field) from None
        except (TimeoutError, DeadlineExceeded):
            raise DeadlineExceeded(f"{name} did not answer within {left_s:.3g} s; try again") from None
        except Unavailable as failure:
            raise Unavailable(f"{name} could not answer: {failure}") from None
        except Exception as failure:
            log.exception("rpc_broke", method=name, caller=call.caller, trace_id=call.trace_id)
            raise Unavailable(f"{name} broke ({type(failure).__name__}); its log has the details") from None
        finally:
            took_s = self._clock.monotonic_s() - began_s
            _seconds(to, method.name, outcome).observe(took_s)
            if told:
                ms = round(took_s * 1000, 1)
                log.info("rpc", method=name, caller=call.caller, outcome=outcome, ms=ms, trace_id=call.trace_id)

    async def _done(self, method: Method[Any, Any], implementation: Any, asked: object, call: Call) -> Any:
        if not method.act:
            return await implementation(asked, call)
        if self._book is None:
            raise Unavailable("nobody writes down operators' acts in this process; call audit in wiring.py")
        return await self._book.acting(method, asked, call, lambda: implementation(asked, call))
