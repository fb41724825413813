"""Coupons in portable SQL: those there are, and which account used which."""

import sqlalchemy as sa

from matinee.members.discounts import Coupon
from matinee.members.ledger import TABLES

COUPONS = sa.Table(
    "coupons",
    TABLES,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("percent", sa.Integer, nullable=False),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("periods", sa.Integer, nullable=False),
    sa.Column("most_uses", sa.Integer, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)
ONE = sa.select(COUPONS).where(COUPONS.c.code == sa.bindparam("one"))  # made once: that takes longer than to ask it

COUPON_USES = sa.Table(
    "coupon_uses",
    TABLES,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("account_id", sa.String(40), primary_key=True),
)


def by_code(db: sa.Connection, code: str) -> Coupon | None:
    row = db.execute(ONE, {"one": code}).first()
    return Coupon(*row) if row else None


def all_coupons(db: sa.Connection) -> list[Coupon]:
    return [Coupon(*row) for row in db.execute(sa.select(COUPONS).order_by(COUPONS.c.code))]


def save(db: sa.Connection, coupon: Coupon) -> None:
    words = {name: getattr(coupon, name) for name in ("percent", "minor", "currency", "periods", "most_uses", "until_ms")}
    if by_code(db, coupon.code):
        db.execute(sa.update(COUPONS).where(COUPONS.c.code == coupon.code).values(words))
    else:
        db.execute(sa.insert(COUPONS).values(code=coupon.code, **words))


def uses(db: sa.Connection, code: str) -> int:
    return db.execute(sa.select(sa.func.count()).where(COUPON_USES.c.code == code)).scalar_one()


def used_by(db: sa.Connection, code: str, account_id: str) -> bool:
    return db.execute(sa.select(COUPON_USES.c.code).where(_use(code, account_id))).first() is not None


def use(db: sa.Connection, code: str, account_id: str) -> None:
    if not used_by(db, code, account_id):
        db.execute(sa.insert(COUPON_USES).values(code=code, account_id=account_id))


def give_back(db: sa.Connection, code: str, account_id: str) -> None:
    """It was never made use of after all."""
    db.execute(sa.delete(COUPON_USES).where(_use(code, account_id)))


def _use(code: str, account_id: str) -> sa.ColumnElement[bool]:
    return (COUPON_USES.c.code == code) & (COUPON_USES.c.account_id == account_id)
