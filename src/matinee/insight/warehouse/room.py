"""The service `warehouse`: once an hour it has the facts loaded, by a process of its own; and it says who comes back.

Iceberg, DuckDB and what they need weigh a hundred megabytes and a second of CPU (decisions/0036): they live for as long as the
loading takes, and then the memory is free again. Killed at any instant, the next hour does what is left.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from prometheus_client import Counter

from matinee.contracts import warehouse_pb2 as pb
from matinee.insight.warehouse.beside import Beside, Ended
from matinee.insight.warehouse.retention import Retention
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call

FIRST_AFTER_S = 600
HOUR_S = 3600
PAST_THE_HOUR_S = 120
WITHIN_S = 6 * HOUR_S
"""A loading that takes so long hangs: it is ended, and the next goes on where it was."""
BUSY, HUNG = 75, 124
"""How a loading ends (EX_TEMPFAIL of sysexits.h) that found another at work in this state directory; and one that was ended."""

RUNS = Counter("matinee_warehouse_runs_total", "Times that facts were loaded into the warehouse, by how it ended", ["outcome"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("warehouse")


@dataclass(frozen=True)
class WarehouseSettings:
    """`load` loads what is new, `retention` prints who comes back; they are told the topology `house` in the file `file`."""

    load: tuple[str, ...]
    retention: tuple[str, ...]
    house: bytes
    file: Path


class Warehouse:
    """Implements `WarehouseService`."""

    def __init__(self, *, clock: Clock, settings: WarehouseSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._beside = Beside()
        self._retention = Retention(clock, self._beside, settings.retention)

    async def start(self) -> None:
        self._settings.file.write_bytes(self._settings.house)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("warehouse.loading", self.keep_loading), ("warehouse.retention", self._retention.keep_reading))

    async def close(self) -> None:
        await self._beside.close()

    async def retention(self, request: pb.RetentionRequest, call: Call) -> pb.CohortList:
        known = self._retention.told()
        cohorts = [pb.Cohort(month=each.month, profiles=each.profiles, active=each.active) for each in known.cohorts]
        return pb.CohortList(cohorts=cohorts, read_ms=known.read_ms, problem=known.problem)

    async def keep_loading(self) -> None:
        await self._clock.sleep(FIRST_AFTER_S)
        while True:
            await self.load()
            await self._clock.sleep(wait_s(self._clock.now_ms()))

    async def load(self) -> int:
        """The exit status of one loading. Of several processes on one machine one loads; that is no failure of the others."""
        began_s = self._clock.monotonic_s()
        try:
            async with self._clock.timeout(WITHIN_S):
                ended = await self._beside.run(self._settings.load)
        except TimeoutError:
            ended = Ended(HUNG, "", f"it did not end within {WITHIN_S // HOUR_S} hours")
        self._retention.changed()
        outcome = {0: "loaded", BUSY: "another loads"}.get(ended.status, "failed")
        RUNS.labels(outcome).inc()
        last = ended.said.strip().splitlines()[-3:]
        took_s = round(self._clock.monotonic_s() - began_s, 1)
        (log.error if outcome == "failed" else log.info)("loading", outcome=outcome, status=ended.status, said=last, s=took_s)
        return ended.status


def wait_s(now_ms: int) -> float:
    """How long it is to the next time."""
    return (PAST_THE_HOUR_S - now_ms / 1000) % HOUR_S or HOUR_S
