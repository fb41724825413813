"""How the URL of a log on Kafka is read; no server is needed for that."""

import pytest

from matinee.engines.kafka_place import PARTITIONS, KafkaPlace, place_of


def test_a_url_says_where_the_log_is() -> None:
    """Several brokers, a prefix and a number of partitions; the last two may be left out."""
    assert place_of("kafka://a:1,b:2?prefix=house&partitions=7") == KafkaPlace("a:1,b:2", "house", 7)
    assert place_of("kafka://a:1?prefix=house").topic("films") == "house.films"
    assert place_of("kafka://a:1") == KafkaPlace("a:1", "", PARTITIONS)


@pytest.mark.parametrize(
    "url",
    ["kafka://a", "kafka://", "kafka://a:1/films", "kafka://a:1?prefix=Ä", "kafka://a:1?partitions=0", "kafka://a:1?partition=3"],
)
def test_a_wrong_url_is_refused_before_anything_is_asked(url: str) -> None:
    """A typing error is told as one, with the URL in the message."""
    with pytest.raises(ValueError, match=r"kafka://"):
        place_of(url)


@pytest.mark.parametrize("topic", ["", "two words", "фильмы", "a/b", "x" * 181])
def test_a_topic_has_a_plain_name(topic: str) -> None:
    """Kafka takes plain names only, and the message says so."""
    with pytest.raises(ValueError, match="is no name for a topic"):
        place_of("kafka://a:1").topic(topic)
