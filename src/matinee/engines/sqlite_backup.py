"""A copy of a SQLite file as it was before its tables were changed, for whoever wants the older Matinee back.

The copy is made while the changing transaction holds the file and has changed nothing yet, so it holds exactly what the
change found, and nobody else makes one meanwhile. It takes its name when it is whole.
"""

import os
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from matinee.engines.migrating import STANDS
from matinee.engines.sqlite_file import make_private
from matinee.ports.sql import SqlUnavailable

KEPT = 2


def back_up(file: Path, revision: str) -> None:
    """`<name>.before-<revision>.db` beside the file, and its owner's alone; the last two are kept."""
    backup = file.with_name(f"{file.stem}.before-{revision}.db")
    draft = backup.with_suffix(".part")
    try:
        draft.unlink(missing_ok=True)
        make_private(draft)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
        draft.replace(backup)
        _settle(file.parent)
        for old in _backups(file)[:-KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        why = f"{error}; it is not migrated without a backup: make room, or see to {file.parent}"
        raise SqlUnavailable(f"the database {file} could not be backed up as {backup.name}: {why}") from error


def backup_at(file: Path, revisions: Collection[str]) -> Path | None:
    """The latest backup that stands at one of these revisions."""
    return next((backup for backup in reversed(_backups(file)) if _stands_at(backup) in revisions), None)


def _backups(file: Path) -> list[Path]:
    """The older first."""
    return sorted(file.parent.glob(f"{file.stem}.before-*.db"), key=lambda backup: backup.stat().st_mtime_ns)


def _stands_at(backup: Path) -> str:
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        try:
            found = file.execute(f"SELECT version_num FROM {STANDS.name}").fetchone()  # noqa: S608 # a name of ours
        except sqlite3.OperationalError:
            return ""
    return str(found[0]) if found else ""


def _settle(folder: Path) -> None:
    """The new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
