"""The service `oauth` with the real accounts behind it, on the small engine and a clock that tests drive."""

import base64
import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet

from matinee.contracts import oauth_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId, Credentials, NewProfile
from matinee.contracts.identity_rpc import IdentityClient
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members import oauth_apps
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.oauth import Oauth, OauthSettings
from matinee.members.oauth_rules import SCOPES, App, digest
from matinee.ports.rpc import Call

CALL = Call("test", "test", 1e12)
NOW_MS = 1_700_000_000_000
ISSUER = "https://films.example.org"
BACK = "https://club.example.org/back"
VERIFIER = "a-verifier-that-has-at-least-forty-three-letters-in-it"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CLUB = App("club", "Film club", "", (BACK,), SCOPES, False, "ES256")
SERVER = App("server", "Server", digest("a secret"), (BACK,), SCOPES, False, "RS256")
TELEVISION = App("tv", "Television", "", (), ("openid", "watch"), True, "RS256")


@dataclass
class Stage:
    """A house where Asha is the operator, with a kids' profile Kim, and three apps."""

    clock: ManualClock
    oauth: Oauth
    identity: Identity
    sql: SqliteSql
    accounts: SqliteSql
    person: pb.Person
    kim: str

    async def token(self, app: str = "club", authorization: str = "", **said: str) -> tuple[int, dict[str, Any]]:
        return read(await self.oauth.token(form(authorization, client_id=app, **said), CALL))

    async def code(self, person: pb.Person | None = None, app: str = "club", **more: str) -> str:
        """Somebody let the app in; what it is sent back."""
        return self.sent_back(await self.allow(person, app, **more))["code"]

    async def allow(self, person: pb.Person | None = None, app: str = "club", **more: str) -> str:
        asked = pb.AppAsked(form=request(client_id=app, **more), person=person or self.person)
        return (await self.oauth.decide(pb.AppDecided(asked=asked, allowed=True), CALL)).address

    def sent_back(self, address: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    async def given(self, person: pb.Person | None = None, app: str = "club", **more: str) -> dict[str, Any]:
        """All that an app is given."""
        secret = {"client_secret": "a secret"} if app == "server" else {}
        code = await self.code(person, app, **more)
        status, body = await self.token(app, grant_type="authorization_code", code=code, code_verifier=VERIFIER, **secret)
        assert status == 200, body
        return body

    async def refresh(self, token: str, **said: str) -> tuple[int, dict[str, Any]]:
        return await self.token(grant_type="refresh_token", refresh_token=token, **said)

    async def introspect(self, token: str) -> dict[str, Any]:
        asked = form(client_id="server", client_secret="a secret", token=token)
        return read(await self.oauth.introspect(asked, CALL))[1]

    async def userinfo(self, token: str) -> int:
        return (await self.oauth.userinfo(pb.Bearer(token=token), CALL)).status

    async def claims(self, token: str) -> dict[str, Any]:
        """What a signed token says, for anybody who has read our keys."""
        keys = read(await self.oauth.public_keys(pb.PublicKeysRequest(), CALL))[1]
        assert '"d"' not in json.dumps(keys)
        return jwt.decode(token, KeySet.import_key_set(cast(Any, keys)), algorithms=["ES256", "RS256"]).claims

    def as_kim(self) -> pb.Person:
        return pb.Person(account_id=self.person.account_id, profile_id=self.kim, signed_in_ms=NOW_MS)


def form(authorization: str = "", **said: str) -> pb.OauthForm:
    return pb.OauthForm(fields=[pb.OauthField(name=n, value=v) for n, v in said.items()], authorization=authorization)


def request(**more: str) -> pb.OauthForm:
    said = {
        "client_id": "club",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid watch",
        "state": "here",
        "nonce": "once",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return form(**{name: value for name, value in said.items() if value})


def read(answer: pb.OauthAnswer) -> tuple[int, dict[str, Any]]:
    return answer.status, json.loads(answer.body) if answer.body else {}


async def furnish(folder: Path) -> None:
    """The house of every stage, made once: its accounts, its apps, its keys."""
    async with _opened(folder, folder) as (_, identity, sql, _, _):
        for each in (CLUB, SERVER, TELEVISION):
            await sql.transact(lambda db, each=each: oauth_apps.add(db, each, NOW_MS))
        asha = await identity.sign_up(Credentials(email="asha@example.org", password="a quiet evening"), CALL)
        kim = NewProfile(account_id=asha.account.account_id, name="Kim", avatar="moon", kids=True, maturity_limit=6)
        await identity.create_profile(kim, CALL)
        (folder / "account").write_text(asha.account.account_id)


@asynccontextmanager
async def open_stage(folder: Path, furnished: Path) -> AsyncIterator[Stage]:
    for file in furnished.glob("*.db"):
        shutil.copy(file, folder)
    account_id = (furnished / "account").read_text()
    async with _opened(folder, furnished) as (clock, identity, sql, oauth, accounts):
        both = (await identity.list_profiles(AccountId(account_id=account_id), CALL)).profiles
        asha, kim = sorted(both, key=lambda profile: profile.kids)
        person = pb.Person(account_id=account_id, profile_id=asha.profile_id, signed_in_ms=NOW_MS)
        yield Stage(clock, oauth, identity, sql, accounts, person, kim.profile_id)


@asynccontextmanager
async def _opened(folder: Path, keys: Path) -> AsyncIterator[tuple[ManualClock, Identity, SqliteSql, Oauth, SqliteSql]]:
    clock, sql, log = ManualClock(NOW_MS), SqliteSql(folder / "oauth.db"), SqliteLog(folder / "log.db")
    settings = IdentitySettings(keys / "secrets" / "passport.pem", folder / "jwks.json")
    accounts = SqliteSql(folder / "identity.db")
    identity = Identity(sql=accounts, log=log, clock=clock, settings=settings)
    client, own = cast(IdentityClient, identity), OauthSettings(ISSUER, keys / "secrets" / "oauth", keys / "oauth-jwks.json")
    oauth = Oauth(sql=sql, clock=clock, identity=client, settings=own)
    await identity.start()
    await oauth.start()
    yield clock, identity, sql, oauth, accounts
    await oauth.close()
    await identity.close()
    await log.close()
