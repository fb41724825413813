"""What happened to a member is told to the rest of the house, come what may."""

from pathlib import Path

import pytest

from matinee.contracts.events_pb2 import MemberFact, PasswordChanged
from matinee.contracts.identity_pb2 import Credentials
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members import accounts
from matinee.members.facts import TOPIC, fact
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.migrations import MIGRATIONS
from matinee.ports.log import LogUnavailable
from matinee.ports.outbox import Outbox, leave
from matinee.ports.rpc import Call


class House:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock()
        self.sql, self.log = SqliteSql(folder / "identity.db"), SqliteLog(folder / "log.db")
        self.outbox = Outbox(accounts.OUTBOX, self.sql, self.log, self.clock)

    async def told(self) -> list[MemberFact]:
        subscription = await self.log.subscribe(TOPIC, "test")
        return [MemberFact.FromString(read.entry.value) for read in await subscription.poll(1000, 0.2)]

    async def close(self) -> None:
        await self.sql.close()
        await self.log.close()


async def test_who_signs_up_is_told_of_once(tmp_path: Path) -> None:
    """Opening an account, and that its address is to be proved, are facts on the log, told once while nothing dies."""
    house = House(tmp_path)
    settings = IdentitySettings(tmp_path / "passport.pem", tmp_path / "jwks.json")
    identity = Identity(sql=house.sql, log=house.log, clock=house.clock, settings=settings)
    await identity.start()
    session = await identity.sign_up(Credentials(email="asha@example.org", password="a quiet evening"), Call("t", "t", 1e12))
    assert await house.outbox.tell() == 2
    assert await house.outbox.tell() == 0
    told = await house.told()
    assert {each.account_id for each in told} == {session.account.account_id}
    assert {each.WhichOneof("what") for each in told} == {"account_opened", "proof_asked"}
    await house.close()


async def test_what_the_log_could_not_take_waits(tmp_path: Path) -> None:
    """While the log is away facts wait, and a fact told twice bears one id."""
    house = House(tmp_path)
    await house.sql.install(MIGRATIONS)
    told = fact("asha", 5, password_changed=PasswordChanged())
    for _ in range(2):
        await house.sql.transact(lambda db: leave(db, accounts.OUTBOX, told))

    class Away(SqliteLog):
        async def append(self, topic: str, entries: object) -> None:
            raise LogUnavailable("the log is away")

    away = Away(tmp_path / "away.db")
    with pytest.raises(LogUnavailable):
        await Outbox(accounts.OUTBOX, house.sql, away, house.clock).tell()
    await away.close()
    assert await house.outbox.tell() == 1
    assert [each.fact_id for each in await house.told()] == [told.fact_id]
    await house.close()
