"""Collect: runs the jobs over what players tell, and forgets the profiles that are gone."""

from collections.abc import Awaitable, Callable, Sequence

from matinee.contracts.events_pb2 import ProfileGone
from matinee.insight.gone_profiles import GoneProfiles
from matinee.insight.history import History
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.watching import WATCHING
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rows import Rows
from matinee.ports.sql import Sql

PROFILES = "profiles"
MOST_AT_ONCE = 64
WAIT_S = 5.0
TIDIED_FIRST_S = 60.0
"""After the start, when the runners have begun: a laptop's house may never be up for an hour."""
TIDIED_EVERY_S = 3600.0


class Collect:
    def __init__(self, *, sql: Sql, log: Log, rows: Rows, clock: Clock) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock
        self._gone = GoneProfiles(sql, clock, History(rows), (WATCHING, PLAYING))
        outlets = {"history": self._gone.keep_history, "erased": self._gone.erase_history}
        self._runners = {
            "watching": Runner(WATCHING, sql, log, clock, outlets),
            "playing": Runner(PLAYING, sql, log, clock),
        }

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        running = [(f"collect.{name}", runner.keep_running) for name, runner in self._runners.items()]
        return (*running, ("collect.forgetting", self.keep_forgetting), ("collect.tidying", self.keep_tidy))

    async def close(self) -> None:
        await self._sql.close()

    async def keep_forgetting(self) -> None:
        """A word is committed when all it asks for is done."""
        subscription = await self._log.subscribe(PROFILES, "collect")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                await self._gone.forget(ProfileGone.FromString(read.entry.value).profile_id)
                await subscription.commit(read)

    async def keep_tidy(self) -> None:
        await self._clock.sleep(TIDIED_FIRST_S)
        while True:
            for runner in self._runners.values():
                await runner.tidy()
            await self._clock.sleep(TIDIED_EVERY_S)
