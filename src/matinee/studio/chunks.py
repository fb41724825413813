"""Where a film is cut into chunks, which any worker may encode, at the same time as the others.

A chunk begins where a segment begins and its groups of pictures are closed, so nothing in one refers to another: joined, they
are the rung, the same bytes in whatever order and by whomever they were made. Some containers cannot be entered in the middle
with certainty; their films are one chunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

# A chunk that is lost costs about so much film; shorter ones cost work, as each is entered early and starts an ffmpeg anew.
CHUNK_S = 24
ENTERED_ANYWHERE = ("mp4", "matroska")


@dataclass(frozen=True)
class Chunk:
    """From `begins_ms` to before `ends_ms`, counted from the film's first picture; the last one has everything that is left."""

    number: int
    begins_ms: float
    ends_ms: float
    last: bool

    @property
    def film_ms(self) -> float:
        return self.ends_ms - self.begins_ms


def may_be_cut(container: str, *, exactly_timed: bool) -> bool:
    return exactly_timed and any(name in container.split(",") for name in ENTERED_ANYWHERE)


def cuts_of(segments_ms: Sequence[float], duration_ms: float, chunk_s: float) -> tuple[Chunk, ...]:
    """Chunks of at least `chunk_s`, given where segments begin; a short rest is left to the chunk before it."""
    begins_ms: list[float] = []
    for at_ms in segments_ms:
        far_enough = not begins_ms or at_ms >= begins_ms[-1] + 1000 * chunk_s - 1
        worth_it = not begins_ms or duration_ms - at_ms >= 250 * chunk_s
        if far_enough and worth_it:
            begins_ms.append(at_ms)
    marks = (*begins_ms, max(float(duration_ms), begins_ms[-1] + 1))
    return tuple(Chunk(number, begin, end, number == len(begins_ms)) for number, (begin, end) in enumerate(pairwise(marks), 1))


def steady_segments_ms(duration_ms: float, segment_s: Fraction) -> tuple[float, ...]:
    """Where segments of the same length begin, to the microsecond."""
    count = max(1, ceil(Fraction(duration_ms) / 1000 / segment_s))
    return tuple(round(float(1000 * number * segment_s), 3) for number in range(count))
