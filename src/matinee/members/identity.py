"""Identity: sign up, sign in, renew, sign out."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.ids import AccountId
from matinee.members import accounts
from matinee.members.credentials import normal_email, problem_with
from matinee.members.passport import Passports, open_passports
from matinee.members.passwords import Passwords
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

SESSION_MS = 30 * 24 * 3600 * 1000


@dataclass(frozen=True)
class IdentitySettings:
    key: Path  # the private signing key, made at the first start
    jwks: Path  # where the front door reads the public half


class Identity:
    """Implements `IdentityService`."""

    def __init__(self, *, sql: Sql, clock: Clock, settings: IdentitySettings) -> None:
        self._sql = sql
        self._clock = clock
        self._settings = settings
        self._passwords = Passwords()
        self._passports: Passports = open_passports(settings.key)

    async def start(self) -> None:
        await self._sql.install(accounts.TABLES)
        self._settings.jwks.write_text(json.dumps(self._passports.public_keys()))

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        await self._sql.close()

    async def sign_up(self, request: pb.Credentials, call: Call) -> pb.Session:
        problem = problem_with(request.email, request.password)
        if problem:
            raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
        password_hash = await self._passwords.hashed(request.password)
        account_id, email, now_ms = AccountId(uuid.uuid4().hex), normal_email(request.email), self._clock.now_ms()
        try:
            account = await self._sql.transact(lambda db: accounts.add_account(db, account_id, email, password_hash, now_ms))
        except accounts.EmailTaken as taken:
            reason = "An account of that email exists: sign in instead."
            raise Refused("taken", "You are here already.", reason, field="email") from taken
        return await self._open_session(account)

    async def sign_in(self, request: pb.Credentials, call: Call) -> pb.Session:
        email = normal_email(request.email)
        account = await self._sql.read(lambda db: accounts.by_email(db, email))
        if not await self._passwords.fits(request.password, account.password_hash if account else None) or not account:
            raise Refused("unauthenticated", "That did not match.", "Check the email and the password and try again.")
        return await self._open_session(account)

    async def renew(self, request: pb.Renewal, call: Call) -> pb.Session:
        digest, now_ms = _digest(request.session_secret), self._clock.now_ms()
        found = await self._sql.read(lambda db: accounts.by_session(db, digest, now_ms))
        if not found:
            raise Refused("unauthenticated", "You are signed out.", "Sign in to go on watching.")
        account, until_ms = found
        return self._session(account, request.session_secret, until_ms)

    async def sign_out(self, request: pb.Renewal, call: Call) -> pb.SignedOut:
        digest = _digest(request.session_secret)
        await self._sql.transact(lambda db: accounts.close_session(db, digest))
        return pb.SignedOut()

    async def whois(self, request: pb.AccountId, call: Call) -> pb.Account:
        account = await self._sql.read(lambda db: accounts.by_id(db, AccountId(request.account_id)))
        if not account:
            raise Refused("unauthenticated", "This account is gone.", "Sign in with another, or sign up.")
        return _account(account)

    async def welcome(self, request: pb.WelcomeRequest, call: Call) -> pb.WelcomeState:
        return pb.WelcomeState(first=not await self._sql.read(accounts.any_account))

    async def _open_session(self, account: accounts.Account) -> pb.Session:
        secret, now_ms = secrets.token_urlsafe(32), self._clock.now_ms()

        def keep(db: sa.Connection) -> None:
            accounts.open_session(db, account.account_id, _digest(secret), now_ms + SESSION_MS, now_ms)

        await self._sql.transact(keep)
        return self._session(account, secret, now_ms + SESSION_MS)

    def _session(self, account: accounts.Account, secret: str, until_ms: int) -> pb.Session:
        passport, passport_until_ms = self._passports.mint(
            account.account_id, operator=account.operator, now_ms=self._clock.now_ms()
        )
        return pb.Session(
            account=_account(account),
            passport=passport,
            passport_until_ms=passport_until_ms,
            session_secret=secret,
            session_until_ms=until_ms,
        )


def _account(account: accounts.Account) -> pb.Account:
    return pb.Account(account_id=account.account_id, email=account.email, operator=account.operator)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
