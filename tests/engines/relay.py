"""A wire with faults: it stands before a real server and passes everything on, until a test says otherwise.

It runs in a thread of its own, so that a client which blocks its thread does not hold up the fault it is to meet.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from infra.ports import Address

PIECE_BYTES = 65_536
ARRIVES_WITHIN_S = 0.02
"""What was passed before a cut has arrived by then: a cut takes along what is still under way."""


@dataclass
class Way:
    """One direction: how long an answer is held back, and how much still passes before the cut."""

    delay_s: float = 0.0
    cut_after_bytes: int | None = None


class Relay:
    """Clients come to `address` and find the server that is `there`."""

    def __init__(self, there: Address) -> None:
        self._there = there
        self._to, self._back = Way(), Way()
        self._clear = asyncio.Event()
        self._clear.set()
        self._open = set[asyncio.StreamWriter]()
        self._server: asyncio.Server | None = None
        with socket.socket() as door:
            door.bind((there.host, 0))
            self.address = Address(*door.getsockname())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()
        self.flow()

    def flow(self) -> None:
        """Everything passes, at once."""
        self._do(self._flow)

    def stall(self) -> None:
        """Whoever comes is let in, whoever speaks is not heard, and nobody is told."""
        self._do(self._clear.clear)

    def slow(self, delay_s: float) -> None:
        """Each answer comes so much later."""
        self._do(lambda: setattr(self._back, "delay_s", delay_s))

    def cut_the_question(self, after_bytes: int) -> None:
        """Of what is said to the server from now on so much arrives; then every connection is gone, and new ones are let in."""
        self._do(lambda: setattr(self._to, "cut_after_bytes", after_bytes))

    def cut_the_answer(self, after_bytes: int) -> None:
        """The same of what the server says."""
        self._do(lambda: setattr(self._back, "cut_after_bytes", after_bytes))

    def refuse(self) -> None:
        """Nobody listens, and whoever was let in is cut off."""
        self._do(self._refuse)

    def close(self) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, change: Callable[[], object]) -> None:
        """In the relay's thread; it holds when this returns."""

        async def changed() -> None:
            answer = change()
            if asyncio.iscoroutine(answer):
                await answer

        asyncio.run_coroutine_threadsafe(changed(), self._loop).result(10)

    async def _flow(self) -> None:
        self._back.delay_s, self._to.cut_after_bytes, self._back.cut_after_bytes = 0.0, None, None
        self._clear.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._let_in, *self.address)

    def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        self._cut()

    async def _end(self) -> None:
        self._refuse()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _cut(self) -> None:
        for each in self._open:
            each.transport.abort()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self._there)
            self._open.add(far_writer)
            asked = asyncio.Event()
            await asyncio.gather(
                self._carry(reader, far_writer, self._to, asked), self._carry(far_reader, writer, self._back, asked)
            )
            self._open.discard(far_writer)
        writer.close()
        self._open.discard(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, asked: asyncio.Event) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE_BYTES):
                if way is self._to:
                    asked.set()
                elif asked.is_set():  # an answer's first piece; the others follow at its heels
                    asked.clear()
                    await asyncio.sleep(way.delay_s)
                await self._clear.wait()
                passes = way.cut_after_bytes
                writer.write(piece[:passes])
                if passes is not None:
                    way.cut_after_bytes = max(0, passes - len(piece))
                    if way.cut_after_bytes == 0:
                        await asyncio.sleep(ARRIVES_WITHIN_S)
                        way.cut_after_bytes = None
                        self._cut()
        writer.close()


@contextmanager
def relayed(there: Address) -> Generator[Relay]:
    relay = Relay(there)
    try:
        yield relay
    finally:
        relay.close()
