"""How busy a box is: two counts of what it gave since it was started, and the seconds between them."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Counts:
    """Sums since the box was started. Each request for a film is a hit, a miss, refused (403 or 410), or none of these."""

    requests: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Load:
    requests_per_s: float
    bits_per_s: float
    hit_ratio: float
    refused_per_s: float


def load_between(before: Counts, now: Counts, seconds: float) -> Load | None:
    """What was given meanwhile; nothing is known when no time passed, or when the box began to count anew."""
    if seconds <= 0 or any(getattr(now, each.name) < getattr(before, each.name) for each in fields(Counts)):
        return None
    hits, misses = now.hits - before.hits, now.misses - before.misses
    return Load(
        requests_per_s=(now.requests - before.requests) / seconds,
        bits_per_s=(now.bytes - before.bytes) * 8 / seconds,
        hit_ratio=hits / (hits + misses) if hits + misses else 0.0,
        refused_per_s=(now.refused - before.refused) / seconds,
    )
