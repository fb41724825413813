"""The port `log` on Apache Kafka, or what speaks its protocol.

A key's entries go to one partition, chosen by its hash, and so keep their order. Every copy in step has an entry before it
counts as appended (`acks=all`), and a sender that must repeat itself is recognised (idempotence), so order survives a
broker's death. What became of an append that is not answered in time is not known: decisions/0012 says why it is not
a transaction. Who appends also clears a topic, once an hour, of what is old and done with.
"""

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from matinee.engines.kafka_carrying import KafkaCarrying
from matinee.engines.kafka_place import place_of
from matinee.engines.kafka_subscription import KafkaSubscription
from matinee.engines.kafka_topics import MOST_RECORD_BYTES, KafkaTopics, troubled
from matinee.engines.patience import PATIENCE_S
from matinee.engines.record_batch import check
from matinee.ports.log import Entry, LogUnavailable, Position, Read, Subscription

SWEPT_EVERY_S = 3600
FULL_PAUSE_S = 0.01
DRIVEN_EVERY_S = 0.1

logger = logging.getLogger(__name__)


class KafkaLog:
    """One house's log; `url` as `kafka_place` has it. Subscribing again as the same group ends this process's former one."""

    def __init__(self, url: str, patience_s: float = PATIENCE_S, now_s: Callable[[], float] = time.time) -> None:
        self._place = place_of(url)
        self._patience_s = patience_s
        self._now_s = now_s
        self._topics = KafkaTopics(self._place, patience_s)
        self._carrying = KafkaCarrying(self._place, self._topics, patience_s)
        self._sender: Sender | None = None
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._had: set[str] = set()
        self._swept_s: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscriptions: dict[tuple[str, str], KafkaSubscription] = {}
        self._closed = False

    async def append(self, topic: str, entries: Sequence[Entry]) -> None:
        """Raises ValueError for an entry larger than the log takes; then none of the call's entries are appended."""
        name = self._place.topic(topic)
        for entry in entries:
            check(topic, entry)
        if not entries:
            return
        delivery = Delivery(len(entries))
        try:
            async with asyncio.timeout(self._patience_s), self._turns[topic]:
                await self._have(topic)
                sender = self._sending()
                taken = sender.take(name, entries, delivery)
                while taken < len(entries):
                    await asyncio.sleep(FULL_PAUSE_S)
                    taken += sender.take(name, entries[taken:], delivery)
        except TimeoutError as error:
            raise self._topics.unavailable(
                f"took no entries for {name!r} within {self._patience_s:g} s", "the way is full"
            ) from error
        failure = await self._answer(name, delivery)
        if failure is not None:
            self._had.discard(topic)
            if failure.fatal():
                self._drop_sender()
            raise self._topics.unavailable(f"did not keep an append to {name!r}", failure.str())
        self._sweep(topic)

    async def _answer(self, name: str, delivery: "Delivery") -> KafkaError | None:
        """The driver gives up by itself in time; should it not, nobody waits for it for ever."""
        try:
            async with asyncio.timeout(2 * self._patience_s):
                return await delivery.done
        except TimeoutError as error:
            self._drop_sender()
            raise self._topics.unavailable(f"did not say what became of an append to {name!r}", "the driver hangs") from error

    async def subscribe(self, topic: str, group: str) -> Subscription:
        self._place.topic(topic)
        await self._have(topic)
        former = self._subscriptions.pop((topic, group), None)
        if former:
            await former.close(f"another subscription of group {group!r} to {topic!r} took over")
        self._refuse_if_closed()
        subscription = KafkaSubscription(self._place, self._topics, topic, group, self._patience_s)
        self._subscriptions[topic, group] = subscription
        return subscription

    async def topics(self) -> Sequence[str]:
        return await asyncio.to_thread(self._carrying.names)

    async def look(self, topic: str, after: Position | None = None) -> Sequence[Read]:
        await self._have(topic)
        return await asyncio.to_thread(self._carrying.look, topic, after)

    async def standings(self, topic: str) -> Mapping[str, Mapping[int, int]]:
        await self._have(topic)
        return await asyncio.to_thread(self._carrying.standings, topic)

    async def ends(self, topic: str) -> Mapping[int, int]:
        await self._have(topic)
        return await asyncio.to_thread(self._carrying.ends, topic)

    async def stand(self, topic: str, group: str, offsets: Mapping[int, int]) -> None:
        await self._have(topic)
        await asyncio.to_thread(self._carrying.stand, topic, group, offsets)

    async def close(self) -> None:
        """Lets the appends under way finish, leaves the groups. Safe to repeat."""
        self._closed = True
        await asyncio.gather(*(each.close("the log is closed") for each in self._subscriptions.values()), *self._tasks)
        if self._sender:
            await asyncio.to_thread(self._sender.close, self._patience_s)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise LogUnavailable(f"the log on Kafka at {self._place.servers} is closed: this process is shutting down")

    async def _have(self, topic: str) -> None:
        self._refuse_if_closed()
        if topic not in self._had:
            await asyncio.to_thread(self._topics.have, topic)
            self._had.add(topic)
            self._refuse_if_closed()

    def _sending(self) -> "Sender":
        if self._sender is None:
            self._sender = Sender(self._place.servers, self._patience_s)
        return self._sender

    def _drop_sender(self) -> None:
        """One that failed for good, or fell silent, is closed aside; the next append has a new one."""
        if self._sender:
            self._aside(asyncio.to_thread(self._sender.close, self._patience_s))
            self._sender = None

    def _aside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _sweep(self, topic: str) -> None:
        now_s = self._now_s()
        if self._closed or now_s - self._swept_s.get(topic, 0) < SWEPT_EVERY_S:
            return
        self._swept_s[topic] = now_s
        self._aside(self._swept(topic, int(now_s * 1000)))

    async def _swept(self, topic: str, now_ms: int) -> None:
        try:
            await asyncio.to_thread(self._topics.sweep, topic, now_ms)
        except KafkaException as error:
            logger.warning("topic %s was not cleared of old entries, which is tried again in an hour: %s", topic, error)


class Delivery:
    """One append on its way: `done` when the brokers answered for each entry, with the first failure if there was one."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._failure: KafkaError | None = None
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[KafkaError | None] = self._loop.create_future()

    def answered(self, error: KafkaError | None, message: Message) -> None:
        """On the sender's thread, once for each entry."""
        self._left -= 1
        self._failure = self._failure or error
        if not self._left:
            # The loop may be closed: then nobody waits any more, and the thread must go on hearing for the others.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(self._failure)


class Sender:
    """A producer and the thread that hears the brokers' answers."""

    def __init__(self, servers: str, patience_s: float) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": servers,
                # A repeated request is recognised, so nothing doubles or changes places while we try again.
                "enable.idempotence": True,
                # Kept means: by every copy that is in step.
                "acks": "all",
                # An equal key goes where every other Kafka client would put it; an empty one counts as a key.
                "partitioner": "murmur2",
                # Facts are small and alike.
                "compression.type": "lz4",
                # Appends that come together travel together; nobody waits longer than this for company.
                "linger.ms": 1,
                # The port takes entries of 1 MiB.
                "message.max.bytes": MOST_RECORD_BYTES,
                # After this the caller is told; until then a broker may be away.
                "message.timeout.ms": int(patience_s * 1000),
                # A broker that comes back is found within a second, not ten.
                "reconnect.backoff.max.ms": 1000,
                # What it has to say comes as errors of appends, not on standard error, nor out of the thread that hears it.
                "log_level": 0,
                "error_cb": troubled,
            }
        )
        self._closing = threading.Event()
        self._hearing = threading.Thread(target=self._hear, name="kafka-log", daemon=True)
        self._hearing.start()

    def take(self, name: str, entries: Sequence[Entry], delivery: Delivery) -> int:
        """Sends them, up to the first for which there is no room, since so much is on its way already; how many those are."""
        produce, answered = self._producer.produce, delivery.answered
        for count, entry in enumerate(entries):
            try:
                produce(name, entry.value, entry.key.encode(), on_delivery=answered)
            except BufferError:
                return count
        return len(entries)

    def close(self, patience_s: float) -> None:
        self._producer.flush(patience_s)
        self._closing.set()
        self._hearing.join()

    def _hear(self) -> None:
        while not self._closing.is_set():
            self._producer.poll(DRIVEN_EVERY_S)
