"""Tells the log which profiles were removed, so that whoever kept something for them forgets it.

A removal leaves a note in its own transaction (`profiles.py`); it is struck out once the log has it. After a death in between
it is told twice, which harms nobody.
"""

from matinee.contracts.events_pb2 import ProfileGone
from matinee.members import profiles
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.sql import Sql

TOPIC = "profiles"
TELL_EVERY_S = 1.0


class Leaving:
    def __init__(self, sql: Sql, log: Log, clock: Clock) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock

    async def keep_telling(self) -> None:
        while True:
            await self.tell()
            await self._clock.sleep(TELL_EVERY_S)

    async def tell(self) -> None:
        gone = await self._sql.read(profiles.removed)
        if gone:
            facts = [ProfileGone(profile_id=profile_id, account_id=account_id) for profile_id, account_id in gone]
            await self._log.append(TOPIC, [Entry(fact.profile_id, fact.SerializeToString()) for fact in facts])
            await self._sql.transact(lambda db: profiles.strike_out(db, [profile_id for profile_id, _ in gone]))
