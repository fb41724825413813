"""Forgets what is known of a profile that was removed, and what is told of it from then on. Safe to repeat and to interrupt."""

from collections.abc import Sequence

import sqlalchemy as sa

from matinee.insight.history import History
from matinee.insight.streams import hiding, keeping, versions
from matinee.insight.streams.hiding import Erased
from matinee.insight.streams.job import Job
from matinee.insight.streams.tables import GONE
from matinee.insight.streams.views import View
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql


class GoneProfiles:
    def __init__(self, sql: Sql, clock: Clock, history: History, jobs: Sequence[Job]) -> None:
        self._sql = sql
        self._clock = clock
        self._history = history
        self._jobs = jobs

    async def forget(self, profile_id: str) -> None:
        """Once it is written down that it is gone, no job keeps anything of it; what one kept before goes with that."""
        await self._sql.transact(lambda db: self._forget(db, profile_id))
        await self._history.forget(profile_id)

    async def keep_history(self, views: Sequence[View]) -> None:
        """Of profiles that are there."""
        profile_ids = {view.profile_id for view in views}
        gone = await self._sql.read(lambda db: keeping.gone_of(db, profile_ids))
        await self._history.keep([view for view in views if view.profile_id not in gone])

    async def erase_history(self, erased: Sequence[Erased]) -> None:
        """What was taken out by hand. Nothing is there of profiles that are gone."""
        by_profile = dict[str, hiding.Hidden]()
        for each in erased:
            by_profile[each.profile_id] = hiding.merged(by_profile.get(each.profile_id, {}), {each.title_id: each.at_ms})
        for profile_id, hidden in by_profile.items():
            await self._history.erase(profile_id, hidden)

    async def is_gone(self, profile_id: str) -> bool:
        return bool(await self._sql.read(lambda db: keeping.gone_of(db, [profile_id])))

    def _forget(self, db: sa.Connection, profile_id: str) -> None:
        if not keeping.gone_of(db, [profile_id]):
            db.execute(sa.insert(GONE).values(profile_id=profile_id, at_ms=self._clock.now_ms()))
        for job in self._jobs:
            for version in (job.version, *versions.others(db, job)):
                keeping.forget(db, job, version, profile_id)
