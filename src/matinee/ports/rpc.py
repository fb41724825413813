"""One service asks another.

The promise: a call carries a deadline, a trace id, its caller's name and the passport of the person it is asked for; the
request is copied, so neither side sees the other's later changes. The callee's side reads the passport, which identity signed,
and holds it against what the method says of who may ask it. A failure is one of `Refused` (the callee said no; not worth
repeating), `Unavailable` (nobody answered or the callee broke; the work may have been done) or `DeadlineExceeded` (likewise).
Nothing is retried here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

from matinee.ports.unavailable import Unavailable


class Message(Protocol):
    """What travels: in practice a protobuf message."""

    def SerializeToString(self) -> bytes: ...


Request = TypeVar("Request", bound=Message)
Reply = TypeVar("Reply", bound=Message)
T = TypeVar("T")


class Refused(Exception):
    """A no, in words for the person who asked.

    Do: show `title` and `reason`; ask again at `until_ms` (Unix milliseconds) if it is not 0.
    `kind` is for programs: `invalid`, `unauthenticated`, `no_profile`, `forbidden`, `missing`, `taken`, `gone`,
    `lapsed`, `not_yet`, `busy`, `large`.
    `field` names the input at fault, if one is.
    """

    def __init__(self, kind: str, title: str, reason: str, until_ms: int = 0, field: str = "") -> None:
        super().__init__(f"{title} {reason}")
        self.kind = kind
        self.title = title
        self.reason = reason
        self.until_ms = until_ms
        self.field = field


class DeadlineExceeded(Unavailable):
    """The answer did not come in time; the work may or may not have been done."""


@dataclass(frozen=True)
class Who:
    """A person, as their passport says: `profile_id` is empty while nobody was picked."""

    account_id: str
    profile_id: str
    operator: bool


NOBODY = Who("", "", operator=False)


@dataclass(frozen=True)
class Call:
    """What travels beside a message: `trace_id` names the viewer's request, `caller` the asking service.

    `deadline_s` is on this machine's monotonic clock (`Clock.monotonic_s`). `passport` is that of the person it is asked for,
    who is at `address`; `house` is a service's own call, in nobody's name. `who` does not travel: the callee's side has read it
    in the passport.
    """

    trace_id: str
    caller: str
    deadline_s: float
    passport: str = ""
    house: bool = False
    address: str = ""
    who: Who = NOBODY

    def from_(self, service: str) -> Self:
        """The same call, carried on by `service`: trace and deadline stay, and for whom."""
        return replace(self, caller=service)

    def by_house(self, service: str) -> Self:
        """What `service` asks by itself in the course of this call: trace and deadline stay, for whom does not."""
        return replace(self, caller=service, passport="", house=True, address="", who=NOBODY)


Asker = Literal["anybody", "member", "profile", "operator", "house"]
"""In whose name a method may be asked; contracts/matinee/contracts/access.proto says what each means."""


class Passports(Protocol):
    """What reads a passport: the keys of those whose word counts, and how long it does."""

    def who(self, passport: str, now_ms: int) -> Who:
        """Raises Refused "unauthenticated" for one that is forged, of somebody else, or over."""
        ...


@dataclass(frozen=True)
class Method(Generic[Request, Reply]):
    """`accounts` and `profiles` are where a question names whose it is, for those who may ask for themselves only."""

    service: str
    name: str
    attribute: str
    parse_request: Callable[[bytes], Request]
    parse_reply: Callable[[bytes], Reply]
    asked_by: frozenset[Asker] = frozenset()
    accounts: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    act: bool = False  # an operator's, written down before it is done


class Book(Protocol):
    """What writes down an operator's acts."""

    async def acting(self, method: Method[Any, Any], asked: object, call: Call, act: Callable[[], Awaitable[T]]) -> T:
        """Acts, once it is written down who acts, how and from where; Unavailable, and nothing done, where it cannot be."""
        ...


@dataclass(frozen=True)
class Service:
    name: str
    methods: tuple[Method[Any, Any], ...]


class Channel(Protocol):
    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply: ...
