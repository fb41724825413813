"""One memcached as we know it: reached or left alone for a moment, and what it must hear before it is believed again.

Who does not answer within a twentieth of a second is cut off and left alone for a second (a breaker with one trial). A
write that may not have arrived is owed: the first thing said on the next connection is that these keys are to be forgotten,
or all of them when they are too many, so what the node kept from before is never taken for what holds now.
"""

import asyncio
from collections.abc import Iterable

from prometheus_client import Counter

from matinee.engines.memcached_wire import Broken, Reply, Wire

ANSWERS_WITHIN_S = 0.05
CONNECTS_WITHIN_S = 0.1
LEFT_ALONE_S = 1.0
MOST_OWED = 10_000

FAILURES = Counter("matinee_cache_failures_total", "Times a cache node did not answer and was left alone for a second", ["node"])


class Node:
    def __init__(self, address: str, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self.address = address
        self._answers_within_s = answers_within_s
        self._wire: Wire | None = None
        self._opening = asyncio.Lock()
        self._alone_until_s = 0.0
        self._owed: set[bytes] = set()
        self._repaying: asyncio.Task[None] | None = None

    async def ask(self, commands: bytes, count: int, *, changes: Iterable[bytes] = ()) -> list[Reply]:
        """The replies, or none where the node could not be asked; the keys that it `changes` are then owed."""
        try:
            wire = await self._connected()
            return await wire.ask(commands, count, self._answers_within_s) if wire else self._failed(changes)
        except Broken:
            self._leave_alone()
            return self._failed(changes)
        except asyncio.CancelledError:
            self._failed(changes)
            raise

    async def close(self) -> None:
        if self._repaying:
            self._repaying.cancel()
        if self._wire:
            self._wire.cut("we are closing")

    async def _connected(self) -> Wire | None:
        """A connection on which nothing is owed; None while the node is left alone."""
        if self._wire and not self._wire.is_cut and not self._owed:
            return self._wire
        async with self._opening:
            if not self._wire or self._wire.is_cut:
                if asyncio.get_running_loop().time() < self._alone_until_s:
                    return None
                self._wire = await self._opened()
            await self._repay(self._wire)
            return self._wire

    async def _opened(self) -> Wire:
        host, _, port = self.address.rpartition(":")
        try:
            async with asyncio.timeout(CONNECTS_WITHIN_S):
                _, wire = await asyncio.get_running_loop().create_connection(Wire, host.strip("[]"), int(port))
        except (OSError, TimeoutError) as error:
            raise Broken(f"{self.address} cannot be reached: {error}") from error
        return wire

    async def _repay(self, wire: Wire) -> None:
        owed, self._owed = self._owed, set()
        if not owed:
            return
        every = len(owed) > MOST_OWED
        commands = b"flush_all\r\n" if every else b"".join(b"md %b\r\n" % key for key in owed)
        repaid = False
        try:
            await wire.ask(commands, 1 if every else len(owed), self._answers_within_s)
            repaid = True
        finally:
            if not repaid:
                self._owed |= owed

    def _failed(self, changes: Iterable[bytes]) -> list[Reply]:
        if len(self._owed) <= MOST_OWED:
            self._owed.update(changes)
        if self._owed and not (self._repaying and not self._repaying.done()):
            self._repaying = asyncio.create_task(self._repay_for_ever())
        return []

    async def _repay_for_ever(self) -> None:
        """Others may still read there what we could not take back: try each second until it is."""
        while self._owed:
            await asyncio.sleep(LEFT_ALONE_S)
            try:
                await self._connected()
            except Broken:
                self._leave_alone()

    def _leave_alone(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._alone_until_s:
            FAILURES.labels(self.address).inc()
            self._alone_until_s = now_s + LEFT_ALONE_S
