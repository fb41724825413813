"""How long requests took, as Prometheus asks for it: by the first part of their path and their status.

A histogram of prometheus_client walks through its bounds and takes two locks for each request: 9,500 instructions, where a bare
request takes 130,000. These are plain numbers, for only the event loop adds to them and reads them.
"""

import functools
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
UP_TO = (*map(str, BOUNDS_S), "+Inf")
ROOMS = frozenset({"graphql", "auth", "oauth", "play", "ready", "assets", "till", "v1", "beacons"})


class Took:
    """Of the requests to one room that ended with one status."""

    def __init__(self) -> None:
        self._counts = [0] * len(UP_TO)
        self._sum_s = 0.0

    def observe(self, took_s: float) -> None:
        self._counts[bisect_left(BOUNDS_S, took_s)] += 1
        self._sum_s += took_s

    def add_to(self, family: HistogramMetricFamily, labels: tuple[str, str]) -> None:
        buckets = zip(UP_TO, accumulate(self._counts), strict=True)
        family.add_metric(labels, list(buckets), self._sum_s)


class HttpSeconds(Collector):
    def __init__(self) -> None:
        self._took: dict[tuple[str, str], Took] = {}

    def of(self, path: str, status: int) -> Took:
        return self._took.setdefault((_first_part(path), str(status)), Took())

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily(
            "matinee_http_seconds", "How long requests took, by the first part of their path", labels=("path", "status")
        )
        for labels, took in self._took.items():
            took.add_to(family, labels)
        yield family


HTTP_SECONDS = HttpSeconds()
REGISTRY.register(HTTP_SECONDS)


@functools.lru_cache(maxsize=1000)
def seconds(path: str, status: int) -> Took:
    """Most questions are asked of the same few paths."""
    return HTTP_SECONDS.of(path, status)


def _first_part(path: str) -> str:
    """As a label: paths are endless, the rooms they lead to are few."""
    first = path.strip("/").partition("/")[0]
    return f"/{first}" if first in ROOMS else "page"
