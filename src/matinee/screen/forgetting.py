"""Forgets a profile that was removed: its places, its bookmarks, its list, what it put away. Safe to repeat and to interrupt."""

from matinee.contracts.events_pb2 import ProfileGone
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rows import Rows
from matinee.ports.sql import Sql
from matinee.screen import bookmarks, leases, my_list, put_away

TOPIC = "profiles"
MOST_AT_ONCE = 64
WAIT_S = 5.0


class Forgetting:
    def __init__(self, sql: Sql, rows: Rows, log: Log, clock: Clock) -> None:
        self._sql = sql
        self._rows = rows
        self._log = log
        self._clock = clock

    async def keep_hearing(self) -> None:
        """A word is committed when all it asks for is done."""
        subscription = await self._log.subscribe(TOPIC, "playback")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                gone = ProfileGone.FromString(read.entry.value)
                await self.forget(gone.account_id, gone.profile_id)
                await subscription.commit(read)

    async def forget(self, account_id: str, profile_id: str) -> None:
        """Its views are closed first: what a heartbeat of theirs still writes is older than the stone on its rows."""
        now_ms = self._clock.now_ms()
        await self._sql.transact(lambda db: leases.close_all_of(db, account_id, profile_id, now_ms))
        for table in (bookmarks.TABLE, my_list.TABLE, put_away.TABLE):
            await self._rows.drop_partition(table, profile_id, self._clock.now_ms())
