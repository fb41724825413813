"""Who pays: an account as the cashier knows it, with the card it left at the provider and the credit it has here."""

from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members.ledger import TABLES

PAYERS = sa.Table(
    "payers",
    TABLES,
    sa.Column("account_id", sa.String(40), primary_key=True),
    sa.Column("email", sa.String(254), nullable=False),  # as it was when they last chose something; on invoices
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("customer", sa.String(80), nullable=False),  # the provider's name of them; empty: none yet
    sa.Column("method", sa.String(80), nullable=False),  # the provider's name of their card; empty: none
    sa.Column("brand", sa.String(20), nullable=False),
    sa.Column("last4", sa.String(4), nullable=False),
    sa.Column("month", sa.Integer, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("credit_minor", sa.BigInteger, nullable=False),  # what the ledger's books say of it, added up
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("trialled", sa.Boolean, nullable=False),  # a trial is had once
    sa.Column("subscription_id", sa.String(40), nullable=False),  # the last one; empty: none yet
    sa.Column("made_ms", sa.BigInteger, nullable=False, index=True),
)

# Made once, since to make a statement takes five times as long as to ask it.
ONE = sa.select(PAYERS).where(PAYERS.c.account_id == sa.bindparam("account"))
CHANGE = sa.update(PAYERS).where(PAYERS.c.account_id == sa.bindparam("account"))
CREDIT = CHANGE.values(credit_minor=PAYERS.c.credit_minor + sa.bindparam("more"))


@dataclass(frozen=True)
class Payer:
    account_id: str
    email: str
    country: str
    currency: str
    customer: str
    method: str
    brand: str
    last4: str
    month: int
    year: int
    credit_minor: int
    closed: bool
    trialled: bool
    subscription_id: str
    made_ms: int


def by_id(db: sa.Connection, account_id: str) -> Payer | None:
    row = db.execute(ONE, {"account": account_id}).first()
    return _payer(row) if row else None


def one(db: sa.Connection, account_id: str) -> Payer:
    """One of whom it is known that there is one."""
    return _payer(db.execute(ONE, {"account": account_id}).one())


def greet(db: sa.Connection, account_id: str, email: str, country: str, currency: str, now_ms: int) -> Payer:
    """Knows them from now on, under the address they have now. Their currency stays as long as anything is owed in it."""
    known = by_id(db, account_id)
    if known is None:
        nothing = {"customer": "", "method": "", "brand": "", "last4": "", "month": 0, "year": 0, "subscription_id": ""}
        row = {"account_id": account_id, "email": email, "country": country, "currency": currency, "made_ms": now_ms}
        db.execute(sa.insert(PAYERS).values(**nothing, **row, credit_minor=0, closed=False, trialled=False))
    else:
        change(db, account_id, email=email, country=country)
    return one(db, account_id)


def change(db: sa.Connection, account_id: str, **words: object) -> None:
    db.execute(CHANGE, {**words, "account": account_id})


def credit(db: sa.Connection, account_id: str, minor: int) -> None:
    """So much more of it; less, when it is negative. Whoever does this books it, too."""
    db.execute(CREDIT, {"more": minor, "account": account_id})


def _payer(row: sa.Row[tuple[object, ...]]) -> Payer:
    return Payer(*row)  # pyright: ignore[reportArgumentType] # the columns are the fields, in their order
