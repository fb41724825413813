"""One topic of the log, and where its groups stand.

Logs count their entries each in its own way, over one partition or many. What any two agree on is that entries of one
key keep their order. So an entry is known here as the n-th of its key: by that a move that was killed knows what is there
already, and by that a group finds its place again. Where partitions are cut otherwise, a group's place may come to lie
before some entries that it was done with: it sees them again, as a log may always have it.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from matinee.moving.part import Step
from matinee.moving.tally import Tally
from matinee.ports.log import Entry, Log, Read


@dataclass(frozen=True)
class Entries:
    topic: str
    source: Log
    target: Log

    @property
    def name(self) -> str:
        return f"log {self.topic}"

    async def total(self) -> int:
        return sum([len(reads) async for reads in _looked(self.source, self.topic)])

    async def taken(self) -> bool:
        return self.topic in await self.target.topics() and len(await self.target.look(self.topic)) > 0

    async def carry(self, mark: Any) -> AsyncIterator[Step]:
        there = Counter([read.entry.key async for reads in _looked(self.target, self.topic) for read in reads])
        met = Counter[str]()
        async for reads in _looked(self.source, self.topic):
            missing = list[Entry]()
            for read in reads:
                met[read.entry.key] += 1
                if met[read.entry.key] > there[read.entry.key]:
                    missing.append(read.entry)
            await self.target.append(self.topic, missing)
            yield Step(len(reads))
        await self._stand()

    async def tallies(self) -> tuple[Tally, Tally]:
        return await self._tally(self.source), await self._tally(self.target)

    async def _stand(self) -> None:
        standings = await self.source.standings(self.topic)
        done: dict[str, Counter[str]] = {group: Counter() for group in standings}
        async for reads in _looked(self.source, self.topic):
            for group, offsets in standings.items():
                done[group].update(
                    read.entry.key for read in reads if read.position.offset < offsets.get(read.position.partition, 0)
                )
        ends: dict[int, int] = {}
        first: dict[str, dict[int, int]] = defaultdict(dict)
        met = Counter[str]()
        async for reads in _looked(self.target, self.topic):
            for read in reads:
                met[read.entry.key] += 1
                ends[read.position.partition] = read.position.offset + 1
                for group in standings:
                    if met[read.entry.key] > done[group][read.entry.key]:
                        first[group].setdefault(read.position.partition, read.position.offset)
        for group in standings:
            await self.target.stand(self.topic, group, ends | first[group])

    async def _tally(self, side: Log) -> Tally:
        """Its entries, and the names of the groups; not where these stand, which each log says in its own way."""
        tally, met = Tally(), Counter[str]()
        async for reads in _looked(side, self.topic):
            for read in reads:
                met[read.entry.key] += 1
                tally.add("entry", read.entry.key, met[read.entry.key], read.entry.value)
        for group in await side.standings(self.topic) if tally.count else ():
            tally.add("group", group)
        return tally


async def _looked(log: Log, topic: str) -> AsyncIterator[list[Read]]:
    if topic not in await log.topics():
        return
    reads = list(await log.look(topic))
    while reads:
        yield reads
        reads = list(await log.look(topic, reads[-1].position))
