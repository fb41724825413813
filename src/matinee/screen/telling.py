"""What the log is told of views: that one was granted, and that it ended."""

from matinee.contracts.events_pb2 import PlayEnded, PlayFact, PlayGranted
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.sql import Sql
from matinee.screen import leases
from matinee.screen.leases import Lease

TOPIC = "plays"
TELL_EVERY_S = 2.0
REMEMBER_MS = 24 * 3600 * 1000  # a screen that slept that long begins anew


class Telling:
    def __init__(self, sql: Sql, log: Log, clock: Clock) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock

    async def granted(self, lease: Lease, at_ms: int) -> None:
        fact = PlayGranted(
            view_id=lease.view_id,
            account_id=lease.account_id,
            profile_id=lease.profile_id,
            title_id=lease.title_id,
            edition_id=lease.edition_id,
            at_ms=at_ms,
        )
        await self._log.append(TOPIC, [Entry(lease.view_id, PlayFact(granted=fact).SerializeToString())])

    async def keep_telling_ends(self) -> None:
        while True:
            await self._tell_ends()
            await self._clock.sleep(TELL_EVERY_S)

    async def _tell_ends(self) -> None:
        """Whoever stopped or fell silent is told of; after a crash in between perhaps twice."""
        now_ms = self._clock.now_ms()
        ended = await self._sql.read(lambda db: leases.ended_untold(db, now_ms))
        if ended:
            await self._log.append(TOPIC, [_ended(lease) for lease in ended])
            await self._sql.transact(lambda db: leases.mark_told(db, ended, forget_before_ms=now_ms - REMEMBER_MS))


def _ended(lease: Lease) -> Entry:
    fact = PlayEnded(
        view_id=lease.view_id,
        account_id=lease.account_id,
        profile_id=lease.profile_id,
        title_id=lease.title_id,
        edition_id=lease.edition_id,
        at_ms=lease.until_ms,
    )
    return Entry(lease.view_id, PlayFact(ended=fact).SerializeToString())
