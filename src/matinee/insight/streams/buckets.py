"""A histogram that adds up: buckets whose borders grow by a tenth, so that a percentile is within a twentieth of the truth.

As DDSketch (Masson, Rim and Lee, 2019): a value lies in the bucket of its logarithm; bucket 0 is zero and below. Counts may be
taken back, too, when what was counted has moved on to another bucket.
"""

import math
from collections.abc import Mapping

GROWTH = 1.1
LOG_GROWTH = math.log(GROWTH)

Buckets = dict[int, int]


def bucket_of(value: float) -> int:
    """Values from 1 up; smaller ones count as 1."""
    return 0 if value <= 0 else 1 + max(0, math.ceil(math.log(value) / LOG_GROWTH - 1e-9))


def middle_of(bucket: int) -> float:
    """As near to one border as to the other, by their ratio."""
    return 0.0 if bucket <= 0 else 2 * GROWTH ** (bucket - 1) / (1 + GROWTH)


def percentile(buckets: Mapping[int, int], percent: float) -> float:
    """The value that so many per cent do not exceed; 0 of nothing."""
    total = sum(buckets.values())
    wanted, passed = total * percent / 100, 0
    for bucket in sorted(buckets):
        passed += buckets[bucket]
        if passed >= wanted and passed > 0:
            return middle_of(bucket)
    return 0.0
