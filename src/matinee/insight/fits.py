"""Whose turn it is to fit tonight's model, in SQL: one of all that could, and another when that one died over it."""

import sqlalchemy as sa

from matinee.insight.registry import TABLES

FITS = sa.Table(
    "insight_fits",
    TABLES,
    sa.Column("night", sa.BigInteger, primary_key=True, autoincrement=False),  # days since 1970
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger, nullable=False),  # 0: not yet
    sa.Column("outcome", sa.Text, nullable=False),
)

LONGEST_MS = 6 * 3_600_000


def claim(db: sa.Connection, night: int, now_ms: int) -> bool:
    """True for one of those that ask: nobody began, or whoever did so has been silent for too long."""
    row = db.execute(sa.select(FITS).where(FITS.c.night == night)).one_or_none()
    if row is not None and (row.ended_ms or row.began_ms > now_ms - LONGEST_MS):
        return False
    db.execute(sa.delete(FITS).where(FITS.c.night == night))
    db.execute(sa.insert(FITS).values(night=night, began_ms=now_ms, ended_ms=0, outcome=""))
    return True


def is_over(db: sa.Connection, night: int) -> bool:
    """True when somebody has done it, or tried to."""
    return bool(db.execute(sa.select(FITS.c.ended_ms).where(FITS.c.night == night)).scalar())


def end(db: sa.Connection, night: int, outcome: str, now_ms: int) -> None:
    db.execute(sa.update(FITS).where(FITS.c.night == night).values(ended_ms=now_ms, outcome=outcome))
