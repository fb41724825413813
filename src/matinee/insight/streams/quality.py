"""Quality windows: what all views had together in a minute or an hour, by each of eight dimensions.

Sums are of what happened in the window. The histogram of rebuffering counts views by how long each stood still within the minute;
`view_minutes` counts those views, and so is how many watched at once.
"""

from collections.abc import Iterator, Mapping

import msgspec

from matinee.insight.streams.buckets import Buckets
from matinee.insight.streams.counts import added
from matinee.insight.streams.job import told

DIMENSIONS = ("all", "title", "rung", "box", "network", "browser", "app", "country")


MOST_BITS = 2**63 - 1
"""No store counts further, and a page may make up how much it played: of sums this large there is no more."""


class Quality(msgspec.Struct, frozen=True, array_like=True):
    attempts: int = 0  # Play was pressed
    starts: int = 0  # a picture came
    exits_before_start: int = 0
    fatal: int = 0  # the film could not go on
    failures: int = 0  # all that went wrong, mended or not
    playing_ms: int = 0
    stalled_ms: int = 0
    stalls: int = 0
    switches: int = 0
    bits: int = 0
    dropped_frames: int = 0
    view_minutes: int = 0
    joins: Buckets = {}  # video startup times, ms
    rebuffering: Buckets = {}  # views by the permille of the minute in which they stood still


NOTHING = Quality()
SUMS = tuple(name for name in Quality.__struct_fields__ if name not in ("joins", "rebuffering"))


def merged(one: Quality, other: Quality) -> Quality:
    # Name by name: this is done for every dimension of every fact.
    return Quality(
        one.attempts + other.attempts,
        one.starts + other.starts,
        one.exits_before_start + other.exits_before_start,
        one.fatal + other.fatal,
        one.failures + other.failures,
        one.playing_ms + other.playing_ms,
        one.stalled_ms + other.stalled_ms,
        one.stalls + other.stalls,
        one.switches + other.switches,
        min(one.bits + other.bits, MOST_BITS),
        one.dropped_frames + other.dropped_frames,
        one.view_minutes + other.view_minutes,
        added(one.joins, other.joins) if other.joins else one.joins,
        added(one.rebuffering, other.rebuffering) if other.rebuffering else one.rebuffering,
    )


def dimensions(of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """By which dimensions and values a view is counted; what is not known of it is left out."""
    for dimension in DIMENSIONS:
        if dimension == "all":
            yield dimension, ""
        elif value := told(of.get(dimension, "")):
            yield dimension, value
