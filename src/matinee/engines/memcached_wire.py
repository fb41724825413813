"""One connection to one memcached, in its meta commands (doc/protocol.txt): many questions under way, answered in their order.

Every command of ours has exactly one reply. A reply out of order would be somebody else's value, so a connection on which
anything was late or odd is cut, and never used again.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple, cast


class Broken(Exception):
    """The connection is of no use any more; the text says why."""


class Reply(NamedTuple):
    status: bytes  # HD done, VA a value, EN or NF not there, NS not stored, SERVER_ERROR …
    flags: bytes = b""
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
        replies, whole_bytes = _replies(self._read)
        del self._read[:whole_bytes]
        for reply in replies:
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
        alarm = asyncio.get_running_loop().call_later(within_s, self._late, asked, within_s)
        try:
            await asked.answer
        finally:
            alarm.cancel()
        if len(asked.replies) < count:
            raise Broken(self._why)
        return asked.replies

    def _late(self, asked: _Asked, within_s: float) -> None:
        """Our own loop may have been busy for longer than the node: the socket is looked at once more."""
        asyncio.get_running_loop().call_later(0.001, self._cut_if_silent, asked, within_s)

    def _cut_if_silent(self, asked: _Asked, within_s: float) -> None:
        if not asked.answer.done():
            self.cut(f"no answer within {within_s:g} s")


HEAD = re.compile(rb"(?:VA (\d+) ?|([^ \r]*) ?)([^\r]*)\r\n")
"""A reply's first line: that of a value with its length, or its status; and its flags."""


def _replies(read: bytearray) -> tuple[list[Reply], int]:
    """The whole replies at the beginning of what was read, and how many bytes they are."""
    replies: list[Reply] = []
    end = 0
    while head := HEAD.match(read, end):
        length, status, flags = head.groups()
        if length is None:
            replies.append(Reply(status, flags))
            end = head.end()
            continue
        last = head.end() + int(length)
        if len(read) < last + 2:
            break
        replies.append(Reply(b"VA", flags, bytes(read[head.end() : last])))
        end = last + 2
    return replies, end
