"""How told facts reach the log: those of the ledger before anybody is told so, telemetry when there is time for it."""

import asyncio
from collections import deque
from collections.abc import Sequence

from prometheus_client import Counter, Gauge

from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log, LogUnavailable

LEDGER, TELEMETRY = "ledger", "telemetry"
MOST_WAITING = 20_000
"""Facts of the ledger that wait for a log that is slow; whoever comes then is told to come again."""
MOST_QUEUED = 50_000
AT_ONCE = 2_000
GATHER_S = 0.02
"""Facts of the ledger wait so long for others: handing a batch to the log costs as much as hearing it does."""
EVERY_S = 0.25
AFTER_FAILURE_S = 1.0

TAKEN = Counter("matinee_beacons_taken_total", "Facts that were told and taken, by their class", ["class"])
TAKEN_LEDGER, TAKEN_TELEMETRY = TAKEN.labels("ledger"), TAKEN.labels("telemetry")
DROPPED = Counter("matinee_beacons_dropped_total", "Telemetry that was given up, the oldest first, because the log was too slow")
QUEUED = Gauge("matinee_beacons_queued", "Telemetry on its way to the log")


class LedgerLane:
    """Appends leave together with those that come a moment later, or while others are under way: its cost is split among them."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._entries: list[Entry] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._leaving: asyncio.Task[None] | None = None

    def append(self, entries: Sequence[Entry]) -> asyncio.Future[None]:
        """Done once they are on the log. Raises LogUnavailable, at once or to who awaits it: any of them may be there."""
        if len(self._entries) + len(entries) > MOST_WAITING:
            raise LogUnavailable(f"{len(self._entries)} facts of the ledger wait for the log, which is as many as may")
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._entries += entries
        if self._leaving is None or self._leaving.done():
            self._leaving = asyncio.create_task(self._leave())
        return done

    async def _leave(self) -> None:
        group: list[asyncio.Future[None]] = []
        try:
            while self._waiting:
                await asyncio.sleep(GATHER_S)
                group, entries, self._waiting, self._entries = self._waiting, self._entries, [], []
                failure: LogUnavailable | None = None
                try:
                    await self._log.append(LEDGER, entries)
                    TAKEN_LEDGER.inc(len(entries))
                except LogUnavailable as error:
                    failure = error
                _answer(group, failure)
        finally:
            # Whatever happened, nobody is left waiting, also of those that came meanwhile.
            _answer([*group, *self._waiting], LogUnavailable("the append to the log was broken off"))
            self._waiting, self._entries = [], []


def _answer(group: Sequence[asyncio.Future[None]], failure: LogUnavailable | None) -> None:
    """Says to each who waits still that it is on the log, or why not."""
    for done in group:
        if done.done():
            continue
        if failure:
            done.set_exception(failure)
        else:
            done.set_result(None)


class TelemetryLane:
    """A queue that never makes anybody wait: under pressure the oldest are dropped, and counted."""

    def __init__(self, log: Log, clock: Clock, most: int = MOST_QUEUED) -> None:
        self._log = log
        self._clock = clock
        self._most = most
        self._queue: deque[Entry] = deque()
        self._taken = 0  # and not counted yet

    def put(self, entries: Sequence[Entry]) -> None:
        self._queue.extend(entries)
        self._taken += len(entries)
        if len(self._queue) > self._most:
            self._fit()

    async def keep_leaving(self) -> None:
        while True:
            try:
                await self.leave()
                await self._clock.sleep(EVERY_S)
            except LogUnavailable:
                await self._clock.sleep(AFTER_FAILURE_S)

    async def leave(self) -> None:
        """All that is queued, a part at a time. Raises LogUnavailable; what had not left then is queued again."""
        while self._queue:
            part = [self._queue.popleft() for _ in range(min(AT_ONCE, len(self._queue)))]
            there = False
            try:
                await self._log.append(TELEMETRY, part)
                there = True
            finally:
                if not there:
                    self._queue.extendleft(reversed(part))
                self._fit()

    def _fit(self) -> None:
        TAKEN_TELEMETRY.inc(self._taken)
        self._taken = 0
        over = len(self._queue) - self._most
        for _ in range(over):
            self._queue.popleft()
        if over > 0:
            DROPPED.inc(over)
        QUEUED.set(len(self._queue))
