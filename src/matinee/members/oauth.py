"""Oauth: apps of other people's making, let in by members: an OAuth 2.1 and OpenID Connect provider.

Why it is built of Authlib's and joserfc's parts, and not on Authlib's server: decisions/0022. Which requirement of which
standard is tested where: docs/oauth.md.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from matinee.contracts import oauth_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId, ProfileId
from matinee.contracts.identity_rpc import IdentityClient
from matinee.members import oauth_apps as apps
from matinee.members.oauth_asking import AppDesk, Who
from matinee.members.oauth_consent import ConsentDesk, Person, Question
from matinee.members.oauth_discovery import metadata
from matinee.members.oauth_keys import SigningKeys
from matinee.members.oauth_leaving import LeavingDesk, LetIn
from matinee.members.oauth_migrations import MIGRATIONS
from matinee.members.oauth_rules import Wrong
from matinee.members.oauth_tokens import Tokens
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

LOOK_AFTER_KEYS_S = 3600


@dataclass(frozen=True)
class OauthSettings:
    issuer: str  # by which address people know the house
    keys: Path  # the folder of the signing keys
    jwks: Path  # where the house's services read the public halves


class Oauth:
    """Implements `OauthService`."""

    def __init__(self, *, sql: Sql, clock: Clock, identity: IdentityClient, settings: OauthSettings) -> None:
        self._sql = sql
        self._clock = clock
        self._identity = identity
        self._issuer = settings.issuer
        self._keys = SigningKeys(settings.keys)
        self._jwks = settings.jwks
        tokens = Tokens(self._keys, settings.issuer)
        self._apps = AppDesk(sql, clock, tokens, settings.issuer, self._known)
        self._leaving = LeavingDesk(sql, clock, tokens, self._known)
        self._consent = ConsentDesk(sql, clock, settings.issuer, self._known)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        await asyncio.to_thread(self._renew_keys)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("oauth.keys", self._look_after_keys),)

    async def close(self) -> None:
        await self._sql.close()

    async def _look_after_keys(self) -> None:
        while True:
            await self._clock.sleep(LOOK_AFTER_KEYS_S)
            await asyncio.to_thread(self._renew_keys)

    def _renew_keys(self) -> None:
        now_ms = self._clock.now_ms()
        self._keys.look_after(now_ms)
        # Whole or not at all: another of us writes the same, while a service may be reading it.
        draft = self._jwks.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(self._keys.public(now_ms)))
        draft.replace(self._jwks)

    async def discover(self, request: pb.DiscoverRequest, call: Call) -> pb.OauthAnswer:
        return _said(metadata(self._issuer))

    async def public_keys(self, request: pb.PublicKeysRequest, call: Call) -> pb.OauthAnswer:
        return _said(self._keys.public(self._clock.now_ms()))

    async def welcomes(self, request: pb.WebOrigin, call: Call) -> pb.WebOriginWelcome:
        known = await self._sql.read(apps.everyone)
        return pb.WebOriginWelcome(welcome=any(request.origin in app.origins for app in known))

    async def examine(self, request: pb.OauthForm, call: Call) -> pb.Onward:
        return pb.Onward(address=await self._consent.examine(_fields(request)))

    async def ask(self, request: pb.AppAsked, call: Call) -> pb.AppQuestion:
        person = _person(request.person)
        return _question(await self._consent.ask(_fields(request.form), person, call), person)

    async def ask_for_device(self, request: pb.AppAsked, call: Call) -> pb.AppQuestion:
        person = _person(request.person)
        return _question(await self._consent.ask_for_device(request.user_code, person, call), person)

    async def decide(self, request: pb.AppDecided, call: Call) -> pb.Onward:
        asked = request.asked
        address = await self._consent.decide(_fields(asked.form), _person(asked.person), call, allowed=request.allowed)
        return pb.Onward(address=address)

    async def decide_for_device(self, request: pb.AppDecided, call: Call) -> pb.Onward:
        asked = request.asked
        await self._consent.decide_for_device(asked.user_code, _person(asked.person), call, allowed=request.allowed)
        return pb.Onward()

    async def list_let_in(self, request: pb.Person, call: Call) -> pb.LetInList:
        return pb.LetInList(apps=[_let_in(each) for each in await self._leaving.let_in(_person(request), call)])

    async def take_back(self, request: pb.AppTaken, call: Call) -> pb.LetInList:
        await self._leaving.take_back(_person(request.person), request.client_id, call)
        return await self.list_let_in(request.person, call)

    async def leave(self, request: pb.AppAsked, call: Call) -> pb.Leaving:
        leaving = await self._leaving.leave(_fields(request.form), _person(request.person))
        app = leaving.app.name if leaving.app else ""
        return pb.Leaving(ask=leaving.ask, app=app, address=leaving.address, leads_to=_place(leaving.address))

    async def token(self, request: pb.OauthForm, call: Call) -> pb.OauthAnswer:
        return await _answered(self._apps.token(_fields(request), request.authorization, call))

    async def authorize_device(self, request: pb.OauthForm, call: Call) -> pb.OauthAnswer:
        return await _answered(self._apps.authorize_device(_fields(request), request.authorization))

    async def revoke(self, request: pb.OauthForm, call: Call) -> pb.OauthAnswer:
        return await _answered(self._apps.revoke(_fields(request), request.authorization))

    async def introspect(self, request: pb.OauthForm, call: Call) -> pb.OauthAnswer:
        return await _answered(self._apps.introspect(_fields(request), request.authorization, call))

    async def userinfo(self, request: pb.Bearer, call: Call) -> pb.OauthAnswer:
        if not request.token:
            return pb.OauthAnswer(status=401, challenge="Bearer")
        return await _answered(self._apps.userinfo(request.token, call), scheme="Bearer")

    async def _known(self, account_id: str, profile_id: str, call: Call) -> Who | None:
        try:
            account = await self._identity.whois(AccountId(account_id=account_id), call.by_house("oauth"))
            which = ProfileId(account_id=account_id, profile_id=profile_id)
            profile = await self._identity.get_profile(which, call.by_house("oauth"))
        except Refused as refused:
            if refused.kind in {"unauthenticated", "no_profile"}:
                return None
            raise
        return Who(
            email=account.email,
            verified=account.email_verified,
            operator=account.operator,
            name=profile.name,
            avatar=profile.avatar,
            kids=profile.kids,
            epoch=account.epoch,
        )


def _fields(form: pb.OauthForm) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in form.fields]


def _person(person: pb.Person) -> Person:
    return Person(person.account_id, person.profile_id, person.signed_in_ms)


def _let_in(each: LetIn) -> pb.LetIn:
    return pb.LetIn(
        client_id=each.app.client_id,
        app=each.app.name,
        scopes=each.scopes,
        since_ms=each.since_ms,
        used_ms=each.used_ms,
        profile_names=each.names,
    )


def _question(question: Question, person: Person) -> pb.AppQuestion:
    told = pb.AppQuestion(
        onward=question.onward,
        sign_in=question.sign_in,
        app=question.app.name if question.app else "",
        leads_to=_place(question.redirect),
        scopes=question.scopes,
        user_code=question.user_code,
    )
    if question.who:
        who = pb.AppQuestion(email=question.who.email, profile_name=question.who.name, avatar=question.who.avatar)
        told.MergeFrom(who)
        told.profile_id = person.profile_id
    return told


def _place(redirect: str) -> str:
    """The host somebody is sent back to, as they would read it; "" where it is a program of theirs."""
    parts = urlsplit(redirect)
    return (parts.hostname or "") if parts.scheme == "https" else ""


def _said(body: Mapping[str, object] | None, status: int = 200, challenge: str = "") -> pb.OauthAnswer:
    return pb.OauthAnswer(status=status, body=json.dumps(body) if body is not None else "", challenge=challenge)


async def _answered(work: Awaitable[Mapping[str, object] | None], scheme: str = "Basic") -> pb.OauthAnswer:
    """What comes of it, mistakes told by their names (RFC 6749, 5.2; RFC 6750, 3)."""
    try:
        return _said(await work)
    except Wrong as wrong:
        said = f'error="{wrong.error}", error_description="{wrong.why}"' if scheme == "Bearer" else 'realm="matinee"'
        challenge = f"{scheme} {said}" if wrong.status in {401, 403} else ""
        return _said({"error": wrong.error, "error_description": wrong.why}, wrong.status, challenge)
