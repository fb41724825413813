"""The book of operators' acts, in portable SQL: lines are added, never changed and never taken away."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa

TABLES = sa.MetaData()

ACTS = sa.Table(
    "acts",
    TABLES,
    sa.Column("act_id", sa.String(40), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("by_account_id", sa.String(40), nullable=False),
    sa.Column("method", sa.String(80), nullable=False),
    sa.Column("about", sa.String(500), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("trace_id", sa.String(64), nullable=False),
)

# What came of each, as far as it is known.
OUTCOMES = sa.Table(
    "outcomes",
    TABLES,
    sa.Column("act_id", sa.String(40), primary_key=True),
    sa.Column("outcome", sa.String(300), nullable=False),
)


@dataclass(frozen=True)
class Act:
    act_id: str
    at_ms: int
    by_account_id: str
    method: str
    about: str
    address: str
    trace_id: str
    outcome: str = ""


def write(db: sa.Connection, act: Act) -> None:
    """Once, however often it is asked."""
    if db.execute(sa.select(ACTS.c.act_id).where(ACTS.c.act_id == act.act_id)).first() is None:
        row = {name: value for name, value in asdict(act).items() if name in ACTS.c}
        db.execute(sa.insert(ACTS).values({name: _fitting(name, value) for name, value in row.items()}))


def end(db: sa.Connection, act_id: str, outcome: str) -> None:
    """The first word counts."""
    if db.execute(sa.select(OUTCOMES.c.act_id).where(OUTCOMES.c.act_id == act_id)).first() is None:
        db.execute(sa.insert(OUTCOMES).values(act_id=act_id, outcome=outcome[:300]))


@dataclass(frozen=True)
class Search:
    """What is looked for: the text anywhere, or one of these accounts, by whom or on whom it was done; and when."""

    text: str = ""
    account_ids: tuple[str, ...] = ()
    from_ms: int = 0
    until_ms: int = 0  # 0: to this day


def last(db: sa.Connection, search: Search, before: str, most: int) -> list[Act]:
    """The last first, from before that act on."""
    columns = [ACTS.c[each.name] for each in fields(Act) if each.name in ACTS.c]
    outcome = sa.func.coalesce(OUTCOMES.c.outcome, "")
    found = sa.select(*columns, outcome).outerjoin(OUTCOMES, OUTCOMES.c.act_id == ACTS.c.act_id)
    found = found.where(ACTS.c.at_ms >= search.from_ms)
    if search.until_ms:
        found = found.where(ACTS.c.at_ms < search.until_ms)
    if search.text:
        found = found.where(sa.or_(*_fits(search)))
    if before:
        at_ms = sa.select(ACTS.c.at_ms).where(ACTS.c.act_id == before).scalar_subquery()
        same_moment = (ACTS.c.at_ms == at_ms) & (ACTS.c.act_id < before)
        found = found.where((ACTS.c.at_ms < at_ms) | same_moment)
    return [Act(*row) for row in db.execute(found.order_by(ACTS.c.at_ms.desc(), ACTS.c.act_id.desc()).limit(most))]


def _fits(search: Search) -> Iterator[sa.ColumnElement[bool]]:
    text = search.text.lower()
    # "retry job" is RetryJob.
    yield sa.func.lower(ACTS.c.method).contains(text.replace(" ", ""), autoescape=True)
    for column in (ACTS.c.about, ACTS.c.by_account_id, ACTS.c.address):
        yield sa.func.lower(column).contains(text, autoescape=True)
    yield ACTS.c.by_account_id.in_(search.account_ids)
    for account_id in search.account_ids:
        yield ACTS.c.about.contains(account_id, autoescape=True)


def _fitting(name: str, value: object) -> object:
    """As much of it as the column holds: a line that is cut is worth more than none."""
    kind = ACTS.c[name].type
    return value[: kind.length] if isinstance(value, str) and isinstance(kind, sa.String) else value
