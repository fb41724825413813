"""What a run keeps, each function inside the caller's transaction. A run is one version of a job: "watching.1"."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from matinee.insight.streams.job import Job, Table, parted
from matinee.insight.streams.tables import GONE, OFFSETS, ORIGINS, ROWS, STATES

T = TypeVar("T")

MOST_ASKED = 500
"""Keys of one question: stores take only so many parameters."""

ENCODER = msgspec.msgpack.Encoder()
PUT_STATE = sa.text(
    "INSERT INTO stream_states (run, key, value, changed_ms) VALUES (:run, :key, :value, :changed_ms)"
    " ON CONFLICT (run, key) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms"
)
PUT_ROW = sa.text(
    "INSERT INTO stream_rows (tab, key, value, changed_ms) VALUES (:tab, :key, :value, :changed_ms)"
    " ON CONFLICT (tab, key) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms"
)
FIRST_OFFSET = sa.text(
    "INSERT INTO stream_offsets (run, partition, next_offset) VALUES (:run, :partition, :next_offset) ON CONFLICT DO NOTHING"
)


class Fenced(Exception):
    """Another has read on from where this one stood: what it knows is out of date, and nothing was kept."""


@dataclass(frozen=True)
class Advance:
    """In one partition: from the offset that was known (None: of none) to the first that is not done with."""

    partition: int
    known: int | None
    following: int


@dataclass(frozen=True)
class Change:
    """All that a batch comes to; states and rows as values."""

    advances: Sequence[Advance]
    states: Mapping[str, Any]
    rows: Mapping[tuple[str, str], Any]


def run_of(job: Job) -> str:
    return f"{job.name}.{job.version}"


def tab_of(job: Job, table: str, version: int = 0) -> str:
    return f"{job.name}.{version or job.version}.{table}"


def as_stored(key: str) -> str:
    return key.encode().hex()


def as_told(stored: str) -> str:
    return bytes.fromhex(stored).decode()


def offsets(db: sa.Connection, run: str, table: sa.Table = OFFSETS) -> dict[int, int]:
    """By partition, the first that is not done with."""
    asked = sa.select(table.c.partition, table.c.next_offset).where(table.c.run == run)
    return {partition: following for partition, following in db.execute(asked)}


def states(db: sa.Connection, job: Job, keys: Collection[str]) -> dict[str, Any]:
    """Those of these keys that there are."""
    found, decoder = dict[str, Any](), msgspec.msgpack.Decoder(job.state)
    for some in _parts(list(keys)):
        there = STATES.c.key.in_([as_stored(each) for each in some])
        for key, value in db.execute(sa.select(STATES.c.key, STATES.c.value).where(STATES.c.run == run_of(job), there)):
            found[as_told(key)] = decoder.decode(value)
    return found


def rows(db: sa.Connection, job: Job, table: Table, keys: Collection[str], version: int = 0) -> dict[str, Any]:
    """Those of these rows that there are."""
    found, decoder = dict[str, Any](), msgspec.msgpack.Decoder(table.value)
    for some in _parts(list(keys)):
        there = ROWS.c.key.in_([as_stored(each) for each in some])
        asked = sa.select(ROWS.c.key, ROWS.c.value).where(ROWS.c.tab == tab_of(job, table.name, version), there)
        for key, value in db.execute(asked):
            found[as_told(key)] = decoder.decode(value)
    return found


def gone_of(db: sa.Connection, profile_ids: Collection[str]) -> set[str]:
    """Those of these profiles that were removed."""
    gone = set[str]()
    for some in _parts(list(profile_ids)):
        gone |= set(db.execute(sa.select(GONE.c.profile_id).where(GONE.c.profile_id.in_(some))).scalars())
    return gone


def keep(db: sa.Connection, job: Job, change: Change, now_ms: int) -> None:
    """States, rows and offsets, all or nothing. Raises Fenced. What is of a profile that is gone is left out."""
    for advance in change.advances:
        _advance(db, run_of(job), advance)
    gone = gone_of(db, _owners(job, change))
    kept = {key: value for key, value in change.states.items() if not (job.personal and key in gone)}
    if kept:
        run = run_of(job)
        db.execute(
            PUT_STATE,
            [
                {"run": run, "key": as_stored(key), "value": ENCODER.encode(state), "changed_ms": now_ms}
                for key, state in kept.items()
            ],
        )
    by_table = dict[str, dict[str, Any]]()
    for (name, key), value in change.rows.items():
        by_table.setdefault(name, {})[key] = value
    for table in job.tables.values():
        deltas = by_table.get(table.name, {})
        if table.personal:
            deltas = {key: value for key, value in deltas.items() if parted(key)[0] not in gone}
        if deltas:
            _merge(db, job, table, deltas, now_ms)


def forget(db: sa.Connection, job: Job, version: int, profile_id: str) -> None:
    """All that one version knows of a profile."""
    if job.personal:
        run = f"{job.name}.{version}"
        db.execute(sa.delete(STATES).where(STATES.c.run == run, STATES.c.key == as_stored(profile_id)))
    for table in job.tables.values():
        if table.personal:
            # A row's key is the profile, or begins with it and the separator of parts.
            own = as_stored(profile_id)
            its = sa.or_(ROWS.c.key == own, sa.and_(ROWS.c.key >= f"{own}1f", ROWS.c.key < f"{own}20"))
            db.execute(sa.delete(ROWS).where(ROWS.c.tab == tab_of(job, table.name, version), its))


def forget_offsets(db: sa.Connection) -> None:
    """The log is another one now, with offsets of its own; where each group stood was carried into it."""
    for table in (OFFSETS, ORIGINS):
        db.execute(sa.delete(table))


def tidy(db: sa.Connection, job: Job, now_ms: int) -> None:
    """Forgets what did not change for as long as it is kept."""
    for table in job.tables.values():
        if table.kept_days:
            _forget_old(db, ROWS, ROWS.c.tab == tab_of(job, table.name), now_ms, table.kept_days)
    if job.state_kept_days:
        _forget_old(db, STATES, STATES.c.run == run_of(job), now_ms, job.state_kept_days)


def _forget_old(db: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool], now_ms: int, days: int) -> None:
    db.execute(sa.delete(table).where(which, table.c.changed_ms < now_ms - days * 24 * 3600 * 1000))


def _merge(db: sa.Connection, job: Job, table: Table, deltas: Mapping[str, Any], now_ms: int) -> None:
    before = {} if table.whole else rows(db, job, table, deltas)
    merged = {key: table.merge(before[key], value) if key in before else value for key, value in deltas.items()}
    tab = tab_of(job, table.name)
    # In one order for all, so that of two who write at once neither waits for the other.
    db.execute(
        PUT_ROW,
        [
            {"tab": tab, "key": as_stored(key), "value": ENCODER.encode(merged[key]), "changed_ms": now_ms}
            for key in sorted(merged)
        ],
    )


def _advance(db: sa.Connection, run: str, advance: Advance) -> None:
    values = {"run": run, "partition": advance.partition, "next_offset": advance.following}
    if advance.known is None:
        done = db.execute(FIRST_OFFSET, values)
    else:
        here = (OFFSETS.c.run == run, OFFSETS.c.partition == advance.partition, OFFSETS.c.next_offset == advance.known)
        done = db.execute(sa.update(OFFSETS).where(*here).values(next_offset=advance.following))
    if done.rowcount != 1:
        raise Fenced(f"{run} was read on by another in partition {advance.partition}, from {advance.known}")


def _owners(job: Job, change: Change) -> set[str]:
    personal = {table.name for table in job.tables.values() if table.personal}
    owners = {parted(key)[0] for name, key in change.rows if name in personal}
    return owners | set(change.states) if job.personal else owners


def _parts(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(keys), MOST_ASKED):
        yield keys[first : first + MOST_ASKED]
