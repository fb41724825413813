"""Who is at work: every worker says so each second, and one of the living takes over what the dead held.

A worker is dead when it has been silent for some seconds, or when a later start of its own slot speaks. Who was itself
asleep (a laptop's lid, a debugger) judges nobody until the others have had time to speak. A verdict that is wrong costs some
work done twice, and nothing else: what jobs make is the same by whomever, and whole or absent.
"""

import asyncio

import sqlalchemy as sa
import structlog

from matinee.ports.clock import Clock
from matinee.ports.sql import Sql
from matinee.studio.jobs import Jobs
from matinee.studio.ledger import TABLES

BEAT_S = 1.0
SILENT_S = 6.0
FORGOTTEN_S = 86_400.0

WORKERS = sa.Table(
    "workers",
    TABLES,
    sa.Column("executor_id", sa.String(80), primary_key=True),
    sa.Column("slot", sa.String(60), nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


class Crew:
    def __init__(self, sql: Sql, clock: Clock, jobs: Jobs, slot: str, executor_id: str) -> None:
        self._sql, self._clock, self._jobs = sql, clock, jobs
        self._slot, self._executor_id = slot, executor_id

    async def keep(self) -> None:
        awake_since_s = last_s = self._clock.monotonic_s() - SILENT_S
        first = True
        while True:
            living = await self.beat()
            now_s = self._clock.monotonic_s()
            if not first and now_s - last_s > SILENT_S / 2:
                awake_since_s = now_s
            first, last_s = False, now_s
            if now_s - awake_since_s >= SILENT_S and self._executor_id == min(living):
                await asyncio.to_thread(self._take_over, living)
            await self._clock.sleep(BEAT_S)

    async def beat(self) -> set[str]:
        """Says that this worker lives; who else does."""
        now_ms = self._clock.now_ms()
        return await self._sql.transact(lambda db: beat(db, self._executor_id, self._slot, now_ms))

    def _take_over(self, living: set[str]) -> None:
        for executor_id, held in self._jobs.holders().items():
            if executor_id not in living:
                self._jobs.take_over(held)
                log.info("crew", dead=executor_id, taken_over=len(held))


def beat(db: sa.Connection, executor_id: str, slot: str, now_ms: int) -> set[str]:
    """There is one living worker to a slot: whoever said so before is dead, and so is who has been silent for long."""
    earlier = (WORKERS.c.slot == slot) & (WORKERS.c.executor_id != executor_id)
    db.execute(sa.delete(WORKERS).where(earlier | (WORKERS.c.seen_ms < now_ms - 1000 * FORGOTTEN_S)))
    known = WORKERS.c.executor_id == executor_id
    if db.execute(sa.update(WORKERS).where(known).values(seen_ms=now_ms)).rowcount == 0:
        db.execute(sa.insert(WORKERS).values(executor_id=executor_id, slot=slot, seen_ms=now_ms))
    living = sa.select(WORKERS.c.executor_id).where(WORKERS.c.seen_ms >= now_ms - 1000 * SILENT_S)
    return set(db.execute(living).scalars())
