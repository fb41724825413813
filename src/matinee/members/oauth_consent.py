"""What a person is asked when an app wants in, and what comes of their answer.

Nothing is kept between the question and the answer: the page sends what the app asked along, and it is looked at anew. Nobody
is sent to an address that is not the app's own, whatever the request says.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members import oauth_apps as apps
from matinee.members import oauth_devices as devices
from matinee.members import oauth_grants as grants
from matinee.members.oauth_asking import Fields, Known, Who
from matinee.members.oauth_request import AppRequest, is_signed_in, read_request, told
from matinee.members.oauth_rules import App, Wrong, answered, digest, is_answered_at, once, permitted, shown, typed
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

STRANGER = "This app is not known here"
NOBODY_PICKED = Refused("no_profile", "Who is watching?", "Pick one of the profiles of this account.")
NO_DEVICE = Refused("missing", "No screen shows that code.", "Look at it once more: a code lasts fifteen minutes.", field="code")


@dataclass(frozen=True)
class Person:
    """Who sits before the page."""

    account_id: str  # empty: nobody is signed in
    profile_id: str
    signed_in_ms: int


@dataclass(frozen=True)
class Question:
    """What to ask; or, where `onward` says so, nothing; or, by `sign_in`, nothing yet."""

    onward: str = ""
    sign_in: bool = False
    app: App | None = None
    who: Who | None = None
    scopes: tuple[str, ...] = ()
    redirect: str = ""
    user_code: str = ""


class ConsentDesk:
    def __init__(self, sql: Sql, clock: Clock, issuer: str, known: Known) -> None:
        self._sql = sql
        self._clock = clock
        self._issuer = issuer
        self._known = known

    async def examine(self, fields: Fields) -> str:
        """Where somebody is sent back to at once, because of a mistake of the app's; "" where there is none."""
        app, said = await self._app(fields)
        return self._read(app, said)[1]

    async def ask(self, fields: Fields, person: Person, call: Call) -> Question:
        app, said = await self._app(fields)
        request, onward = self._read(app, said)
        if request is None:
            return Question(onward=onward)
        signed_in = bool(person.account_id) and is_signed_in(request, person.signed_in_ms, self._clock.now_ms())
        if request.quietly:
            error = "consent_required" if signed_in else "login_required"
            why = Wrong(error, "somebody has to be asked: come back without prompt=none")
            return Question(onward=told(request.redirect, self._issuer, request.state, why))
        if not signed_in:
            return Question(sign_in=True, app=app)
        who = await self._person(person, call)
        return Question(app=app, who=who, scopes=_given(app, request.scopes, who), redirect=request.redirect)

    async def decide(self, fields: Fields, person: Person, call: Call, *, allowed: bool) -> str:
        """Where they are sent back to, with a code or with their no."""
        app, said = await self._app(fields)
        request, onward = self._read(app, said)
        if request is None:
            return onward
        if not allowed:
            return told(request.redirect, self._issuer, request.state, Wrong("access_denied", "they said no"))
        question = await self.ask(fields, person, call)
        if question.who is None:
            raise Refused("unauthenticated", "You are signed out.", "Sign in to let an app in.")
        secret, now_ms = secrets.token_urlsafe(32), self._clock.now_ms()
        grant = _grant(app, person, question.who, question.scopes)
        code = grants.Code(digest(secret), grant.grant_id, request.redirect, request.challenge, request.nonce)

        def keep(db: sa.Connection) -> None:
            grants.open_grant(db, grant, now_ms + grants.CODE_MS, now_ms)
            grants.write_code(db, code, now_ms)

        await self._sql.transact(keep)
        return answered(request.redirect, code=secret, state=request.state, iss=self._issuer)

    async def ask_for_device(self, user_code: str, person: Person, call: Call) -> Question:
        if not person.account_id:
            return Question(sign_in=True)
        who = await self._person(person, call)
        app, device = await self._device(user_code, person)
        return Question(app=app, who=who, scopes=_given(app, device.scopes, who), user_code=shown(device.user_code))

    async def decide_for_device(self, user_code: str, person: Person, call: Call, *, allowed: bool) -> None:
        who = await self._person(person, call)
        app, device = await self._device(user_code, person)
        grant, now_ms = _grant(app, person, who, _given(app, device.scopes, who)), self._clock.now_ms()

        def keep(db: sa.Connection) -> bool:
            to: devices.DeviceState = "allowed" if allowed else "denied"
            if not devices.decide(db, device.device_digest, to, grant.grant_id if allowed else "", now_ms):
                return False
            if allowed:
                grants.open_grant(db, grant, now_ms + devices.WAITS_MS, now_ms)
            return True

        if not await self._sql.transact(keep):
            raise NO_DEVICE

    async def _device(self, user_code: str, person: Person) -> tuple[App, devices.Device]:
        now_ms, code = self._clock.now_ms(), typed(user_code)
        found = await self._sql.transact(lambda db: devices.find(db, code, person.account_id, now_ms))
        if found == "too many":
            raise Refused("busy", "That were many codes.", "Wait fifteen minutes, then type the one on the screen.", field="code")
        app = None if isinstance(found, str) else await self._sql.read(lambda db: apps.by_id(db, found.client_id))
        if isinstance(found, str) or app is None:
            raise NO_DEVICE
        return app, found

    async def _app(self, fields: Fields) -> tuple[App, Mapping[str, str]]:
        """The app and what it said. Refused where there is no saying whom to tell: then nobody is sent anywhere."""
        try:
            said = once(fields)
        except Wrong as wrong:
            raise Refused("invalid", "That app asks unclearly.", f"Tell those who make it: {wrong.why}.") from wrong
        client_id, redirect = said.get("client_id", ""), said.get("redirect_uri", "")
        app = await self._sql.read(lambda db: apps.by_id(db, client_id))
        if app is None:
            raise Refused("invalid", f"{STRANGER}.", "Nobody has registered it with this house. Nothing was let in.")
        if not is_answered_at(app, redirect):
            why = f"{app.name} wants to be answered at an address that it is not registered with. Nothing was let in."
            raise Refused("invalid", "That leads somewhere else.", why)
        return app, said

    def _read(self, app: App, said: Mapping[str, str]) -> tuple[AppRequest | None, str]:
        redirect = said["redirect_uri"]
        try:
            return read_request(app, redirect, said), ""
        except Wrong as wrong:
            return None, told(redirect, self._issuer, said.get("state", ""), wrong)

    async def _person(self, person: Person, call: Call) -> Who:
        if not person.account_id:
            raise Refused("unauthenticated", "You are signed out.", "Sign in to let an app in.")
        who = await self._known(person.account_id, person.profile_id, call) if person.profile_id else None
        if who is None:
            raise NOBODY_PICKED
        return who


def _given(app: App, scopes: tuple[str, ...], who: Who) -> tuple[str, ...]:
    """What of it this person can give away; nothing is a no."""
    given = permitted(scopes, operator=who.operator, kids=who.kids)
    if not given:
        reason = f"{app.name} asks for what {who.name} cannot give: let somebody else of the account say who is watching."
        raise Refused("forbidden", "That is for others.", reason)
    return given


def _grant(app: App, person: Person, who: Who, scopes: tuple[str, ...]) -> grants.Grant:
    return grants.Grant(
        grant_id=uuid.uuid4().hex,
        client_id=app.client_id,
        account_id=person.account_id,
        profile_id=person.profile_id,
        scopes=scopes,
        signed_in_ms=person.signed_in_ms,
        handle=uuid.uuid4().hex,
        epoch=who.epoch,
    )
