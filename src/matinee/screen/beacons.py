"""Beacons: hears what players and pages tell of themselves, and puts it on the log.

    POST /beacons  {"producer", "profile", "app", "network", "sentAt", "ledger": [{"seq", "at", …}], "telemetry": [{"seq", …}]}
    200            {"ledger": the highest number taken, "telemetry": likewise, "refused": {reason: how many}}

Facts of the ledger are on the log before they are acknowledged; who does not hear of it tells them again, and readers count each
once by its producer and number. Telemetry waits in memory and may be lost with it. Who tells is who is signed in; whoever else
the facts belong to has to watch again before they are heard (409), and the browser keeps them until then.

No framework stands between the server and this: of all that a screen asks, this it asks most often.
"""

import functools
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from prometheus_client import Counter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.contracts.events_pb2 import PlayerFact, Teller
from matinee.contracts.identity_pb2 import AccountId, CountryAnswer
from matinee.contracts.identity_rpc import IdentityClient
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Fallback, Unavailable
from matinee.screen import beacon_rules as rules
from matinee.screen.asking import ANSWER_WITHIN_S, FOREIGN, from_another_site, said_no
from matinee.screen.beacon_lanes import LedgerLane, TelemetryLane
from matinee.screen.beacon_names import Names
from matinee.screen.cookies import passport_cookie
from matinee.screen.device import browser_of, system_of

LARGEST_BYTES = 64_000
LONGEST_AGENT = 400
"""Of what a browser says it is; the rest would only be remembered."""
COUNTRY_KNOWN_FOR_MS = 10 * 60_000
NEVER_ASKED = (0, "")
MOST_ACCOUNTS = 50_000
JSON = (b"content-type", b"application/json")

REFUSED = Counter("matinee_beacons_refused_total", "Facts that were told and not taken, by why", ["reason"])
BATCHES_REFUSED = Counter("matinee_beacons_batches_refused_total", "Batches of which nothing was taken, by why", ["reason"])
for _reason in rules.REASONS:
    REFUSED.labels(_reason)

SIGNED_OUT = Refused("unauthenticated", "You are signed out.", "Sign in to go on.")
NOBODY = Refused("no_profile", "Who is watching?", "Pick one of the profiles of this account.")
SOMEBODY_ELSE = Refused("taken", "Somebody else watches now.", "Tell it once the profile it belongs to watches again.")
NAMELESS = Refused(
    "invalid", "That is no name of a teller.", "Send as producer 16 to 40 letters, digits, '-' or '_'.", field="producer"
)
LARGE = Refused("large", "That is too large.", f"Send {LARGEST_BYTES} bytes at most, the oldest facts first.")


@dataclass(frozen=True)
class BeaconsSettings:
    instance: str  # part of the passport cookie's name


class Beacons:
    def __init__(self, *, log: Log, clock: Clock, identity: IdentityClient, settings: BeaconsSettings) -> None:
        self._clock = clock
        self._ledger = LedgerLane(log)
        self._telemetry = TelemetryLane(log, clock)
        self._countries = _Countries(identity, clock, passport_cookie(settings.instance))
        self._allowances: OrderedDict[str, rules.Allowance] = OrderedDict()
        self._names = Names()

    async def start(self) -> None:
        return

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("beacons: telemetry", self._telemetry.keep_leaving),)

    async def close(self) -> None:
        try:
            await self._telemetry.leave()
        except Unavailable:
            return

    def app(self) -> ASGIApp:
        return self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            ledger, telemetry, answer = await self._hear(scope, receive)
            if ledger:
                await self._ledger.append(ledger)
        except (Refused, Unavailable) as error:
            BATCHES_REFUSED.labels(error.kind if isinstance(error, Refused) else "unavailable").inc()
            await said_no(error)(scope, receive, send)
            return
        if telemetry:
            self._telemetry.put(telemetry)
        for reason, count in answer.refused.items():
            REFUSED.labels(reason).inc(count)
        said = msgspec.json.encode(answer)
        length = (b"content-length", b"%d" % len(said))
        await send({"type": "http.response.start", "status": 200, "headers": [JSON, length]})
        await send({"type": "http.response.body", "body": said})

    async def _hear(self, scope: Scope, receive: Receive) -> tuple[Sequence[Entry], Sequence[Entry], rules.Answer]:
        """What is to be on the log before it is answered, what after it, and the answer: no more is kept while it waits."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        account = headers.get(b"x-matinee-account", b"").decode("latin-1")
        profile = headers.get(b"x-matinee-profile", b"").decode("latin-1")
        if not account:
            raise SIGNED_OUT
        if _is_foreign(headers.get(b"origin"), headers.get(b"host", b""), headers.get(b"sec-fetch-site", b"")):
            raise FOREIGN
        body, heard_ms = await _body(receive), self._clock.now_ms()
        try:
            heard = rules.hear(body, heard_ms)
        except rules.Unreadable as why:
            raise Refused("invalid", "That could not be read.", str(why)) from why
        if not profile:
            raise NOBODY
        if heard.profile_id != profile:
            raise SOMEBODY_ELSE
        if not rules.PRODUCER.fullmatch(heard.producer_id):
            raise NAMELESS
        self._spend(account, heard, heard_ms)
        country = self._countries.known(account, heard_ms)
        if country is None:
            country = await self._countries.of(account, scope, heard_ms)
        agent = headers.get(b"user-agent", b"")[:LONGEST_AGENT]
        who = _who(heard.producer_id, account, profile, agent, heard.app, heard.network, country)
        # What all facts of the batch have in common. Messages laid end to end are one, with the fields of each.
        shared = who + _heard_at(heard_ms)
        ledger = [Entry(profile, shared + _own(fact)) for fact in heard.ledger]
        telemetry = [Entry(fact.view_id or heard.producer_id, shared + _own(fact)) for fact in heard.telemetry]
        return ledger, telemetry, heard.answer

    def _spend(self, account: str, heard: rules.Heard, now_ms: int) -> None:
        facts = len(heard.ledger) + len(heard.telemetry) + sum(heard.answer.refused.values())
        left = rules.spend(self._allowances.get(account), facts, now_ms)
        if isinstance(left, rules.Wait):
            raise _busy(left)
        if wait := self._names.spend(account, heard, now_ms):
            raise _busy(wait)
        self._allowances[account] = left
        self._allowances.move_to_end(account)
        if len(self._allowances) > MOST_ACCOUNTS:
            self._allowances.popitem(last=False)


@functools.lru_cache(maxsize=100)
def _is_foreign(origin: bytes | None, host: bytes, fetch_site: bytes) -> bool:
    """Of a house's own pages all say the same."""
    return from_another_site(origin.decode("latin-1") if origin else None, host.decode("latin-1"), fetch_site.decode("latin-1"))


def _busy(wait: rules.Wait) -> Refused:
    return Refused("busy", "Too much at once.", "Wait a moment, then go on.", until_ms=wait.until_ms)


def _own(fact: rules.Taken) -> bytes:
    """What a fact does not share with its batch."""
    said: dict[str, Any] = {fact.what: fact.said}
    return PlayerFact(sequence=fact.sequence, at_ms=fact.at_ms, **said).SerializeToString() + _of(fact.view_id, fact.title_id)


@functools.lru_cache(maxsize=MOST_ACCOUNTS)
def _of(view_id: str, title_id: str) -> bytes:
    return PlayerFact(view_id=view_id, title_id=title_id).SerializeToString()


@functools.lru_cache(maxsize=16)
def _heard_at(heard_ms: int) -> bytes:
    """Of a busy house many batches come within a millisecond."""
    return PlayerFact(heard_ms=heard_ms).SerializeToString()


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= LARGEST_BYTES:
        message = await receive()
        body += message.get("body", b"")
    if len(body) > LARGEST_BYTES:
        raise LARGE
    return body


@functools.lru_cache(maxsize=MOST_ACCOUNTS)
def _who(producer: str, account: str, profile: str, user_agent: bytes, app: str, network: str, country: str) -> bytes:
    """Who tells: the same with every batch of a page."""
    agent = user_agent.decode("latin-1")
    teller = Teller(browser=browser_of(agent), system=system_of(agent), app=app, network=network, country=country)
    return PlayerFact(producer_id=producer, account_id=account, profile_id=profile, teller=teller).SerializeToString()


class _Countries:
    """Where accounts are at home, as identity says, looked up now and then. Without identity a fact is of no country."""

    def __init__(self, identity: IdentityClient, clock: Clock, cookie: str) -> None:
        self._identity = identity
        self._clock = clock
        self._cookie = cookie
        self._without = Fallback("beacons: without countries", clock)
        self._known: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def known(self, account: str, now_ms: int) -> str | None:
        until_ms, country = self._known.get(account, NEVER_ASKED)
        return country if now_ms < until_ms else None

    async def of(self, account: str, scope: Scope, now_ms: int) -> str:
        _, country = self._known.get(account, NEVER_ASKED)
        request = Request(scope)
        trace_id = request.headers.get("x-request-id", "") or uuid.uuid4().hex
        deadline_s = self._clock.monotonic_s() + ANSWER_WITHIN_S
        call = Call(trace_id, "beacons", deadline_s, passport=request.cookies.get(self._cookie, ""))
        try:
            answer = await self._without.instead(lambda: self._identity.get_country(AccountId(account_id=account), call))
        except Refused:
            # The session ended while its passport still lasts: its facts are taken, of the country that was known, if any.
            answer = CountryAnswer(country=country)
        if answer is None:
            return country
        self._known[account] = (now_ms + COUNTRY_KNOWN_FOR_MS, answer.country)
        self._known.move_to_end(account)
        if len(self._known) > MOST_ACCOUNTS:
            self._known.popitem(last=False)
        return answer.country
