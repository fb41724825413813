"""Where a house keeps its log on Apache Kafka, as its URL says: `kafka://HOST:PORT[,HOST:PORT…]?prefix=NAME&partitions=N`.

Topics and groups begin with the prefix and a dot, so several houses may share one cluster. A group is a group of one topic: who
reads films does not make those wait who read plays under the same name.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

SERVERS = re.compile(r"[\w.\-\[\]:]+:\d+(,[\w.\-\[\]:]+:\d+)*")
NAME = re.compile(r"[A-Za-z0-9._-]{1,180}")
PARTITIONS = 4
"""As many processes of one group may share a topic's entries, each key with one of them."""


@dataclass(frozen=True)
class KafkaPlace:
    servers: str
    prefix: str
    partitions: int

    def topic(self, topic: str) -> str:
        if not NAME.fullmatch(topic):
            raise ValueError(f"{topic!r} is no name for a topic: use plain letters, digits, '.', '_' and '-', 180 at most")
        return f"{self.prefix}.{topic}" if self.prefix else topic

    def groups(self, topic: str) -> str:
        """How the names of all groups of a topic begin; no other topic's do, for '/' is in none of their names."""
        return f"{self.topic(topic)}/"


def place_of(url: str) -> KafkaPlace:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    prefix, partitions = asked.pop("prefix", ""), asked.pop("partitions", str(PARTITIONS))
    if parts.scheme != "kafka" or not SERVERS.fullmatch(parts.netloc) or parts.path.strip("/") or asked:
        raise ValueError(f"{url} is no log on Kafka: write kafka://HOST:PORT[,HOST:PORT]?prefix=NAME&partitions=N")
    if prefix and not NAME.fullmatch(prefix):
        raise ValueError(f"{url}: the prefix {prefix!r} may have plain letters, digits, '.', '_' and '-' only")
    if not partitions.isascii() or not partitions.isdigit() or not 1 <= int(partitions) <= 1000:
        raise ValueError(f"{url}: partitions = {partitions} must be a number from 1 to 1000")
    return KafkaPlace(parts.netloc, prefix, int(partitions))
