"""What is done at the machine itself, by a command: written into the book of acts before it is done, like what operators do on
their pages. Who did it the house cannot know: whoever may read its state directory.
"""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from matinee.contracts.audit_pb2 import Act, ActEnd
from matinee.ports.rpc import Call, Refused
from matinee.topology import Topology
from matinee.up.adding import CannotAdd
from matinee.wiring import alone

T = TypeVar("T")


async def written_down(house: Topology, method: str, about: str, work: Callable[[], Awaitable[T]]) -> T:
    """Done, with its line; where nothing could be written down it is not done."""
    book: Any = alone(house, "audit")
    try:
        await book.start()
        line = Act(act_id=uuid.uuid4().hex, at_ms=time.time_ns() // 1_000_000, method=method, about=about)
        await book.write(line, call_of_the_house())
        try:
            done = await work()
        except (Refused, CannotAdd) as no:
            why = f"{no.title} {no.reason}" if isinstance(no, Refused) else str(no)
            await book.end(ActEnd(act_id=line.act_id, outcome=f"refused: {why}"), call_of_the_house())
            raise
        await book.end(ActEnd(act_id=line.act_id, outcome="done"), call_of_the_house())
        return done
    finally:
        await book.close()


def call_of_the_house() -> Call:
    return Call(trace_id="", caller="operator", deadline_s=time.monotonic() + 60, house=True)
