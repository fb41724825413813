"""The sweep: what has served makes room. It may be interrupted anywhere, and the next one goes on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql
from matinee.studio import holdings, ledger
from matinee.studio.holdings import KEPT_MS

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


@dataclass(frozen=True)
class Sweep:
    """`withdraw` tells that a title has a unit no more."""

    sql: Sql
    blobs: Blobs
    clock: Clock
    withdraw: Callable[[str, str], Awaitable[None]]

    async def clear(self) -> None:
        """Units no player can be on any more, chunks nobody came back for, and the jobs of films long gone."""
        now_ms = self.clock.now_ms()
        for title_id, unit in await self.sql.read(lambda db: holdings.outlived(db, now_ms)):
            if await self.sql.transact(lambda db, title=title_id, old=unit: holdings.let_go(db, title, old, now_ms)):
                await self._clear(title_id, unit)
        left = await self.sql.read(lambda db: ledger.left_pieces(db, now_ms - KEPT_MS))
        for _, piece_id in left:
            await self.blobs.delete(f"chunks/{piece_id}")
        for job_id in {job_id for job_id, _ in left}:
            await self.sql.transact(lambda db, ended=job_id: ledger.drop_pieces(db, ended))
        await self.sql.transact(lambda db: holdings.forget_titles(db, now_ms))

    async def _clear(self, title_id: str, unit: str) -> None:
        """Told before it is forgotten: only then may the title be given a new one of that name."""
        if not await self.sql.read(lambda db: holdings.is_held(db, unit)):
            await self.blobs.delete(unit)
            log.info("clear", unit=unit)
        await self.withdraw(title_id, unit)
        await self.sql.transact(lambda db: holdings.forget(db, title_id, unit))
