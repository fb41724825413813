"""The port `log` on one SQLite file: a row per batch of records, as Kafka keeps them, not a row per record.

A batch carries the offset of its first entry, their number, a checksum and the entries as one msgpack blob. Appends that
arrive while a commit is under way share the next one, so the cost of a commit is split among those who wait for it.
Several processes may use the file: who appends wakes the readers of its own process at once; on behalf of all readers of a
process one looks every 50 ms whether the file was changed. `synchronous = NORMAL`: what is appended survives the death of any
process, but a power cut may take the last moments with it; it never tears a batch.

There is one partition, and a group's committed offset never goes back. Two subscriptions of one group each see every
entry (they are not shared out): one process of each kind reads on a laptop.

Who appends notes once an hour how far the topic has come by then, and drops what an old enough note and all groups are past.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar

from matinee.engines.log_lag import tell_lag
from matinee.engines.patience import PATIENCE_S
from matinee.engines.record_batch import MOST_BATCH_ENTRIES, DamagedBatch, Row, pack, unpack
from matinee.engines.sqlite_threads import SqliteThreads
from matinee.ports.log import KEPT_S, Entry, LogUnavailable, Position, Read, Subscription

T = TypeVar("T")

POLL_S = 0.05
"""How often is looked for what another process appended."""

SWEPT_EVERY_S = 3600

TABLES = (
    "CREATE TABLE IF NOT EXISTS milestone (topic TEXT, partition INTEGER, at_s INTEGER, next_offset INTEGER NOT NULL,"
    " PRIMARY KEY (topic, partition, at_s)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS partition (topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL,"
    " PRIMARY KEY (topic, partition)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS batch (topic TEXT, partition INTEGER, base_offset INTEGER, count INTEGER NOT NULL,"
    " crc INTEGER NOT NULL, entries BLOB NOT NULL, PRIMARY KEY (topic, partition, base_offset))",
    "CREATE TABLE IF NOT EXISTS group_offset (topic TEXT, partition INTEGER, reader TEXT, next_offset INTEGER NOT NULL,"
    " PRIMARY KEY (topic, partition, reader)) WITHOUT ROWID",
)
TAKE_OFFSETS = (
    "INSERT INTO partition VALUES (?, 0, ?) ON CONFLICT (topic, partition)"
    " DO UPDATE SET next_offset = next_offset + excluded.next_offset RETURNING next_offset"
)
NOTE = (
    "INSERT OR IGNORE INTO milestone SELECT topic, partition, :now_s, next_offset FROM partition"
    " WHERE topic = :topic AND partition = 0"
)
# Without an old note, or a group, the least of the two is not known or without end: min() of NULL is NULL, which drops nothing.
SWEEP = (
    "DELETE FROM batch WHERE topic = :topic AND partition = 0 AND base_offset + count <= min("
    "(SELECT max(next_offset) FROM milestone WHERE topic = :topic AND partition = 0 AND at_s <= :old_s),"
    " coalesce((SELECT min(next_offset) FROM group_offset WHERE topic = :topic AND partition = 0), 9223372036854775807))"
)
FORGET_NOTES = (
    "DELETE FROM milestone WHERE topic = :topic AND partition = 0 AND at_s <"
    " (SELECT max(at_s) FROM milestone WHERE topic = :topic AND partition = 0 AND at_s <= :old_s)"
)
BATCHES_FROM = (
    "SELECT base_offset, count, crc, entries FROM batch WHERE topic = :topic AND partition = 0 AND base_offset >="
    " (SELECT coalesce(max(base_offset), 0) FROM batch WHERE topic = :topic AND partition = 0 AND base_offset <= :wanted)"
    " AND base_offset + count > :wanted ORDER BY base_offset"
)
END = "SELECT next_offset FROM partition WHERE topic = ? AND partition = 0"
COMMITTED = "SELECT next_offset FROM group_offset WHERE topic = ? AND partition = 0 AND reader = ?"
ENDS = "SELECT partition, next_offset FROM partition WHERE topic = ?"
STANDINGS = "SELECT reader, partition, next_offset FROM group_offset WHERE topic = ?"
# A number that changes with every commit of another connection; to ask for it costs no look into any table.
CHANGES = "PRAGMA data_version"
COMMIT = (
    "INSERT INTO group_offset VALUES (?, ?, ?, ?) ON CONFLICT (topic, partition, reader)"
    " DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)"
)


@dataclass
class Waiting:
    """An append on its way to the file."""

    topic: str
    rows: Sequence[Row]
    done: Future[None] = field(default_factory=lambda: Future[None]())


class SqliteLog:
    def __init__(self, path: Path, patience_s: float = PATIENCE_S, now_s: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now_s = now_s
        self._swept_s: dict[str, float] = {}
        self._file = SqliteThreads(path, "log", TABLES, LogUnavailable, patience_s)
        self._waiting: list[Waiting] = []
        self._lock = Lock()
        self._sleepers: dict[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def append(self, topic: str, entries: Sequence[Entry]) -> None:
        """Raises ValueError for an entry larger than the log takes; then none of the call's entries are appended."""
        rows = pack(topic, entries)
        if not rows:
            return
        waiting = Waiting(topic, rows)
        with self._lock:
            self._waiting.append(waiting)
        self._file.submit(True, self._flush)
        await asyncio.wrap_future(waiting.done)
        self._wake(topic)

    async def subscribe(self, topic: str, group: str) -> Subscription:
        def committed(connection: sqlite3.Connection) -> int:
            row = connection.execute(COMMITTED, (topic, group)).fetchone()
            return int(row[0]) if row else 0

        return SqliteSubscription(self, topic, group, await self.run(committed))

    async def topics(self) -> Sequence[str]:
        return await self.run(
            lambda connection: [row[0] for row in connection.execute("SELECT topic FROM partition ORDER BY topic")]
        )

    async def look(self, topic: str, after: Position | None = None) -> Sequence[Read]:
        first = after.offset + 1 if after else 0
        return await self.run(lambda connection: read_from(connection, topic, first, MOST_BATCH_ENTRIES))

    async def standings(self, topic: str) -> Mapping[str, Mapping[int, int]]:
        found = await self.run(lambda connection: connection.execute(STANDINGS, (topic,)).fetchall())
        return {group: {partition: offset} for group, partition, offset in found}

    async def ends(self, topic: str) -> Mapping[int, int]:
        return await self.run(lambda connection: dict(connection.execute(ENDS, (topic,)).fetchall()))

    async def stand(self, topic: str, group: str, offsets: Mapping[int, int]) -> None:
        stands = [(topic, partition, group, offset) for partition, offset in offsets.items()]
        await self.run(lambda connection: connection.executemany(COMMIT, stands).close(), writing=True)

    async def close(self) -> None:
        """Lets the appends under way finish, then closes the file. Safe to repeat."""
        if self._watch:
            self._watch.cancel()
        await self._file.close()

    async def run(self, work: Callable[[sqlite3.Connection], T], *, writing: bool = False) -> T:
        """One transaction on the reader's or the writer's thread."""
        try:
            return await self._file.run(work, writing=writing)
        except DamagedBatch as damage:
            raise LogUnavailable(f"the log file {self._path} is damaged: {damage}; restore it from a copy") from damage

    def sleeper(self, topic: str) -> asyncio.Event:
        """An event that is set when this process appends to the topic; hand it back with `forget`."""
        event = asyncio.Event()
        with self._lock:
            self._sleepers[event] = (topic, asyncio.get_running_loop())
        return event

    def forget(self, event: asyncio.Event) -> None:
        with self._lock:
            self._sleepers.pop(event, None)

    def watch(self) -> None:
        """Sees to it that those who sleep are woken when the file was changed: after this they may sleep."""
        if self._watch is None or self._watch.done() or self._watch.get_loop() is not asyncio.get_running_loop():
            self._watch = asyncio.create_task(self._keep_watching())

    async def _keep_watching(self) -> None:
        """While anybody sleeps. They are woken first of all, for what came before is not told from what they have seen."""
        seen = -1
        while self._sleepers:
            try:
                changes = await self.run(lambda connection: int(connection.execute(CHANGES).fetchone()[0]))
            except LogUnavailable:
                self._wake()  # They will be told so, too.
                return
            if changes != seen:
                self._wake()
            seen = changes
            await asyncio.sleep(POLL_S)

    def _wake(self, topic: str = "") -> None:
        """Who waits for that topic, or for any."""
        with self._lock:
            for event, (wanted, loop) in self._sleepers.items():
                if topic in ("", wanted):
                    loop.call_soon_threadsafe(event.set)

    def _flush(self) -> None:
        """On the writer's thread: everything that waits now, in the order it came, in one commit."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        group = [one for one in waiting if one.done.set_running_or_notify_cancel()]
        if not group:
            return

        def write(connection: sqlite3.Connection) -> None:
            for one in group:
                for row in one.rows:
                    following = connection.execute(TAKE_OFFSETS, (one.topic, row.count)).fetchone()[0]
                    batch = row.at(int(following) - row.count)
                    values = (one.topic, batch.base_offset, batch.count, batch.crc(one.topic), batch.body)
                    connection.execute("INSERT INTO batch VALUES (?, 0, ?, ?, ?, ?)", values)
            for topic in {one.topic for one in group}:
                self._sweep(connection, topic)

        failure: Exception | None = LogUnavailable(f"the log {self._path} lost its writer: see what its thread printed")
        try:
            self._file.transact(write, writing=True)
            failure = None
        except LogUnavailable as error:
            failure = error
        finally:
            # Whatever happened, nobody is left waiting.
            for one in group:
                if failure:
                    one.done.set_exception(failure)
                else:
                    one.done.set_result(None)

    def _sweep(self, connection: sqlite3.Connection, topic: str) -> None:
        """On the writer's thread: once an hour, drops what is older than the promise and done with by every group."""
        now_s = self._now_s()
        if now_s - self._swept_s.get(topic, 0) < SWEPT_EVERY_S:
            return
        self._swept_s[topic] = now_s
        for statement in (SWEEP, FORGET_NOTES, NOTE):
            connection.execute(statement, {"topic": topic, "now_s": int(now_s), "old_s": int(now_s) - KEPT_S})


class SqliteSubscription:
    def __init__(self, log: SqliteLog, topic: str, group: str, next_offset: int) -> None:
        self._log = log
        self._topic = topic
        self._group = group
        self._next_offset = next_offset
        self._committed = next_offset

    async def poll(self, most: int, wait_s: float) -> Sequence[Read]:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + wait_s
        appended = self._log.sleeper(self._topic)
        try:
            while True:
                appended.clear()
                reads = await self._log.run(lambda connection: self._read(connection, most))
                if reads:
                    self._next_offset = reads[-1].position.offset + 1
                left_s = until_s - loop.time()
                if reads or left_s <= 0:
                    return reads
                self._log.watch()
                await _either(appended, left_s)
        finally:
            self._log.forget(appended)

    async def commit(self, upto: Read) -> None:
        following = (self._topic, upto.position.partition, self._group, upto.position.offset + 1)

        def done(connection: sqlite3.Connection) -> None:
            connection.execute(COMMIT, following)
            self._committed = max(self._committed, upto.position.offset + 1)
            self._tell_lag(connection)

        await self._log.run(done, writing=True)

    def _tell_lag(self, connection: sqlite3.Connection) -> None:
        row = connection.execute(END, (self._topic,)).fetchone()
        tell_lag(self._topic, self._group, 0, max(int(row[0]) - self._committed, 0) if row else 0)

    def _read(self, connection: sqlite3.Connection, most: int) -> list[Read]:
        reads = read_from(connection, self._topic, self._next_offset, most)
        self._tell_lag(connection)
        return reads


def read_from(connection: sqlite3.Connection, topic: str, first: int, most: int) -> list[Read]:
    """Up to `most` entries of the topic from the offset `first` on."""
    reads: list[Read] = []
    for base_offset, count, crc, body in connection.execute(BATCHES_FROM, {"topic": topic, "wanted": first}):
        entries = unpack(topic, Row(count, body, base_offset), crc)
        skipped = max(first - base_offset, 0)
        wanted = entries[skipped : skipped + most - len(reads)]
        reads += [Read(Position(0, offset), entry) for offset, entry in enumerate(wanted, base_offset + skipped)]
        if len(reads) >= most:
            break
    return reads


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, but no longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
