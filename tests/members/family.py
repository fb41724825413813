"""A family in a house of identity alone, on the small engine and a clock of our own."""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from matinee.contracts.identity_pb2 import (
    AccountId,
    Credentials,
    NewProfile,
    Permit,
    PermitUse,
    Pick,
    PinChange,
    Profile,
    ProfileChange,
    ProfileId,
    TitleKey,
)
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.identity import Identity, IdentitySettings
from matinee.ports.rpc import Call, Refused

CALL = Call("test", "test", 1e12)
PASSWORD = "a quiet evening"
PIN, OTHER_PIN = "2468", "135790"


@dataclass
class Family:
    """An account with a grown-up called Asha, a second one called Ben, and a kid; the browser is signed in."""

    identity: Identity
    clock: ManualClock
    account: str = ""
    secret: str = ""
    asha: str = ""
    ben: str = ""
    kid: str = ""

    async def move_in(self) -> "Family":
        session = await self.identity.sign_up(Credentials(email="asha@example.org", password=PASSWORD), CALL)
        self.account, self.secret = session.account.account_id, session.session_secret
        (asha,) = (await self.identity.list_profiles(AccountId(account_id=self.account), CALL)).profiles
        self.asha = asha.profile_id
        self.ben, self.kid = await self.add("Ben"), await self.add("Kid", kids=True)
        return self

    async def add(self, name: str, *, kids: bool = False) -> str:
        limit = 7 if kids else 18
        wanted = NewProfile(account_id=self.account, name=name, avatar="moon", kids=kids, maturity_limit=limit)
        return (await self.identity.create_profile(wanted, CALL)).profile_id

    async def pick(self, profile: str, pin: str = "", password: str = "") -> str:
        pick = Pick(session_secret=self.secret, profile_id=profile, pin=pin, password=password)
        session = await self.identity.pick_profile(pick, CALL)
        self.secret = session.session_secret
        return session.profile_id

    async def set_pin(self, profile: str, pin: str, *, asks: bool = False, by: str = "", password: str = PASSWORD) -> Profile:
        change = PinChange(account_id=self.account, profile_id=profile, asked_by=by, password=password, pin=pin, asks_above=asks)
        return await self.identity.set_pin(change, CALL)

    async def limit(self, profile: str, years: int, *, kids: bool = False) -> None:
        wanted = Profile(
            account_id=self.account, profile_id=profile, name=profile[:9], avatar="sun", kids=kids, maturity_limit=years
        )
        await self.identity.change_profile(ProfileChange(profile=wanted), CALL)

    async def profile(self, profile: str) -> Profile:
        return await self.identity.get_profile(ProfileId(account_id=self.account, profile_id=profile), CALL)

    async def open(self, profile: str, title: str = "film", pin: str = PIN, password: str = "") -> Permit:
        key = TitleKey(account_id=self.account, profile_id=profile, title_id=title, pin=pin, password=password)
        return await self.identity.open_title(key, CALL)

    async def use(self, profile: str, permit: Permit, title: str = "film") -> None:
        asked = PermitUse(account_id=self.account, profile_id=profile, title_id=title, permit=permit.permit)
        await self.identity.use_permit(asked, CALL)


@asynccontextmanager
async def at_home(tmp_path: Path) -> AsyncGenerator[Family]:
    """In a house that says it is in Germany."""
    settings, clock = IdentitySettings(tmp_path / "passport.pem", tmp_path / "jwks.json", country="DE"), ManualClock()
    identity = Identity(
        sql=SqliteSql(tmp_path / "identity.db"), log=SqliteLog(tmp_path / "log.db"), clock=clock, settings=settings
    )
    await identity.start()
    yield await Family(identity, clock).move_in()
    await identity.close()


async def refused(attempt: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as no:
        await attempt
    return no.value
