"""What apps ask by themselves: for tokens, for a code that a television shows, about a token, and that one shall end."""

import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matinee.members import oauth_apps as apps
from matinee.members import oauth_devices as devices
from matinee.members import oauth_grants as grants
from matinee.members.oauth_rules import LETTERS, USER_CODE_LETTERS, App, Wrong, digest, once, permitted, scopes_of, shown
from matinee.members.oauth_tokens import LIFETIME_S, Tokens
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call
from matinee.ports.sql import Sql

Fields = Sequence[tuple[str, str]]
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
GONE = Wrong("invalid_grant", "that is over: it was used, ended or ran out, or is another app's; ask the person again")
TRIES = 5


@dataclass(frozen=True)
class Who:
    """Whom a token speaks of, as the accounts know them now."""

    email: str
    verified: bool  # that the address is theirs
    operator: bool
    name: str
    avatar: str
    kids: bool
    epoch: int

    def told(self, scopes: Sequence[str]) -> Mapping[str, object]:
        """What these scopes tell of them (OpenID Connect Core, 5.4)."""
        name = {"name": self.name} if "profile" in scopes else {}
        return {**name, **({"email": self.email, "email_verified": self.verified} if "email" in scopes else {})}


Known = Callable[[str, str, Call], Awaitable[Who | None]]
"""By account and profile; None: one of them is gone."""


class AppDesk:
    def __init__(self, sql: Sql, clock: Clock, tokens: Tokens, issuer: str, known: Known) -> None:
        self._sql = sql
        self._clock = clock
        self._tokens = tokens
        self._issuer = issuer
        self._known = known
        self._ways = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh,
            DEVICE_GRANT: self._by_device,
        }

    async def token(self, fields: Fields, authorization: str, call: Call) -> Mapping[str, object]:
        said = once(fields)
        app = await self._app(said, authorization)
        way = self._ways.get(said.get("grant_type", ""))
        if way is None:
            raise Wrong("unsupported_grant_type", f"grant_type is one of: {', '.join(self._ways)}")
        return await way(app, said, call)

    async def authorize_device(self, fields: Fields, authorization: str) -> Mapping[str, object]:
        said = once(fields)
        app = await self._app(said, authorization)
        if not app.for_devices:
            raise Wrong("unauthorized_client", "this app is not registered for devices: matinee app add … --device")
        scopes, now_ms, secret = scopes_of(app, said.get("scope", "")), self._clock.now_ms(), secrets.token_urlsafe(32)
        for _ in range(TRIES):
            code = "".join(secrets.choice(LETTERS) for _ in range(USER_CODE_LETTERS))
            device = devices.Device(digest(secret), code, app.client_id, scopes)
            if await self._sql.transact(lambda db, device=device: devices.open_device(db, device, now_ms)):
                break
        else:
            raise Wrong("temporarily_unavailable", "no code is free: try again in a moment", 503)
        page = f"{self._issuer}/activate"
        return {
            "device_code": secret,
            "user_code": shown(code),
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={shown(code)}",
            "expires_in": devices.WAITS_MS // 1000,
            "interval": devices.INTERVAL_S,
            # Ours, for a screen that can show a picture and not draw one.
            "verification_qr": f"{self._issuer}/oauth/qr.svg?code={shown(code)}",
        }

    async def revoke(self, fields: Fields, authorization: str) -> None:
        """Whichever of its tokens is named, what was granted ends (RFC 7009, 2.1). One that is not known is no mistake."""
        said = once(fields)
        app = await self._app(said, authorization)
        handle, now_ms = said.get("token", "").partition(".")[0], self._clock.now_ms()
        # Its name is enough, also where the answer with the last one was lost.
        named = await self._sql.read(lambda db: grants.by_handle(db, handle, now_ms))
        grant = named or await self._grant_of(said.get("token", ""))
        if grant and grant.client_id != app.client_id:
            raise Wrong("invalid_grant", "that token is another app's")
        if grant:
            await self._sql.transact(lambda db: grants.end(db, grant.grant_id))

    async def introspect(self, fields: Fields, authorization: str, call: Call) -> Mapping[str, object]:
        """Apps that can keep a secret may ask, and about their own tokens only: of others they hear that they are not good."""
        said = once(fields)
        app = await self._app(said, authorization)
        if not app.secret_digest:
            raise Wrong("invalid_client", "only an app that has a secret may ask", 401)
        token = said.get("token", "")
        grant = await self._grant_of(token)
        if not grant or grant.client_id != app.client_id or not await self._stands(grant, call):
            return {"active": False}
        told = {"active": True, "client_id": app.client_id, "sub": grant.account_id, "iss": self._issuer}
        claims = self._tokens.read(token, self._clock.now_ms())
        if claims is None:
            return {**told, "scope": " ".join(grant.scopes), "token_use": "refresh"}
        return {**told, **{name: claims[name] for name in ("scope", "aud", "exp", "iat", "jti")}, "token_type": "Bearer"}

    async def userinfo(self, token: str, call: Call) -> Mapping[str, object]:
        claims = self._tokens.read(token, self._clock.now_ms())
        if claims is None:
            raise Wrong("invalid_token", "that token is not good, or over", 401)
        if not self._tokens.for_userinfo(claims):
            raise Wrong("insufficient_scope", "that token was not given for openid", 403)
        grant = await self._grant_of(token)
        who = await self._stands(grant, call) if grant else None
        if grant is None or who is None:
            raise Wrong("invalid_token", "what that token was given for is over", 401)
        return {"sub": grant.account_id, **who.told(claims["scope"].split())}

    async def _by_code(self, app: App, said: Mapping[str, str], call: Call) -> Mapping[str, object]:
        code, verifier, redirect = (said.get(name, "") for name in ("code", "code_verifier", "redirect_uri"))
        if not code or not verifier:
            raise Wrong("invalid_request", "send code and code_verifier")
        now_ms, secret = self._clock.now_ms(), secrets.token_urlsafe(32)
        # Before the code is used up: while the accounts are away it stays good.
        who = await self._who(await self._sql.read(lambda db: grants.by_code(db, digest(code), now_ms)), call)

        def redeem(db: sa.Connection) -> tuple[grants.Grant, str] | None:
            return grants.redeem(db, digest(code), app.client_id, redirect, verifier, digest(secret), now_ms)

        found = await self._sql.transact(redeem)
        if found is None:
            raise GONE
        grant, nonce = found
        return self._given(app, grant, grant.scopes, f"{grant.handle}.{secret}", who, nonce)

    async def _by_refresh(self, app: App, said: Mapping[str, str], call: Call) -> Mapping[str, object]:
        handle, _, used = said.get("refresh_token", "").partition(".")
        now_ms, secret = self._clock.now_ms(), secrets.token_urlsafe(32)
        grant = await self._sql.read(lambda db: grants.by_handle(db, handle, now_ms))
        if grant is None or grant.client_id != app.client_id:
            raise GONE
        scopes = scopes_of(app, said["scope"]) if "scope" in said else grant.scopes
        if not set(scopes) <= set(grant.scopes):
            raise Wrong("invalid_scope", f"the person allowed: {' '.join(grant.scopes)}")
        who = await self._who(grant, call)
        turned = await self._sql.transact(lambda db: grants.refresh(db, handle, digest(used), digest(secret), now_ms))
        if turned is None:
            raise GONE
        return self._given(app, turned, scopes, f"{handle}.{secret}", who)

    async def _by_device(self, app: App, said: Mapping[str, str], call: Call) -> Mapping[str, object]:
        asked, now_ms, secret = digest(said.get("device_code", "")), self._clock.now_ms(), secrets.token_urlsafe(32)
        allowed = await self._sql.read(lambda db: devices.allowed(db, asked, now_ms))
        who = await self._who(allowed, call) if allowed else None
        found = await self._sql.transact(lambda db: devices.ask(db, asked, app.client_id, digest(secret), now_ms))
        if isinstance(found, str):
            raise Wrong(found, WAITING[found])
        return self._given(app, found, found.scopes, f"{found.handle}.{secret}", who or await self._who(found, call))

    def _given(
        self, app: App, grant: grants.Grant, scopes: Sequence[str], refresh: str, who: Who, nonce: str = ""
    ) -> Mapping[str, object]:
        now_ms = self._clock.now_ms()
        scopes = permitted(scopes, operator=who.operator, kids=who.kids)
        token = self._tokens.access(grant, scopes, uuid.uuid4().hex, operator=who.operator, now_ms=now_ms)
        told = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S, "refresh_token": refresh}
        told["scope"] = " ".join(scopes)
        if "openid" not in scopes:
            return told
        email = who.told([scope for scope in scopes if scope == "email"])
        return {**told, "id_token": self._tokens.id_token(grant, app, nonce, email, now_ms)}

    async def _who(self, grant: grants.Grant | None, call: Call) -> Who:
        """Whom the grant is of; where that is over, it ends."""
        who = await self._stands(grant, call) if grant else None
        if grant and who is None:
            await self._sql.transact(lambda db: grants.end(db, grant.grant_id))
        if who is None:
            raise GONE
        return who

    async def _stands(self, grant: grants.Grant, call: Call) -> Who | None:
        """None: its account or profile is gone, or has shown everybody out since."""
        who = await self._known(grant.account_id, grant.profile_id, call)
        return who if who and who.epoch == grant.epoch else None

    async def _app(self, said: Mapping[str, str], authorization: str) -> App:
        client_id, secret = apps.credentials(authorization, said.get("client_id", ""), said.get("client_secret", ""))
        return apps.authenticated(await self._sql.read(lambda db: apps.by_id(db, client_id)), secret)

    async def _grant_of(self, token: str) -> grants.Grant | None:
        """What a token, of either kind, was given for, if both stand. A refresh token that was replaced stands for nothing."""
        now_ms = self._clock.now_ms()
        if claims := self._tokens.read(token, now_ms):
            return await self._sql.read(lambda db: grants.by_id(db, claims["grant"], now_ms))
        handle, _, secret = token.partition(".")
        return await self._sql.read(lambda db: grants.by_token(db, handle, digest(secret), now_ms))


WAITING = {
    "authorization_pending": "nobody has said yes or no: ask again after the interval",
    "slow_down": "wait five seconds longer from now on",
    "expired_token": "nobody came in time: ask for another code",
    "access_denied": "they said no",
    "invalid_grant": GONE.why,
}
