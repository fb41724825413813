"""Profiles, in portable SQL: who watches on an account, one to five of them.

Each function runs inside the caller's transaction, so that what it decides by still holds when it writes.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from matinee.contracts.ids import AccountId, ProfileId
from matinee.members import pins
from matinee.members.accounts import OUTBOX, RESIDENCES, SESSIONS, TABLES
from matinee.members.facts import profile_gone
from matinee.members.pin_rules import Person, grown_ups_pins
from matinee.members.pins import PINS
from matinee.members.preference_rules import NEVER_SAID, Preferences
from matinee.members.preferences import PREFERENCES
from matinee.members.profile_rules import MOST_PROFILES, Problem, Wish, problem_with, same_name, seen_limit, tidy
from matinee.ports.outbox import leave

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

PREFERRED = tuple(each for each in PREFERENCES.c if each.name != "profile_id")
COLUMNS = (
    *(PROFILES.c[name] for name in ("profile_id", "account_id", "name", "avatar", "kids", "maturity_limit")),
    PINS.c.asks_above,
    RESIDENCES.c.country,
    *PREFERRED,
)

# Where houses up to 0.3 noted of which the log was to be told.
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
    has_pin: bool = False
    asks_above: bool = False
    country: str = ""  # as its account said; empty: it never did
    preferences: Preferences = NEVER_SAID

    @property
    def seen_limit(self) -> int:
        return seen_limit(self.maturity_limit, kids=self.kids, asks_above=self.asks_above)

    @property
    def person(self) -> Person:
        return Person(self.profile_id, self.kids, self.has_pin)


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
    belongs = PROFILES.c.profile_id
    joined = (
        PROFILES.outerjoin(PINS, PINS.c.profile_id == belongs)
        .outerjoin(PREFERENCES, PREFERENCES.c.profile_id == belongs)
        .outerjoin(RESIDENCES, RESIDENCES.c.account_id == PROFILES.c.account_id)
    )
    mine = sa.select(*COLUMNS).select_from(joined).where(PROFILES.c.account_id == account_id)
    return [_profile(row) for row in db.execute(mine.order_by(PROFILES.c.created_ms, belongs))]


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


def remove(db: sa.Connection, account_id: AccountId, profile_id: ProfileId, now_ms: int) -> None:
    """Whoever watches by it is asked anew who they are. Removing one that is gone is no error. Raises LastProfile.

    A child who would need a grown-up's PIN to leave is signed out instead: nobody is no way around it.
    """
    mine = of_account(db, account_id)
    if (gone := next((each for each in mine if each.profile_id == profile_id), None)) is None:
        return
    if len(mine) == 1:
        raise LastProfile
    watching = SESSIONS.c.profile_id == profile_id
    if gone.kids and grown_ups_pins([each.person for each in mine]):
        db.execute(sa.delete(SESSIONS).where(watching))
    else:
        db.execute(sa.update(SESSIONS).where(watching).values(profile_id=""))
    pins.remove(db, profile_id)
    db.execute(sa.delete(PROFILES).where(PROFILES.c.profile_id == profile_id))
    leave(db, OUTBOX, profile_gone(account_id, profile_id, now_ms))


def adopt_removed(db: sa.Connection, now_ms: int) -> None:
    """Of those that a house up to 0.3 had not told of, the log will be told."""
    for row in db.execute(sa.select(REMOVED)).all():
        leave(db, OUTBOX, profile_gone(row.account_id, row.profile_id, now_ms))
    db.execute(sa.delete(REMOVED))


def _profile(row: sa.Row[Any]) -> Profile:
    """Who has no PIN and no preferences has no row of them."""
    said = {each.name: row[len(COLUMNS) - len(PREFERRED) + place] for place, each in enumerate(PREFERRED)}
    return Profile(
        profile_id=ProfileId(row.profile_id),
        account_id=AccountId(row.account_id),
        name=row.name,
        avatar=row.avatar,
        kids=row.kids,
        maturity_limit=row.maturity_limit,
        has_pin=row.asks_above is not None,
        asks_above=bool(row.asks_above),
        country=row.country or "",
        preferences=Preferences(**said) if row.autoplay_next is not None else NEVER_SAID,
    )


def _fit(wish: Wish, others: list[Profile]) -> dict[str, object]:
    problem = problem_with(wish, [each.name for each in others])
    if problem:
        raise Unfit(problem)
    name = {"name": tidy(wish.name), "name_folded": same_name(wish.name)}
    return {**name, "avatar": wish.avatar, "kids": wish.kids, "maturity_limit": wish.maturity_limit}
