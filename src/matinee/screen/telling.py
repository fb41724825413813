"""What the log is told of views: that one was granted, that it ended, and that somebody took it out of what they watched.

Either is left in the outbox by the transaction that made it true, so that a play waits for no log, and none is forgotten while
it is away. A view that stopped or fell silent is found by its hour.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from matinee.contracts.events_pb2 import Hidden, PlayEnded, PlayerFact, PlayFact, PlayGranted
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.outbox import Outbox, Untold, id_of, leave
from matinee.ports.sql import Sql
from matinee.screen import leases
from matinee.screen.leases import OUTBOX, Lease

TOPIC = "plays"
LEDGER = "ledger"
TELL_EVERY_S = 1.0
REMEMBER_MS = 24 * 3600 * 1000  # a screen that slept that long begins anew


class Telling:
    def __init__(self, sql: Sql, log: Log, clock: Clock) -> None:
        self._sql = sql
        self._clock = clock
        self._outbox = Outbox(OUTBOX, sql, log, clock)

    async def keep_telling(self) -> None:
        while True:
            await self.tell()
            await self._clock.sleep(TELL_EVERY_S)

    async def tell(self) -> None:
        """Whoever began, and whoever stopped or fell silent."""
        now_ms = self._clock.now_ms()
        if await self._sql.read(lambda db: leases.begun_untold(db) or leases.ended_untold(db, now_ms)):
            await self._sql.transact(lambda db: _find(db, now_ms))
        await self._outbox.tell()


def take(db: sa.Connection, lease: Lease, limit: int, now_ms: int) -> None:
    """As `leases.take`; the log will be told."""
    leases.take(db, lease, limit, now_ms)
    leave(db, OUTBOX, _fact(lease, now_ms, began=True))


def renew(db: sa.Connection, view_id: str, account_id: str, usual: int, until_ms: int, now_ms: int) -> Lease:
    """As `leases.renew`; the log will be told of a view that begins anew."""
    lease, anew = leases.renew(db, view_id, account_id, usual, until_ms, now_ms)
    if anew:
        leave(db, OUTBOX, _fact(lease, now_ms, began=True))
    return lease


def hide(db: sa.Connection, name: str, account_id: str, profile_id: str, title_ids: Sequence[str], at_ms: int) -> None:
    """The ledger will be told: no titles are all. `name` is of this one act."""
    fact = PlayerFact(
        producer_id=name,
        sequence=1,
        account_id=account_id,
        profile_id=profile_id,
        at_ms=at_ms,
        heard_ms=at_ms,
        hidden=Hidden(title_ids=title_ids),
    )
    leave(db, OUTBOX, Untold(name, LEDGER, profile_id, fact.SerializeToString(), at_ms))


def _find(db: sa.Connection, now_ms: int) -> None:
    """Ends, and beginnings that an earlier Matinee noted in the lease."""
    begun, ended = leases.begun_untold(db), leases.ended_untold(db, now_ms)
    leave(db, OUTBOX, *(_fact(lease, at_ms, began=True) for lease, at_ms in begun))
    leave(db, OUTBOX, *(_fact(lease, lease.until_ms, began=False) for lease in ended))
    leases.mark_told(db, [lease for lease, _ in begun], ended, forget_before_ms=now_ms - REMEMBER_MS)


def _fact(lease: Lease, at_ms: int, *, began: bool) -> Untold:
    """Of one hour the beginning is told first: its id is the lesser one."""
    about = {name: getattr(lease, name) for name in ("view_id", "account_id", "profile_id", "title_id", "edition_id")}
    fact = PlayFact(granted=PlayGranted(**about, at_ms=at_ms)) if began else PlayFact(ended=PlayEnded(**about, at_ms=at_ms))
    fact_id = f"{'began' if began else 'ended'} {id_of(f'{lease.view_id} {at_ms}')}"
    return Untold(fact_id, TOPIC, lease.view_id, fact.SerializeToString(), at_ms)
