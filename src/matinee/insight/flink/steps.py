"""A job's two halves as Flink's keyed functions. What they keep is msgpack, as in the small runner's tables, and no pickle.

Only Flink's Python imports this file, so it may name pyflink.
"""
# pyright: basic, reportMissingImports=false

from collections.abc import Iterator
from typing import Any

import msgspec
from pyflink.common import Time, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import StateTtlConfig, ValueState, ValueStateDescriptor

from matinee.insight.streams.fact import Fact
from matinee.insight.streams.job import Job

BYTES = Types.PICKLED_BYTE_ARRAY()
ENCODER = msgspec.msgpack.Encoder()

Change = tuple[str, str, bytes]
"""A table, a row's key, and what is to be merged into the row."""

Standing = tuple[str, str, int, bytes]
"""A table, a row's key, how often the row changed, and the row as it is then."""


class Stepping(KeyedProcessFunction):
    """By `job.key`: facts in, changes of rows out."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def open(self, runtime_context: RuntimeContext) -> None:
        self._state: ValueState = runtime_context.get_state(_kept("state", self._job.state_kept_days))
        self._decoder: Any = msgspec.msgpack.Decoder(self._job.state)

    def process_element(self, value: Fact, ctx: KeyedProcessFunction.Context) -> Iterator[Change]:
        kept = self._state.value()
        state, deltas = self._job.step(None if kept is None else self._decoder.decode(kept), value)
        self._state.update(ENCODER.encode(state))
        for delta in deltas:
            yield delta.table, delta.key, ENCODER.encode(delta.value)


class Merging(KeyedProcessFunction):
    """By table and row: a reduce by the table's `merge` that counts, and forgets rows when the small runner would."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def open(self, runtime_context: RuntimeContext) -> None:
        self._rows: dict[str, ValueState] = {
            name: runtime_context.get_state(_kept(name, table.kept_days)) for name, table in self._job.tables.items()
        }
        self._decoders: dict[str, Any] = {name: msgspec.msgpack.Decoder(table.value) for name, table in self._job.tables.items()}

    def process_element(self, value: Change, ctx: KeyedProcessFunction.Context) -> Iterator[Standing]:
        table, key, row = value
        kept, decoder = self._rows[table].value(), self._decoders[table]
        changes, before = kept or (0, b"")
        if changes:
            row = ENCODER.encode(self._job.tables[table].merge(decoder.decode(before), decoder.decode(row)))
        self._rows[table].update((changes + 1, row))
        yield table, key, changes + 1, row


def _kept(name: str, days: int) -> ValueStateDescriptor:
    """For so many days after it was last written; 0: for good."""
    descriptor = ValueStateDescriptor(name, BYTES)
    if days:
        descriptor.enable_time_to_live(StateTtlConfig.new_builder(Time.days(days)).build())
    return descriptor
