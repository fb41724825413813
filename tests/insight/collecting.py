"""Collect and figures as in two processes, on small engines, for tests that tell and then ask what is known."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.collect import Collect
from matinee.insight.figures import Figures

SOON_S = 20.0


class Collecting:
    """Whatever is told on the log in that folder is taken in, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self.clock = SystemClock()
        self.log, self.rows = SqliteLog(folder / "log.db"), SqliteRows(folder / "rows.db")
        self.sql = SqliteSql(folder / "insight.db")
        self.figures = Figures(sql=self.sql, rows=self.rows, clock=self.clock)
        self._collect = Collect(sql=SqliteSql(folder / "insight.db"), log=self.log, rows=self.rows, clock=self.clock)
        self._running = list[asyncio.Task[None]]()

    async def start(self) -> None:
        await self._collect.start()
        await self.figures.start()
        self._running = [asyncio.ensure_future(body()) for _, body in self._collect.loops()]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for each in (self._collect, self.figures, self.log, self.rows):
            await each.close()


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SOON_S):
        while not await holds():
            await asyncio.sleep(0.02)
