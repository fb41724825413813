"""What identity's desks have in common: who stands before them, and how a session begins.

A session's secret is new with every sign-in and whenever somebody shows again who they are, so that nobody can have planted it.
"""

import hashlib
import math
import secrets
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import DeviceAdded
from matinee.contracts.ids import ProfileId
from matinee.members import accounts, attempts, devices, profiles
from matinee.members.facts import fact
from matinee.members.passwords import Passwords
from matinee.members.sealing import Seal
from matinee.members.throttle import hint_of
from matinee.ports.clock import Clock
from matinee.ports.outbox import leave
from matinee.ports.rpc import Refused
from matinee.ports.sql import Sql

SESSION_MS = 30 * 24 * 3600 * 1000
FRESH_MS = 10 * 60_000
"""For so long after showing who one is one may add and take away ways in."""

SIGNED_OUT = Refused("unauthenticated", "You are signed out.", "Sign in to go on watching.")
FOR_GROWN_UPS = Refused("forbidden", "That is for grown-ups.", "Let one of them say who is watching, and try again.")
SHOW_AGAIN = Refused("forbidden", "Is it you?", "Show once more that it is: by your password or a passkey.", field="confirm")


class SessionMessage(Protocol):
    def __call__(self, session: accounts.Session, secret: str, *, kids: bool) -> pb.Session: ...


@dataclass(frozen=True)
class Coming:
    """Somebody who is about to come in; what is drawn for them is drawn before a transaction begins."""

    secret: str
    device: devices.Device
    address: str
    replaced: str  # the digest of the session that ends by it


@dataclass(frozen=True)
class Desk:
    sql: Sql
    clock: Clock
    passwords: Passwords
    house_url: str
    seal: Seal
    message: SessionMessage

    async def asker(self, session_secret: str, *, fresh: bool = False) -> devices.Standing:
        """Who asks; refuses a stranger and a child, and if `fresh` is wanted whoever has not shown of late who they are."""
        digest, now_ms = digest_of(session_secret), self.clock.now_ms()

        def look(db: sa.Connection) -> tuple[devices.Standing | None, bool]:
            standing = devices.standing(db, digest, now_ms)
            return standing, standing is not None and profiles.is_kids(db, standing.profile_id)

        standing, kids = await self.sql.read(look)
        if standing is None:
            raise SIGNED_OUT
        if kids:
            raise FOR_GROWN_UPS
        if fresh and now_ms - standing.proved_ms > FRESH_MS:
            raise SHOW_AGAIN
        return standing

    async def let_in(self, account: accounts.Account, coming: Coming, and_do: Callable[[sa.Connection], None]) -> pb.Session:
        now_ms = self.clock.now_ms()

        def keep(db: sa.Connection) -> accounts.Session:
            and_do(db)
            return open_session(db, account, coming, now_ms)

        return self.message(await self.sql.transact(keep), coming.secret, kids=False)

    def go_on(self, standing: devices.Standing, secret: str) -> pb.Session:
        """The session of one who has just shown again who they are, under its new secret."""
        session = accounts.Session(standing.account, standing.until_ms, standing.profile_id)
        return self.message(session, secret, kids=False)

    async def seen(self, session_secret: str, arrival: pb.Arrival) -> None:
        """Notes the day; once a day is enough."""
        device, now_ms = _device(session_secret, arrival), self.clock.now_ms()
        if await self.sql.read(lambda db: devices.unseen_today(db, device.secret_digest, now_ms)):
            await self.sql.transact(lambda db: devices.seen(db, device, now_ms))

    @contextmanager
    def counted(self) -> Generator[None]:
        """Who tried too often hears until when to wait; the same whether or not there is such an account."""
        try:
            yield
        except attempts.TooMany as too_many:
            wait_s = math.ceil((too_many.until_ms - self.clock.now_ms()) / 1000)
            wait = f"{wait_s} seconds" if wait_s < 120 else f"{math.ceil(wait_s / 60)} minutes"
            reason = f"Wait {wait} and try again. A passkey opens the door meanwhile."
            raise Refused("busy", "That was tried too often.", reason, until_ms=too_many.until_ms) from too_many


def coming_by(arrival: pb.Arrival) -> Coming:
    secret = secrets.token_urlsafe(32)
    replaced = digest_of(arrival.session_secret) if arrival.session_secret else ""
    return Coming(secret, _device(secret, arrival), arrival.address, replaced)


def open_session(
    db: sa.Connection, account: accounts.Account, coming: Coming, now_ms: int, *, first: bool = False
) -> accounts.Session:
    """A session begins; of a device that nobody knew its people are told, unless it is the `first` of all."""
    until_ms, device = now_ms + SESSION_MS, coming.device
    accounts.close_session(db, coming.replaced)
    accounts.open_session(db, account.account_id, device.secret_digest, until_ms, now_ms)
    devices.added(db, device, now_ms, proved=True)
    if devices.is_new(db, account.account_id, device.name) and not first:
        leave(db, accounts.OUTBOX, fact(account.account_id, now_ms, device_added=DeviceAdded(device=device.name)))
    return accounts.Session(account, until_ms, ProfileId(""))


def charge(db: sa.Connection, address: str, now_ms: int, kind: attempts.Kind | None = None, whom: str = "") -> None:
    """One more try from an address, and at something. Raises TooMany."""
    if address:
        attempts.charge(db, "address", address, now_ms)
    if kind:
        attempts.charge(db, kind, whom, now_ms)


def was_right(db: sa.Connection, address: str, kind: attempts.Kind | None = None, whom: str = "") -> None:
    if address:
        attempts.was_right(db, "address", address)
    if kind:
        attempts.was_right(db, kind, whom)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _device(secret: str, arrival: pb.Arrival) -> devices.Device:
    name = arrival.device[: devices.MOST_NAME] or "A browser"
    return devices.Device(uuid.uuid4().hex, name, hint_of(arrival.address), 0, 0, digest_of(secret))
