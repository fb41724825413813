"""What is asked of an account's profiles: who they are, what they may see, how they like to watch, and where they are at home."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.ids import AccountId, ProfileId
from matinee.members import accounts, preferences, profiles, residence
from matinee.members.country import changes_at_ms, country_of, is_country
from matinee.members.last_seen import LastSeen
from matinee.members.preference_rules import Preferences, problem_with
from matinee.members.profile_rules import Wish
from matinee.members.profile_words import in_words, message_of
from matinee.members.rating_tables import board_of, limits_of
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.ports.sql import Sql
from matinee.ports.unavailable import Fallback

T = TypeVar("T")
GONE = Refused("unauthenticated", "This account is gone.", "Sign in with another, or sign up.")
NO_COUNTRY = Refused("invalid", "Almost there.", 'Name the country by its two letters, as "DE" or "IN".', field="country")


class ProfileDesk:
    def __init__(self, sql: Sql, clock: Clock, house_country: str) -> None:
        self._sql = sql
        self._clock = clock
        self._house_country = house_country
        self._last_seen = LastSeen()
        self._as_last_seen = Fallback("identity: profiles as last seen", clock)

    async def list(self, account_id: AccountId) -> pb.ProfileList:
        found = await self._sql.read(lambda db: profiles.of_account(db, account_id))
        return pb.ProfileList(profiles=[self._message(each) for each in found])

    async def get(self, account_id: AccountId, profile_id: ProfileId) -> pb.Profile:
        seen = self._last_seen.of(account_id, profile_id, self._clock.now_ms())

        def read() -> Awaitable[profiles.Profile]:
            return self._sql.read(lambda db: profiles.one(db, account_id, profile_id))

        with in_words():
            if seen is None:
                profile = await read()
            elif (profile := await self._as_last_seen.instead(read)) is None:
                return self._message(seen)
        self._last_seen.keep(profile, self._clock.now_ms())
        return self._message(profile)

    async def create(self, request: pb.NewProfile) -> pb.Profile:
        account_id, profile_id, now_ms = AccountId(request.account_id), ProfileId(uuid.uuid4().hex), self._clock.now_ms()
        wish = _wish(request)

        def add(db: sa.Connection) -> profiles.Profile:
            if accounts.by_id(db, account_id) is None:
                raise GONE
            return profiles.add(db, account_id, profile_id, wish, now_ms)

        return self._message(await self._by_grown_up(request.asked_by, add))

    async def change(self, request: pb.ProfileChange) -> pb.Profile:
        wanted = request.profile
        account_id, profile_id, wish = AccountId(wanted.account_id), ProfileId(wanted.profile_id), _wish(wanted)
        return self._message(
            await self._by_grown_up(request.asked_by, lambda db: profiles.change(db, account_id, profile_id, wish))
        )

    async def remove(self, request: pb.ProfileRemoval) -> pb.ProfileRemoved:
        account_id, profile_id, now_ms = AccountId(request.account_id), ProfileId(request.profile_id), self._clock.now_ms()
        await self._by_grown_up(request.asked_by, lambda db: profiles.remove(db, account_id, profile_id, now_ms))
        self._last_seen.forget(account_id, profile_id)
        return pb.ProfileRemoved()

    async def prefer(self, request: pb.PreferencesChange) -> pb.Profile:
        """Everybody says it of themselves, a grown-up of others too."""
        account_id, profile_id = AccountId(request.account_id), ProfileId(request.profile_id)
        said = {field.name: value for field, value in request.ListFields() if field.has_presence}

        def keep(db: sa.Connection) -> profiles.Profile:
            if request.asked_by != profile_id:
                profiles.by_grown_up(db, ProfileId(request.asked_by))
            wish = Preferences(**{**asdict(profiles.one(db, account_id, profile_id).preferences), **said})
            if problem := problem_with(wish):
                raise Refused("invalid", "Almost there.", problem.reason, field=problem.field)
            preferences.keep(db, profile_id, wish)
            return profiles.one(db, account_id, profile_id)

        with in_words():
            return self._message(await self._sql.transact(keep))

    async def country(self, account_id: AccountId) -> pb.CountryAnswer:
        said = await self._sql.read(lambda db: residence.said(db, account_id))
        country = country_of(said, self._house_country)
        board = board_of(country)
        limits = [pb.RatingStep(years=each.years, label=each.label) for each in limits_of(country)]
        changes_ms = changes_at_ms(said)
        return pb.CountryAnswer(country=country, changes_at_ms=changes_ms, board=board.name, source=board.source, limits=limits)

    async def set_country(self, request: pb.CountryChange) -> pb.CountryAnswer:
        account_id, country, now_ms = AccountId(request.account_id), request.country.strip().upper(), self._clock.now_ms()
        if not is_country(country):
            raise NO_COUNTRY
        await self._by_grown_up(request.asked_by, lambda db: residence.say(db, account_id, country, now_ms))
        return await self.country(account_id)

    async def _by_grown_up(self, asked_by: str, act: Callable[[sa.Connection], T]) -> T:
        """Acts on an account's profiles, unless a child asks."""

        def acted(db: sa.Connection) -> T:
            profiles.by_grown_up(db, ProfileId(asked_by))
            return act(db)

        with in_words():
            return await self._sql.transact(acted)

    def _message(self, profile: profiles.Profile) -> pb.Profile:
        return message_of(profile, self._house_country)


def _wish(request: pb.NewProfile | pb.Profile) -> Wish:
    return Wish(name=request.name, avatar=request.avatar, kids=request.kids, maturity_limit=request.maturity_limit)
