"""Profiles, in portable SQL: who watches on an account, one to five of them.

Each function runs inside the caller's transaction, so that what it decides by still holds when it writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.contracts.ids import AccountId, ProfileId
from matinee.members.accounts import SESSIONS, TABLES
from matinee.members.profile_rules import MOST_PROFILES, Problem, Wish, problem_with, same_name, tidy

MOST_AT_ONCE = 100

PROFILES = sa.Table(
    "profiles",
    TABLES,
    sa.Column("profile_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.String(30), nullable=False),
    sa.Column("name_folded", sa.String(90), nullable=False),  # under which two names count as one
    sa.Column("avatar", sa.String(20), nullable=False),
    sa.Column("kids", sa.Boolean, nullable=False),
    sa.Column("maturity_limit", sa.Integer, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("account_id", "name_folded"),
)

# Of which the log is to be told.
REMOVED = sa.Table(
    "removed_profiles",
    TABLES,
    sa.Column("profile_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False),
)


@dataclass(frozen=True)
class Profile:
    profile_id: ProfileId
    account_id: AccountId
    name: str
    avatar: str
    kids: bool
    maturity_limit: int


class Unfit(Exception):
    """The profile cannot be as it was wanted; `problem` says what is wrong."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


class NoSuchProfile(Exception):
    """The account has none of that id."""


class LastProfile(Exception):
    """An account keeps at least one."""


class AskedByChild(Exception):
    """Profiles are looked after by grown-ups, or a child could lift its own limit."""


def of_account(db: sa.Connection, account_id: AccountId) -> list[Profile]:
    """Oldest first."""
    columns = (PROFILES.c[name] for name in ("profile_id", "account_id", "name", "avatar", "kids", "maturity_limit"))
    mine = sa.select(*columns).where(PROFILES.c.account_id == account_id)
    return [Profile(*row) for row in db.execute(mine.order_by(PROFILES.c.created_ms, PROFILES.c.profile_id))]


def one(db: sa.Connection, account_id: AccountId, profile_id: ProfileId) -> Profile:
    """Raises NoSuchProfile, also for one of somebody else's."""
    found = next((each for each in of_account(db, account_id) if each.profile_id == profile_id), None)
    if found is None:
        raise NoSuchProfile(profile_id)
    return found


def is_kids(db: sa.Connection, profile_id: ProfileId) -> bool:
    """False also for nobody, and for one that is gone."""
    return bool(db.execute(sa.select(PROFILES.c.kids).where(PROFILES.c.profile_id == profile_id)).scalar())


def by_grown_up(db: sa.Connection, asked_by: ProfileId) -> None:
    """Raises AskedByChild."""
    if is_kids(db, asked_by):
        raise AskedByChild


def add(db: sa.Connection, account_id: AccountId, profile_id: ProfileId, wish: Wish, now_ms: int) -> Profile:
    """Raises Unfit."""
    others = of_account(db, account_id)
    if len(others) >= MOST_PROFILES:
        raise Unfit(Problem("name", f"An account has at most {MOST_PROFILES} profiles: remove one first."))
    row = {**_fit(wish, others), "profile_id": profile_id, "account_id": account_id, "created_ms": now_ms}
    db.execute(sa.insert(PROFILES).values(row))
    return one(db, account_id, profile_id)


def change(db: sa.Connection, account_id: AccountId, profile_id: ProfileId, wish: Wish) -> Profile:
    """Raises NoSuchProfile and Unfit."""
    one(db, account_id, profile_id)
    row = _fit(wish, [each for each in of_account(db, account_id) if each.profile_id != profile_id])
    db.execute(sa.update(PROFILES).where(PROFILES.c.profile_id == profile_id).values(row))
    return one(db, account_id, profile_id)


def remove(db: sa.Connection, account_id: AccountId, profile_id: ProfileId) -> None:
    """Whoever watches by it is asked anew who they are. Removing one that is gone is no error. Raises LastProfile."""
    mine = [each.profile_id for each in of_account(db, account_id)]
    if profile_id not in mine:
        return
    if len(mine) == 1:
        raise LastProfile
    db.execute(sa.update(SESSIONS).where(SESSIONS.c.profile_id == profile_id).values(profile_id=""))
    db.execute(sa.delete(PROFILES).where(PROFILES.c.profile_id == profile_id))
    db.execute(sa.insert(REMOVED).values(profile_id=profile_id, account_id=account_id))


def removed(db: sa.Connection) -> list[tuple[str, str]]:
    """Profiles (profile, account) that were removed, and of which the log was not told."""
    return [(row.profile_id, row.account_id) for row in db.execute(sa.select(REMOVED).limit(MOST_AT_ONCE))]


def strike_out(db: sa.Connection, profile_ids: Sequence[str]) -> None:
    """The log was told of these."""
    db.execute(sa.delete(REMOVED).where(REMOVED.c.profile_id.in_(profile_ids)))


def _fit(wish: Wish, others: list[Profile]) -> dict[str, object]:
    problem = problem_with(wish, [each.name for each in others])
    if problem:
        raise Unfit(problem)
    name = {"name": tidy(wish.name), "name_folded": same_name(wish.name)}
    return {**name, "avatar": wish.avatar, "kids": wish.kids, "maturity_limit": wish.maturity_limit}
