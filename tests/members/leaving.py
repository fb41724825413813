"""A profile that was removed: the rest of the house hears of it, come what may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from matinee.contracts.events_pb2 import ProfileGone
from matinee.contracts.identity_pb2 import Credentials, NewProfile, Profile, ProfileRemoval
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.accounts import OUTBOX
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.profiles import REMOVED
from matinee.ports.log import LogUnavailable
from matinee.ports.outbox import Outbox
from matinee.ports.rpc import Call

CALL = Call("test", "test", 1e12)


class House:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock()
        self.sql, self.log = SqliteSql(folder / "identity.db"), SqliteLog(folder / "log.db")
        settings = IdentitySettings(folder / "passport.pem", folder / "jwks.json")
        self.identity = Identity(sql=self.sql, log=self.log, clock=self.clock, settings=settings)
        self.outbox = Outbox(OUTBOX, self.sql, self.log, self.clock)

    async def second_profile(self) -> Profile:
        session = await self.identity.sign_up(Credentials(email="asha@example.org", password="a quiet evening"), CALL)
        wanted = NewProfile(account_id=session.account.account_id, name="Ben", avatar="moon", maturity_limit=18)
        return await self.identity.create_profile(wanted, CALL)

    async def remove(self, profile: Profile) -> None:
        removal = ProfileRemoval(account_id=profile.account_id, profile_id=profile.profile_id)
        await self.identity.remove_profile(removal, CALL)

    async def told(self) -> list[tuple[str, str]]:
        subscription = await self.log.subscribe("profiles", "test")
        facts = [ProfileGone.FromString(read.entry.value) for read in await subscription.poll(100, 0.2)]
        return [(fact.account_id, fact.profile_id) for fact in facts]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    await house.identity.start()
    yield house
    await house.identity.close()
    await house.log.close()


async def test_a_removed_profile_is_told_of_once(house: House) -> None:
    """Removing it twice is one removal, and nobody hears of profiles that stay."""
    ben = await house.second_profile()
    await house.outbox.tell()
    for _ in range(2):
        await house.remove(ben)
        await house.outbox.tell()
    assert await house.told() == [(ben.account_id, ben.profile_id)]


async def test_a_removal_is_told_of_though_the_log_was_away_and_the_process_died(house: House) -> None:
    """What was promised is written down with the removal itself, so it is told whenever it can be."""
    ben = await house.second_profile()
    await house.remove(ben)
    away = SqliteLog(house.folder / "away.db")
    await away.close()
    with pytest.raises(LogUnavailable):
        await Outbox(OUTBOX, house.sql, away, house.clock).tell()
    reborn = SqliteSql(house.folder / "identity.db")
    await Outbox(OUTBOX, reborn, house.log, house.clock).tell()
    await reborn.close()
    assert await house.told() == [(ben.account_id, ben.profile_id)]


async def test_a_removal_that_an_older_house_had_noted_is_told_of(house: House) -> None:
    """Nothing that 0.3 had still to tell is forgotten by changing to the next."""
    await house.sql.transact(lambda db: db.execute(sa.insert(REMOVED).values(profile_id="ben", account_id="asha")))
    for _ in range(2):
        await house.identity.start()
        await house.outbox.tell()
    assert await house.told() == [("asha", "ben")]
