"""The models of a house in SQL: how each came, what it is now, and which one is live.

What a model is lies in blobs, as the unit `models/<name>-<version>`, never rewritten. A version is taken here before anything is
written there, so that whoever dies meanwhile leaves a name that nobody else will use. Which one is live is one row, and with it
stands the one before: going back is one step.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from matinee.insight.trials.gate import faults, figures_of
from matinee.insight.trials.states import CANDIDATE, LIVE, MAKING, RETIRED, may_move

TABLES = sa.MetaData()

MODELS = sa.Table(
    "insight_models",
    TABLES,
    sa.Column("model_id", sa.String(80), primary_key=True),  # blend-12
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("parent", sa.String(80), nullable=False),  # the one that was live when it was made; empty: none
    sa.Column("manifest", sa.Text, nullable=False),  # JSON
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("moved_ms", sa.BigInteger, nullable=False),
)

POINTERS = sa.Table(
    "insight_pointers",
    TABLES,
    sa.Column("pointer", sa.String(12), primary_key=True),  # live
    sa.Column("model_id", sa.String(80), nullable=False),
    sa.Column("before", sa.String(80), nullable=False),  # the one it took the place of; empty: none
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

ABANDONED_MS = 24 * 3_600_000
KEPT_MS = 60 * 24 * 3_600_000
"""So long a model may still be wanted that neither is live nor was so before that one; every night makes another."""


class CannotMove(ValueError):
    """A model may not become that; the text says why, and what to do."""


@dataclass(frozen=True)
class Kept:
    model_id: str
    state: str
    parent: str
    manifest: Mapping[str, Any]
    made_ms: int
    moved_ms: int

    @property
    def unit(self) -> str:
        return unit_of(self.model_id)


def unit_of(model_id: str) -> str:
    return f"models/{model_id}"


def every(db: sa.Connection) -> list[Kept]:
    """The newest first."""
    rows = db.execute(sa.select(MODELS).order_by(MODELS.c.made_ms.desc(), MODELS.c.version.desc())).all()
    return [Kept(row.model_id, row.state, row.parent, json.loads(row.manifest), row.made_ms, row.moved_ms) for row in rows]


def one(db: sa.Connection, model_id: str) -> Kept:
    """Raises CannotMove for one that is not there."""
    found = next((each for each in every(db) if each.model_id == model_id), None)
    if found is None:
        raise CannotMove(f"there is no model {model_id}: `matinee recs models` lists them")
    return found


def live(db: sa.Connection) -> str:
    """The live model's id; empty: there is none."""
    return db.execute(sa.select(POINTERS.c.model_id).where(POINTERS.c.pointer == LIVE)).scalar() or ""


def take_version(db: sa.Connection, name: str, now_ms: int) -> str:
    """A name for a model that is being made."""
    newest = db.execute(sa.select(sa.func.max(MODELS.c.version)).where(MODELS.c.name == name)).scalar() or 0
    model_id = f"{name}-{newest + 1}"
    values = {"model_id": model_id, "name": name, "version": newest + 1, "state": MAKING, "parent": live(db), "manifest": "{}"}
    db.execute(sa.insert(MODELS).values(**values, made_ms=now_ms, moved_ms=now_ms))
    return model_id


def made(db: sa.Connection, model_id: str, manifest: Mapping[str, Any], now_ms: int) -> None:
    """It lies in blobs; from now on it may be tried."""
    move(db, model_id, CANDIDATE, now_ms)
    db.execute(sa.update(MODELS).where(MODELS.c.model_id == model_id).values(manifest=json.dumps(manifest)))


def move(db: sa.Connection, model_id: str, to: str, now_ms: int) -> None:
    """Raises CannotMove for what the table of states does not have."""
    model = one(db, model_id)
    if model.state == to:
        return
    if not may_move(model.state, to):
        raise CannotMove(f"{model_id} is {model.state} and cannot become {to}")
    db.execute(sa.update(MODELS).where(MODELS.c.model_id == model_id).values(state=to, moved_ms=now_ms))


def bless(db: sa.Connection, model_id: str, now_ms: int, anyway: bool = False) -> None:
    """The model is live from now on. Raises CannotMove where the gate says no, unless it is wanted anyway."""
    before = live(db)
    if before == model_id:
        return
    model = one(db, model_id)
    figures = model.manifest.get("figures")
    wrong = faults(figures_of(figures)) if figures else ["nothing says how good it is"]
    if wrong and not anyway and model.state != RETIRED:
        raise CannotMove(f"{model_id} is not blessed: {'; '.join(wrong)}. To have it all the same: --anyway")
    _point(db, model_id, before, now_ms)


def roll_back(db: sa.Connection, now_ms: int) -> str:
    """The one before is live again; its id. Raises CannotMove when there is none."""
    row = db.execute(sa.select(POINTERS).where(POINTERS.c.pointer == LIVE)).one_or_none()
    if row is None or not row.before:
        raise CannotMove("there is no model to go back to: only one has been live")
    _point(db, row.before, row.model_id, now_ms)
    return row.before


def _point(db: sa.Connection, model_id: str, before: str, now_ms: int) -> None:
    if before:
        move(db, before, RETIRED, now_ms)
    move(db, model_id, LIVE, now_ms)
    values = {"model_id": model_id, "before": before, "at_ms": now_ms}
    if not db.execute(sa.update(POINTERS).where(POINTERS.c.pointer == LIVE).values(values)).rowcount:
        db.execute(sa.insert(POINTERS).values(pointer=LIVE, **values))


def let_go(db: sa.Connection, now_ms: int) -> None:
    """Models that nobody wanted for long are as if their maker had died: whoever tidies up takes them away, units and all."""
    pointed = db.execute(sa.select(POINTERS.c.model_id, POINTERS.c.before)).all()
    spared = {model_id for row in pointed for model_id in row}
    old = (MODELS.c.state.in_((CANDIDATE, RETIRED)), MODELS.c.moved_ms < now_ms - KEPT_MS, MODELS.c.model_id.not_in(spared))
    db.execute(sa.update(MODELS).where(*old).values(state=MAKING))


def abandoned(db: sa.Connection, now_ms: int) -> Sequence[str]:
    """Models whose maker died, or that were let go: their units may be half there, and nobody will ask for them."""
    query = sa.select(MODELS.c.model_id).where(MODELS.c.state == MAKING, MODELS.c.made_ms < now_ms - ABANDONED_MS)
    return list(db.execute(query).scalars())


def forget(db: sa.Connection, model_id: str) -> None:
    db.execute(sa.delete(MODELS).where(MODELS.c.model_id == model_id, MODELS.c.state == MAKING))
