"""Requests to a server on a unix socket, over connections that stay: by an open loop, or by a closed one.

In an open loop they come when they come, as from screens that know nothing of each other, and as many connections are open as
there are requests under way, as a proxy does; hours are kept to the millisecond. In a closed loop so many are under way always.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

ANSWERED_WITHIN_S = 60.0


class Load:
    """Each lot is over when all of it is answered with 200. Raises TimeoutError if it is not."""

    def __init__(self, socket: Path) -> None:
        self._socket = str(socket)
        self._open = 0
        self._free: list[_Connection] = []
        self._waiting: Iterator[bytes] = iter(())
        self._all_free = asyncio.Event()

    async def open_loop(self, requests: Sequence[bytes], per_s: float, seed: int) -> None:
        """So many a second on average, at the same hours for the same seed."""
        hours, due_s = random.Random(seed), time.monotonic()
        for request in requests:
            due_s += hours.expovariate(per_s)
            if (early_s := due_s - time.monotonic()) > 0:
                await asyncio.sleep(early_s)
            (await self._connection()).ask(request)
        await self._all_answered()

    async def closed_loop(self, requests: Sequence[bytes], under_way: int) -> None:
        connections = [await self._connection() for _ in range(under_way)]
        self._waiting = iter(requests)
        for connection in connections:
            self._answered(connection)
        await self._all_answered()

    async def _connection(self) -> "_Connection":
        if self._free:
            return self._free.pop()
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_unix_connection(lambda: _Connection(self._answered), self._socket)
        self._open += 1
        return connection

    def _answered(self, connection: "_Connection") -> None:
        if request := next(self._waiting, None):
            connection.ask(request)
        else:
            self._free.append(connection)
            if len(self._free) == self._open:
                self._all_free.set()

    async def _all_answered(self) -> None:
        self._all_free.clear()
        if len(self._free) < self._open:
            await asyncio.wait_for(self._all_free.wait(), ANSWERED_WITHIN_S)


class _Connection(asyncio.Protocol):
    def __init__(self, answered: Callable[["_Connection"], None]) -> None:
        self._answered = answered
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def ask(self, request: bytes) -> None:
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Whatever is no whole good answer leaves its request under way."""
        self._heard += data
        head, ended, body = self._heard.partition(b"\r\n\r\n")
        good = ended and head.startswith(b"HTTP/1.1 200")
        if good and len(body) == int(head.partition(b"content-length: ")[2].split()[0]):
            self._heard = b""
            self._answered(self)
