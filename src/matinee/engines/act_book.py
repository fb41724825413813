"""An operator's act, written into the book before it is done, and what came of it after."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

from matinee.contracts.audit_pb2 import Act, ActEnd
from matinee.contracts.audit_rpc import AuditClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Method, Refused, Unavailable

T = TypeVar("T")
log: structlog.stdlib.BoundLogger = structlog.get_logger("matinee.acts")


class ActBook:
    def __init__(self, audit: AuditClient, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def acting(self, method: Method[Any, Any], asked: object, call: Call, act: Callable[[], Awaitable[T]]) -> T:
        """Acts. Raises Unavailable where nothing could be written down: then nothing was done."""
        line = Act(
            act_id=uuid.uuid4().hex,
            at_ms=self._clock.now_ms(),
            by_account_id=call.who.account_id,
            method=f"{method.service}.{method.name}",
            about=" ".join(str(asked).split()),
            address=call.address,
            trace_id=call.trace_id,
        )
        own = call.by_house("audit")
        await self._audit.write(line, own)
        try:
            answer = await act()
        except Refused as no:
            await self._ended(line, f"refused: {no.title} {no.reason}", own)
            raise
        await self._ended(line, "done", own)
        return answer

    async def _ended(self, line: Act, outcome: str, call: Call) -> None:
        """What was done is done: that nobody could write down its end is told to the log only."""
        try:
            await self._audit.end(ActEnd(act_id=line.act_id, outcome=outcome), call)
        except Unavailable as why:
            log.warning("outcome not written", act=line.act_id, method=line.method, outcome=outcome, why=str(why))
