"""Members: who is signed in, and who of them is watching."""

from collections.abc import Awaitable
from typing import Annotated, Self

import strawberry

from matinee.contracts import identity_pb2 as pb
from matinee.ports.rpc import Refused as RefusedCall
from matinee.ports.unavailable import Unavailable
from matinee.screen.schema.preferences import Preferences, PreferencesInput
from matinee.screen.schema.refused import Refused
from matinee.screen.schema.viewing import Info


@strawberry.type(description="Who watches: an account has one to five.")
class Profile:
    id: strawberry.ID
    name: str
    avatar: str = strawberry.field(description="One of Query.avatars.")
    kids: bool
    maturity_limit: int = strawberry.field(description="Years of age: nothing rated above is seen; 18 sees everything.")
    has_pin: bool = strawberry.field(description="It is asked for when somebody picks this profile.")
    asks_above: bool = strawberry.field(description="What is above the limit is seen locked, and plays after the PIN.")
    preferences: Preferences

    @classmethod
    def of(cls, profile: pb.Profile) -> Self:
        return cls(
            id=strawberry.ID(profile.profile_id),
            name=profile.name,
            avatar=profile.avatar,
            kids=profile.kids,
            maturity_limit=profile.maturity_limit,
            has_pin=profile.has_pin,
            asks_above=profile.asks_above,
            preferences=Preferences.of(profile.preferences),
        )


ProfileAnswer = Annotated[Profile | Refused, strawberry.union("ProfileAnswer")]


@strawberry.type
class Viewer:
    @strawberry.field
    async def email(self, info: Info) -> str:
        """Asked for only where it is shown: home opens while the accounts are away."""
        viewing = info.context
        account = await viewing.desks.identity.whois(pb.AccountId(account_id=viewing.asker.account_id), viewing.call)
        return account.email

    operator: bool = strawberry.field(description="May run the house. Not while a kids' profile watches.")

    @strawberry.field(description="Who watches; null: nobody was picked yet, or they are gone.")
    async def profile(self, info: Info) -> Profile | None:
        try:
            return Profile.of(await info.context.profile())
        except RefusedCall as refused:
            if refused.kind == "no_profile":
                return None
            raise

    @strawberry.field(description="How many screens of the account may watch at once.")
    async def screens(self, info: Info) -> int:
        """A membership's own number where it has one; the house's also while nobody can say."""
        viewing = info.context
        try:
            entitled = await viewing.desks.cashier.entitled(pb.AccountId(account_id=viewing.asker.account_id), viewing.call)
        except Unavailable:
            return viewing.desks.screens
        return entitled.screens or viewing.desks.screens


@strawberry.type
class MembersQuery:
    @strawberry.field(description="Who is signed in.")
    async def viewer(self, info: Info) -> Viewer:
        return Viewer(operator=info.context.asker.operator)

    @strawberry.field(description="Those of the account, oldest first; at most five.")
    async def profiles(self, info: Info) -> list[Profile]:
        viewing = info.context
        request = pb.AccountId(account_id=viewing.asker.account_id)
        return [Profile.of(each) for each in (await viewing.desks.identity.list_profiles(request, viewing.call)).profiles]

    @strawberry.field(description="Names of the drawn ones, for a profile to choose from.")
    async def avatars(self, info: Info) -> list[str]:
        viewing = info.context
        return list((await viewing.desks.identity.list_avatars(pb.ListAvatarsRequest(), viewing.call)).avatars)


@strawberry.type
class MembersMutation:
    @strawberry.mutation
    async def create_profile(self, info: Info, name: str, avatar: str, kids: bool, maturity_limit: int) -> ProfileAnswer:
        viewing = info.context
        wanted = pb.NewProfile(
            account_id=viewing.asker.account_id,
            name=name,
            avatar=avatar,
            kids=kids,
            maturity_limit=maturity_limit,
            asked_by=viewing.asker.profile_id,
        )
        return await _answered(viewing.desks.identity.create_profile(wanted, viewing.call))

    @strawberry.mutation(description="All of it anew. Like the other two, not while a kids' profile watches.")
    async def change_profile(
        self, info: Info, id: strawberry.ID, name: str, avatar: str, kids: bool, maturity_limit: int
    ) -> ProfileAnswer:
        viewing = info.context
        wanted = pb.Profile(
            account_id=viewing.asker.account_id,
            profile_id=id,
            name=name,
            avatar=avatar,
            kids=kids,
            maturity_limit=maturity_limit,
        )
        change = pb.ProfileChange(profile=wanted, asked_by=viewing.asker.profile_id)
        return await _answered(viewing.desks.identity.change_profile(change, viewing.call))

    @strawberry.mutation(description="Null: it is gone.")
    async def remove_profile(self, info: Info, id: strawberry.ID) -> Refused | None:
        viewing = info.context
        which = pb.ProfileRemoval(account_id=viewing.asker.account_id, profile_id=id, asked_by=viewing.asker.profile_id)
        try:
            await viewing.desks.identity.remove_profile(which, viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return None

    @strawberry.mutation(description="Of who watches, unless another profile is named; a kids' profile names none.")
    async def set_preferences(self, info: Info, wish: PreferencesInput, profile: strawberry.ID | None = None) -> ProfileAnswer:
        asker = info.context.asker
        whose = {"account_id": asker.account_id, "profile_id": profile or asker.profile_id, "asked_by": asker.profile_id}
        change = pb.PreferencesChange(**whose, **wish.said())
        return await _answered(info.context.desks.identity.set_preferences(change, info.context.call))

    @strawberry.mutation(description="With the account's password; not while a kids' profile watches. An empty PIN is none.")
    async def set_pin(
        self, info: Info, profile: strawberry.ID, pin: str, password: str, asks_above: bool = False
    ) -> ProfileAnswer:
        asker = info.context.asker
        change = pb.PinChange(
            account_id=asker.account_id,
            profile_id=profile,
            asked_by=asker.profile_id,
            password=password,
            pin=pin,
            asks_above=asks_above,
        )
        return await _answered(info.context.desks.identity.set_pin(change, info.context.call))


async def _answered(asked: Awaitable[pb.Profile]) -> Profile | Refused:
    try:
        return Profile.of(await asked)
    except RefusedCall as refused:
        return Refused.of(refused)
