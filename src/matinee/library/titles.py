"""Titles, in portable SQL: what the scan found, what its owner says of it, and what the studio has made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from matinee.contracts.ids import TitleId
from matinee.library.nfo import FilmNotes
from matinee.library.scan import Found

TABLES = sa.MetaData()

TITLES = sa.Table(
    "titles",
    TABLES,
    sa.Column("title_id", sa.String(40), primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("notes_ns", sa.BigInteger, nullable=False),
    sa.Column("announced_ns", sa.BigInteger, nullable=False),  # the modified_ns the studio was last told of; -1: none
    sa.Column("finding", sa.BigInteger, nullable=False),  # how often it went away half prepared
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),  # FilmNotes as JSON
    sa.Column("added_ms", sa.BigInteger, nullable=False),
    sa.Column("runtime_ms", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("edition_id", sa.String(40), nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("heights_px", sa.Text, nullable=False),  # a JSON list, largest first
    sa.Column("art_id", sa.String(40), nullable=False),
    sa.Column("glow", sa.String(7), nullable=False),
)


def known_paths(db: sa.Connection) -> dict[str, tuple[int, int, int]]:
    """path -> (size_bytes, modified_ns, notes_ns) of every title that is present."""
    columns = (TITLES.c.path, TITLES.c.size_bytes, TITLES.c.modified_ns, TITLES.c.notes_ns)
    return {row.path: tuple(row)[1:] for row in db.execute(sa.select(*columns).where(TITLES.c.present))}


def keep_found(db: sa.Connection, title_id: TitleId, found: Found, notes: FilmNotes, now_ms: int) -> None:
    """Adds the title under `title_id`, or brings the one of that path up to date; what was made of it stays."""
    seen = {
        "size_bytes": found.size_bytes,
        "modified_ns": found.modified_ns,
        "notes_ns": found.notes_ns,
        "present": True,
        "name": notes.name or found.guessed_name,
        "year": notes.year or found.guessed_year,
        "notes": msgspec.json.encode(notes).decode(),
    }
    is_known = TITLES.c.path == found.path
    db.execute(sa.update(TITLES).where(is_known & (TITLES.c.size_bytes != found.size_bytes)).values(announced_ns=-1))
    if found.problem:
        seen |= {"problem": found.problem, "announced_ns": found.modified_ns}
    if db.execute(sa.update(TITLES).where(is_known).values(seen)).rowcount:
        return
    fresh = {"runtime_ms": 0, "problem": "", "edition_id": "", "complete": False, "heights_px": "[]", "art_id": "", "glow": ""}
    row = {"title_id": title_id, "path": found.path, "announced_ns": -1, "finding": 0, "added_ms": now_ms}
    db.execute(sa.insert(TITLES).values({**row, **fresh, **seen}))


def mark_gone(db: sa.Connection, paths: Sequence[str]) -> None:
    """The files are no longer there: their titles are hidden, and come back when the files do.

    One that was not wholly prepared is announced anew then: its job ended when its file went.
    """
    again = {"announced_ns": -1, "finding": TITLES.c.finding + 1}
    for path in paths:
        db.execute(sa.update(TITLES).where((TITLES.c.path == path) & ~TITLES.c.complete).values(again))
        db.execute(sa.update(TITLES).where(TITLES.c.path == path).values(present=False))


@dataclass(frozen=True)
class News:
    """A file the studio has not been told of."""

    title_id: str
    path: str
    size_bytes: int
    modified_ns: int
    finding: int


def unannounced(db: sa.Connection) -> list[News]:
    columns = (TITLES.c.title_id, TITLES.c.path, TITLES.c.size_bytes, TITLES.c.modified_ns, TITLES.c.finding)
    due = TITLES.c.present & (TITLES.c.announced_ns != TITLES.c.modified_ns)
    return [News(*row) for row in db.execute(sa.select(*columns).where(due).order_by(TITLES.c.added_ms))]


def mark_announced(db: sa.Connection, news: News) -> None:
    told = {"announced_ns": news.modified_ns, "problem": ""}
    db.execute(sa.update(TITLES).where(TITLES.c.title_id == news.title_id).values(told))


def learn(db: sa.Connection, title_id: str, modified_ns: int, **what: object) -> None:
    """What the studio says of a file; a word about a file since replaced changes nothing."""
    same_file = (TITLES.c.title_id == title_id) & (TITLES.c.modified_ns == modified_ns)
    db.execute(sa.update(TITLES).where(same_file).values(what))


def all_titles(db: sa.Connection) -> Sequence[sa.Row[Any]]:
    return db.execute(sa.select(TITLES).where(TITLES.c.present).order_by(TITLES.c.added_ms.desc(), TITLES.c.title_id)).all()


def one_title(db: sa.Connection, title_id: TitleId) -> sa.Row[Any] | None:
    return db.execute(sa.select(TITLES).where(TITLES.c.present & (TITLES.c.title_id == title_id))).first()


def read_notes(text: str) -> FilmNotes:
    return msgspec.json.decode(text, type=FilmNotes)
