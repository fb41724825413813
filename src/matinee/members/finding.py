"""Finding accounts, for operators: by a part of an address or of a profile's name, or by an id; the newest first, in pages."""

from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts.ids import AccountId
from matinee.members.accounts import ACCOUNTS, Account, by_id
from matinee.members.profile_rules import same_name
from matinee.members.profiles import PROFILES
from matinee.members.proofs import is_proved


@dataclass(frozen=True)
class Found:
    account: Account
    created_ms: int
    verified: bool
    names: tuple[str, ...]  # of its profiles, the oldest first


def find(db: sa.Connection, text: str, before: str, most: int) -> list[Found]:
    """All, where no text is given; with `before`, an account's id, those that are older."""
    wanted = sa.select(ACCOUNTS.c.account_id, ACCOUNTS.c.created_ms)
    if text:
        named = sa.select(PROFILES.c.account_id).where(PROFILES.c.name_folded.contains(same_name(text), autoescape=True))
        by_email = ACCOUNTS.c.email.contains(text.lower(), autoescape=True)
        wanted = wanted.where(by_email | (ACCOUNTS.c.account_id == text) | ACCOUNTS.c.account_id.in_(named))
    if before:
        then = sa.select(ACCOUNTS.c.created_ms).where(ACCOUNTS.c.account_id == before).scalar_subquery()
        same_moment = (ACCOUNTS.c.created_ms == then) & (ACCOUNTS.c.account_id < before)
        wanted = wanted.where((ACCOUNTS.c.created_ms < then) | same_moment)
    rows = db.execute(wanted.order_by(ACCOUNTS.c.created_ms.desc(), ACCOUNTS.c.account_id.desc()).limit(most))
    found = [(by_id(db, AccountId(row.account_id)), int(row.created_ms)) for row in rows]
    return [
        Found(account, created_ms, is_proved(db, account.account_id, account.email), _names(db, account.account_id))
        for account, created_ms in found
        if account
    ]


def _names(db: sa.Connection, account_id: AccountId) -> tuple[str, ...]:
    mine = sa.select(PROFILES.c.name).where(PROFILES.c.account_id == account_id)
    return tuple(row.name for row in db.execute(mine.order_by(PROFILES.c.created_ms, PROFILES.c.profile_id)))
