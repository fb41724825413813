"""The letters and where each stands, in portable SQL. Each function is one statement or two inside the caller's transaction.

A letter is known by its fact and its kind, so that a fact told twice makes one. Who takes a letter up marks it with an attempt of
its own; whatever becomes of it is written only while that attempt is the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa

from matinee.members import letter_states as states

TABLES = sa.MetaData()

LETTERS = sa.Table(
    "letters",
    TABLES,
    sa.Column("letter_id", sa.String(80), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("fact", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("since_ms", sa.BigInteger, nullable=False),  # in this state
    sa.Column("due_ms", sa.BigInteger, nullable=False),  # not to be taken up before
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("attempt", sa.String(40), nullable=False),  # whose hands it is in
    sa.Column("recipient", sa.String(254), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("problem", sa.String(500), nullable=False),
    sa.Column("html", sa.Text, nullable=False),  # kept where letters do not leave, empty elsewhere
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("ix_letters_state_due_ms", "state", "due_ms"),
    sa.Index("ix_letters_made_ms", "made_ms"),
)

TAKEN_UP_MS = 300_000
"""Whoever took a letter up and said nothing for so long has died before it was handed over: another takes it."""

HANDED_OVER_MS = 600_000
"""So long it takes at most to hand one over. Who says nothing then died over it, and nobody knows whether it left."""

FORGOTTEN_MS = 90 * 24 * 3600 * 1000
MOST_LISTED = 200


@dataclass(frozen=True)
class Letter:
    letter_id: str
    account_id: str
    kind: str
    fact: bytes
    state: str
    made_ms: int
    since_ms: int = 0
    due_ms: int = 0
    tries: int = 0
    recipient: str = ""
    subject: str = ""
    problem: str = ""


COLUMNS = [LETTERS.c[each.name] for each in fields(Letter)]


def add(db: sa.Connection, letters: Sequence[Letter]) -> list[Letter]:
    """Those that were not there, which are now."""
    new = [each for each in letters if one(db, each.letter_id) is None]
    for each in new:
        row = {column.name: getattr(each, column.name) for column in COLUMNS}
        row |= {"since_ms": each.made_ms, "due_ms": each.made_ms, "attempt": "", "html": "", "text": ""}
        db.execute(sa.insert(LETTERS).values(row))
    return new


def one(db: sa.Connection, letter_id: str) -> Letter | None:
    row = db.execute(sa.select(*COLUMNS).where(LETTERS.c.letter_id == letter_id)).first()
    return Letter(*row) if row else None


def due(db: sa.Connection, now_ms: int, most: int) -> list[Letter]:
    """Those to be taken up, who waited longest first."""
    waiting = sa.select(*COLUMNS).where(LETTERS.c.state == states.WAITING, LETTERS.c.due_ms <= now_ms)
    return [Letter(*row) for row in db.execute(waiting.order_by(LETTERS.c.due_ms, LETTERS.c.letter_id).limit(most))]


def take_up(db: sa.Connection, letter: Letter, attempt: str, now_ms: int) -> bool:
    """False when another was first."""
    mine = {"attempt": attempt, "tries": letter.tries + 1, "due_ms": now_ms + TAKEN_UP_MS}
    free = (LETTERS.c.letter_id == letter.letter_id, LETTERS.c.state == states.WAITING, LETTERS.c.due_ms == letter.due_ms)
    return db.execute(sa.update(LETTERS).where(*free).values(mine)).rowcount == 1


def move(db: sa.Connection, letter_id: str, attempt: str, to: str, now_ms: int, more: Mapping[str, object]) -> bool:
    """False when it is no longer in this attempt's hands, or may not go there from where it is."""
    held = (
        LETTERS.c.letter_id == letter_id,
        LETTERS.c.attempt == attempt,
        LETTERS.c.state.in_(sorted(states.before(to))),
    )
    return db.execute(sa.update(LETTERS).where(*held).values(state=to, since_ms=now_ms, **more)).rowcount == 1


def doubt(db: sa.Connection, now_ms: int, problem: str) -> int:
    """How many were being handed over by somebody who died."""
    died = (LETTERS.c.state == states.HANDING_OVER, LETTERS.c.since_ms < now_ms - HANDED_OVER_MS)
    doubted = sa.update(LETTERS).where(*died).values(state=states.IN_DOUBT, since_ms=now_ms, problem=problem)
    return db.execute(doubted).rowcount


def send_again(db: sa.Connection, letter_id: str, now_ms: int) -> bool:
    """By the operator's hand. False when it is not where that is of use."""
    asked = (LETTERS.c.letter_id == letter_id, LETTERS.c.state.in_(sorted(states.BY_HAND)))
    anew = {"state": states.WAITING, "since_ms": now_ms, "due_ms": now_ms, "tries": 0, "attempt": "", "problem": ""}
    return db.execute(sa.update(LETTERS).where(*asked).values(anew)).rowcount == 1


def newest(db: sa.Connection, state: str) -> list[Letter]:
    """The newest first; of one state, or of all."""
    which = [LETTERS.c.state == state] if state else []
    listed = sa.select(*COLUMNS).where(*which).order_by(LETTERS.c.made_ms.desc(), LETTERS.c.letter_id).limit(MOST_LISTED)
    return [Letter(*row) for row in db.execute(listed)]


def counts(db: sa.Connection) -> dict[str, int]:
    counted = sa.select(LETTERS.c.state, sa.func.count()).group_by(LETTERS.c.state)
    return {state: int(count) for state, count in db.execute(counted)}


def copy_of(db: sa.Connection, letter_id: str) -> tuple[str, str] | None:
    """Its HTML and its text, where letters are kept."""
    row = db.execute(sa.select(LETTERS.c.html, LETTERS.c.text).where(LETTERS.c.letter_id == letter_id)).first()
    return (row.html, row.text) if row else None


def blot_out(db: sa.Connection) -> None:
    """What was kept for the operator to read, now that letters leave the house."""
    db.execute(sa.update(LETTERS).where(LETTERS.c.state == states.KEPT, LETTERS.c.html != "").values(html="", text=""))


def forget(db: sa.Connection, now_ms: int) -> None:
    """A fact so old makes no letter any more, so that nothing need be known of those it made."""
    db.execute(sa.delete(LETTERS).where(LETTERS.c.made_ms < now_ms - FORGOTTEN_MS))
