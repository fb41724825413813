"""The foreman: sends what the ledger asks for on its way, tells what became of it, and has cleared what has served.

Every worker has one; whatever it does may be done by two at once, or again after a death.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from matinee.ports.clock import Clock
from matinee.ports.sql import Sql
from matinee.studio import ledger
from matinee.studio.film import Film
from matinee.studio.itinerary import Itinerary
from matinee.studio.jobs import Broken, Jobs
from matinee.studio.news import Failed, News
from matinee.studio.scratch import Scratch
from matinee.studio.sweep import Sweep

MOST_AT_ONCE = 64
LOOK_S = 0.5
MISHAP_CHECK_S = 10.0
SWEEP_S = 3600.0
ACCOUNT_KEPT_S = 7 * 86_400.0
BROKEN = "The studio broke on this film, which is our fault. `matinee studio retry {job_id}` begins anew."

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


class Foreman:
    def __init__(
        self,
        *,
        sql: Sql,
        clock: Clock,
        jobs: Jobs,
        itinerary: Itinerary,
        scratch: Scratch,
        sweep: Sweep,
        tell: Callable[[Film, News], Awaitable[None]],
    ) -> None:
        self._sql, self._clock, self._tell = sql, clock, tell
        self._jobs, self._itinerary, self._scratch, self._sweep = jobs, itinerary, scratch, sweep
        self._known_broken: set[str] = set()

    async def keep_sending(self) -> None:
        while True:
            sent = await self.send()
            await self.tell_untold()
            if sent < MOST_AT_ONCE:
                await self._clock.sleep(LOOK_S)

    async def send(self) -> int:
        """Puts the work of what waits on disk, the newest first; how many there were."""
        waiting = await self._sql.read(lambda db: ledger.unsent(db, MOST_AT_ONCE))
        for job in waiting:
            await asyncio.to_thread(self._itinerary.begin, job.film, job.queued_ms // 1000)
        films = [job.film for job in waiting]
        if films:
            await self._sql.transact(lambda db: [ledger.sent(db, film) for film in films])
        return len(films)

    async def tell_untold(self) -> None:
        """A title that cannot be played says why."""
        for job in await self._sql.read(lambda db: ledger.untold(db, MOST_AT_ONCE)):
            await self._tell(job.film, Failed(job.problem))
            await self._sql.transact(lambda db, film=job.film: ledger.told(db, film))
            if job.state == ledger.CANCELLED:
                await asyncio.to_thread(self._scratch.remove, job.film.attempt_id)

    async def keep_mending(self) -> None:
        """A job that broke by a fault of ours must not leave its title waiting for ever."""
        while True:
            for broken in await asyncio.to_thread(self._jobs.broken):
                if broken.job_id not in self._known_broken:
                    self._known_broken.add(broken.job_id)
                    await self._give_up(broken)
            await self._clock.sleep(MISHAP_CHECK_S)

    async def _give_up(self, broken: Broken) -> None:
        film = msgspec.convert(broken.argument.get("film", broken.argument), Film)
        problem, now_ms = BROKEN.format(job_id=film.job_id), self._clock.now_ms()
        ended = await self._sql.transact(
            lambda db: ledger.end(db, film, ledger.FAILED, now_ms, problem, f"{broken.name}: {broken.error}")
        )
        if ended:
            log.error("job", job=broken.name, outcome="broke", error=broken.error, job_id=broken.job_id)

    async def keep_clearing(self) -> None:
        while True:
            await self._sweep.clear()
            # The account of jobs long ended.
            await asyncio.to_thread(self._jobs.forget, self._clock.now_ms() / 1000 - ACCOUNT_KEPT_S)
            await self._clock.sleep(SWEEP_S)
