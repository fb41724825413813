"""From the log into the tables: what came since the last time, or everything the log still has.

A batch is committed to the log once its rows are in the table. Whoever dies in between is told the batch again, and the table
knows its rows (`tables.py`).
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matinee.insight.warehouse.facts import Topic, profiles_gone, rows_of
from matinee.insight.warehouse.tables import Tables
from matinee.ports.log import Log, Position, Read, Subscription

GROUP = "warehouse"
PROFILES = "profiles"
AT_ONCE = 100_000
"""Facts in one commit: some 100 MB in memory while they become rows."""
POLLED_AT_ONCE = 5_000
MORE_WITHIN_S = 2.0
QUIET_S = 0.2
"""No entry for so long, once some came: the batch is as full as it gets."""
FOLLOWED_S = 2.0
"""So long what comes in is still taken once the log's end was reached; the rest is the next loading's."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """Of one topic: how many entries were read, how many rows were new, of how many no row could be made."""

    read: int = 0
    added: int = 0
    unread: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.read + other.read, self.added + other.added, self.unread + other.unread)


async def load(
    log: Log, tables: Tables, topic: Topic, wait_s: float, tell: Tell = lambda step: None, at_once: int = AT_ONCE
) -> Loaded:
    """Everything that the group has not read; done when nothing came for `wait_s` seconds, or for two once some had come.

    Where it never stops coming, it is done when the log's end has been reached for two seconds."""
    subscription, total = await log.subscribe(topic.name, GROUP), Loaded()
    loop, until_s = asyncio.get_running_loop(), math.inf
    while loop.time() < until_s:
        reads, behind = await _batch(subscription, min(wait_s, MORE_WITHIN_S) if total.read else wait_s, at_once)
        if not reads:
            break
        total += await _added(tables, topic, reads)
        for last in {read.position.partition: read for read in reads}.values():
            await subscription.commit(last)
        if not behind:
            until_s = min(until_s, loop.time() + FOLLOWED_S)
        tell(f"{topic.name}: {total.read:,} read, {total.added:,} new")
    return total


async def forget(log: Log, tables: Tables, wait_s: float) -> int:
    """Profiles that were removed since the last time leave the tables; how many."""
    subscription, total = await log.subscribe(PROFILES, GROUP), 0
    while reads := (await _batch(subscription, wait_s, AT_ONCE))[0]:
        gone = profiles_gone([read.entry.value for read in reads])
        await asyncio.to_thread(tables.forget, gone)
        for last in {read.position.partition: read for read in reads}.values():
            await subscription.commit(last)
        total += len(gone)
    return total


async def backfill(log: Log, tables: Tables, topic: Topic, tell: Tell = lambda step: None) -> Loaded:
    """Reads the topic from its first entry to its last, without a group, and adds what is missing."""
    total, after, ends = Loaded(), None, False
    while not ends:
        reads = await _looked(log, topic, after)
        # Fewer than it may take: there were no more a moment ago. What has come since is the next loading's.
        ends = len(reads) < AT_ONCE
        if reads:
            total += await _added(tables, topic, reads)
            after = reads[-1].position
            tell(f"{topic.name}: {total.read:,} read, {total.added:,} were missing")
    return total


async def _batch(subscription: Subscription, wait_s: float, at_once: int) -> tuple[Sequence[Read], bool]:
    """What is there, and whether there may be more at once: a poll that is not full has reached the log's end."""
    few, loop = min(POLLED_AT_ONCE, at_once), asyncio.get_running_loop()
    more = await subscription.poll(few, wait_s)
    reads, until_s = list(more), loop.time() + FOLLOWED_S
    while more and len(reads) < at_once and (len(more) == few or loop.time() < until_s):
        more = await subscription.poll(few, QUIET_S)
        reads += more
    return reads, len(more) == few or len(reads) >= at_once


async def _looked(log: Log, topic: Topic, after: Position | None) -> Sequence[Read]:
    reads = list(await log.look(topic.name, after))
    while reads and len(reads) < AT_ONCE and (more := await log.look(topic.name, reads[-1].position)):
        reads += more
    return reads


async def _added(tables: Tables, topic: Topic, reads: Sequence[Read]) -> Loaded:
    def add() -> Loaded:
        told = rows_of(topic, [read.entry.value for read in reads])
        return Loaded(len(reads), tables.add(topic, told.rows), told.unread)

    return await asyncio.to_thread(add)
