"""Titles, in portable SQL: what the scan found, what its owner says of it, and what the studio has made of it.

Every change takes the next revision, so whoever keeps titles in memory or in an index asks for what changed since its last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from matinee.contracts.ids import TitleId
from matinee.library.found import FoundFilm, FoundSeries
from matinee.library.nfo import Notes
from matinee.library.shelf import Edition, Known

TABLES = sa.MetaData()

# The news of a film that was taken out of its library.
GONE = "gone"

TITLES = sa.Table(
    "titles",
    TABLES,
    sa.Column("title_id", sa.String(40), primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("stamp", sa.String(40), nullable=False),  # of all that was found
    sa.Column("news", sa.Text, nullable=False),  # what the studio is to know of
    sa.Column("announced", sa.Text, nullable=False),  # the news it was last told
    sa.Column("finding", sa.BigInteger, nullable=False),  # how often it went away half prepared, or brought news
    sa.Column("news_since", sa.BigInteger, nullable=False),  # the finding that brought these news
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("sidecars", sa.Text, nullable=False),  # a JSON list of paths
    sa.Column("sidecar_digest", sa.String(40), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("series_path", sa.Text, nullable=False),  # "": a film
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("numbers", sa.Text, nullable=False),  # a JSON list
    sa.Column("premiered", sa.String(10), nullable=False),
    sa.Column("notes", sa.Text, nullable=False),  # Notes as JSON
    sa.Column("added_ms", sa.BigInteger, nullable=False),
    sa.Column("runtime_ms", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("edition", sa.Text, nullable=False),  # Edition as JSON; "" until playable
    sa.Column("edition_id", sa.String(40), nullable=False),  # its own
    sa.Column("complete", sa.Boolean, nullable=False),  # all that is to be made of this file and its side-cars is made
    sa.Column("art_id", sa.String(40), nullable=False),
    sa.Column("glow", sa.String(7), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, index=True),
)
# A series is its folder. It is shown for as long as an episode of it is.
SERIES = sa.Table(
    "series",
    TABLES,
    sa.Column("title_id", sa.String(40), primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("stamp", sa.String(40), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, index=True),
)
# One row: which library this is, and its latest revision.
MARK = sa.Table(
    "mark",
    TABLES,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.String(40), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
)

NOT_PLAYABLE: Mapping[str, object] = {"edition": "", "edition_id": "", "complete": False}
NO_ART: Mapping[str, object] = {"art_id": "", "glow": ""}
FRESH: Mapping[str, object] = {
    "announced": "",
    "finding": 0,
    "news_since": 0,
    "runtime_ms": 0,
    "problem": "",
    **NOT_PLAYABLE,
    **NO_ART,
}


def open_library(db: sa.Connection, epoch: str) -> None:
    """Gives a new library its mark; an old one keeps its own."""
    if db.execute(sa.select(MARK)).first() is None:
        db.execute(sa.insert(MARK).values(place=1, epoch=epoch, revision=1))


def mark(db: sa.Connection) -> tuple[str, int]:
    """The library's epoch and latest revision."""
    row = db.execute(sa.select(MARK.c.epoch, MARK.c.revision)).one()
    return row.epoch, row.revision


def next_revision(db: sa.Connection) -> int:
    db.execute(sa.update(MARK).values(revision=MARK.c.revision + 1))
    return mark(db)[1]


def known_stamps(db: sa.Connection) -> dict[str, str]:
    """path -> stamp of every title that is present."""
    return {row.path: row.stamp for row in db.execute(sa.select(TITLES.c.path, TITLES.c.stamp).where(TITLES.c.present))}


def known_series(db: sa.Connection) -> dict[str, str]:
    return {row.path: row.stamp for row in db.execute(sa.select(SERIES.c.path, SERIES.c.stamp))}


def keep_films(db: sa.Connection, films: Sequence[tuple[TitleId, FoundFilm, Notes]], now_ms: int) -> None:
    """Adds each film under its id, or brings the one of that path up to date; what was made of it stays."""
    revision = next_revision(db)
    for title_id, found, notes in films:
        seen = {**_seen(found, notes), "revision": revision}
        if found.problem:
            seen |= {"problem": found.problem, "announced": found.news}
        here = TITLES.c.path == found.path
        again = {"finding": TITLES.c.finding + 1, "news_since": TITLES.c.finding + 1, "complete": False}
        db.execute(sa.update(TITLES).where(here & (TITLES.c.news != found.news)).values(again))
        if not db.execute(sa.update(TITLES).where(here).values(seen)).rowcount:
            row = {"title_id": title_id, "path": found.path, "added_ms": now_ms}
            db.execute(sa.insert(TITLES).values({**FRESH, **row, **seen}))


def _seen(found: FoundFilm, notes: Notes) -> dict[str, object]:
    return {
        "stamp": found.stamp,
        "news": found.news,
        "present": True,
        "size_bytes": found.size_bytes,
        "modified_ns": found.modified_ns,
        "sidecars": _json(found.sidecars),
        "sidecar_digest": found.sidecar_digest,
        "name": notes.name or found.name,
        "year": notes.year or found.year,
        "series_path": found.series_path,
        "season": found.place.season if found.place else 0,
        "numbers": _json(found.place.numbers if found.place else ()),
        "premiered": notes.premiered or (found.place.premiered if found.place else ""),
        "notes": _json(notes),
    }


def keep_series(db: sa.Connection, title_id: TitleId, found: FoundSeries, notes: Notes) -> None:
    seen = {
        "stamp": found.stamp,
        "name": notes.name or found.name,
        "year": notes.year or found.year,
        "notes": _json(notes),
        "revision": next_revision(db),
    }
    if not db.execute(sa.update(SERIES).where(SERIES.c.path == found.path).values(seen)).rowcount:
        db.execute(sa.insert(SERIES).values(title_id=title_id, path=found.path, **seen))


def hide(db: sa.Connection, paths: Sequence[str]) -> None:
    """The files are no longer there: their titles are hidden, and come back when the files do.

    One that was not wholly prepared is announced anew then: its job ended when its file went.
    """
    revision = next_revision(db)
    for path in paths:
        here = TITLES.c.path == path
        db.execute(sa.update(TITLES).where(here & ~TITLES.c.complete).values(announced="", finding=TITLES.c.finding + 1))
        db.execute(sa.update(TITLES).where(here).values(present=False, revision=revision))


def hidden(db: sa.Connection) -> list[str]:
    """The paths of films that are not there, of which the studio is not to know yet."""
    return list(db.execute(sa.select(TITLES.c.path).where(~TITLES.c.present, TITLES.c.news != GONE)).scalars())


def mark_gone(db: sa.Connection, paths: Sequence[str]) -> None:
    """They will not come back by themselves, which is news. Should they come back nevertheless, that is news again.

    Even if nobody noted that this was told: a death may have come in between.
    """
    for path in paths:
        db.execute(sa.update(TITLES).where(TITLES.c.path == path, ~TITLES.c.present).values(news=GONE, announced=""))


@dataclass(frozen=True)
class News:
    """A file the studio has not been told of, or not of its going."""

    title_id: str
    path: str
    size_bytes: int
    modified_ns: int
    finding: int
    sidecar_digest: str
    sidecars: list[str]
    news: str


def unannounced(db: sa.Connection, most: int) -> list[News]:
    """The newest first: somebody has just put it there and is waiting."""
    named = ("title_id", "path", "size_bytes", "modified_ns", "finding", "sidecar_digest", "sidecars", "news")
    due = (TITLES.c.present | (TITLES.c.news == GONE)) & (TITLES.c.announced != TITLES.c.news)
    order = (TITLES.c.added_ms.desc(), TITLES.c.modified_ns.desc(), TITLES.c.path)
    rows = db.execute(sa.select(*(TITLES.c[name] for name in named)).where(due).order_by(*order).limit(most))
    return [News(**{**row, "sidecars": msgspec.json.decode(row["sidecars"])}) for row in rows.mappings()]


def mark_announced(db: sa.Connection, told: Sequence[News]) -> None:
    revision = next_revision(db)
    for news in told:
        words = {"announced": news.news, "problem": "", "revision": revision}
        db.execute(sa.update(TITLES).where(TITLES.c.title_id == news.title_id).values(words))


@dataclass(frozen=True)
class Learnt:
    """What the studio says of one finding of a file, as columns; or, of whichever file, to a title that has what it `had`."""

    title_id: str
    modified_ns: int
    finding: int
    what: Mapping[str, object]
    had: Mapping[str, str] = field(default_factory=dict[str, str])


def learn(db: sa.Connection, facts: Sequence[Learnt]) -> None:
    """Repeating it changes nothing, and a word about a file or side-cars since replaced changes nothing."""
    revision = next_revision(db)
    for fact in facts:
        has = [TITLES.c[name] == value for name, value in fact.had.items()]
        up_to_date = has or [TITLES.c.modified_ns == fact.modified_ns, TITLES.c.news_since <= fact.finding]
        this = sa.update(TITLES).where(TITLES.c.title_id == fact.title_id, *up_to_date)
        db.execute(this.values({**fact.what, "revision": revision}))


def published(edition: Edition) -> dict[str, object]:
    """The columns of a film that can be played."""
    return {"edition": _json(edition), "edition_id": edition.edition_id, "complete": edition.complete, "problem": ""}


@dataclass(frozen=True)
class Changes:
    """What happened since a revision, read in one consistent moment."""

    epoch: str
    revision: int
    titles: tuple[Known, ...] = ()
    series: tuple[Known, ...] = ()
    gone: tuple[str, ...] = ()


def changes_since(db: sa.Connection, epoch: str, revision: int) -> Changes:
    """Everything, when asked by somebody who knew another library."""
    now_epoch, now_revision = mark(db)
    if (now_epoch, now_revision) == (epoch, revision):
        return Changes(epoch, revision)
    since = revision if epoch == now_epoch else 0
    rows = db.execute(sa.select(TITLES).where(TITLES.c.revision > since)).all()
    series = db.execute(sa.select(SERIES).where(SERIES.c.revision > since)).all()
    return Changes(
        now_epoch,
        now_revision,
        titles=tuple(_title(row) for row in rows if row.present),
        series=tuple(_series(row) for row in series),
        gone=tuple(row.title_id for row in rows if not row.present),
    )


def _title(row: sa.Row[Any]) -> Known:
    notes = msgspec.json.decode(row.notes, type=Notes)
    return Known(
        title_id=row.title_id,
        kind="episode" if row.series_path else "film",
        name=row.name,
        year=row.year,
        notes=notes,
        terms=notes.terms,
        added_ms=row.added_ms,
        modified_ns=row.modified_ns,
        runtime_ms=row.runtime_ms,
        problem=row.problem,
        edition=msgspec.json.decode(row.edition, type=Edition) if row.edition else None,
        art_id=row.art_id,
        glow=row.glow,
        series_path=row.series_path,
        season=row.season,
        numbers=tuple(cast(list[int], msgspec.json.decode(row.numbers))),
        premiered=row.premiered,
    )


def _series(row: sa.Row[Any]) -> Known:
    notes = msgspec.json.decode(row.notes, type=Notes)
    return Known(row.title_id, "series", row.name, row.year, notes, notes.terms, series_path=row.path)


def _json(what: object) -> str:
    return msgspec.json.encode(what).decode()
