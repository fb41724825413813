"""Identity: sign up, sign in, renew, sign out; and who of an account is watching."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.ids import AccountId, ProfileId
from matinee.members import accounts, profiles
from matinee.members.credentials import normal_email, problem_with
from matinee.members.leaving import Leaving
from matinee.members.passport import Passports, open_passports
from matinee.members.passwords import Passwords
from matinee.members.profile_rules import AVATARS, Wish, first_wish
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql

T = TypeVar("T")
SESSION_MS = 30 * 24 * 3600 * 1000
SIGNED_OUT = Refused("unauthenticated", "You are signed out.", "Sign in to go on watching.")


@dataclass(frozen=True)
class IdentitySettings:
    key: Path  # the private signing key, made at the first start
    jwks: Path  # where the front door reads the public half
    country: str = ""  # where accounts are at home, ISO 3166; empty: not known


class Identity:
    """Implements `IdentityService`."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, settings: IdentitySettings) -> None:
        self._sql = sql
        self._clock = clock
        self._settings = settings
        self._leaving = Leaving(sql, log, clock)
        self._passwords = Passwords()
        self._passports: Passports = open_passports(settings.key)

    async def start(self) -> None:
        await self._sql.install(accounts.TABLES)
        self._settings.jwks.write_text(json.dumps(self._passports.public_keys()))

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("identity.leaving", self._leaving.keep_telling),)

    async def close(self) -> None:
        await self._sql.close()

    async def sign_up(self, request: pb.Credentials, call: Call) -> pb.Session:
        problem = problem_with(request.email, request.password)
        if problem:
            raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
        password_hash = await self._passwords.hashed(request.password)
        account_id, email, now_ms = AccountId(uuid.uuid4().hex), normal_email(request.email), self._clock.now_ms()
        profile_id = ProfileId(uuid.uuid4().hex)

        def keep(db: sa.Connection) -> accounts.Account:
            account = accounts.add_account(db, account_id, email, password_hash, now_ms)
            profiles.add(db, account_id, profile_id, first_wish(email), now_ms)
            return account

        try:
            account = await self._sql.transact(keep)
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

        def standing(db: sa.Connection) -> tuple[accounts.Session, bool] | None:
            session = accounts.by_session(db, digest, now_ms)
            return (session, profiles.is_kids(db, session.profile_id)) if session else None

        found = await self._sql.read(standing)
        if not found:
            raise SIGNED_OUT
        session, kids = found
        return self._session(session, request.session_secret, kids=kids)

    async def sign_out(self, request: pb.Renewal, call: Call) -> pb.SignedOut:
        digest = _digest(request.session_secret)
        await self._sql.transact(lambda db: accounts.close_session(db, digest))
        return pb.SignedOut()

    async def whois(self, request: pb.AccountId, call: Call) -> pb.Account:
        account = await self._sql.read(lambda db: accounts.by_id(db, AccountId(request.account_id)))
        if not account:
            raise Refused("unauthenticated", "This account is gone.", "Sign in with another, or sign up.")
        return self._account(account)

    async def welcome(self, request: pb.WelcomeRequest, call: Call) -> pb.WelcomeState:
        return pb.WelcomeState(first=not await self._sql.read(accounts.any_account))

    async def list_profiles(self, request: pb.AccountId, call: Call) -> pb.ProfileList:
        found = await self._sql.read(lambda db: profiles.of_account(db, AccountId(request.account_id)))
        return pb.ProfileList(profiles=[self._profile(each) for each in found])

    async def get_profile(self, request: pb.ProfileId, call: Call) -> pb.Profile:
        account_id, profile_id = AccountId(request.account_id), ProfileId(request.profile_id)
        with _in_words():
            return self._profile(await self._sql.read(lambda db: profiles.one(db, account_id, profile_id)))

    async def create_profile(self, request: pb.NewProfile, call: Call) -> pb.Profile:
        account_id, profile_id, now_ms = AccountId(request.account_id), ProfileId(uuid.uuid4().hex), self._clock.now_ms()
        await self.whois(pb.AccountId(account_id=account_id), call)
        wish = _wish(request)
        return self._profile(
            await self._by_grown_up(request.asked_by, lambda db: profiles.add(db, account_id, profile_id, wish, now_ms))
        )

    async def change_profile(self, request: pb.ProfileChange, call: Call) -> pb.Profile:
        wanted = request.profile
        account_id, profile_id, wish = AccountId(wanted.account_id), ProfileId(wanted.profile_id), _wish(wanted)
        return self._profile(
            await self._by_grown_up(request.asked_by, lambda db: profiles.change(db, account_id, profile_id, wish))
        )

    async def remove_profile(self, request: pb.ProfileRemoval, call: Call) -> pb.ProfileRemoved:
        account_id, profile_id = AccountId(request.account_id), ProfileId(request.profile_id)
        await self._by_grown_up(request.asked_by, lambda db: profiles.remove(db, account_id, profile_id))
        return pb.ProfileRemoved()

    async def _by_grown_up(self, asked_by: str, act: Callable[[sa.Connection], T]) -> T:
        """Acts on an account's profiles, unless a child asks."""

        def acted(db: sa.Connection) -> T:
            profiles.by_grown_up(db, ProfileId(asked_by))
            return act(db)

        with _in_words():
            return await self._sql.transact(acted)

    async def list_avatars(self, request: pb.ListAvatarsRequest, call: Call) -> pb.AvatarList:
        return pb.AvatarList(avatars=AVATARS)

    async def pick_profile(self, request: pb.Pick, call: Call) -> pb.Session:
        digest, now_ms, profile_id = _digest(request.session_secret), self._clock.now_ms(), ProfileId(request.profile_id)

        def pick(db: sa.Connection) -> tuple[accounts.Session, bool] | None:
            session = accounts.by_session(db, digest, now_ms)
            if not session:
                return None
            kids = profile_id != "" and profiles.one(db, session.account.account_id, profile_id).kids
            accounts.watches(db, digest, profile_id)
            return replace(session, profile_id=profile_id), kids

        with _in_words():
            picked = await self._sql.transact(pick)
        if not picked:
            raise SIGNED_OUT
        session, kids = picked
        return self._session(session, request.session_secret, kids=kids)

    async def _open_session(self, account: accounts.Account) -> pb.Session:
        secret, now_ms = secrets.token_urlsafe(32), self._clock.now_ms()

        def keep(db: sa.Connection) -> None:
            accounts.open_session(db, account.account_id, _digest(secret), now_ms + SESSION_MS, now_ms)

        await self._sql.transact(keep)
        return self._session(accounts.Session(account, now_ms + SESSION_MS, ProfileId("")), secret, kids=False)

    def _session(self, session: accounts.Session, secret: str, *, kids: bool) -> pb.Session:
        """Nobody runs the house while a kids' profile watches."""
        account, operator = session.account, session.account.operator and not kids
        passport, passport_until_ms = self._passports.mint(
            account.account_id, session.profile_id, operator=operator, now_ms=self._clock.now_ms()
        )
        return pb.Session(
            account=self._account(account),
            passport=passport,
            passport_until_ms=passport_until_ms,
            session_secret=secret,
            session_until_ms=session.until_ms,
            profile_id=session.profile_id,
        )

    def _account(self, account: accounts.Account) -> pb.Account:
        country = self._settings.country
        return pb.Account(account_id=account.account_id, email=account.email, operator=account.operator, country=country)

    def _profile(self, profile: profiles.Profile) -> pb.Profile:
        return pb.Profile(**asdict(profile), country=self._settings.country)


def _wish(request: pb.NewProfile | pb.Profile) -> Wish:
    return Wish(name=request.name, avatar=request.avatar, kids=request.kids, maturity_limit=request.maturity_limit)


@contextmanager
def _in_words() -> Generator[None]:
    """What the profiles' table says no to, as a refusal for the person."""
    try:
        yield
    except profiles.Unfit as unfit:
        raise Refused("invalid", "Almost there.", unfit.problem.reason, field=unfit.problem.field) from unfit
    except profiles.AskedByChild as child:
        reason = "Profiles are looked after by grown-ups: let one of them say who is watching, and try again."
        raise Refused("forbidden", "That is for grown-ups.", reason) from child
    except profiles.LastProfile as last:
        raise Refused("invalid", "Somebody has to watch.", "An account keeps at least one profile: rename this one.") from last
    except profiles.NoSuchProfile as gone:
        raise Refused("no_profile", "Who is watching?", "Pick one of the profiles of this account.") from gone


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
