"""How long requests took, as Prometheus is told it."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram

from matinee.up.http_seconds import BOUNDS_S, HttpSeconds

TOOK = [("/play/abc/1.ts", 200, took_s) for took_s in (0.004, 0.005, 0.3, 60.0)] + [("/", 404, 0.02)]
ROOM = {"/play/abc/1.ts": "/play", "/": "page"}


def shown(registry: CollectorRegistry) -> Iterator[tuple[str, frozenset[tuple[str, str]], float]]:
    for family in registry.collect():
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                yield sample.name, frozenset(sample.labels.items()), sample.value


def test_the_figures_are_those_that_any_histogram_shows() -> None:
    """Who watches the house with Prometheus needs nothing of its own: bounds, counts and sums stand as everywhere."""
    ours, theirs, figures = CollectorRegistry(), CollectorRegistry(), HttpSeconds()
    ours.register(figures)
    histogram = Histogram("matinee_http_seconds", "The same", ["path", "status"], buckets=BOUNDS_S, registry=theirs)
    for path, status, took_s in TOOK:
        figures.of(path, status).observe(took_s)
        histogram.labels(ROOM[path], status).observe(took_s)
    assert set(shown(ours)) == set(shown(theirs))
    assert ("matinee_http_seconds_count", frozenset({("path", "/play"), ("status", "200")}), 4.0) in set(shown(ours))
