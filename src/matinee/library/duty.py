"""Who looks at the libraries: of several catalogs one at a time is on duty, and another takes over when it falls silent.

Duty is held until a moment, and taken for half a minute more before that comes. Who died is followed once it has passed, and
comes back to its own duty at once under the name it had. Two that overlapped after all would do nothing twice: a film is its
path, and the second to find it finds it known.
"""

import sqlalchemy as sa

from matinee.library.titles import TABLES
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

HELD_S = 30
RENEW_EVERY_S = 10.0

DUTY = sa.Table(
    "duty",
    TABLES,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),  # there is one
    sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)


class Duty:
    def __init__(self, sql: Sql, clock: Clock, name: str) -> None:
        self._sql = sql
        self._clock = clock
        self._name = name
        self._until_s = 0.0

    async def held(self) -> bool:
        """Whether it is ours; takes it if it is nobody's."""
        return self._clock.monotonic_s() < self._until_s or await self._take()

    async def keep_renewing(self) -> None:
        """Also while one look at a large library takes its time."""
        while True:
            await self._clock.sleep(RENEW_EVERY_S)
            if self._until_s:
                await self._take()

    async def leave(self) -> None:
        """Another may take it at once."""
        if self._until_s:
            self._until_s = 0.0
            await self._sql.transact(lambda db: db.execute(sa.delete(DUTY).where(DUTY.c.holder == self._name)))

    async def _take(self) -> bool:
        now_s, now_ms = self._clock.monotonic_s(), self._clock.now_ms()
        is_ours = await self._sql.transact(lambda db: take(db, self._name, now_ms))
        self._until_s = now_s + HELD_S if is_ours else 0.0
        return is_ours


def take(db: sa.Connection, name: str, now_ms: int) -> bool:
    """Whether it is ours from now on: it was before, or is nobody's."""
    row = db.execute(sa.select(DUTY)).first()
    if row and row.holder != name and row.until_ms > now_ms:
        return False
    words = {"holder": name, "until_ms": now_ms + HELD_S * 1000}
    db.execute(sa.update(DUTY).values(words) if row else sa.insert(DUTY).values(place=1, **words))
    return True
