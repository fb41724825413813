"""Keeping the tables quick to read and no larger than they need be.

An hour that is over and lies in several files is written as one (compaction); a late fact makes a file of its own, until it is
folded in the same way. What tables were like is kept for three days, for whoever is reading; then those snapshots are let go, and
the files that nothing names any more are removed. A file younger than a day may be part of a commit under way, and stays.
The tables of models are written anew whole with every loading: three days of them would be seventy copies, so it is hours there.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyiceberg.exceptions import CommitFailedException

from matinee.insight.warehouse.arrow import IcebergTable, pa_fs, where
from matinee.insight.warehouse.tables import MODELS, Tables, filesystem_path

SETTLED = timedelta(minutes=15)
"""How long after its end an hour is left alone: until then its facts are not even late."""
KEPT = timedelta(days=3)
YOUNG = timedelta(days=1)
MADE_KEPT = timedelta(hours=6)
"""Both, of the tables of models."""
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lost(Exception):
    """An hour would have become another one than it was; it was left as it is."""


@dataclass(frozen=True)
class Tidied:
    """How many hours were written as one file, and how many files were removed."""

    hours: int
    files: int


def tidy(tables: Tables, now_ms: int) -> Tidied:
    """All tables of facts and models. Who is overtaken by another's commit leaves that hour to the next time."""
    now = EPOCH + timedelta(milliseconds=now_ms)
    hours = sum(compact(table, now) for _, table in tables.topics())
    files = sum(_swept(tables, name, now) for name in tables.names())
    return Tidied(hours, files)


def compact(table: IcebergTable, now: datetime) -> int:
    """How many hours that were in several files are now in one."""
    crowded = [hour for hour, files in sorted(_files_by_hour(table).items()) if files > 1 and hour + HOUR + SETTLED <= now]
    done = 0
    for hour in crowded:
        try:
            _write_as_one(table.refresh(), hour)
            done += 1
        except CommitFailedException:
            continue
    return done


def _files_by_hour(table: IcebergTable) -> Counter[datetime]:
    tasks = table.scan().plan_files()
    return Counter(EPOCH + HOUR * task.file.partition[0] for task in tasks)


def _write_as_one(table: IcebergTable, hour: datetime) -> None:
    first, end = hour.isoformat(), (hour + HOUR).isoformat()
    inside = where.And(where.GreaterThanOrEqual("happened", first), where.LessThan("happened", end))
    rows = table.scan(inside).to_arrow()
    expected = sum(task.file.record_count for task in table.scan(inside).plan_files())
    if rows.num_rows != expected:
        raise Lost(f"{table.name()}: the hour {hour:%Y-%m-%d %H} has {expected} rows by its files and {rows.num_rows} when read")
    table.overwrite(rows.sort_by("happened"), inside)


def _swept(tables: Tables, name: str, now: datetime) -> int:
    ages = (MADE_KEPT, MADE_KEPT) if name.startswith(f"{MODELS}.") else (KEPT, YOUNG)
    return sweep(tables, tables.table(name), now, *ages)


def sweep(tables: Tables, table: IcebergTable, now: datetime, kept: timedelta = KEPT, young: timedelta = YOUNG) -> int:
    """Lets go of snapshots older than `kept`, and removes what nothing names any more and is not `young`; how many files."""
    old = [each for each in table.metadata.snapshots if EPOCH + timedelta(milliseconds=each.timestamp_ms) < now - kept]
    if len(old) > 1 or (old and old[0] != table.current_snapshot()):
        try:
            table.maintenance.expire_snapshots().older_than(now - kept).commit()
        except CommitFailedException:
            return 0
    table.refresh()
    named = {filesystem_path(each) for each in _named(table)}
    store, _ = tables.store()
    found = store.get_file_info(pa_fs.FileSelector(filesystem_path(table.location()), recursive=True, allow_not_found=True))
    orphans = [each for each in found if each.is_file and each.path not in named and each.mtime < now - young]
    for each in orphans:
        store.delete_file(each.path)
    return len(orphans)


def _named(table: IcebergTable) -> Iterable[str]:
    """Every file that the table, as it is or was, is made of. A snapshot shares most of its manifests with the one before."""
    yield table.metadata_location
    yield from (each.metadata_file for each in table.metadata.metadata_log)
    manifests = dict[str, Any]()
    for snapshot in table.metadata.snapshots:
        yield snapshot.manifest_list
        manifests |= {each.manifest_path: each for each in snapshot.manifests(table.io)}
    yield from manifests
    for manifest in manifests.values():
        yield from (entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True))
