"""PINs at work: who may be picked, what may be played once above a limit, and who may set one.

A try is counted in one transaction, looked at outside of any (argon2 takes its time), and struck out in another when it was
right. What was right before is asked again in the transaction that acts on it.
"""

import hashlib
import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.ids import AccountId, ProfileId, may_be_id
from matinee.members import accounts, pins, profiles
from matinee.members.passwords import Passwords
from matinee.members.pin_rules import is_pin, tries_left, whose_pin
from matinee.members.profile_words import in_words, message_of
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.ports.sql import Sql

NOT_A_PIN = Refused("invalid", "Almost there.", "A PIN has 4 to 6 digits.", field="pin")
NOT_OPEN = Refused("forbidden", "This one asks for the PIN.", "It is above this profile's limit: enter the PIN.", field="pin")
HAS_PIN = Refused("forbidden", "This profile has a PIN.", "Enter it to go on.", field="pin")
ASK_A_GROWN_UP = Refused("forbidden", "Ask a grown-up.", "To leave this profile, enter a grown-up's PIN.", field="pin")
NEVER_OPENS = Refused("forbidden", "Not for this profile.", "Watch it from a grown-up's profile that has a PIN.")
NO_SUCH_TITLE = Refused("missing", "We do not have that title.", "It may have left the library: go back home to see what is on.")


class PinDesk:
    def __init__(self, sql: Sql, clock: Clock, passwords: Passwords, house_country: str) -> None:
        self._sql = sql
        self._clock = clock
        self._passwords = passwords
        self._house_country = house_country

    async def set(self, request: pb.PinChange) -> pb.Profile:
        account_id, profile_id = AccountId(request.account_id), ProfileId(request.profile_id)
        if request.pin and not is_pin(request.pin):
            raise NOT_A_PIN

        def may(db: sa.Connection) -> profiles.Profile:
            profiles.by_grown_up(db, ProfileId(request.asked_by))
            return profiles.one(db, account_id, profile_id)

        with in_words():
            await self._sql.read(may)
        await self._password(account_id, request.password)
        pin_hash = await self._passwords.hashed(request.pin) if request.pin else ""

        def keep(db: sa.Connection) -> profiles.Profile:
            profile = may(db)
            if pin_hash:
                pins.keep(db, profile_id, pin_hash, asks_above=request.asks_above and not profile.kids)
            else:
                pins.remove(db, profile_id)
            return profiles.one(db, account_id, profile_id)

        with in_words():
            return message_of(await self._sql.transact(keep), self._house_country)

    async def open(self, request: pb.TitleKey) -> pb.Permit:
        """Refused to children whatever they know, before any PIN is looked at."""
        account_id, profile_id, now_ms = AccountId(request.account_id), ProfileId(request.profile_id), self._clock.now_ms()
        if not may_be_id(request.title_id):
            raise NO_SUCH_TITLE
        with in_words():
            await self._sql.read(lambda db: _opens_by_pin(db, account_id, profile_id))
        await self._prove(account_id, [profile_id], request.pin, request.password, NOT_OPEN)
        permit = secrets.token_urlsafe(24)

        def give(db: sa.Connection) -> int:
            _opens_by_pin(db, account_id, profile_id)
            return pins.permit(db, _digest(permit), profile_id, request.title_id, now_ms)

        with in_words():
            return pb.Permit(permit=permit, until_ms=await self._sql.transact(give))

    async def use(self, request: pb.PermitUse) -> pb.PermitUsed:
        account_id, profile_id, now_ms = AccountId(request.account_id), ProfileId(request.profile_id), self._clock.now_ms()

        def use(db: sa.Connection) -> bool:
            _opens_by_pin(db, account_id, profile_id)
            return pins.use_permit(db, _digest(request.permit), profile_id, request.title_id, now_ms)

        with in_words():
            if not await self._sql.transact(use):
                raise NOT_OPEN
        return pb.PermitUsed()

    async def may_pick(self, digest: str, request: pb.Pick) -> bool:
        """Whether a PIN was asked for and was right; False where none is asked for. Refused where it is, and is not right."""
        now_ms, wanted = self._clock.now_ms(), ProfileId(request.profile_id)

        def asked(db: sa.Connection) -> tuple[AccountId, list[str]] | None:
            session = accounts.by_session(db, digest, now_ms)
            return (session.account.account_id, asked_for(db, session, wanted)) if session else None

        found = await self._sql.read(asked)
        if not found or not found[1]:
            return False
        account_id, owners = found
        await self._prove(account_id, owners, request.pin, request.password, HAS_PIN if owners == [wanted] else ASK_A_GROWN_UP)
        return True

    async def _prove(self, account_id: AccountId, owners: Sequence[str], pin: str, password: str, without: Refused) -> None:
        """Returns when the PIN is one of the owners', or the password the account's; `without` is said where neither is given."""
        if password:
            await self._password(account_id, password)
        elif not pin:
            raise without
        elif not is_pin(pin):
            raise NOT_A_PIN
        else:
            await self._pin(owners, pin)

    async def _pin(self, owners: Sequence[str], pin: str) -> None:
        now_ms = self._clock.now_ms()
        with in_words():
            await self._sql.transact(lambda db: pins.count_try(db, owners, now_ms))
        for owner, stored in (await self._sql.read(lambda db: pins.hashes(db, owners))).items():
            if await self._passwords.fits(pin, stored):
                await self._sql.transact(lambda db, owner=owner: _was_right(db, owner, owners))
                return
        left = await self._sql.read(lambda db: min(tries_left(pins.tries_of(db, each)) for each in owners))
        how_many = {0: "Wait a minute before the next try.", 1: "One more try before a wait."}
        reason = how_many.get(left, f"{left} more tries before a wait.")
        raise Refused("forbidden", "That is not the PIN.", reason, field="pin")

    async def _password(self, account_id: AccountId, password: str) -> None:
        now_ms = self._clock.now_ms()
        with in_words():
            await self._sql.transact(lambda db: pins.count_try(db, [account_id], now_ms))
        account = await self._sql.read(lambda db: accounts.by_id(db, account_id))
        if not await self._passwords.fits(password, account.password_hash if account else None):
            raise Refused("forbidden", "That did not match.", "It is the password you sign in with.", field="password")
        await self._sql.transact(lambda db: pins.was_right(db, [account_id]))


def asked_for(db: sa.Connection, session: accounts.Session, wanted: ProfileId) -> list[str]:
    """The profiles any of whose PINs is asked for before this session goes on as `wanted`."""
    people = [each.person for each in profiles.of_account(db, session.account.account_id)]
    return whose_pin(people, session.profile_id, wanted)


def _opens_by_pin(db: sa.Connection, account_id: AccountId, profile_id: ProfileId) -> None:
    profile = profiles.one(db, account_id, profile_id)
    if profile.kids or not profile.asks_above:
        raise NEVER_OPENS


def _was_right(db: sa.Connection, owner: str, owners: Sequence[str]) -> None:
    pins.was_right(db, [owner])
    pins.was_not_tried(db, [each for each in owners if each != owner])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
