"""The ledger: every movement of money, in double entry. Only ever added to, and each movement once by its name."""

from collections.abc import Sequence

import sqlalchemy as sa

from matinee.members.bookings import Entry, balanced
from matinee.ports.outbox import outbox_table

TABLES = sa.MetaData()
"""The cashier's: the files of plans, payers, subscriptions, bills, invoices, codes and acts add theirs."""

POSTINGS = sa.Table(
    "postings",
    TABLES,
    sa.Column("movement_id", sa.String(140), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("book", sa.String(20), nullable=False),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

OUTBOX = outbox_table(TABLES)

# Made once, since to make a statement takes five times as long as to ask it.
BOOKED = sa.select(POSTINGS.c.line).where(POSTINGS.c.movement_id == sa.bindparam("movement")).limit(1)
ADD = sa.insert(POSTINGS)


def book(db: sa.Connection, movement_id: str, account_id: str, currency: str, entries: Sequence[Entry], now_ms: int) -> None:
    """Booking a movement again does nothing. Raises Unbalanced."""
    if db.execute(BOOKED, {"movement": movement_id}).first():
        return
    about = {"movement_id": movement_id, "account_id": account_id, "currency": currency, "at_ms": now_ms}
    lines = [{**about, "line": line, "book": each.book.value, "minor": each.minor} for line, each in enumerate(balanced(entries))]
    if lines:
        db.execute(ADD, lines)
