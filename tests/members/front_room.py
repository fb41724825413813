"""Identity on the small engines and a clock of our own, with a letter-box beside it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import EMAIL, PASSWORD_RESET, MemberFact
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members import accounts
from matinee.members.facts import TOPIC
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.letters_desk import SETTLED_S
from matinee.ports.outbox import Outbox
from matinee.ports.rpc import Call, Refused

CALL = Call("test", "test", 1e12)
NOW_MS = 1_700_000_000_000
ASHA, PASSWORD = "asha@example.org", "a quiet evening"
URL = "http://localhost:8080"


class FrontRoom:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock(NOW_MS)
        self.sql, self.log = SqliteSql(folder / "identity.db"), SqliteLog(folder / "log.db")
        settings = IdentitySettings(folder / "passport.pem", folder / "jwks.json", url=URL)
        self.identity = Identity(sql=self.sql, log=self.log, clock=self.clock, settings=settings)
        self.outbox = Outbox(accounts.OUTBOX, self.sql, self.log, self.clock)
        self.subscription: Any = None

    async def sign_up(self, email: str = ASHA, device: str = "Firefox on Linux") -> pb.Session:
        credentials = pb.Credentials(email=email, password=PASSWORD, arrival=pb.Arrival(device=device))
        return await self.identity.sign_up(credentials, CALL)

    async def sign_in(self, password: str = PASSWORD, email: str = ASHA, **arrival: str) -> pb.Session:
        asked = pb.Credentials(email=email, password=password, arrival=pb.Arrival(**arrival))
        return await self.identity.sign_in(asked, CALL)

    async def keys(self, session: pb.Session) -> pb.Keyring:
        return await self.identity.list_keys(renewal(session), CALL)

    async def told(self) -> list[MemberFact]:
        """What the log was told since the last time."""
        await self.outbox.tell()
        if self.subscription is None:
            self.subscription = await self.log.subscribe(TOPIC, "test")
        return [MemberFact.FromString(read.entry.value) for read in await self.subscription.poll(1000, 0.1)]

    async def told_of(self, what: str) -> list[Any]:
        return [getattr(each, what) for each in await self.told() if each.WhichOneof("what") == what]

    async def link(self, proof_id: str) -> str:
        return (await self.identity.proof_link(pb.ProofId(proof_id=proof_id), CALL)).url

    async def forgot(self, email: str = ASHA) -> None:
        """Asks for a letter; the answer comes when its time has come and no earlier."""
        question = pb.ProofQuestion(proof_of=PASSWORD_RESET, email=email)
        answer = asyncio.ensure_future(self.identity.ask_proof(question, CALL))
        await asyncio.sleep(0.03)
        await self.clock.advance(SETTLED_S - 0.01)
        assert not answer.done()
        await self.clock.advance(0.02)
        await answer

    async def reset(self, proof: str, password: str) -> pb.Proved:
        return await self.identity.prove(pb.ProofAnswer(proof_of=PASSWORD_RESET, proof=proof, new_password=password), CALL)

    async def verify(self, proof: str) -> pb.Proved:
        return await self.identity.prove(pb.ProofAnswer(proof_of=EMAIL, proof=proof), CALL)


def renewal(session: pb.Session) -> pb.Renewal:
    return pb.Renewal(session_secret=session.session_secret)


async def no_of(asked: Any) -> Refused:
    """The refusal that was the answer."""
    with pytest.raises(Refused) as no:
        await asked
    return no.value


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[FrontRoom]:
    room = FrontRoom(tmp_path)
    await room.identity.start()
    yield room
    await room.identity.close()
    await room.log.close()
