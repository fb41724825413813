"""Who comes back, as the warehouse's tables say: read beside this process, when somebody asks and it is old."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import structlog

from matinee.insight.warehouse.beside import Beside
from matinee.insight.warehouse.cohorts import Cohort, Counted, cohorts
from matinee.ports.clock import Clock

FRESH_S = 3600.0
AGAIN_S = 60.0
WITHIN_S = 120.0
ROWS = msgspec.json.Decoder(Counted)
log: structlog.stdlib.BoundLogger = structlog.get_logger("warehouse")


@dataclass(frozen=True)
class Known:
    """As it was read at `read_ms` (0: never yet); `problem` says why it could not be read since."""

    cohorts: Sequence[Cohort] = ()
    read_ms: int = 0
    problem: str = ""


class Retention:
    def __init__(self, clock: Clock, beside: Beside, command: Sequence[str]) -> None:
        self._clock = clock
        self._beside = beside
        self._command = command
        self._known = Known()
        self._old_from_s = 0.0
        self._asked = asyncio.Event()

    def told(self) -> Known:
        """What is known now; what is old is read anew, for the next who asks."""
        if self._clock.monotonic_s() >= self._old_from_s:
            self._asked.set()
        return self._known

    def changed(self) -> None:
        """The tables may be other ones."""
        self._old_from_s = 0.0

    async def keep_reading(self) -> None:
        while True:
            await self._asked.wait()
            await self._read()
            self._asked.clear()

    async def _read(self) -> None:
        """Where it cannot be read, what was known stays, with the reason why it is old."""
        self._old_from_s = self._clock.monotonic_s() + FRESH_S
        now_ms = self._clock.now_ms()
        try:
            async with self._clock.timeout(WITHIN_S):
                ended = await self._beside.run(self._command)
            if ended.status == 0:
                counted = ROWS.decode_lines(ended.answer)
                today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
                self._known = Known(cohorts(counted, today), now_ms)
                return
            why = ended.why
        except TimeoutError:
            why = f"it took more than {WITHIN_S:.0f} seconds"
        except OSError as error:
            why = f"it cannot be started: {error.strerror}"
        except msgspec.MsgspecError as error:
            why = f"it answered what we do not understand: {error}"
        log.warning("who comes back is not known", why=why)
        self._known = Known(self._known.cohorts, self._known.read_ms, why)
        self._old_from_s = self._clock.monotonic_s() + AGAIN_S
