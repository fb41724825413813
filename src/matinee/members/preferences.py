"""What each profile prefers, in portable SQL. One that never said anything has no row, and prefers what everybody does."""

from dataclasses import asdict

import sqlalchemy as sa

from matinee.contracts.ids import ProfileId
from matinee.members.accounts import TABLES
from matinee.members.preference_rules import Preferences

PREFERENCES = sa.Table(
    "preferences",
    TABLES,
    sa.Column("profile_id", sa.String(40), sa.ForeignKey("profiles.profile_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("autoplay_next", sa.Boolean, nullable=False),
    sa.Column("subtitles", sa.Boolean, nullable=False),
    sa.Column("subtitle_language", sa.String(20), nullable=False),
    sa.Column("subtitle_size", sa.String(10), nullable=False),
    sa.Column("subtitle_style", sa.String(10), nullable=False),
)


def of(db: sa.Connection, profile_ids: list[ProfileId]) -> dict[str, Preferences]:
    """Of those that ever said something."""
    rows = db.execute(sa.select(PREFERENCES).where(PREFERENCES.c.profile_id.in_(profile_ids)))
    return {
        row.profile_id: Preferences(
            language=row.language,
            autoplay_next=bool(row.autoplay_next),
            subtitles=bool(row.subtitles),
            subtitle_language=row.subtitle_language,
            subtitle_size=row.subtitle_size,
            subtitle_style=row.subtitle_style,
        )
        for row in rows
    }


def keep(db: sa.Connection, profile_id: ProfileId, wish: Preferences) -> None:
    db.execute(sa.delete(PREFERENCES).where(PREFERENCES.c.profile_id == profile_id))
    db.execute(sa.insert(PREFERENCES).values(profile_id=profile_id, **asdict(wish)))
