"""Leases: a screen's right to play, in portable SQL.

An account has so many places. A screen takes one by a single INSERT that counts the others in its own condition, inside a
serialisable transaction: of any number that press Play at once exactly as many win as there are places. A heartbeat moves
the hour at which the place falls free by itself; stopping sets that hour to now.

A row outlives its place, so that a screen that fell silent and wakes up can take one again for the same view. A view that
was closed stays closed: a heartbeat still on its way when the player said goodbye must not take the place back.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from matinee.contracts.ids import AccountId, EditionId, ProfileId, TitleId
from matinee.ports.outbox import outbox_table

TABLES = sa.MetaData()

LEASES = sa.Table(
    "leases",
    TABLES,
    sa.Column("view_id", sa.String(40), primary_key=True),
    sa.Column("account_id", sa.String(40), nullable=False),
    sa.Column("profile_id", sa.String(40), nullable=False),
    sa.Column("title_id", sa.String(40), nullable=False),
    sa.Column("edition_id", sa.String(40), nullable=False),
    sa.Column("runtime_ms", sa.BigInteger, nullable=False),
    sa.Column("screen_id", sa.String(40), nullable=False),
    sa.Column("device", sa.String(80), nullable=False),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("end_told", sa.Boolean, nullable=False),  # the log was told of its end, or will be
    sa.Column("begin_untold_ms", sa.BigInteger),  # houses up to 0.3: it began then, and the log was not told yet
    sa.Column("height", sa.Integer),  # the tallest picture it was granted; none: any
    sa.Column("screens", sa.Integer),  # how many places its account had then; none: as many as the house gives
    sa.Index("leases_of_account", "account_id", "until_ms"),
    sa.Index("leases_to_tell", "end_told", "until_ms"),
    sa.Index("leases_to_tell_begin", "begin_untold_ms"),
)

OUTBOX = outbox_table(TABLES)


@dataclass(frozen=True)
class Lease:
    """One view on one screen, and until when (Unix ms) it holds its place."""

    view_id: str
    account_id: AccountId
    profile_id: ProfileId
    title_id: TitleId
    edition_id: EditionId
    runtime_ms: int
    screen_id: str
    device: str
    since_ms: int
    until_ms: int
    closed: bool = False
    height: int | None = None
    screens: int | None = None


class AllTaken(Exception):
    """Every place of the account is taken: `limit` of them; `devices` says by whom, those who began first first."""

    def __init__(self, limit: int, devices: Sequence[str]) -> None:
        super().__init__(", ".join(devices))
        self.limit = limit
        self.devices = devices


class ViewOver(Exception):
    """The view was closed, by a goodbye or by playing anew on its screen; or the account has none of that id."""


MOST_TOLD_AT_ONCE = 500
COLUMNS = [LEASES.c[field.name] for field in fields(Lease)]


def take(db: sa.Connection, lease: Lease, limit: int, now_ms: int) -> None:
    """A place for a new view; what its own screen played before ends. Raises AllTaken, and then nothing has changed."""
    own = (LEASES.c.account_id == lease.account_id) & (LEASES.c.screen_id == lease.screen_id)
    db.execute(sa.update(LEASES).where(own, LEASES.c.closed == sa.false()).values(_closed_at(now_ms)))
    values = {**asdict(lease), "end_told": False}
    free = sa.select(*(sa.literal(value, LEASES.c[name].type) for name, value in values.items()))
    insert = sa.insert(LEASES).from_select(list(values), free.where(_taken(lease.account_id, now_ms) < limit))
    # What came back is looked at: not every driver counts the rows that an INSERT made.
    if db.execute(insert.returning(LEASES.c.view_id)).first() is None:
        raise AllTaken(limit, _devices(db, lease.account_id, now_ms))


def renew(db: sa.Connection, view_id: str, account_id: str, usual: int, until_ms: int, now_ms: int) -> tuple[Lease, bool]:
    """Keeps a view's place until `until_ms`, or takes one again when it had run out, of as many as there were at its beginning.

    Whether it took one again stands beside the lease. Raises ViewOver, or AllTaken when it ran out and others sit there now.
    """
    lease = find(db, view_id)
    if lease is None or lease.account_id != account_id or lease.closed:
        raise ViewOver(view_id)
    limit = lease.screens or usual
    renewing = sa.update(LEASES).where(LEASES.c.view_id == view_id)
    anew = lease.until_ms <= now_ms
    if not anew:
        db.execute(renewing.values(until_ms=until_ms))
    elif not db.execute(
        renewing.where(_taken(lease.account_id, now_ms) < limit).values(until_ms=until_ms, end_told=False)
    ).rowcount:
        raise AllTaken(limit, _devices(db, lease.account_id, now_ms))
    return replace(lease, until_ms=until_ms), anew


def close(db: sa.Connection, view_id: str, account_id: str, now_ms: int) -> Lease | None:
    """Ends a view and frees its place at once; the view, or None when it held none."""
    lease = find(db, view_id)
    if lease is None or lease.account_id != account_id:
        return None
    db.execute(sa.update(LEASES).where(LEASES.c.view_id == view_id).values(_closed_at(now_ms)))
    return lease if lease.until_ms > now_ms else None


def close_all_of(db: sa.Connection, account_id: str, profile_id: str, now_ms: int) -> None:
    """Ends every view of a profile."""
    its = (LEASES.c.account_id == account_id) & (LEASES.c.profile_id == profile_id)
    db.execute(sa.update(LEASES).where(its, LEASES.c.closed == sa.false()).values(_closed_at(now_ms)))


def find(db: sa.Connection, view_id: str) -> Lease | None:
    row = db.execute(sa.select(*COLUMNS).where(LEASES.c.view_id == view_id)).first()
    return _lease(row) if row else None


def holding(db: sa.Connection, account_id: str, now_ms: int) -> list[Lease]:
    """Who watches now, of one account or (empty) of all; those who began first first."""
    query = sa.select(*COLUMNS).where(LEASES.c.until_ms > now_ms).order_by(LEASES.c.since_ms, LEASES.c.view_id)
    return [_lease(row) for row in db.execute(query.where(LEASES.c.account_id == account_id) if account_id else query)]


def plays_already(db: sa.Connection, wanted: Lease) -> bool:
    """Whether this title runs on this screen for this profile: to play it anew there is to go on."""
    same = (LEASES.c.account_id == wanted.account_id) & (LEASES.c.profile_id == wanted.profile_id)
    here = (LEASES.c.screen_id == wanted.screen_id) & (LEASES.c.title_id == wanted.title_id)
    return db.execute(sa.select(LEASES.c.view_id).where(same, here, LEASES.c.until_ms > wanted.since_ms)).first() is not None


def begun_untold(db: sa.Connection) -> list[tuple[Lease, int]]:
    """Views whose beginning a house up to 0.3 had not told the log, and when that was."""
    query = sa.select(*COLUMNS, LEASES.c.begin_untold_ms).where(LEASES.c.begin_untold_ms.is_not(None)).limit(MOST_TOLD_AT_ONCE)
    return [(_lease(row[:-1]), row[-1]) for row in db.execute(query)]


def ended_untold(db: sa.Connection, now_ms: int) -> list[Lease]:
    """Views that ended and of whose end the log was not told."""
    over = (LEASES.c.end_told == sa.false()) & (LEASES.c.until_ms <= now_ms)
    return [_lease(row) for row in db.execute(sa.select(*COLUMNS).where(over).limit(MOST_TOLD_AT_ONCE))]


def mark_told(db: sa.Connection, begun: Sequence[Lease], ended: Sequence[Lease], forget_before_ms: int) -> None:
    """Within the transaction that found them. What ended long ago is forgotten."""
    for told, mark in ((begun, {"begin_untold_ms": None}), (ended, {"end_told": True})):
        those = LEASES.c.view_id.in_([lease.view_id for lease in told])
        db.execute(sa.update(LEASES).where(those).values(mark))
    db.execute(sa.delete(LEASES).where(LEASES.c.end_told == sa.true(), LEASES.c.until_ms < forget_before_ms))


def _closed_at(now_ms: int) -> dict[str, object]:
    return {"closed": True, "until_ms": sa.case((LEASES.c.until_ms > now_ms, now_ms), else_=LEASES.c.until_ms)}


def _taken(account_id: AccountId, now_ms: int) -> sa.ScalarSelect[int]:
    others = LEASES.alias("others")
    held = (others.c.account_id == account_id) & (others.c.until_ms > now_ms)
    return sa.select(sa.func.count()).select_from(others).where(held).scalar_subquery()


def _devices(db: sa.Connection, account_id: AccountId, now_ms: int) -> list[str]:
    return [lease.device for lease in holding(db, account_id, now_ms)]


def _lease(row: Sequence[Any]) -> Lease:
    return Lease(*row)
