"""The small runner: reads a topic, steps a job's states, and keeps states, rows and offsets in one transaction.

So each fact has its effect exactly once, though the log delivers it at least once: the offset that a batch begins at is compared
as it is moved. Who was given a batch that another has done meanwhile (it was slow, or the log shared its partitions out anew)
keeps nothing, forgets all it knew and reads anew. The offset guards the states it holds in memory, too: they change only with it.
Several processes may run one job, and share its partitions as the log gives them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from matinee.insight.streams import keeping, versions
from matinee.insight.streams.fact import Fact
from matinee.insight.streams.job import Job, combined
from matinee.insight.streams.keeping import Advance, Change, Fenced
from matinee.insight.streams.reading import read
from matinee.ports.clock import Clock
from matinee.ports.log import Log, Position, Read
from matinee.ports.sql import Sql

MOST_AT_ONCE = 10_000
WAIT_S = 5.0
GATHER_S = 0.02
"""Facts that come within so long share a transaction."""

SLICE = 200
"""After so many facts others of the process get their turn."""

MOST_HELD = 20_000
"""States that are held in memory."""

FACTS = Counter("matinee_stream_facts_total", "Facts that a job was given", ["job"])
UNREAD = Counter("matinee_stream_unread_total", "Entries on the log that are no fact of a kind we know", ["job"])
FENCED = Counter("matinee_stream_fenced_total", "Batches that another had done already, of which nothing was kept", ["job"])
SECONDS = Histogram("matinee_stream_seconds", "From hearing a fact to having it in the tables", ["job"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("streams")

Outlet = Callable[[Sequence[Any]], Awaitable[None]]
"""Takes the values of a table that is not kept here. What it is given once may be given again."""


class Runner:
    def __init__(self, job: Job, sql: Sql, log: Log, clock: Clock, outlets: Mapping[str, Outlet] | None = None) -> None:
        self._job = job
        self._sql = sql
        self._log = log
        self._clock = clock
        self._outlets = outlets or {}
        self._states: dict[str, Any] = {}  # the one used last stands last
        self._offsets: dict[int, int] | None = None
        self._origins: Mapping[int, int] = {}
        self._serves = False  # as far as is known before it began

    async def keep_running(self) -> None:
        while True:
            try:
                await self._run()
            except Fenced as why:
                FENCED.labels(self._job.name).inc()
                log.info("fenced", job=self._job.name, why=str(why))

    async def begin(self) -> None:
        """Forgets what is in memory, and finds where this version of the job stands."""
        self._states, self._offsets = {}, None
        await self._sql.transact(lambda db: versions.begin(db, self._job, self._clock.now_ms()))
        self._origins = await self._sql.read(lambda db: versions.origins(db, self._job))
        self._serves = await self._sql.read(lambda db: versions.serves(db, self._job))

    async def tidy(self) -> None:
        """Forgets what is old, and lets the log forget what only versions of the past had not read."""
        now_ms, job = self._clock.now_ms(), self._job
        await self._sql.transact(lambda db: keeping.tidy(db, job, now_ms))
        done = await self._sql.read(lambda db: keeping.offsets(db, keeping.run_of(job)))
        if self._serves and done:
            for version in await self._sql.read(lambda db: versions.others(db, job)):
                await self._log.stand(job.topic, f"{job.name}.{version}", done)

    async def _run(self) -> None:
        await self.begin()
        await self.change_over_if_caught_up()
        subscription = await self._log.subscribe(self._job.topic, keeping.run_of(self._job))
        while True:
            reads = await subscription.poll(MOST_AT_ONCE, WAIT_S)
            if not reads:
                continue
            await self.take(reads)
            for last in {each.position.partition: each for each in reads}.values():
                await subscription.commit(last)
            await self.change_over_if_caught_up()
            if len(reads) < MOST_AT_ONCE:
                await self._clock.sleep(GATHER_S)

    async def change_over_if_caught_up(self) -> None:
        """Where the version before stood, as far as the log still has it, this one must have come by."""
        if self._serves:
            return
        awaited = {partition: at for partition, at in self._origins.items() if await self._is_there(partition, at - 1)}
        if await self._sql.read(lambda db: versions.has_caught_up(db, self._job, awaited)):
            await self._sql.transact(lambda db: versions.change_over(db, self._job))
            self._serves = True
            log.info("changed over", job=self._job.name, version=self._job.version)

    async def take(self, reads: Sequence[Read]) -> None:
        """Gives a batch its effect, and all of it. Raises Fenced, and then nothing was kept."""
        if self._offsets is None:
            self._offsets = await self._sql.read(lambda db: keeping.offsets(db, keeping.run_of(self._job)))
        known = self._offsets
        new = [each for each in reads if each.position.offset >= known.get(each.position.partition, 0)]
        if not new:
            return
        following = {each.position.partition: each.position.offset + 1 for each in new}
        facts = await self._facts(new)
        await self._load({self._job.key(fact) for _, fact in facts})
        rows, touched = await self._stepped(facts)
        await self._give_away(rows)
        advances = [Advance(partition, known.get(partition), following[partition]) for partition in sorted(following)]
        kept = {place: value for place, value in rows.items() if not self._job.tables[place[0]].in_rows}
        change = Change(advances, {key: self._states[key] for key in touched}, kept)
        await self._sql.transact(lambda db: keeping.keep(db, self._job, change, self._clock.now_ms()))
        known.update(following)
        self._told(facts)

    async def _facts(self, reads: Sequence[Read]) -> list[tuple[Position, Fact]]:
        facts = list[tuple[Position, Fact]]()
        for number, each in enumerate(reads):
            fact = read(each.entry.value)
            if fact:
                facts.append((each.position, fact))
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        if len(facts) < len(reads):
            UNREAD.labels(self._job.name).inc(len(reads) - len(facts))
        return facts

    async def _load(self, keys: set[str]) -> None:
        """Their states, and room for them: those used longest ago go."""
        wanted = keys - self._states.keys()
        surplus = len(self._states) + len(wanted) - MOST_HELD
        if surplus > 0:
            for key in [each for each in self._states if each not in keys][:surplus]:
                del self._states[key]
        if wanted:
            self._states |= await self._sql.read(lambda db: keeping.states(db, self._job, wanted))

    async def _stepped(self, facts: Sequence[tuple[Position, Fact]]) -> tuple[dict[tuple[str, str], Any], list[str]]:
        """What is to be merged, and whose states changed."""
        job, states, rows = self._job, self._states, dict[tuple[str, str], Any]()
        touched = dict[str, None]()
        for number, (position, fact) in enumerate(facts):
            key = job.key(fact)
            states[key], deltas = job.step(states.pop(key, None), fact)
            touched[key] = None
            if position.offset < self._origins.get(position.partition, 0):
                deltas = [each for each in deltas if not (job.tables[each.table].lasts or job.tables[each.table].in_rows)]
            combined(job.tables, deltas, rows)
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        return rows, list(touched)

    async def _give_away(self, rows: Mapping[tuple[str, str], Any]) -> None:
        """What the version before has come by, that one gave away: two would not agree on what they saw of the past."""
        for table, outlet in self._outlets.items():
            if values := [value for (name, _), value in rows.items() if name == table]:
                await outlet(values)

    async def _is_there(self, partition: int, offset: int) -> bool:
        """Whether the log still has that entry, or one before it in the partition."""
        found = await self._log.look(self._job.topic, Position(partition, offset - 1))
        return any(each.position == Position(partition, offset) for each in found)

    def _told(self, facts: Sequence[tuple[Position, Fact]]) -> None:
        FACTS.labels(self._job.name).inc(len(facts))
        now_ms, seconds = self._clock.now_ms(), SECONDS.labels(self._job.name)
        for _, fact in facts[:: max(1, len(facts) // 10)]:
            seconds.observe(max(now_ms - fact.heard_ms, 0) / 1000)
