"""Gift codes in portable SQL: bought or given, and then redeemed once."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from matinee.members import ledger, payers
from matinee.members.bills import BILLS
from matinee.members.bookings import Book, moved
from matinee.members.ledger import TABLES
from matinee.members.money import Money
from matinee.members.payers import PAYERS

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Those that nobody mistakes for another."""
CODE_LETTERS = 16
CHOICES_MINOR = {"EUR": (1500, 3000, 6000), "USD": (1500, 3000, 6000), "GBP": (1200, 2500, 5000), "INR": (50000, 100000, 200000)}

GIFTS = sa.Table(
    "gifts",
    TABLES,
    sa.Column("gift_id", sa.String(40), primary_key=True),
    sa.Column("code", sa.String(32), nullable=False, unique=True),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("made_by", sa.String(40), nullable=False, index=True),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("ready", sa.Boolean, nullable=False),  # it is paid
    sa.Column("redeemed_by", sa.String(40), nullable=False),  # empty: nobody yet
)

BOUGHT = sa.exists().where(BILLS.c.subscription_id == GIFTS.c.gift_id)
"""The others are the house's presents."""
LAST_FIRST = (GIFTS.c.made_ms.desc(), GIFTS.c.gift_id)


@dataclass(frozen=True)
class Gift:
    gift_id: str
    code: str
    minor: int
    currency: str
    made_by: str
    made_ms: int
    ready: bool
    redeemed_by: str = ""

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)


def by_id(db: sa.Connection, gift_id: str) -> Gift | None:
    return _gift(db, GIFTS.c.gift_id == gift_id)


def by_code(db: sa.Connection, code: str) -> Gift | None:
    """One that is paid."""
    return _gift(db, (GIFTS.c.code == code) & GIFTS.c.ready)


def of_buyer(db: sa.Connection, account_id: str) -> list[Gift]:
    """The last first; without those that were never paid, and without those that the house gave."""
    mine = sa.select(GIFTS).where((GIFTS.c.made_by == account_id) & GIFTS.c.ready & BOUGHT)
    return [Gift(*row) for row in db.execute(mine.order_by(*LAST_FIRST))]


def newest(db: sa.Connection, most: int) -> list[tuple[Gift, bool, str, str]]:
    """Those that can be used or were: each with whether it was bought, and the addresses of who made and who used it."""
    maker, user = PAYERS.alias("maker"), PAYERS.alias("payer")
    known = GIFTS.outerjoin(maker, maker.c.account_id == GIFTS.c.made_by).outerjoin(
        user, user.c.account_id == GIFTS.c.redeemed_by
    )
    by, used_by = sa.func.coalesce(maker.c.email, ""), sa.func.coalesce(user.c.email, "")
    columns: list[sa.ColumnElement[Any]] = [BOUGHT, by, used_by, *GIFTS.c]
    found = db.execute(sa.select(*columns).select_from(known).where(GIFTS.c.ready).order_by(*LAST_FIRST).limit(most))
    rows: list[tuple[Any, ...]] = [tuple(row) for row in found]
    return [(Gift(*row[3:]), bool(row[0]), row[1], row[2]) for row in rows]


def add(db: sa.Connection, gift: Gift) -> Gift:
    """The one that was made under that id before, if one was."""
    known = by_id(db, gift.gift_id)
    if known is None:
        names = ("gift_id", "code", "minor", "currency", "made_by", "made_ms", "ready", "redeemed_by")
        db.execute(sa.insert(GIFTS).values({name: getattr(gift, name) for name in names}))
    return known or gift


def paid(db: sa.Connection, gift_id: str) -> Gift:
    db.execute(sa.update(GIFTS).where(GIFTS.c.gift_id == gift_id).values(ready=True))
    return Gift(*db.execute(sa.select(GIFTS).where(GIFTS.c.gift_id == gift_id)).one())


def give(db: sa.Connection, gift: Gift, now_ms: int) -> Gift:
    """The house's own present: ready at once."""
    given = add(db, gift)
    entries = moved(gift.minor, to=Book.GIVEN, from_=Book.GIFTS)
    ledger.book(db, f"{gift.gift_id}.given", gift.made_by, gift.currency, entries, now_ms)
    return given


def redeem(db: sa.Connection, gift: Gift, account_id: str, now_ms: int) -> None:
    """It is theirs, as credit. Only for one that nobody has redeemed."""
    db.execute(sa.update(GIFTS).where(GIFTS.c.gift_id == gift.gift_id).values(redeemed_by=account_id))
    entries = moved(gift.minor, to=Book.GIFTS, from_=Book.CREDIT)
    ledger.book(db, f"{gift.gift_id}.redeemed", account_id, gift.currency, entries, now_ms)
    payers.credit(db, account_id, gift.minor)


def _gift(db: sa.Connection, which: sa.ColumnElement[bool]) -> Gift | None:
    row = db.execute(sa.select(GIFTS).where(which)).first()
    return Gift(*row) if row else None
