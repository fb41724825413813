"""Forgets what is worth nothing any more: tries of an hour ago, spent challenges and tickets, proofs that nobody used in time."""

import sqlalchemy as sa

from matinee.members import attempts, proofs, single_use
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

SWEEP_EVERY_S = 300.0


class Sweeping:
    def __init__(self, sql: Sql, clock: Clock) -> None:
        self._sql = sql
        self._clock = clock

    async def keep_on(self) -> None:
        while True:
            await self.sweep()
            await self._clock.sleep(SWEEP_EVERY_S)

    async def sweep(self) -> None:
        now_ms = self._clock.now_ms()

        def forget(db: sa.Connection) -> None:
            attempts.forget_old(db, now_ms)
            single_use.forget_old(db, now_ms)
            proofs.forget_old(db, now_ms)

        await self._sql.transact(forget)
