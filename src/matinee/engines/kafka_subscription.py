"""One member of a consumer group, on a thread of its own: the driver may be used by one at a time, and it blocks.

The group shares the partitions out among its members. When one joins or dies, partitions change hands while the rest are read
on (cooperative-sticky), and what was polled from them and not committed is polled again, elsewhere.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from matinee.engines.kafka_place import KafkaPlace
from matinee.engines.kafka_topics import MOST_RECORD_BYTES, KafkaTopics, troubled
from matinee.engines.log_lag import forget_lag, tell_lag
from matinee.ports.log import Entry, LogUnavailable, Position, Read

T = TypeVar("T")

SLICE_S = 0.25
"""How long a wait may keep the thread from a commit or from closing."""

DEAD_AFTER_S = 10.0
"""A member not heard of for so long is dead, and the others get its partitions."""

HANDED_ON = (
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError._ASSIGNMENT_LOST,  # pyright: ignore[reportPrivateUsage] -- how the driver spells its own errors
)
"""A commit came after the group gave the partition to another, who will see the entries again."""


class KafkaSubscription:
    def __init__(self, place: KafkaPlace, topics: KafkaTopics, topic: str, group: str, patience_s: float) -> None:
        self._topics = topics
        self._topic = topic
        self._name = place.topic(topic)
        self._what = f"the subscription of group {group!r} to {self._name!r}"
        self._patience_s = patience_s
        self._thread = ThreadPoolExecutor(1, "kafka-read")
        self._group = group
        self._ready: list[Read] = []
        self._given: set[int] = set()
        self._next: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._joined = False
        self._ended = ""
        self._consumer = Consumer(_settings(place, f"{place.groups(topic)}{group}"))
        self._consumer.subscribe([self._name], on_assign=self._got, on_revoke=self._gave, on_lost=self._gave)

    async def poll(self, most: int, wait_s: float) -> Sequence[Read]:
        until_s = time.monotonic() + wait_s
        patient_until_s = until_s + self._patience_s
        while True:
            left_s = max(until_s - time.monotonic(), 0.0)
            # Past the time only what is known to be on its way is waited for.
            slice_s = min(left_s, SLICE_S) if left_s else SLICE_S / 5
            complete = await self._on_thread(lambda: self._gather(most, slice_s))  # noqa: B023
            now_s = time.monotonic()
            late = now_s >= patient_until_s
            if self._ready and (complete or late):
                taken, self._ready = self._ready[:most], self._ready[most:]
                return taken
            if not self._ready and now_s >= until_s and await self._on_thread(self._nothing_more):
                return []
            if late:
                raise self._topics.unavailable(f"gave {self._what} no entries within {self._patience_s:g} s", "no answer")

    async def commit(self, upto: Read) -> None:
        await self._on_thread(lambda: self._commit(upto.position))

    async def close(self, why: str) -> None:
        """Leaves the group, so that the others need not wait until it counts as dead. Safe to repeat."""
        if self._ended:
            return
        self._ended = why
        leaving = asyncio.wrap_future(self._thread.submit(self._consumer.close))
        self._thread.shutdown(wait=False)
        await asyncio.wait({leaving}, timeout=self._patience_s)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        if self._ended:
            raise LogUnavailable(f"{self._what} is closed: {self._ended}")
        answer = asyncio.wrap_future(self._thread.submit(work))
        try:
            await asyncio.wait({answer}, timeout=2 * self._patience_s)
            if not answer.done():
                raise self._topics.unavailable(f"did not answer {self._what} within {2 * self._patience_s:g} s", "it hangs")
            return answer.result()
        except KafkaException as error:
            raise self._topics.unavailable(f"failed {self._what}", error) from error
        finally:
            answer.cancel()

    def _gather(self, most: int, slice_s: float) -> bool:
        """Takes what comes; True when that is `most`, or all there was a moment ago."""
        until_s = time.monotonic() + slice_s
        while len(self._ready) < most:
            for message in self._consumer.consume(1, max(until_s - time.monotonic(), 0)):
                self._take(message)
            for message in self._consumer.consume(most - len(self._ready), 0) if len(self._ready) < most else ():
                self._take(message)
            if time.monotonic() >= until_s or (self._ready and not self._behind()):
                break
        self._locate()
        self._tell_lag()
        return len(self._ready) >= most or not self._behind()

    def _take(self, message: Message) -> None:
        error = message.error()
        partition, offset = message.partition(), message.offset()
        if error is not None:
            if not error.retriable():
                raise KafkaException(error)
            return
        if partition not in self._given or offset is None or offset < self._next.get(partition, 0):
            return
        self._next[partition] = offset + 1
        self._ready.append(Read(Position(partition, offset), Entry((message.key() or b"").decode(), message.value() or b"")))

    def _behind(self) -> bool:
        """Whether the brokers' last answers spoke of entries that have not come yet."""
        return any(self._last_known_end(partition) > following for partition, following in self._next.items())

    def _last_known_end(self, partition: int) -> int:
        known = self._consumer.get_watermark_offsets(TopicPartition(self._name, partition), cached=True)
        return known[1] if known else -1

    def _nothing_more(self) -> bool:
        """That there is nothing is never guessed: the brokers are asked."""
        if not self._joined:
            return False
        ends = self._topics.ends(self._topic, self._next)
        return all(end <= self._next[partition] for partition, end in ends.items())

    def _commit(self, done: Position) -> None:
        following = done.offset + 1
        self._locate()
        if done.partition not in self._given or following <= self._committed.get(done.partition, 0):
            return
        try:
            self._consumer.commit(offsets=[TopicPartition(self._name, done.partition, following)], asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() not in HANDED_ON:
                raise
            return
        self._committed[done.partition] = following
        self._tell_lag()

    def _got(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """The group gave us these. Nothing is asked in here: an error would come out of the driver as no exception at all."""
        self._given |= {each.partition for each in partitions}
        self._joined = True

    def _gave(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        gone = {each.partition for each in partitions}
        self._given -= gone
        for partition in gone:
            self._next.pop(partition, None)
            if self._committed.pop(partition, None) is not None:
                forget_lag(self._topic, self._group, partition)
        self._ready = [read for read in self._ready if read.position.partition not in gone]

    def _locate(self) -> None:
        """Learns where the group is in the partitions it was given, and where they begin."""
        new = [partition for partition in self._given if partition not in self._committed]
        if not new:
            return
        first = self._topics.beginnings(self._topic, new)
        for each in self._consumer.committed([TopicPartition(self._name, partition) for partition in new], self._patience_s):
            if each.error is not None:
                raise KafkaException(each.error)
            self._next.setdefault(each.partition, max(each.offset, first[each.partition]))
            self._committed[each.partition] = max(each.offset, first[each.partition])

    def _tell_lag(self) -> None:
        for partition, following in self._committed.items():
            tell_lag(self._topic, self._group, partition, max(self._last_known_end(partition), following) - following)


def _settings(place: KafkaPlace, group: str) -> dict[str, object]:
    return {
        "bootstrap.servers": place.servers,
        "group.id": group,
        # Only who was done with an entry says so.
        "enable.auto.commit": False,
        # A new group starts at the first entry there is.
        "auto.offset.reset": "earliest",
        # Partitions that stay with their member are read on while others change hands.
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": int(DEAD_AFTER_S * 1000),
        # A member learns within a second that the group shares out anew.
        "heartbeat.interval.ms": 1000,
        # An entry of 1 MiB fits into one answer.
        "fetch.message.max.bytes": 2 * MOST_RECORD_BYTES,
        # At most so much is read ahead of who polls.
        "queued.max.messages.kbytes": 16 << 10,
        # A partition that could not be read is asked for again at once, not after half a second.
        "fetch.error.backoff.ms": 50,
        "reconnect.backoff.max.ms": 1000,
        # What it has to say comes as errors of polls and commits, not on standard error.
        "log_level": 0,
        "error_cb": troubled,
    }
