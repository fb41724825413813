"""Visits to the provider's pages, where a card is left: who is on one, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members.ledger import TABLES

VISITS = sa.Table(
    "visits",
    TABLES,
    sa.Column("page_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("provider_page_id", sa.String(120), nullable=False, index=True),
    sa.Column("subject", sa.String(40), nullable=False),  # the subscription or gift that the card is for; empty: none
    sa.Column("made_ms", sa.BigInteger, nullable=False),
)
MOST_OPEN = 10
# Made once, since to make a statement takes five times as long as to ask it.
OPEN = sa.select(VISITS).where(VISITS.c.account_id == sa.bindparam("account")).order_by(VISITS.c.made_ms.desc()).limit(MOST_OPEN)


@dataclass(frozen=True)
class Visit:
    page_id: str
    account_id: str
    provider_page_id: str
    subject: str
    made_ms: int


def add(db: sa.Connection, visit: Visit) -> None:
    known = db.execute(sa.select(VISITS.c.page_id).where(VISITS.c.page_id == visit.page_id)).first()
    if known is None:
        db.execute(sa.insert(VISITS).values(vars(visit)))


def of_account(db: sa.Connection, account_id: str) -> Sequence[Visit]:
    """Those that are not over, the last first."""
    return [Visit(*row) for row in db.execute(OPEN, {"account": account_id})]


def by_page(db: sa.Connection, provider_page_id: str) -> Visit | None:
    row = db.execute(sa.select(VISITS).where(VISITS.c.provider_page_id == provider_page_id)).first()
    return Visit(*row) if row else None


def over(db: sa.Connection, page_id: str) -> None:
    db.execute(sa.delete(VISITS).where(VISITS.c.page_id == page_id))


def forget(db: sa.Connection, before_ms: int) -> None:
    """Those that nobody came back from."""
    db.execute(sa.delete(VISITS).where(VISITS.c.made_ms < before_ms))
