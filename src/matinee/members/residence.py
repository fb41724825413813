"""Which country an account said it is at home in, in portable SQL. What follows from it is decided in `country.py`."""

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import RESIDENCES
from matinee.members.country import Home, changes_at_ms


class TooSoon(Exception):
    """It was said anew lately."""

    def __init__(self, until_ms: int) -> None:
        super().__init__(until_ms)
        self.until_ms = until_ms


def said(db: sa.Connection, account_id: AccountId) -> Home | None:
    row = db.execute(sa.select(RESIDENCES).where(RESIDENCES.c.account_id == account_id)).first()
    return Home(row.country, int(row.since_ms)) if row else None


def say(db: sa.Connection, account_id: AccountId, country: str, now_ms: int) -> None:
    """Saying the same again changes nothing. Raises TooSoon."""
    before = said(db, account_id)
    if before and before.country == country:
        return
    if now_ms < changes_at_ms(before):
        raise TooSoon(changes_at_ms(before))
    db.execute(sa.delete(RESIDENCES).where(RESIDENCES.c.account_id == account_id))
    db.execute(sa.insert(RESIDENCES).values(account_id=account_id, country=country, since_ms=now_ms))
