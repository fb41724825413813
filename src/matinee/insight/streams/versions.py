"""Versions of a job: a new one makes its tables beside the old from the log's start, then readers change over.

Tables that reach further back than the log are taken over when the new version is first seen, together with where the old one
stood: of facts before that they hold everything, so the new one adds to them only what came after.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from matinee.insight.streams.job import Job
from matinee.insight.streams.keeping import offsets, run_of, tab_of
from matinee.insight.streams.tables import OFFSETS, ORIGINS, ROWS, STATES, VERSIONS


def begin(db: sa.Connection, job: Job, now_ms: int) -> None:
    """Safe to repeat. The first version of all serves at once."""
    known = _serving_by_version(db, job)
    if job.version in known:
        return
    before = _before(known, job)
    row = {"job": job.name, "version": job.version, "serving": before == 0, "made_ms": now_ms}
    db.execute(sa.insert(VERSIONS).values(row))
    if before:
        for partition, following in offsets(db, f"{job.name}.{before}").items():
            origin = {"run": run_of(job), "partition": partition, "next_offset": following}
            db.execute(sa.insert(ORIGINS).values(origin))
        for table in job.tables.values():
            if table.lasts:
                _take_over(db, tab_of(job, table.name, before), tab_of(job, table.name))


def serves(db: sa.Connection, job: Job) -> bool:
    return _serving_by_version(db, job).get(job.version, False)


def serving(db: sa.Connection, job: Job) -> int:
    """Whose tables are to be read: this version's own, or those of the one before while it is not that far. 0: nobody's."""
    known = _serving_by_version(db, job)
    return job.version if known.get(job.version) else _before(known, job)


def origins(db: sa.Connection, job: Job) -> dict[int, int]:
    """By partition, where the version before stood: lasting tables hold what was before."""
    return offsets(db, run_of(job), ORIGINS)


def has_caught_up(db: sa.Connection, job: Job, awaited: Mapping[int, int]) -> bool:
    """Whether this version has read up to these offsets."""
    done = offsets(db, run_of(job))
    return all(done.get(partition, 0) >= following for partition, following in awaited.items())


def change_over(db: sa.Connection, job: Job) -> None:
    """Readers go to this version. The one before stays, for who still runs it; older ones are forgotten."""
    known = _serving_by_version(db, job)
    before = _before(known, job)
    db.execute(sa.update(VERSIONS).where(*_this(job.name, job.version)).values(serving=True))
    for version in (each for each in known if each < before):
        run = f"{job.name}.{version}"
        for table in (OFFSETS, ORIGINS, STATES):
            db.execute(sa.delete(table).where(table.c.run == run))
        for table in job.tables:
            db.execute(sa.delete(ROWS).where(ROWS.c.tab == tab_of(job, table, version)))
        db.execute(sa.delete(VERSIONS).where(*_this(job.name, version)))


def others(db: sa.Connection, job: Job) -> list[int]:
    """The other versions of which something is kept."""
    return [each for each in _serving_by_version(db, job) if each != job.version]


def _serving_by_version(db: sa.Connection, job: Job) -> dict[int, bool]:
    asked = sa.select(VERSIONS.c.version, VERSIONS.c.serving).where(VERSIONS.c.job == job.name)
    return {version: bool(serving) for version, serving in db.execute(asked)}


def _before(known: Mapping[int, bool], job: Job) -> int:
    return max((version for version, serving in known.items() if serving and version < job.version), default=0)


def _this(name: str, version: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return VERSIONS.c.job == name, VERSIONS.c.version == version


def _take_over(db: sa.Connection, old: str, new: str) -> None:
    copied = sa.select(sa.literal(new), ROWS.c.key, ROWS.c.value, ROWS.c.changed_ms).where(ROWS.c.tab == old)
    db.execute(sa.insert(ROWS).from_select(["tab", "key", "value", "changed_ms"], copied))
