"""What profiles picked at the start, in SQL: titles they like, before anything is known of what they watch."""

from collections.abc import Sequence

import sqlalchemy as sa

from matinee.insight.registry import TABLES
from matinee.insight.rows.viewer import PICKED, Watched

PICKS = sa.Table(
    "insight_picks",
    TABLES,
    sa.Column("profile_id", sa.String(64), primary_key=True),
    sa.Column("title_id", sa.String(64), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)


def of(db: sa.Connection, profile_id: str) -> list[Watched]:
    rows = db.execute(sa.select(PICKS).where(PICKS.c.profile_id == profile_id).order_by(PICKS.c.at_ms, PICKS.c.title_id))
    return [Watched(row.title_id, PICKED, row.at_ms) for row in rows]


def keep(db: sa.Connection, profile_id: str, title_ids: Sequence[str], now_ms: int) -> None:
    """All anew."""
    forget(db, profile_id)
    rows = [{"profile_id": profile_id, "title_id": each, "at_ms": now_ms} for each in dict.fromkeys(title_ids)]
    if rows:
        db.execute(sa.insert(PICKS), rows)


def forget(db: sa.Connection, profile_id: str) -> None:
    db.execute(sa.delete(PICKS).where(PICKS.c.profile_id == profile_id))
