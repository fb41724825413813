"""What the till keeps, in portable SQL: every object as the JSON it is shown as, the answers by their keys, what to deliver.

A thing's `owner` is whom it is listed under: a customer's cards and payments, a payment's refunds, a test clock's customers.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members.till.forms import Form
from matinee.members.till.wrong import Json, Reply, Wrong, missing

TABLES = sa.MetaData()

THINGS = sa.Table(
    "things",
    TABLES,
    sa.Column("thing_id", sa.String(80), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("charge_id", sa.String(500), nullable=False),  # of its metadata; empty: none
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("things_by_owner", "owner", "kind"),
    sa.Index("things_by_kind", "kind", "at_ms"),
    sa.Index("things_by_charge", "charge_id"),
)

ANSWERS = sa.Table(
    "answers",
    TABLES,
    sa.Column("idempotency_key", sa.String(255), primary_key=True),
    sa.Column("question", sa.String(64), nullable=False),  # a digest of it
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
)

DELIVERIES = sa.Table(
    "deliveries",
    TABLES,
    sa.Column("event_id", sa.String(80), primary_key=True),
    sa.Column("copy", sa.Integer, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_ms", sa.BigInteger, nullable=False, index=True),
)

ANSWERS_KEPT_MS = 30 * 24 * 3600 * 1000
"""Stripe promises a day. No more questions come under a key that old."""


class Stamp:
    """When a question came, and the dice cast for it before its transaction: run again, it makes the same ids in their order."""

    def __init__(self, now_ms: int, token: str) -> None:
        self.now_ms = now_ms
        self.now_s = now_ms // 1000
        self._token = token
        self._count = itertools.count(1)

    def id(self, prefix: str) -> str:
        return f"{prefix}_{self.now_ms:011x}{self._token}{next(self._count):02}"


@dataclass(frozen=True)
class Asked:
    """A question within its transaction; `house` is where people reach the pages."""

    db: sa.Connection
    form: Form
    stamp: Stamp
    house: str


def put(db: sa.Connection, thing: Json, *, owner: str = "", at_ms: int) -> Json:
    """Keeps a new object; its `object` is its kind."""
    charge_id = str(thing.get("metadata", {}).get("charge_id", ""))
    row = {"kind": thing["object"], "owner": owner, "charge_id": charge_id, "at_ms": at_ms, "body": json.dumps(thing)}
    db.execute(sa.insert(THINGS).values(thing_id=thing["id"], **row))
    return thing


def change(db: sa.Connection, thing: Json, *, owner: str | None = None) -> Json:
    """Keeps an object that is there already as it is now."""
    values = {"body": json.dumps(thing)} | ({} if owner is None else {"owner": owner})
    db.execute(sa.update(THINGS).where(THINGS.c.thing_id == thing["id"]).values(values))
    return thing


def find(db: sa.Connection, kind: str, thing_id: str) -> Json | None:
    if "\0" in thing_id:  # which some stores do not even compare
        return None
    body = db.scalar(sa.select(THINGS.c.body).where(THINGS.c.thing_id == thing_id, THINGS.c.kind == kind))
    return None if body is None else json.loads(body)


def get(db: sa.Connection, kind: str, thing_id: str, param: str = "id") -> Json:
    found = find(db, kind, thing_id)
    if found is None:
        raise missing(kind, thing_id, param)
    return found


def listed(
    db: sa.Connection, kind: str, *, owner: str = "", charge_id: str | None = None, after: str = "", most: int | None = None
) -> Sequence[Json]:
    """The newest first; `after` is the last of the page before."""
    what = sa.select(THINGS.c.body).where(THINGS.c.kind == kind)
    if owner:
        what = what.where(THINGS.c.owner == owner)
    if charge_id is not None:
        what = what.where(THINGS.c.charge_id == charge_id)
    if "\0" in owner + after + (charge_id or ""):
        return []
    if after:
        at_ms = db.scalar(sa.select(THINGS.c.at_ms).where(THINGS.c.thing_id == after, THINGS.c.kind == kind))
        if at_ms is None:
            raise missing(kind, after, "starting_after")
        at, later = THINGS.c.at_ms, THINGS.c.thing_id
        what = what.where(sa.or_(at < at_ms, sa.and_(at == at_ms, later < after)))
    newest_first = what.order_by(THINGS.c.at_ms.desc(), THINGS.c.thing_id.desc()).limit(most)
    return [json.loads(body) for body in db.scalars(newest_first)]


def kept_answer(db: sa.Connection, key: str, question: str) -> Reply | None:
    """What was said under this key before. Wrong when it was something else that was asked then."""
    columns = (ANSWERS.c.question, ANSWERS.c.status, ANSWERS.c.body)
    row = db.execute(sa.select(*columns).where(ANSWERS.c.idempotency_key == key)).first()
    if row is None:
        return None
    if row.question != question:
        said = "Keys for idempotent requests can only be used with the same parameters they were first used with"
        raise Wrong(f"{said}: {key}", kind="idempotency_error")
    return Reply(json.loads(row.body), row.status)


def keep_answer(db: sa.Connection, key: str, question: str, reply: Reply, now_ms: int) -> None:
    """Also forgets the answers that nobody will ask for any more."""
    db.execute(sa.delete(ANSWERS).where(ANSWERS.c.at_ms < now_ms - ANSWERS_KEPT_MS))
    row = {"question": question, "status": reply.status, "body": json.dumps(reply.body), "at_ms": now_ms}
    db.execute(sa.insert(ANSWERS).values(idempotency_key=key, **row))
