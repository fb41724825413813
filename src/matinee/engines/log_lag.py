"""How far behind a log's readers are, for Prometheus: both engines of the port tell it under one name.

It is measured whenever the reader polls or commits. One that does neither keeps its last figure, so watch for figures that
never move as well as for those that grow.
"""

from contextlib import suppress

from prometheus_client import Gauge

LAG = Gauge("matinee_log_lag_entries", "Appended, and not yet done with by this group", ["topic", "group", "partition"])


def tell_lag(topic: str, group: str, partition: int, entries: int) -> None:
    LAG.labels(topic, group, str(partition)).set(entries)


def forget_lag(topic: str, group: str, partition: int) -> None:
    """The partition is another member's now, who tells of it."""
    with suppress(KeyError):
        LAG.remove(topic, group, str(partition))
