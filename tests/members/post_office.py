"""A house that writes letters, for tests: its postmen on small engines, an identity that knows two members, and a mail server."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from matinee.contracts import notices_pb2 as pb
from matinee.contracts.events_pb2 import MemberFact
from matinee.contracts.identity_pb2 import Account, AccountId, Link, Profile, ProfileId, ProofId
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.letter_mail import Sender
from matinee.members.notices import Notices, NoticesSettings
from matinee.members.smtp_way import SmtpWay, smtp_way
from matinee.ports.rpc import Call, Refused

CALL = Call("test", "test", 1e12)
NOW_MS = 1_700_000_000_000
HOUSE = "https://films.example.org"
PATIENCE_S = 60.0  # with a mail server on a busy machine: a letter that it kept waiting would wait for a clock that stands still
SENDER = Sender("Matinee <films@example.org>", "help@example.org")


class Members:
    """An identity that knows Asha, at home in Britain, and Ben, in Germany."""

    def __init__(self) -> None:
        self.links = 0

    async def whois(self, request: AccountId, call: Call) -> Account:
        if request.account_id not in {"asha", "ben"}:
            raise Refused("unauthenticated", "This account is gone.", "Sign in with another.")
        country = {"asha": "GB", "ben": "DE"}[request.account_id]
        return Account(account_id=request.account_id, email=f"{request.account_id}@example.org", country=country)

    async def get_profile(self, request: ProfileId, call: Call) -> Profile:
        return Profile(profile_id=request.profile_id, kids=request.profile_id == "kid")

    async def proof_link(self, request: ProofId, call: Call) -> Link:
        if request.proof_id == "over":
            raise Refused("missing", "That is over.", "Ask again.")
        self.links += 1
        return Link(url=f"{HOUSE}/verify#{request.proof_id}-{self.links}", until_ms=NOW_MS + 3_600_000)


@dataclass
class Sink:
    """A mail server on loopback that keeps what it is given, and says what a test wants it to say."""

    answers: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])  # "RCPT", "DATA": what it says, one by one
    rest_s: float = 0  # before its last word
    tls: SSLContext | None = None
    login: tuple[str, str] | None = None
    when: Callable[[str], Awaitable[None]] | None = None  # told what it hears: "RCPT", "DATA"
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    readers: list[str] = field(default_factory=list[str])
    port: int = 0

    @asynccontextmanager
    async def open(self) -> Any:
        server = await asyncio.get_running_loop().create_server(self._spoken_to, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def way(self, tls: str = "none", **more: str) -> SmtpWay:
        told = "".join(f"&{name}={value}" for name, value in more.items())
        way = smtp_way(f"smtp://localhost:{self.port}?tls={tls}{told}")
        assert way
        return way

    def _spoken_to(self) -> SMTP:
        def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
            fits = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self.login
            return AuthResult(success=fits, handled=False)

        return SMTP(
            self,
            tls_context=self.tls,
            require_starttls=self.tls is not None,
            authenticator=knows,
            auth_required=self.login is not None,
            enable_SMTPUTF8=False,
        )

    async def handle_RCPT(  # aiosmtpd's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._says("RCPT")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = await self._says("DATA")
        if said.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
            self.readers += envelope.rcpt_tos
        await asyncio.sleep(self.rest_s)
        return said

    async def _says(self, word: str) -> str:
        if self.when:
            await self.when(word)
        waiting = self.answers.get(word, [])
        return waiting.pop(0) if waiting else "250 so be it"


@dataclass
class PostOffice:
    """Notices as one process runs it; `another` is one more on the same stores."""

    folder: Path
    smtp: SmtpWay | None = None
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_MS))
    members: Members = field(default_factory=Members)
    sender: Sender = SENDER
    last_word_within_s: float = PATIENCE_S

    async def open(self) -> "PostOffice":
        self.sql, self.log = SqliteSql(self.folder / "notices.db"), SqliteLog(self.folder / "log.db")
        settings = NoticesSettings(HOUSE, self.sender, self.smtp, PATIENCE_S, self.last_word_within_s)
        self.notices = Notices(sql=self.sql, log=self.log, clock=self.clock, identity=self.members, settings=settings)  # type: ignore[arg-type]
        await self.notices.start()
        return self

    async def another(self) -> "PostOffice":
        return await PostOffice(self.folder, self.smtp, self.clock, self.members).open()

    async def close(self) -> None:
        await self.notices.close()
        await self.log.close()

    async def hear(self, *facts: MemberFact) -> None:
        for each in facts:
            await self.notices.hear(each.SerializeToString())

    async def round(self, after_s: float = 0) -> None:
        await self.clock.advance(after_s)
        await self.notices.send_waiting()

    async def letters(self) -> dict[str, pb.Letter]:
        listed = await self.notices.list_letters(pb.ListLettersRequest(), CALL)
        return {each.letter_id: each for each in listed.letters}

    async def states(self) -> list[str]:
        """Of all letters, by their ids: what became of each."""
        return [pb.LetterState.Name(each.state).removeprefix("LETTER_") for _, each in sorted((await self.letters()).items())]


def told(account_id: str = "asha", fact_id: str = "f1", at_ms: int = NOW_MS, **what: Any) -> MemberFact:
    return MemberFact(fact_id=fact_id, account_id=account_id, at_ms=at_ms, **what)
