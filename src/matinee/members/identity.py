"""Identity: sessions and their passports, and who of an account is watching. How one comes in stands at its desks."""

import json
import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.ids import AccountId, ProfileId
from matinee.members import accounts, devices, epochs, finding, one_time_codes, profiles, proofs
from matinee.members.country import Home, country_of
from matinee.members.credentials import MOST_EMAIL
from matinee.members.desk import SESSION_MS, SIGNED_OUT, Desk, digest_of
from matinee.members.letters_desk import LettersDesk
from matinee.members.migrations import MIGRATIONS
from matinee.members.passport import Passports, open_passports
from matinee.members.passwords import Passwords
from matinee.members.pin_desk import HAS_PIN, PinDesk, asked_for
from matinee.members.profile_desk import GONE, ProfileDesk
from matinee.members.profile_rules import AVATARS
from matinee.members.profile_words import in_words
from matinee.members.sealing import open_seal
from matinee.members.sweeping import Sweeping
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.outbox import Outbox
from matinee.ports.rpc import Call
from matinee.ports.sql import Sql

MOST_FOUND = 50


@dataclass(frozen=True)
class IdentitySettings:
    key: Path  # the private signing key, made at the first start; beside it the key of the one-time codes
    jwks: Path  # where the front door reads the public half
    url: str = "http://localhost:8080"  # where people reach the house: passkeys belong to its host, links in letters lead there
    country: str = ""  # where accounts are at home, ISO 3166; empty: not known


class Identity(LettersDesk):
    """Implements `IdentityService`."""

    def __init__(self, *, sql: Sql, log: Log, clock: Clock, settings: IdentitySettings) -> None:
        self._sql = sql
        self._clock = clock
        self._settings = settings
        self._outbox = Outbox(accounts.OUTBOX, sql, log, clock)
        self._sweeping = Sweeping(sql, clock)
        passwords = Passwords()
        self._seal = open_seal(settings.key.with_name("one-time-codes.key"))
        self._desk = Desk(sql, clock, passwords, settings.url, self._seal, self._session)
        self._profiles = ProfileDesk(sql, clock, settings.country)
        self._pins = PinDesk(sql, clock, passwords, settings.country)
        self._passports: Passports = open_passports(settings.key)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        await self._sql.transact(lambda db: profiles.adopt_removed(db, self._clock.now_ms()))
        await self._sql.transact(lambda db: one_time_codes.seal_all(db, self._seal))
        # Whole or not at all: another identity writes the same, while Envoy may be reading it.
        draft = self._settings.jwks.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(self._passports.public_keys()))
        draft.replace(self._settings.jwks)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (
            ("identity.outbox", self._outbox.keep_telling),
            ("identity.sweeping", self._sweeping.keep_on),
        )

    async def close(self) -> None:
        await self._sql.close()

    async def renew(self, request: pb.Renewal, call: Call) -> pb.Session:
        digest, now_ms = digest_of(request.session_secret), self._clock.now_ms()

        def standing(db: sa.Connection) -> tuple[accounts.Session, bool] | None:
            session = accounts.by_session(db, digest, now_ms)
            return (session, profiles.is_kids(db, session.profile_id)) if session else None

        found = await self._sql.read(standing)
        if not found:
            raise SIGNED_OUT
        session, kids = found
        await self._desk.seen(request.session_secret, request.arrival)
        return self._session(session, request.session_secret, kids=kids)

    async def sign_out(self, request: pb.Renewal, call: Call) -> pb.SignedOut:
        digest = digest_of(request.session_secret)
        await self._sql.transact(lambda db: accounts.close_session(db, digest))
        return pb.SignedOut()

    async def whois(self, request: pb.AccountId, call: Call) -> pb.Account:
        def read(db: sa.Connection) -> tuple[accounts.Account, bool, int] | None:
            account = accounts.by_id(db, AccountId(request.account_id))
            if not account:
                return None
            return account, proofs.is_proved(db, account.account_id, account.email), epochs.of(db, account.account_id)

        found = await self._sql.read(read)
        if not found:
            raise GONE
        account, verified, epoch = found
        told = self._account(account)
        told.email_verified, told.epoch = verified, epoch
        return told

    async def find_accounts(self, request: pb.AccountSearch, call: Call) -> pb.AccountList:
        most = min(request.limit, MOST_FOUND) if request.limit > 0 else MOST_FOUND
        text = request.text.strip()[:MOST_EMAIL]
        found = await self._sql.read(lambda db: finding.find(db, text, request.before, most + 1))
        return pb.AccountList(accounts=[self._found(each) for each in found[:most]], more=len(found) > most)

    async def welcome(self, request: pb.WelcomeRequest, call: Call) -> pb.WelcomeState:
        return pb.WelcomeState(first=not await self._sql.read(accounts.any_account))

    async def list_profiles(self, request: pb.AccountId, call: Call) -> pb.ProfileList:
        return await self._profiles.list(AccountId(request.account_id))

    async def get_profile(self, request: pb.ProfileId, call: Call) -> pb.Profile:
        return await self._profiles.get(AccountId(request.account_id), ProfileId(request.profile_id))

    async def create_profile(self, request: pb.NewProfile, call: Call) -> pb.Profile:
        return await self._profiles.create(request)

    async def change_profile(self, request: pb.ProfileChange, call: Call) -> pb.Profile:
        return await self._profiles.change(request)

    async def remove_profile(self, request: pb.ProfileRemoval, call: Call) -> pb.ProfileRemoved:
        return await self._profiles.remove(request)

    async def set_preferences(self, request: pb.PreferencesChange, call: Call) -> pb.Profile:
        return await self._profiles.prefer(request)

    async def get_country(self, request: pb.AccountId, call: Call) -> pb.CountryAnswer:
        return await self._profiles.country(AccountId(request.account_id))

    async def set_country(self, request: pb.CountryChange, call: Call) -> pb.CountryAnswer:
        return await self._profiles.set_country(request)

    async def set_pin(self, request: pb.PinChange, call: Call) -> pb.Profile:
        return await self._pins.set(request)

    async def open_title(self, request: pb.TitleKey, call: Call) -> pb.Permit:
        return await self._pins.open(request)

    async def use_permit(self, request: pb.PermitUse, call: Call) -> pb.PermitUsed:
        return await self._pins.use(request)

    async def list_avatars(self, request: pb.ListAvatarsRequest, call: Call) -> pb.AvatarList:
        return pb.AvatarList(avatars=AVATARS)

    async def pick_profile(self, request: pb.Pick, call: Call) -> pb.Session:
        digest, now_ms, profile_id = digest_of(request.session_secret), self._clock.now_ms(), ProfileId(request.profile_id)
        proven, new_secret = await self._pins.may_pick(digest, request), secrets.token_urlsafe(32)

        def pick(db: sa.Connection) -> tuple[accounts.Session, str, bool] | None:
            session = accounts.by_session(db, digest, now_ms)
            if not session:
                return None
            kids = profile_id != "" and profiles.one(db, session.account.account_id, profile_id).kids
            guarded = asked_for(db, session, profile_id)
            if guarded and not proven:
                raise HAS_PIN
            accounts.watches(db, digest, profile_id)
            if guarded:
                # A child that has copied the secret does not come along to where only a PIN leads.
                devices.goes_on(db, digest, digest_of(new_secret))
            return replace(session, profile_id=profile_id), new_secret if guarded else request.session_secret, kids

        with in_words():
            picked = await self._sql.transact(pick)
        if not picked:
            raise SIGNED_OUT
        session, secret, kids = picked
        return self._session(session, secret, kids=kids)

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
            signed_in_ms=session.until_ms - SESSION_MS,
        )

    def _found(self, found: finding.Found) -> pb.FoundAccount:
        told = self._account(found.account)
        told.email_verified = found.verified
        return pb.FoundAccount(account=told, created_ms=found.created_ms, profile_names=found.names)

    def _account(self, account: accounts.Account) -> pb.Account:
        said = Home(account.country, 0) if account.country else None
        country = country_of(said, self._settings.country)
        return pb.Account(account_id=account.account_id, email=account.email, operator=account.operator, country=country)
