"""The studio's ledger, in portable SQL: every job with what became of it, and how far its pieces are.

Workers and the office share it; it is all that the office knows. What a job has done already is DBOS's account (`jobs.py`);
the ledger says what shall be done: an attempt that is written here and not sent yet is sent by the next worker that looks.
Each function is a statement or two inside the caller's transaction. A word about an earlier attempt changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa

from matinee.studio.film import Film

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
# What may become of a job, by hand or by itself; anything else is refused.
MOVES = {
    WAITING: {RUNNING, DONE, FAILED, CANCELLED},
    RUNNING: {RUNNING, DONE, FAILED, CANCELLED},
    DONE: set[str](),
    FAILED: {WAITING},
    CANCELLED: {WAITING},
}

TABLES = sa.MetaData()

JOBS = sa.Table(
    "jobs",
    TABLES,
    sa.Column("job_id", sa.String(40), primary_key=True),
    sa.Column("title_id", sa.String(80), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("finding", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("sidecars", sa.JSON, nullable=False),  # paths
    sa.Column("sent", sa.Integer, nullable=False),  # the last attempt whose work is on disk
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("stage", sa.String(80), nullable=False),
    sa.Column("playable", sa.Boolean, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),  # for the film's owner
    sa.Column("detail", sa.Text, nullable=False),  # for whoever has to mend it
    sa.Column("untold", sa.Boolean, nullable=False),  # the title's viewers do not know of the problem yet
    sa.Column("queued_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger, nullable=False),
    sa.Index("jobs_by_state", "state", "queued_ms"),
)

PIECES = sa.Table(
    "pieces",
    TABLES,
    sa.Column("job_id", sa.String(40), primary_key=True),
    sa.Column("piece_id", sa.String(40), primary_key=True),
    sa.Column("rung", sa.String(40), nullable=False),
    sa.Column("film_ms", sa.BigInteger, nullable=False),
    sa.Column("weight", sa.BigInteger, nullable=False),  # pixels to encode
    sa.Column("made_ms", sa.BigInteger, nullable=False),  # of the film
    sa.Column("began_ms", sa.BigInteger, nullable=False),  # by the clock
    sa.Column("told_ms", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Job:
    """A row of the ledger."""

    job_id: str
    title_id: str
    path: str
    size_bytes: int
    modified_ns: int
    finding: int
    attempt: int
    sidecars: Sequence[str]
    state: str
    stage: str
    playable: bool
    problem: str
    detail: str
    queued_ms: int
    ended_ms: int

    @property
    def film(self) -> Film:
        found = (self.title_id, self.path, self.size_bytes, self.modified_ns, self.finding)
        return Film(*found, self.attempt, tuple(self.sidecars))


@dataclass(frozen=True)
class Piece:
    """One chunk of one rung, and how far it is."""

    job_id: str
    piece_id: str
    rung: str
    film_ms: int
    weight: int
    made_ms: int = 0
    began_ms: int = 0
    told_ms: int = 0


@dataclass(frozen=True)
class Made:
    """How much of a piece is made, since when."""

    job_id: str
    attempt: int
    piece_id: str
    began_ms: int
    made_ms: float


class IllegalMove(Exception):
    """The job's state does not allow it; the text is the state."""


def note(db: sa.Connection, film: Film, now_ms: int) -> None:
    """A film was found. One that is in the ledger already is left as it is."""
    if find(db, film.job_id) is None:
        fresh = {"state": WAITING, "stage": "", "playable": False, "problem": "", "detail": "", "untold": False}
        db.execute(sa.insert(JOBS).values(job_id=film.job_id, **asdict(film), **fresh, sent=0, queued_ms=now_ms, ended_ms=0))


def unsent(db: sa.Connection, most: int) -> list[Job]:
    """What waits and is nobody's work yet, the newest first."""
    return _jobs(db, (JOBS.c.state == WAITING) & (JOBS.c.sent < JOBS.c.attempt), (JOBS.c.queued_ms.desc(),), most)


def sent(db: sa.Connection, film: Film) -> None:
    db.execute(sa.update(JOBS).where(_this(film)).values(sent=film.attempt))


def reached(db: sa.Connection, film: Film, stage: str) -> bool:
    """The job runs, and is at this stage; false when it shall not go on."""
    standing = (_this(film), JOBS.c.state != CANCELLED)
    moved = db.execute(sa.update(JOBS).where(*standing, JOBS.c.state.in_((WAITING, RUNNING))).values(state=RUNNING, stage=stage))
    return moved.rowcount > 0 or db.execute(sa.select(JOBS.c.job_id).where(*standing)).first() is not None


def is_overtaken(db: sa.Connection, film: Film) -> bool:
    """Whether its file, or what lies beside it, was found to be another since: whatever is still made of this one is old."""
    later = sa.select(JOBS.c.job_id).where(JOBS.c.title_id == film.title_id, JOBS.c.finding > film.finding)
    return db.execute(later).first() is not None


def became_playable(db: sa.Connection, film: Film) -> None:
    db.execute(sa.update(JOBS).where(JOBS.c.job_id == film.job_id).values(playable=True))


def end(
    db: sa.Connection, film: Film, state: str, now_ms: int, problem: str = "", detail: str = "", *, quietly: bool = False
) -> bool:
    """Whether this attempt was still open. A problem of a title that cannot be played is told, unless `quietly`."""
    values: dict[str, Any] = {"state": state, "stage": "", "problem": problem, "detail": detail, "ended_ms": now_ms}
    values |= {"untold": sa.not_(JOBS.c.playable) if problem and not quietly else False}
    ended = db.execute(sa.update(JOBS).where(_this(film), JOBS.c.state.in_((WAITING, RUNNING))).values(**values))
    return ended.rowcount > 0


def cancel(db: sa.Connection, job_id: str, problem: str, now_ms: int) -> Job | None:
    """Raises IllegalMove; None when there is no such job. Whoever works on it finds out within a second."""
    if job := _move(db, job_id, CANCELLED):
        end(db, job.film, CANCELLED, now_ms, problem)
    return find(db, job_id)


def call_off(db: sa.Connection, title_id: str, problem: str, now_ms: int) -> None:
    """Cancels whatever is open of a title. Its viewers are not told: there is no such title any more."""
    still_open = (JOBS.c.title_id == title_id) & JOBS.c.state.in_((WAITING, RUNNING))
    values = {"state": CANCELLED, "stage": "", "problem": problem, "ended_ms": now_ms}
    db.execute(sa.update(JOBS).where(still_open).values(**values))


def retry(db: sa.Connection, job_id: str, now_ms: int) -> Job | None:
    """A new attempt, from the beginning. Raises IllegalMove; None when there is no such job.

    Pieces that are whole will be found; of the others nothing is left.
    """
    if job := _move(db, job_id, WAITING):
        half_made = (PIECES.c.job_id == job_id) & (PIECES.c.made_ms < PIECES.c.film_ms)
        db.execute(sa.update(PIECES).where(half_made).values(made_ms=0, began_ms=0, told_ms=0))
        again = {"state": WAITING, "attempt": job.attempt + 1, "problem": "", "detail": "", "untold": False}
        db.execute(sa.update(JOBS).where(JOBS.c.job_id == job_id).values(**again, stage="", queued_ms=now_ms, ended_ms=0))
    return find(db, job_id)


def called_off(db: sa.Connection, attempts: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of these attempts (job, number) were cancelled, or overtaken by a later one."""
    wanted = set(attempts)
    rows = db.execute(sa.select(JOBS.c.job_id, JOBS.c.attempt, JOBS.c.state).where(JOBS.c.job_id.in_([job for job, _ in wanted])))
    standing = {(row.job_id, row.attempt) for row in rows if row.state != CANCELLED}
    return wanted - standing


def untold(db: sa.Connection, most: int) -> list[Job]:
    return _jobs(db, JOBS.c.untold, (JOBS.c.ended_ms,), most)


def told(db: sa.Connection, film: Film) -> None:
    db.execute(sa.update(JOBS).where(_this(film)).values(untold=False))


def send_anew(db: sa.Connection) -> None:
    """Whatever is open begins again: the account of what was done of it stayed behind. Chunks that were made are found."""
    still_open = JOBS.c.state.in_((WAITING, RUNNING))
    db.execute(sa.update(JOBS).where(still_open).values(state=WAITING, stage="", sent=JOBS.c.attempt - 1))


def relocate(db: sa.Connection, old: str, new: str) -> None:
    """Films below the folder `old` lie below `new` now, and so does what belongs to them."""
    below = sa.select(JOBS.c.job_id, JOBS.c.path, JOBS.c.sidecars).where(JOBS.c.path.startswith(old, autoescape=True))
    for job_id, path, sidecars in db.execute(below).all():
        beside = [new + each.removeprefix(old) if each.startswith(old) else each for each in sidecars]
        moved = {"path": new + path.removeprefix(old), "sidecars": beside}
        db.execute(sa.update(JOBS).where(JOBS.c.job_id == job_id).values(**moved))


def find(db: sa.Connection, job_id: str) -> Job | None:
    return next(iter(_jobs(db, JOBS.c.job_id == job_id, (), 1)), None)


def open_jobs(db: sa.Connection, most: int) -> list[Job]:
    """What runs, then what waits, the newest first."""
    return _jobs(db, JOBS.c.state.in_((WAITING, RUNNING)), (JOBS.c.state == WAITING, JOBS.c.queued_ms.desc()), most)


def ended_jobs(db: sa.Connection, most: int) -> list[Job]:
    """The last first."""
    return _jobs(db, JOBS.c.state.in_((DONE, FAILED, CANCELLED)), (JOBS.c.ended_ms.desc(),), most)


def job_ids(db: sa.Connection) -> list[str]:
    return list(db.execute(sa.select(JOBS.c.job_id)).scalars())


def lay_out(db: sa.Connection, pieces: Iterable[Piece]) -> None:
    """Pieces that are known already keep what was made of them."""
    for piece in pieces:
        known = (PIECES.c.job_id == piece.job_id) & (PIECES.c.piece_id == piece.piece_id)
        if db.execute(sa.select(PIECES.c.job_id).where(known)).first() is None:
            db.execute(sa.insert(PIECES).values(**asdict(piece)))


def tell_progress(db: sa.Connection, made: Iterable[Made], now_ms: int) -> None:
    for each in made:
        ours = sa.exists().where(JOBS.c.job_id == each.job_id, JOBS.c.attempt == each.attempt)
        which = (PIECES.c.job_id == each.job_id) & (PIECES.c.piece_id == each.piece_id) & ours
        values = {"made_ms": round(each.made_ms), "began_ms": each.began_ms, "told_ms": now_ms}
        db.execute(sa.update(PIECES).where(which).values(**values))


def pieces_of(db: sa.Connection, ids: Sequence[str]) -> list[Piece]:
    rows = db.execute(sa.select(PIECES).where(PIECES.c.job_id.in_(ids)).order_by(PIECES.c.weight.desc(), PIECES.c.piece_id))
    return [Piece(**row) for row in rows.mappings()]


def left_pieces(db: sa.Connection, before_ms: int) -> list[tuple[str, str]]:
    """The pieces (job, piece) of jobs that ended before."""
    left = sa.select(PIECES.c.job_id, PIECES.c.piece_id).join(JOBS, JOBS.c.job_id == PIECES.c.job_id)
    return [(row.job_id, row.piece_id) for row in db.execute(left.where(JOBS.c.ended_ms > 0, JOBS.c.ended_ms < before_ms))]


def wanted_by_others(db: sa.Connection, job_id: str) -> set[str]:
    """The pieces of this job that are also those of another, which is made of the same film."""
    own = sa.select(PIECES.c.piece_id).where(PIECES.c.job_id == job_id)
    shared = sa.select(PIECES.c.piece_id).where(PIECES.c.job_id != job_id, PIECES.c.piece_id.in_(own))
    return set(db.execute(shared).scalars())


def drop_pieces(db: sa.Connection, job_id: str) -> None:
    db.execute(sa.delete(PIECES).where(PIECES.c.job_id == job_id))


def _move(db: sa.Connection, job_id: str, into: str) -> Job | None:
    job = find(db, job_id)
    if job is not None and into not in MOVES[job.state]:
        raise IllegalMove(job.state)
    return job


def _this(film: Film) -> sa.ColumnElement[bool]:
    return (JOBS.c.job_id == film.job_id) & (JOBS.c.attempt == film.attempt)


def _jobs(
    db: sa.Connection, which: sa.ColumnElement[bool] | sa.Column[bool], order: Sequence[sa.ColumnElement[Any]], most: int
) -> list[Job]:
    columns = [JOBS.c[each.name] for each in fields(Job)]
    return [Job(**row) for row in db.execute(sa.select(*columns).where(which).order_by(*order).limit(most)).mappings()]
