"""Facts as rows: what a message says, flattened into the columns of one wide table per topic.

The columns are read off the message itself, so that a field added to `events.proto` is a column from the next hour on. Of the
message inside `what` the name becomes the column `kind`, and its fields stand beside the envelope's; those of other kinds are
null. Times become timestamps: `at_ms` is `happened`, `heard_ms` is `heard`. A list of messages becomes a list of structs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from google.protobuf.message import DecodeError

from matinee.contracts.events_pb2 import PlayerFact, PlayFact, ProfileGone
from matinee.insight.warehouse.arrow import pa

TIME = pa.timestamp("us", tz="UTC")
RENAMED = {"at_ms": "happened", "heard_ms": "heard", "over": "closed", "row": "row_index"}
"""Times, and words that SQL keeps for itself."""
EARLIEST_MS, LATEST_MS = 946_684_800_000, 4_102_444_800_000
"""The years 2000 to 2100: a time outside is no time."""


@dataclass(frozen=True)
class Topic:
    """A topic of the log that is a table of the warehouse.

    `kinds` are the numbers of the messages inside `what` that belong to it. `known_by` are the columns by which a fact told
    twice is known; `told_by` is the time that two tellings of one fact share, to within a week.
    """

    name: str
    message: Any
    kinds: range
    known_by: tuple[str, ...]
    told_by: str


TOPICS = (
    Topic("ledger", PlayerFact, range(20, 30), ("producer_id", "sequence"), "heard"),
    Topic("telemetry", PlayerFact, range(30, 1 << 29), ("producer_id", "sequence"), "heard"),
    Topic("plays", PlayFact, range(1, 1 << 29), ("fact_id",), "happened"),
)


@dataclass(frozen=True)
class Column:
    """One column, its Arrow type, and how it is read off a message."""

    name: str
    type: Any
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Form:
    """What messages of one type look like as rows."""

    shared: tuple[Column, ...]
    kinds: dict[str, tuple[Column, ...]]
    schema: Any  # a pyarrow.Schema


@dataclass(frozen=True)
class Told:
    """`rows` is a pyarrow.Table; `unread` counts what no row could be made of: damaged, of a kind not known yet, of no time."""

    rows: Any
    unread: int


@cache
def form_of(topic: Topic) -> Form:
    descriptor = topic.message.DESCRIPTOR
    shared = tuple(_columns([field for field in descriptor.fields if field.containing_oneof is None], ""))
    inside = [field for field in descriptor.oneofs[0].fields if field.number in topic.kinds]
    kinds = {field.name: tuple(_columns(field.message_type.fields, f"{field.name}.")) for field in inside}
    types: dict[str, Any] = {"fact_id": pa.string()} if "fact_id" in topic.known_by else {}
    types |= {column.name: column.type for column in shared} | {"kind": pa.string()}
    for column in (column for columns in kinds.values() for column in columns):
        if types.setdefault(column.name, column.type) != column.type:
            raise TypeError(f"{topic.name}: `{column.name}` is {types[column.name]} in one kind, {column.type} in another")
    return Form(shared, kinds, pa.schema(list(types.items())))


def rows_of(topic: Topic, values: Sequence[bytes]) -> Told:
    """The facts of a topic as rows, kind by kind, each kind in the order of the log."""
    form, by_kind, unread = form_of(topic), dict[str, list[tuple[Any, bytes]]](), 0
    for value in values:
        message = _read(topic.message, value)
        kind = message.WhichOneof("what") if message is not None else None
        if kind not in form.kinds or not _timely(message, kind, form):
            unread += 1
        else:
            by_kind.setdefault(kind, []).append((message, value))
    tables = [_table(form, kind, told) for kind, told in by_kind.items()]
    return Told(pa.concat_tables(tables) if tables else form.schema.empty_table(), unread)


def profiles_gone(values: Sequence[bytes]) -> list[str]:
    """The profiles of which the topic `profiles` says that nobody watches by them any more."""
    told = (_read(ProfileGone, value) for value in values)
    return [each.profile_id for each in told if each is not None]


def _read(kind: Any, value: bytes) -> Any:
    """None where it is damaged."""
    try:
        return kind.FromString(value)
    except DecodeError:
        return None


def _timely(message: Any, kind: str, form: Form) -> bool:
    columns = (*form.shared, *form.kinds[kind])
    times = (column.read(message) // 1000 for column in columns if column.type == TIME)
    return all(EARLIEST_MS <= at_ms < LATEST_MS for at_ms in times)


def _table(form: Form, kind: str, told: Sequence[tuple[Any, bytes]]) -> Any:
    messages = [message for message, _ in told]
    arrays = {column.name: pa.array(map(column.read, messages), column.type) for column in (*form.shared, *form.kinds[kind])}
    arrays["kind"] = pa.array([kind] * len(told), pa.string())
    if "fact_id" in form.schema.names:
        arrays["fact_id"] = pa.array([blake2b(value, digest_size=16).hexdigest() for _, value in told], pa.string())
    filled = [arrays[field.name] if field.name in arrays else pa.nulls(len(told), field.type) for field in form.schema]
    return pa.table(filled, schema=form.schema)


def _columns(fields: Sequence[Any], path: str) -> Iterator[Column]:
    for field in fields:
        at = attrgetter(f"{path}{field.name}")
        name = RENAMED.get(field.name) or str(field.name)
        if field.message_type is None:
            yield _column(field, name, at)
        elif field.is_repeated:
            inside = tuple(_columns(field.message_type.fields, ""))
            struct = pa.struct([(each.name, each.type) for each in inside])
            yield Column(name, pa.list_(struct), lambda of, at=at, inside=inside: [_struct(inside, each) for each in at(of)])
        else:
            yield from _columns(field.message_type.fields, f"{path}{field.name}.")


def _column(field: Any, name: str, at: Callable[[Any], Any]) -> Column:
    if field.name in ("at_ms", "heard_ms"):
        return Column(name, TIME, lambda of: at(of) * 1000)
    if field.enum_type is not None:
        names = {value.number: value.name.lower() for value in field.enum_type.values}
        return Column(name, pa.string(), lambda of: names.get(at(of), str(at(of))))
    scalars = {
        field.TYPE_STRING: pa.string(),
        field.TYPE_INT64: pa.int64(),
        field.TYPE_INT32: pa.int32(),
        field.TYPE_DOUBLE: pa.float64(),
        field.TYPE_BOOL: pa.bool_(),
    }
    if field.is_repeated:
        return Column(name, pa.list_(scalars[field.type]), lambda of: list(at(of)))
    return Column(name, scalars[field.type], at)


def _struct(columns: Sequence[Column], message: Any) -> dict[str, Any]:
    return {column.name: column.read(message) for column in columns}
