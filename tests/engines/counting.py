"""What the fronts of a region have counted, as Prometheus would read it."""

import http.client
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from running import House

FRONTS = ("front-1", "front-2")


def fallbacks(house: House) -> Counter[str]:
    """Those taken until now, by name."""
    found: Counter[str] = Counter()
    for labels, value in _samples(house, "matinee_fallbacks_total"):
        found[labels["fallback"]] += int(value)
    return found


def cache_failures(house: House) -> float:
    return sum(value for _, value in _samples(house, "matinee_cache_failures_total"))


def are_counting(house: House) -> bool:
    """Whether each of them can be asked: one that was just started may not listen yet."""
    try:
        fallbacks(house)
    except (OSError, http.client.HTTPException):
        return False
    return True


def _samples(house: House, metric: str) -> Iterator[tuple[dict[str, str], float]]:
    for front in FRONTS:
        for family in text_string_to_metric_families(_metrics(house.state / "run" / f"{front}.health.sock")):
            yield from ((sample.labels, sample.value) for sample in family.samples if sample.name == metric)


def _metrics(at: Path) -> str:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(at))
    connection.request("GET", "/metrics")
    with connection.getresponse() as answer:
        return answer.read().decode()
