"""A cashier on small engines, with a provider in memory and a clock with a hand: a house that takes money, for tests."""

import pickle
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.events_pb2 import MemberFact
from matinee.contracts.identity_pb2 import Account, AccountId
from matinee.engines.manual_clock import ManualClock
from matinee.engines.migrating import STANDS, go_through
from matinee.members.cashier import Cashier, CashierSettings
from matinee.members.cashier_migrations import MIGRATIONS
from matinee.members.counter import House
from matinee.members.paying import PaymentsUnavailable
from matinee.members.tariff import sow
from matinee.ports.log import Entry
from matinee.ports.rpc import Call, Who
from members.money_books import WATCHES, wrongs
from members.play_provider import Kind, PlayProvider

T = TypeVar("T")
CALL = Call("test", "test", 1e12)
BOSS = replace(CALL, who=Who("boss", "", operator=True))
DAY_S = 24 * 3600


class Died(Exception):
    """The process is gone, in the midst of it."""


Trouble = Literal["none", "dies", "dies paying", "overtaken", "answer lost", "away"]
"""What befalls a process at one call of a port, or to the provider; `dies paying` counts from the first word to it on."""


@dataclass
class Faults:
    """Counts the calls of ports, before each and after each, and lets trouble come at the one that is named."""

    trouble: Trouble = "none"
    at: int = 0
    passed: list[str] = field(default_factory=list[str])  # what ports were asked, twice for each question that was answered
    since_paying: int = 0
    counted: Counter[str] = field(default_factory=Counter[str])  # what befell whom, over all lives

    meanwhile: Callable[[], Awaitable[None]] | None = None  # what another process does when it overtakes this one

    def arm(self, trouble: Trouble = "none", at: int = 0, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self.trouble, self.at, self.passed, self.since_paying, self.meanwhile = trouble, at, [], 0, meanwhile

    async def before(self, port: str, asked: str) -> None:
        await self._pass(port, asked)
        if port == "provider" and self.trouble == "away" and self.at == self.since_paying // 2 + 1:
            self.counted["provider away"] += 1
            raise PaymentsUnavailable("the provider is away")

    async def after(self, port: str, asked: str) -> None:
        await self._pass(port, asked)
        if port == "provider" and self.trouble == "answer lost" and self.at == self.since_paying // 2:
            self.counted["answers lost"] += 1
            raise PaymentsUnavailable("the provider's answer was lost")

    async def _pass(self, port: str, asked: str) -> None:
        self.passed.append(f"{port}.{asked}")
        self.since_paying += port == "provider" or self.since_paying > 0
        reached = {"dies": len(self.passed), "dies paying": self.since_paying}
        if self.at and reached.get(self.trouble) == self.at:
            self.counted[f"deaths at {port}"] += 1
            raise Died
        if self.trouble == "overtaken" and self.at == len(self.passed) and self.meanwhile:
            self.counted["overtaken"] += 1
            await self.meanwhile()


class MemorySql:
    """SQLite in memory, in this very thread: transactions as the port promises, for thousands of short lives.

    What it holds can be kept and put back, in less time than it takes to make it anew.
    """

    def __init__(self) -> None:
        engine = sa.create_engine("sqlite://", poolclass=StaticPool, isolation_level="AUTOCOMMIT")
        self._db = engine.connect()
        self.file = cast(sqlite3.Connection, self._db.connection.driver_connection)
        STANDS.create(self._db)
        for migration in MIGRATIONS:
            go_through(self._db, migration)
        self.file.executescript(WATCHES)

    async def install(self, migrations: object) -> None:
        return

    async def transact(self, work: Callable[[sa.Connection], T]) -> T:
        self.file.execute("BEGIN")
        try:
            answer = work(self._db)
            self.file.execute("COMMIT")
        finally:
            if self.file.in_transaction:
                self.file.execute("ROLLBACK")
        return answer

    read = transact

    async def close(self) -> None:
        return

    def keep(self) -> sqlite3.Connection:
        kept = sqlite3.connect(":memory:")
        self.file.backup(kept)
        return kept

    def put_back(self, kept: sqlite3.Connection) -> None:
        kept.backup(self.file)


@dataclass
class Shaky:
    """Any port, through which every call may be the last one of the process."""

    name: str
    port: object
    faults: Faults

    def __getattr__(self, name: str) -> object:
        inner = getattr(self.port, name)
        if name == "event":
            return inner

        async def called(*positional: object, **named: object) -> object:
            await self.faults.before(self.name, name)
            answer = await inner(*positional, **named)
            await self.faults.after(self.name, name)
            return answer

        return called


class Wall(ManualClock):
    """Moves on at a word, and waits for nobody: whoever would sleep by it is not here."""

    async def advance(self, seconds: float) -> None:
        self._elapsed_s += seconds


class Told:
    """The log, as a list."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def append(self, topic: str, entries: list[Entry]) -> None:
        self.entries += entries


class DoorKeeper:
    """Knows everybody; "boss" runs the house."""

    def __init__(self, country: str = "DE") -> None:
        self.country = country

    async def whois(self, request: AccountId, call: Call) -> Account:
        who = request.account_id
        return Account(account_id=who, email=f"{who}@example.org", operator=who == "boss", country=self.country)


@dataclass(frozen=True)
class Kept:
    """A whole house at one moment: what is in its store, and what is elsewhere."""

    store: sqlite3.Connection
    elsewhere: bytes


@dataclass
class MoneyHouse:
    sql: MemorySql
    clock: Wall = field(default_factory=Wall)
    provider: PlayProvider = field(default_factory=PlayProvider)
    faults: Faults = field(default_factory=Faults)
    log: Told = field(default_factory=Told)
    identity: DoorKeeper = field(default_factory=DoorKeeper)
    plan_ids: dict[str, str] = field(default_factory=dict[str, str])  # of plans that an operator made, by their names

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after a death: what is in no store is gone."""
        self.faults.arm()
        self.provider.clock = self.clock
        ports = {name: Shaky(name, getattr(self, name), self.faults) for name in ("sql", "log", "identity")}
        settings = CashierSettings(
            House("EUR", "Matinee House\n1 Quiet Street", "http://localhost"),
            payments=lambda clock: Shaky("provider", self.provider, self.faults),  # type: ignore[arg-type,return-value]
        )
        self.cashier = Cashier(clock=self.clock, settings=settings, **ports)  # type: ignore[arg-type]

    async def open(self) -> "MoneyHouse":
        await self.sql.transact(sow)
        return self

    def keep(self) -> Kept:
        return Kept(self.sql.keep(), pickle.dumps((self.clock, self.provider, self.log)))

    def put_back(self, kept: Kept) -> None:
        self.sql.put_back(kept.store)
        self.clock, self.provider, self.log = pickle.loads(kept.elsewhere)
        self.restart()

    async def turn(self) -> None:
        """What is due happens. A look that would find nothing is not worth its time here."""
        assert self.cashier._rooms is not None
        while self._is("SELECT 1 FROM {} WHERE due_ms <= ?", ("bills", "subscriptions", "refunds"), self.clock.now_ms()):
            if not await self.cashier._rooms.turning.turn_all():
                break
        if self._is("SELECT 1 FROM {} LIMIT 1", ("outbox",)):
            await self.cashier._outbox.tell()

    def _is(self, asked: str, tables: tuple[str, ...], *given: object) -> bool:
        return any(self.sql.file.execute(asked.format(table), given).fetchone() for table in tables)

    async def days(self, days: float) -> None:
        """So many days go by, with the cashier at work."""
        for _ in range(int(days)):
            await self.clock.advance(DAY_S)
            await self.turn()
        await self.clock.advance((days - int(days)) * DAY_S)
        await self.turn()

    async def choose(self, who: str, plan: str, coupon: str = "") -> pb.Step:
        plan = self.plan_ids.get(plan, plan)
        quote = await self.cashier.get_quote(pb.QuoteRequest(account_id=who, plan_id=plan, coupon=coupon), CALL)
        choice = pb.PlanChoice(
            account_id=who,
            plan_id=plan,
            coupon=coupon,
            quoted_minor=quote.now.minor,
            as_of_ms=quote.as_of_ms,
            back_to="/account",
        )
        state = (await self.member(who)).state
        joins = state in (pb.MEMBERSHIP_NONE, pb.MEMBERSHIP_PENDING, pb.MEMBERSHIP_ENDED)
        return await (self.cashier.begin if joins else self.cashier.change_plan)(choice, CALL)

    async def join(self, who: str, plan: str = "standard", card: Kind = "good", coupon: str = "") -> pb.Membership:
        """All of it: chooses, leaves a card, comes back."""
        await self.choose(who, plan, coupon)
        await self.provider.leave_card(card)
        return (await self.cashier.settle(AccountId(account_id=who), CALL)).membership

    async def member(self, who: str) -> pb.Membership:
        return await self.cashier.get_membership(AccountId(account_id=who), CALL)

    async def standing(self, who: str) -> str:
        return pb.Standing.Name((await self.cashier.entitled(AccountId(account_id=who), CALL)).standing)

    async def invoices(self, who: str) -> list[pb.Invoice]:
        return list((await self.cashier.list_invoices(AccountId(account_id=who), CALL)).invoices)

    @property
    def counted(self) -> Counter[str]:
        return self.faults.counted

    async def faults_of_books(self) -> list[str]:
        """What is wrong with the books, if anything, once all is told."""
        await self.cashier._outbox.tell()
        told = [MemberFact.FromString(entry.value) for entry in self.log.entries]
        return wrongs(self.sql.file, self.provider.charged(), told)
