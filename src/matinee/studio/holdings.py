"""What each title holds of the studio's work, so that what nobody can be watching any more makes room.

A unit of blobs is an edition (`films/<id>`) or a set of pictures (`art/<id>`). A better one supersedes the others of its title,
and a title whose film left the library only holds on. A player that began before keeps its own, for at most the longest life of
a token; a day later the title lets go of it, and what no title holds is deleted. Once a unit is going nobody may claim it: who
wants it waits, and makes it again.
"""

import sqlalchemy as sa

from matinee.studio import ledger
from matinee.studio.film import Film
from matinee.studio.ledger import JOBS, PIECES, TABLES

# Twelve hours, the longest life of a token, and a day.
KEPT_MS = 36 * 3_600_000
# In the place of a moment: it is being let go.
GOING = -1
TAKEN_AWAY = "The film was taken out of the library. Put it back, and it will be prepared."

HOLDINGS = sa.Table(
    "holdings",
    TABLES,
    sa.Column("title_id", sa.String(80), primary_key=True),
    sa.Column("unit", sa.String(60), primary_key=True),
    sa.Column("superseded_ms", sa.BigInteger, nullable=False),  # 0: it is the one to show; GOING
    sa.Column("whole_of", sa.String(64), nullable=False),  # the digest of the film it is all of; "" for a first edition
)
# Titles whose film left the library.
GONE = sa.Table(
    "gone",
    TABLES,
    sa.Column("title_id", sa.String(80), primary_key=True),
    sa.Column("finding", sa.BigInteger, nullable=False),  # only a later one brings it back
    sa.Column("since_ms", sa.BigInteger, nullable=False),
)


def edition(edition_id: str) -> str:
    return f"films/{edition_id}"


def art(art_id: str) -> str:
    return f"art/{art_id}"


def claim(db: sa.Connection, title_id: str, unit: str) -> bool:
    """Before it is published: it may be there already, even superseded. False while it is going."""
    this = HOLDINGS.c.unit == unit
    if db.execute(sa.select(HOLDINGS.c.unit).where(this, HOLDINGS.c.superseded_ms == GOING)).first():
        return False
    if not db.execute(sa.update(HOLDINGS).where(this, HOLDINGS.c.title_id == title_id).values(superseded_ms=0)).rowcount:
        db.execute(sa.insert(HOLDINGS).values(title_id=title_id, unit=unit, superseded_ms=0, whole_of=""))
    return True


def know_whole(db: sa.Connection, title_id: str, unit: str, digest: str) -> None:
    """The title holds all that can be made of this very film."""
    db.execute(sa.update(HOLDINGS).where(HOLDINGS.c.title_id == title_id, HOLDINGS.c.unit == unit).values(whole_of=digest))


def shown(db: sa.Connection, film: Film, unit: str, now_ms: int) -> None:
    """Once this one can be shown: all others of its kind that the title holds are old.

    Not for a film that was found to be another since: the library heeds no word of it, so what it shows must stay.
    """
    if not ledger.is_overtaken(db, film):
        of_its_kind = HOLDINGS.c.unit.startswith(unit.partition("/")[0] + "/")
        held = (HOLDINGS.c.title_id == film.title_id, HOLDINGS.c.superseded_ms == 0)
        db.execute(sa.update(HOLDINGS).where(*held, of_its_kind, HOLDINGS.c.unit != unit).values(superseded_ms=now_ms))


def is_whole(db: sa.Connection, title_id: str, digest: str) -> bool:
    """Whether the title can be played in a complete edition of this very film, be it with other subtitles."""
    whole = (HOLDINGS.c.title_id == title_id) & (HOLDINGS.c.whole_of == digest) & (HOLDINGS.c.superseded_ms == 0)
    return db.execute(sa.select(HOLDINGS.c.unit).where(whole)).first() is not None


def film_gone(db: sa.Connection, title_id: str, finding: int, now_ms: int) -> None:
    """What is under way for it ends at once; what it holds it keeps for a while. Said again, it changes nothing."""
    back = sa.select(JOBS.c.job_id).where(JOBS.c.title_id == title_id, JOBS.c.finding > finding)
    known = sa.select(GONE.c.title_id).where(GONE.c.title_id == title_id)
    if not db.execute(back).first() and not db.execute(known).first():
        db.execute(sa.insert(GONE).values(title_id=title_id, finding=finding, since_ms=now_ms))
        ledger.call_off(db, title_id, TAKEN_AWAY, now_ms)


def film_found(db: sa.Connection, film: Film, now_ms: int) -> None:
    """Into the ledger with it, and it holds what it held; an old word of a film that is gone since changes nothing."""
    here = GONE.c.title_id == film.title_id
    db.execute(sa.delete(GONE).where(here, GONE.c.finding < film.finding))
    if db.execute(sa.select(GONE.c.title_id).where(here)).first() is None:
        ledger.note(db, film, now_ms)


def outlived(db: sa.Connection, now_ms: int, *which: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    """What titles (title, unit) have not shown for long enough, and what they were letting go of when somebody died."""
    since_ms = sa.case((HOLDINGS.c.superseded_ms != 0, HOLDINGS.c.superseded_ms), else_=GONE.c.since_ms)
    held = sa.select(HOLDINGS.c.title_id, HOLDINGS.c.unit).outerjoin(GONE, GONE.c.title_id == HOLDINGS.c.title_id)
    return [(row.title_id, row.unit) for row in db.execute(held.where(since_ms < now_ms - KEPT_MS, *which))]


def let_go(db: sa.Connection, title_id: str, unit: str, now_ms: int) -> bool:
    """Whether the title is letting go of it, now that nobody can claim it; not if somebody did since it was seen outlived."""
    this = (HOLDINGS.c.title_id == title_id) & (HOLDINGS.c.unit == unit)
    if not outlived(db, now_ms, this):
        return False
    db.execute(sa.update(HOLDINGS).where(this).values(superseded_ms=GOING))
    return True


def is_held(db: sa.Connection, unit: str) -> bool:
    held = sa.select(HOLDINGS.c.unit).where(HOLDINGS.c.unit == unit, HOLDINGS.c.superseded_ms != GOING)
    return db.execute(held).first() is not None


def forget(db: sa.Connection, title_id: str, unit: str) -> None:
    """It is let go of."""
    going = HOLDINGS.c.superseded_ms == GOING
    db.execute(sa.delete(HOLDINGS).where(HOLDINGS.c.title_id == title_id, HOLDINGS.c.unit == unit, going))


def forget_titles(db: sa.Connection, now_ms: int) -> None:
    """Titles that are long gone and hold nothing any more, neither units nor pieces: their jobs, and that they are gone."""
    gone = sa.select(GONE.c.title_id).where(GONE.c.since_ms < now_ms - KEPT_MS, ~GONE.c.title_id.in_(_titles_that_hold()))
    db.execute(sa.delete(JOBS).where(JOBS.c.title_id.in_(gone)))
    db.execute(sa.delete(GONE).where(GONE.c.title_id.in_(gone)))


def _titles_that_hold() -> sa.CompoundSelect[tuple[str]]:
    in_pieces = sa.select(JOBS.c.title_id).join(PIECES, PIECES.c.job_id == JOBS.c.job_id)
    return sa.union(sa.select(HOLDINGS.c.title_id), in_pieces)
