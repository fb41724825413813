"""Facts that leave with the transaction that made them true: left in a table beside it, then told to the log, come what may.

A subject has its `outbox_table` among its tables, whoever does something `leave`s the facts of it, and an `Outbox` tells them,
in the order of their hours, and of one hour in that of their ids. A fact is struck out once the log has it: after a death in
between, or by two who tell at the same instant, it is told twice, under the same id and in the same order.
The transactional outbox of microservices.io/patterns/data/transactional-outbox.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa

from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.sql import Sql

TELL_EVERY_S = 0.5
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Untold:
    """A fact on its way to a topic: it keeps its order among those of its `key`."""

    fact_id: str
    topic: str
    key: str
    value: bytes
    at_ms: int


def id_of(what: str) -> str:
    """The id of a fact that is named for what it is about, so that saying it again is the same fact."""
    return hashlib.sha256(what.encode()).hexdigest()[:32]


def outbox_table(tables: sa.MetaData) -> sa.Table:
    """The table of the facts of one subject, beside its others."""
    return sa.Table(
        "outbox",
        tables,
        sa.Column("fact_id", sa.String(40), primary_key=True),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    )


def leave(db: sa.Connection, table: sa.Table, *facts: Untold) -> None:
    """Within the caller's transaction. Leaving a fact whose id waits already does nothing."""
    for fact in facts:
        if db.execute(sa.select(table.c.fact_id).where(table.c.fact_id == fact.fact_id)).first() is None:
            db.execute(sa.insert(table).values(asdict(fact)))


class Outbox:
    """Tells what was left in one table. It may run in several processes."""

    def __init__(self, table: sa.Table, sql: Sql, log: Log, clock: Clock) -> None:
        self._table = table
        self._sql = sql
        self._log = log
        self._clock = clock

    async def keep_telling(self) -> None:
        while True:
            await self.tell()
            await self._clock.sleep(TELL_EVERY_S)

    async def tell(self) -> int:
        """Everything that waits, the oldest first; how many facts that were."""
        told = 0
        while (some := await self._tell_some()) == MOST_AT_ONCE:
            told += some
        return told + some

    async def _tell_some(self) -> int:
        waiting = await self._sql.read(self._waiting)
        for topic in dict.fromkeys(each.topic for each in waiting):
            await self._log.append(topic, [Entry(each.key, each.value) for each in waiting if each.topic == topic])
        if waiting:
            await self._sql.transact(lambda db: self._strike_out(db, [each.fact_id for each in waiting]))
        return len(waiting)

    def _waiting(self, db: sa.Connection) -> list[Untold]:
        columns = (self._table.c[each.name] for each in fields(Untold))
        oldest_first = sa.select(*columns).order_by(self._table.c.at_ms, self._table.c.fact_id)
        return [Untold(*row) for row in db.execute(oldest_first.limit(MOST_AT_ONCE))]

    def _strike_out(self, db: sa.Connection, fact_ids: Sequence[str]) -> None:
        db.execute(sa.delete(self._table).where(self._table.c.fact_id.in_(fact_ids)))
