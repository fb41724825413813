"""One connection to one memcached, in its meta commands (doc/protocol.txt): many questions under way, answered in their order.

Every command of ours has exactly one reply. A reply out of order would be somebody else's value, so a connection on which
anything was late or odd is cut, and never used again.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import cast


class Broken(Exception):
    """The connection is of no use any more; the text says why."""


@dataclass(frozen=True)
class Reply:
    status: bytes  # HD done, VA a value, EN or NF not there, NS not stored, SERVER_ERROR …
    flags: tuple[bytes, ...] = ()
    value: bytes = b""


@dataclass
class _Asked:
    count: int
    replies: list[Reply]
    answer: asyncio.Future[list[Reply]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Wire(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = bytearray()
        self._asked: deque[_Asked] = deque()
        self._why = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.cut(f"it was closed: {exc}" if exc else "it was closed")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (reply := self._next()) is not None:
            if not self._asked:
                self.cut(f"it said {reply.status!r} unasked")
                return
            asked = self._asked[0]
            asked.replies.append(reply)
            if len(asked.replies) == asked.count:
                self._asked.popleft()
                if not asked.answer.done():
                    asked.answer.set_result(asked.replies)

    @property
    def is_cut(self) -> bool:
        return bool(self._why)

    def cut(self, why: str) -> None:
        """At once; whoever waits hears of it."""
        if self._why:
            return
        self._why = why
        self._transport.abort()
        for asked in self._asked:
            if not asked.answer.done():
                asked.answer.set_result([])
        self._asked.clear()

    async def ask(self, commands: bytes, count: int, within_s: float) -> list[Reply]:
        """The replies to so many commands, or Broken."""
        if self._why:
            raise Broken(self._why)
        asked = _Asked(count, [])
        self._asked.append(asked)
        self._transport.write(commands)
        await asyncio.wait({asked.answer}, timeout=within_s)
        if not asked.answer.done():
            # Our own loop may have been busy for longer than the node: look at the socket once more.
            await asyncio.sleep(0.001)
        if not asked.answer.done():
            self.cut(f"no answer within {within_s:g} s")
        if len(asked.replies) < count:
            raise Broken(self._why)
        return asked.replies

    def _next(self) -> Reply | None:
        """The first whole reply of what was read, taken out of it."""
        end = self._read.find(b"\r\n")
        if end < 0:
            return None
        status, *flags = bytes(self._read[:end]).split(b" ") if end else [b""]
        if status != b"VA":
            del self._read[: end + 2]
            return Reply(status, tuple(flags))
        first, last = end + 2, end + 2 + int(flags[0])
        if len(self._read) < last + 2:
            return None
        value = bytes(self._read[first:last])
        del self._read[: last + 2]
        return Reply(status, tuple(flags[1:]), value)
