"""A house's topics on Kafka: made with the partitions it expects, measured, and cleared of what may go.

Kafka by itself drops entries by age, read or not. So the topics keep everything, and a sweep drops what is both older than
the promise and done with by every group. Age is told by the brokers' clock: a writer whose clock is wrong moves nothing.
All of this blocks its thread.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    OffsetSpec,  # pyright: ignore[reportPrivateImportUsage] -- its manual names it here
)
from confluent_kafka.cimpl import NewTopic

from matinee.engines.kafka_place import KafkaPlace
from matinee.ports.log import KEPT_S, MOST_ENTRY_BYTES, LogUnavailable

MOST_RECORD_BYTES = MOST_ENTRY_BYTES + (64 << 10)
"""The largest entry and what Kafka writes around it."""

COPIES_OF_THE_BROKER = -1
AGAIN_S = 0.02

logger = logging.getLogger(__name__)

MOVING = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.OFFSET_NOT_AVAILABLE,
)
"""What the brokers answer while a topic is new, or changes from one of them to another."""

SETTINGS: Mapping[str, str] = {
    # What may go is ours to say: see the sweep.
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    # An entry's age is judged by one clock, not by each writer's.
    "message.timestamp.type": "LogAppendTime",
    # The port takes entries of 1 MiB; Kafka counts what it writes around them.
    "max.message.bytes": str(MOST_RECORD_BYTES),
    # A copy that fell behind never leads: what was acknowledged stays.
    "unclean.leader.election.enable": "false",
}


def troubled(error: KafkaError) -> None:
    """The driver's running commentary. Without a listener it comes out of whatever is called next, where nobody expects it."""
    logger.info("Kafka: %s", error.str())


class KafkaTopics:
    def __init__(self, place: KafkaPlace, answers_within_s: float) -> None:
        self._place = place
        self._answers_within_s = answers_within_s
        # The driver's futures are untyped, so what it answers is told its type here.
        self._settings: dict[str, Any] = {
            "bootstrap.servers": place.servers,
            "socket.timeout.ms": int(answers_within_s * 1000),
            # What it has to say comes as errors of calls, not on standard error.
            "log_level": 0,
            "error_cb": troubled,
        }
        self._admin: Any = AdminClient(self._settings)

    def have(self, topic: str) -> None:
        """There is such a topic, with as many partitions as expected."""
        name = self._place.topic(topic)
        try:
            self._make(name)
            found = self._found(name)
        except KafkaException as error:
            raise self.unavailable(f"gave no topic {name!r}", error) from error
        if found < self._place.partitions:
            raise LogUnavailable(
                f"the topic {name!r} on Kafka at {self._place.servers} has {found} partitions and {self._place.partitions} are"
                f" expected: add partitions to it, or write partitions={found} into the log's URL"
            )

    def ends(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        """The offset after the last entry of each partition, asked of the brokers now."""
        return self._offsets(self._place.topic(topic), partitions, OffsetSpec.latest())

    def beginnings(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        return self._offsets(self._place.topic(topic), partitions, OffsetSpec.earliest())

    def names(self) -> list[str]:
        """The house's topics, as it calls them."""
        found = self._admin.list_topics(timeout=self._answers_within_s).topics
        begin = self._place.topic("-").removesuffix("-")
        return [name.removeprefix(begin) for name in found if name.startswith(begin) and not name.startswith("__")]

    def partitions(self, topic: str) -> list[int]:
        name = self._place.topic(topic)
        return sorted(self._admin.list_topics(name, timeout=self._answers_within_s).topics[name].partitions)

    def standings(self, topic: str) -> dict[str, dict[int, int]]:
        """By group, how far it is."""
        name, partitions, begin = self._place.topic(topic), self.partitions(topic), self._place.groups(topic)
        return {group.removeprefix(begin): self._committed(group, name, partitions) for group in self._groups(topic)}

    def alter(self, wanted: ConsumerGroupTopicPartitions) -> None:
        """Puts a group that nobody reads for where it shall stand."""
        for answer in self._admin.alter_consumer_group_offsets([wanted], request_timeout=self._answers_within_s).values():
            _answer(answer)

    def sweep(self, topic: str, now_ms: int) -> None:
        """Drops what is older than the promise and done with by every group that ever committed."""
        name = self._place.topic(topic)
        partitions = sorted(self._admin.list_topics(name, timeout=self._answers_within_s).topics[name].partitions)
        may_go = self.ends(topic, partitions)
        aged = self._offsets(name, partitions, OffsetSpec.for_timestamp(now_ms - KEPT_S * 1000))
        for partition, first_young in aged.items():
            if first_young >= 0:
                may_go[partition] = min(may_go[partition], first_young)
        for group in self._groups(topic):
            for partition, done in self._committed(group, name, partitions).items():
                may_go[partition] = min(may_go[partition], done)
        upto = [TopicPartition(name, partition, offset) for partition, offset in may_go.items() if offset > 0]
        if upto:
            for answer in self._admin.delete_records(upto, request_timeout=self._answers_within_s).values():
                _answer(answer)

    def unavailable(self, what: str, error: object) -> LogUnavailable:
        if isinstance(error, KafkaException):
            # The driver hangs a thing there that is no exception, over which Python stumbles when it prints the traceback.
            error.__context__ = None
        return LogUnavailable(f"Kafka at {self._place.servers} {what}: {error}; see whether it runs and can be reached")

    def _found(self, name: str) -> int:
        """How many partitions there are; a new topic needs a moment until the brokers have told each other of it."""
        until_s = time.monotonic() + self._answers_within_s
        while True:
            topic = self._admin.list_topics(name, timeout=self._answers_within_s).topics[name]
            if topic.error is None and topic.partitions:
                return len(topic.partitions)
            if time.monotonic() >= until_s:
                raise KafkaException(topic.error or "it has no partitions")
            time.sleep(AGAIN_S)

    def _make(self, name: str) -> None:
        new = NewTopic(name, self._place.partitions, COPIES_OF_THE_BROKER, config=dict(SETTINGS))
        try:
            _answer(self._admin.create_topics([new], request_timeout=self._answers_within_s)[name])
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise

    def _offsets(self, name: str, partitions: Iterable[int], which: object) -> dict[int, int]:
        wanted = {TopicPartition(name, partition): which for partition in partitions}
        if not wanted:
            return {}
        until_s = time.monotonic() + self._answers_within_s
        while True:
            answers = self._admin.list_offsets(wanted, request_timeout=self._answers_within_s)
            try:
                return {place.partition: int(_answer(answer).offset) for place, answer in answers.items()}
            except KafkaException as error:
                if error.args[0].code() not in MOVING or time.monotonic() >= until_s:
                    raise
                time.sleep(AGAIN_S)

    def _groups(self, topic: str) -> list[str]:
        listing = _answer(self._admin.list_consumer_groups(request_timeout=self._answers_within_s))
        if listing.errors:
            raise KafkaException(*listing.errors)
        return [group.group_id for group in listing.valid if group.group_id.startswith(self._place.groups(topic))]

    def _committed(self, group: str, name: str, partitions: Iterable[int]) -> dict[int, int]:
        """How far a group is; 0 where it never committed in a topic it reads: it has all of that partition before it."""
        wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(name, partition) for partition in partitions])
        answers = self._admin.list_consumer_group_offsets([wanted], request_timeout=self._answers_within_s)
        try:
            return {each.partition: max(each.offset, 0) for each in _answer(answers[group]).topic_partitions}
        except KafkaException:
            # A driver that lost a group's broker may never find it again, though it is back: the next question has a new one.
            self._admin = AdminClient(self._settings)
            raise


def _answer(asked: Future[Any]) -> Any:
    return asked.result()
