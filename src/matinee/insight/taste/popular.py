"""What many watch now: each view counts half as much for every `HALF_LIFE_S` that has passed since.

Exponential decay needs one number per title and no window (Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay", 2009: the
weight of a view is fixed once it is known when it happened, and all that passes with time is a factor common to all titles).
Without times every view counts the same. It is the anchor of every examination: a model that does not beat it has learnt
nothing about anybody.
"""

import numpy as np
from numpy.typing import NDArray

HALF_LIFE_S = 180 * 86400.0


def popularity(
    title: NDArray[np.int64], weight: NDArray[np.float64], time_s: NDArray[np.float64] | None, titles: int
) -> NDArray[np.float32]:
    """titles: the views of each as of the newest one, weighed and decayed."""
    if time_s is not None and len(time_s):
        weight = weight * 0.5 ** ((time_s.max() - time_s) / HALF_LIFE_S)
    return np.bincount(title, weights=weight, minlength=titles).astype(np.float32)
