"""How sure a mean is: the bootstrap over profiles (B. Efron, 1979).

The profiles are drawn again, with replacement, a thousand times; the middle 95 % of the means is the interval. Two models are
compared on the same draws of the same profiles, for what is hard for one is hard for the other, and their difference is far
surer than either figure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
AT_ONCE = 50


@dataclass(frozen=True)
class Interval:
    """A mean, and between what it would be in 95 of 100 such samples of profiles."""

    mean: float
    low: float
    high: float


def interval(values: NDArray[np.float64], seed: int) -> Interval:
    """Of one number per profile."""
    if len(values) == 0:
        return Interval(0.0, 0.0, 0.0)
    dice = np.random.default_rng(seed)
    means = [values[dice.integers(0, len(values), (AT_ONCE, len(values)))].mean(axis=1) for _ in range(DRAWS // AT_ONCE)]
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64], seed: int) -> Interval:
    """Of two models' numbers for the same profiles, in the same order."""
    return interval(ours - theirs, seed)
