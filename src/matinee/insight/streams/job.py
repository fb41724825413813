"""A job: what becomes of facts, said once and run by any engine.

`step` takes the state kept for one key and one fact, and gives the state and what to add to tables. Facts of a key come in the
log's order. What is added to a row of a table comes from many keys, in no order, so a table's `merge` is commutative and
associative: the small runner, a backfill from the log's start and Flink (`key_by(key)`, then `key_by(table, row).reduce(merge)`)
make the same tables. Counts are whole numbers, for floats do not add up to the same in another order.

A job is made of functions that have names in modules, and of nothing else: it is pickled by reference.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from matinee.insight.streams.fact import Fact

SEPARATOR = "\x1f"
LONGEST_PART = 60


class Delta(msgspec.Struct, frozen=True, gc=False):
    """To be merged into the row `key` of a table."""

    table: str
    key: str
    value: Any


@dataclass(frozen=True)
class Table:
    """Rows by key, their values of the type `value`."""

    name: str
    value: Any
    merge: Callable[[Any, Any], Any]
    whole: bool = (
        False  # a delta is all of a row, which one key alone tells of: who keeps their order need not read the row before
    )
    personal: bool = False  # its keys begin with a profile, and its rows go with that
    lasts: bool = False  # reaches further back than the log: a new version of the job takes it over
    kept_days: int = 0  # after the last change; 0: for good
    in_rows: bool = False  # is given away to the port `rows`, not kept here


@dataclass(frozen=True)
class Job:
    """`version` counts up whenever the same facts make other tables."""

    name: str
    version: int
    topic: str
    state: Any
    key: Callable[[Fact], str]
    step: Callable[[Any, Fact], tuple[Any, Sequence[Delta]]]
    tables: Mapping[str, Table]
    personal: bool = False  # its keys are profiles
    state_kept_days: int = 0


def path(*parts: str) -> str:
    """A row's key of several parts; keys with the first parts in common lie together."""
    return SEPARATOR.join(parts)


def parted(key: str) -> list[str]:
    return key.split(SEPARATOR)


def told(text: str) -> str:
    """What a page said of itself, as a part of a key. Of two that are long and begin alike, each stays itself."""
    part = text.replace(SEPARATOR, " ").strip()
    if len(part) <= LONGEST_PART:
        return part
    mark = hashlib.blake2b(part.encode(), digest_size=6).hexdigest()
    return f"{part[: LONGEST_PART - len(mark) - 1]}~{mark}"


def combined(tables: Mapping[str, Table], deltas: Sequence[Delta], into: dict[tuple[str, str], Any]) -> None:
    """Adds these to what was combined before, by table and key."""
    for delta in deltas:
        place = (delta.table, delta.key)
        before = into.get(place)
        into[place] = delta.value if before is None else tables[delta.table].merge(before, delta.value)
