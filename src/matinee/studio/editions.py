"""The account of what the studio published, so that an edition nobody can be playing any more makes room.

A better edition supersedes the others of its title. A player that began before keeps its own, for at most the longest life
of a token; a day later the files go. Once they are going nobody may claim them: who wants them waits, and makes them again.
"""

import sqlalchemy as sa

from matinee.studio.ledger import TABLES

# Twelve hours, the longest life of a token, and a day.
KEPT_MS = 36 * 3_600_000
# In the place of a moment: its files are being deleted.
GOING = -1

EDITIONS = sa.Table(
    "editions",
    TABLES,
    sa.Column("title_id", sa.String(80), primary_key=True),
    sa.Column("edition_id", sa.String(40), primary_key=True),
    sa.Column("superseded_ms", sa.BigInteger, nullable=False),  # 0: it is the one to play; GOING
    sa.Column("whole_of", sa.String(64), nullable=False),  # the digest of the film it is all of; "" for a first edition
)


def claim(db: sa.Connection, title_id: str, edition_id: str) -> bool:
    """Before it is published: it may be there already, even superseded. False while its files are going."""
    this = EDITIONS.c.edition_id == edition_id
    if db.execute(sa.select(EDITIONS.c.edition_id).where(this, EDITIONS.c.superseded_ms == GOING)).first():
        return False
    if not db.execute(sa.update(EDITIONS).where(this, EDITIONS.c.title_id == title_id).values(superseded_ms=0)).rowcount:
        db.execute(sa.insert(EDITIONS).values(title_id=title_id, edition_id=edition_id, superseded_ms=0, whole_of=""))
    return True


def supersede(db: sa.Connection, title_id: str, edition_id: str, now_ms: int, *, whole_of: str = "") -> None:
    """Once this one can be played: all others of the title are old."""
    here, this = EDITIONS.c.title_id == title_id, EDITIONS.c.edition_id == edition_id
    db.execute(sa.update(EDITIONS).where(here, this).values(whole_of=whole_of))
    db.execute(sa.update(EDITIONS).where(here, ~this, EDITIONS.c.superseded_ms == 0).values(superseded_ms=now_ms))


def is_whole(db: sa.Connection, title_id: str, digest: str) -> bool:
    """Whether the title can be played in a complete edition of this very film, be it with other subtitles."""
    whole = (EDITIONS.c.title_id == title_id) & (EDITIONS.c.whole_of == digest) & (EDITIONS.c.superseded_ms == 0)
    return db.execute(sa.select(EDITIONS.c.edition_id).where(whole)).first() is not None


def outlived(db: sa.Connection, now_ms: int) -> list[str]:
    """Editions that no title has had for long enough, and those whose files were going when somebody died."""
    newest = sa.func.max(sa.case((EDITIONS.c.superseded_ms == 0, now_ms), else_=EDITIONS.c.superseded_ms))
    old = sa.select(EDITIONS.c.edition_id).group_by(EDITIONS.c.edition_id).having(newest < now_ms - KEPT_MS)
    return list(db.execute(old).scalars())


def let_go(db: sa.Connection, edition_id: str, now_ms: int) -> bool:
    """Whether its files may be deleted, now that nobody can claim them; not if somebody did since it was seen outlived."""
    if edition_id not in outlived(db, now_ms):
        return False
    db.execute(sa.update(EDITIONS).where(EDITIONS.c.edition_id == edition_id).values(superseded_ms=GOING))
    return True


def forget(db: sa.Connection, edition_id: str) -> None:
    """Its files are gone."""
    db.execute(sa.delete(EDITIONS).where(EDITIONS.c.edition_id == edition_id, EDITIONS.c.superseded_ms == GOING))
