"""Whole numbers by name, added up: the simplest table there is."""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def added(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    """Both together; what comes to nothing is left out."""
    total = dict(one)
    for name, count in other.items():
        total[name] = total.get(name, 0) + count
    return {name: count for name, count in total.items() if count}


def sum_of(one: int, other: int) -> int:
    return one + other
