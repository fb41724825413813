"""A house's whole log on Kafka, for whoever carries it elsewhere: read without a group, and groups put where they stand.

All of this blocks its thread.
"""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from matinee.engines.kafka_place import KafkaPlace
from matinee.engines.kafka_topics import KafkaTopics, troubled
from matinee.ports.log import Entry, Position, Read

LOOKED_AT_ONCE = 1000


class KafkaCarrying:
    def __init__(self, place: KafkaPlace, topics: KafkaTopics, patience_s: float) -> None:
        self._place, self._topics, self._patience_s = place, topics, patience_s

    def names(self) -> list[str]:
        topics = self._topics
        try:
            return sorted(name for name in topics.names() if any(topics.ends(name, topics.partitions(name)).values()))
        except KafkaException as error:
            raise topics.unavailable("did not say which topics there are", error) from error

    def look(self, topic: str, after: Position | None) -> list[Read]:
        """Of the first partition that has something after that place."""
        try:
            partitions = self._topics.partitions(topic)
            firsts, ends = self._topics.beginnings(topic, partitions), self._topics.ends(topic, partitions)
            for partition in partitions:
                if after and partition < after.partition:
                    continue
                first = max(firsts[partition], after.offset + 1) if after and partition == after.partition else firsts[partition]
                if first < ends[partition]:
                    return self._read(topic, partition, first, min(ends[partition] - first, LOOKED_AT_ONCE))
        except KafkaException as error:
            raise self._topics.unavailable(f"did not show the topic {topic!r}", error) from error
        return []

    def standings(self, topic: str) -> dict[str, dict[int, int]]:
        try:
            known = self._topics.standings(topic).items()
        except KafkaException as error:
            raise self._topics.unavailable(f"did not say how far the readers of {topic!r} are", error) from error
        return {group: {partition: offset for partition, offset in at.items() if offset} for group, at in known}

    def ends(self, topic: str) -> dict[int, int]:
        try:
            return self._topics.ends(topic, self._topics.partitions(topic))
        except KafkaException as error:
            raise self._topics.unavailable(f"did not say where {topic!r} ends", error) from error

    def stand(self, topic: str, group: str, offsets: Mapping[int, int]) -> None:
        name = self._place.topic(topic)
        before = self.standings(topic).get(group, {})
        wanted = [TopicPartition(name, each, max(offset, before.get(each, 0))) for each, offset in offsets.items()]
        try:
            self._topics.alter(ConsumerGroupTopicPartitions(f"{self._place.groups(topic)}{group}", wanted))
        except KafkaException as error:
            raise self._topics.unavailable(f"did not put {group!r} where it shall stand in {topic!r}", error) from error

    def _read(self, topic: str, partition: int, first: int, count: int) -> list[Read]:
        settings: dict[str, Any] = {
            "bootstrap.servers": self._place.servers,
            # The driver wants one, though nothing is ever committed in its name.
            "group.id": f"{self._place.prefix}carrying",
            "enable.auto.commit": False,
            # What it has to say comes as errors of calls, not on standard error.
            "log_level": 0,
            "error_cb": troubled,
        }
        consumer = Consumer(settings)
        try:
            consumer.assign([TopicPartition(self._place.topic(topic), partition, first)])
            reads: list[Read] = []
            while len(reads) < count:
                messages = consumer.consume(count - len(reads), self._patience_s)
                if not messages:
                    raise self._topics.unavailable(f"gave no entries of {topic!r} within {self._patience_s:g} s", "no answer")
                for message in messages:
                    if error := message.error():
                        raise KafkaException(error)
                    entry = Entry((message.key() or b"").decode(), message.value() or b"")
                    reads.append(Read(Position(partition, message.offset() or 0), entry))
            return reads
        finally:
            consumer.close()
