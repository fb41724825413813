"""Invoices: numbered without gaps, and never changed. The number is taken in the transaction that issues it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from matinee.members.bills import Bill
from matinee.members.ledger import TABLES
from matinee.members.money import Money
from matinee.members.tax import tax_in

NUMBERS = sa.Table(
    "invoice_numbers",
    TABLES,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)

INVOICES = sa.Table(
    "invoices",
    TABLES,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False, index=True),
    sa.Column("bill_id", sa.String(100), nullable=False),  # of a credit note: its refund
    sa.Column("credit_note", sa.Boolean, nullable=False),
    sa.Column("issued_ms", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("total_minor", sa.BigInteger, nullable=False),
    sa.Column("tax_minor", sa.BigInteger, nullable=False),
    sa.Column("tax_bps", sa.Integer, nullable=False),
    sa.Column("credit_minor", sa.BigInteger, nullable=False),  # what credit paid of it
    sa.Column("discount_minor", sa.BigInteger, nullable=False),
    sa.Column("what", sa.String(200), nullable=False),
    sa.Column("buyer", sa.String(254), nullable=False),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("seller", sa.String(500), nullable=False),
    sa.Column("corrects", sa.String(20), nullable=False),  # of a credit note: the invoice
    sa.UniqueConstraint("bill_id", "credit_note"),
)

# Made once, since to make a statement takes five times as long as to ask it.
ONE = sa.select(INVOICES).where(INVOICES.c.number == sa.bindparam("one"))
OF_BILL = sa.select(INVOICES).where((INVOICES.c.bill_id == sa.bindparam("bill")) & (INVOICES.c.credit_note == sa.false()))
ADD = sa.insert(INVOICES)
LAST = sa.select(NUMBERS.c.last).where(NUMBERS.c.year == sa.bindparam("of_year"))
NEXT = sa.update(NUMBERS).where(NUMBERS.c.year == sa.bindparam("of_year"))


@dataclass(frozen=True)
class Invoice:
    number: str
    account_id: str
    bill_id: str
    credit_note: bool
    issued_ms: int
    currency: str
    total_minor: int
    tax_minor: int
    tax_bps: int
    credit_minor: int
    discount_minor: int
    what: str
    buyer: str
    country: str
    seller: str
    corrects: str

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)


@dataclass(frozen=True)
class Parties:
    seller: str
    buyer: str
    country: str


def issue(db: sa.Connection, bill: Bill, parties: Parties, now_ms: int) -> Invoice:
    tax_minor = tax_in(bill.gross_minor, bill.tax_bps)
    return _keep(db, bill, parties, now_ms, bill.what, bill.gross_minor, tax_minor, bill.credit_minor)


def correct(db: sa.Connection, refund: Bill, invoice: Invoice, minor: int, tax_minor: int, now_ms: int) -> Invoice:
    """A credit note over so much of it. `refund` is the bill under the refund's own id: each refund has one note."""
    parties = Parties(invoice.seller, invoice.buyer, invoice.country)
    what = f"Refund of invoice {invoice.number}"
    return _keep(db, refund, parties, now_ms, what, -minor, -tax_minor, 0, invoice.number)


def by_number(db: sa.Connection, number: str) -> Invoice | None:
    row = db.execute(ONE, {"one": number}).first()
    return _invoice(row) if row else None


def of_bill(db: sa.Connection, bill_id: str) -> Invoice | None:
    row = db.execute(OF_BILL, {"bill": bill_id}).first()
    return _invoice(row) if row else None


def of_account(db: sa.Connection, account_id: str) -> list[Invoice]:
    """The last first."""
    mine = sa.select(INVOICES).where(INVOICES.c.account_id == account_id)
    return [_invoice(row) for row in db.execute(mine.order_by(INVOICES.c.issued_ms.desc(), INVOICES.c.number.desc()))]


def _keep(
    db: sa.Connection,
    bill: Bill,
    parties: Parties,
    now_ms: int,
    what: str,
    total_minor: int,
    tax_minor: int,
    credit_minor: int,
    corrects: str = "",
) -> Invoice:
    number = _next_number(db, datetime.fromtimestamp(now_ms / 1000, UTC).year)
    row: dict[str, object] = {
        "number": number,
        "account_id": bill.account_id,
        "bill_id": bill.bill_id,
        "credit_note": bool(corrects),
        "issued_ms": now_ms,
        "currency": bill.currency,
        "total_minor": total_minor,
        "tax_minor": tax_minor,
        "tax_bps": bill.tax_bps,
        "credit_minor": credit_minor,
        "discount_minor": 0 if corrects else bill.list_minor - bill.gross_minor,
        "what": what,
        "buyer": parties.buyer,
        "country": parties.country,
        "seller": parties.seller,
        "corrects": corrects,
    }
    db.execute(ADD, row)
    return Invoice(**row)  # pyright: ignore[reportArgumentType] # the row has the fields


def _next_number(db: sa.Connection, year: int) -> str:
    last = db.execute(LAST, {"of_year": year}).scalar()
    if last is None:
        db.execute(sa.insert(NUMBERS).values(year=year, last=1))
    else:
        db.execute(NEXT, {"of_year": year, "last": last + 1})
    return f"{year}-{(last or 0) + 1:06}"


def _invoice(row: sa.Row[tuple[object, ...]]) -> Invoice:
    return Invoice(*row)  # pyright: ignore[reportArgumentType] # the columns are the fields, in their order
