"""One service asks another.

The promise: a call carries a deadline, a trace id and its caller's name; the request is copied, so neither side sees the
other's later changes. A failure is one of `Refused` (the callee said no; not worth repeating), `Unavailable` (nobody
answered or the callee broke; the work may have been done) or `DeadlineExceeded` (likewise). Nothing is retried here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, Self, TypeVar


class Message(Protocol):
    """What travels: in practice a protobuf message."""

    def SerializeToString(self) -> bytes: ...


Request = TypeVar("Request", bound=Message)
Reply = TypeVar("Reply", bound=Message)


class Refused(Exception):
    """A no, in words for the person who asked.

    Do: show `title` and `reason`; ask again at `until_ms` (Unix milliseconds) if it is not 0.
    `kind` is for programs: `invalid`, `unauthenticated`, `no_profile`, `forbidden`, `missing`, `taken`, `gone`,
    `not_yet`, `busy`.
    `field` names the input at fault, if one is.
    """

    def __init__(self, kind: str, title: str, reason: str, until_ms: int = 0, field: str = "") -> None:
        super().__init__(f"{title} {reason}")
        self.kind = kind
        self.title = title
        self.reason = reason
        self.until_ms = until_ms
        self.field = field


class Unavailable(Exception):
    """A part we need did not answer. Do: try again later, or use a named fallback. The text says which part and why."""


class DeadlineExceeded(Unavailable):
    """The answer did not come in time; the work may or may not have been done."""


@dataclass(frozen=True)
class Call:
    """What travels beside a message: `trace_id` names the viewer's request, `caller` the asking service.

    `deadline_s` is on this machine's monotonic clock (`Clock.monotonic_s`).
    """

    trace_id: str
    caller: str
    deadline_s: float

    def from_(self, service: str) -> Self:
        """The same call, carried on by `service`: trace and deadline stay."""
        return replace(self, caller=service)


@dataclass(frozen=True)
class Method(Generic[Request, Reply]):
    service: str
    name: str
    attribute: str
    parse_request: Callable[[bytes], Request]
    parse_reply: Callable[[bytes], Reply]


@dataclass(frozen=True)
class Service:
    name: str
    methods: tuple[Method[Any, Any], ...]


class Channel(Protocol):
    async def invoke(self, method: Method[Request, Reply], request: Request, call: Call) -> Reply: ...
