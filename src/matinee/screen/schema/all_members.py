"""Everybody who has an account, for operators: who they are, as identity knows it, and what they have, as the cashier does."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Self

import strawberry

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId, AccountSearch, FoundAccount
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.money_types import Invoice, Membership
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.viewing import Viewing

NOBODY = RefusedCall("missing", "There is no such member.", "They may have left: look for them by their address.")


@strawberry.type(description="What an operator did to a membership.")
class MemberAct:
    what: str
    by: str = strawberry.field(description="The operator's account.")
    at: str
    note: str


@strawberry.type
class Member:
    id: strawberry.ID = strawberry.field(description="The account.")
    email: str
    email_verified: bool
    operator: bool
    profiles: list[str] = strawberry.field(description="Their names.")
    since: str
    membership: Membership
    invoices: list[Invoice] = strawberry.field(description="The last first; only where one member is asked for.")
    acts: list[MemberAct] = strawberry.field(description="The last first; only where one member is asked for.")

    @classmethod
    def of(cls, found: FoundAccount, member: pb.Member) -> Self:
        return cls(
            id=strawberry.ID(member.account_id),
            email=found.account.email,
            email_verified=found.account.email_verified,
            operator=found.account.operator,
            profiles=list(found.profile_names),
            since=iso(found.created_ms),
            membership=Membership.of(member.membership),
            invoices=[Invoice.of(each) for each in member.invoices],
            acts=[MemberAct(what=each.what, by=each.by, at=iso(each.at_ms), note=each.note) for each in member.acts],
        )


@strawberry.type
class Members:
    members: list[Member] = strawberry.field(description="The newest first.")
    more: bool


MemberAnswer = Annotated[Member | Refused, strawberry.union("MemberAnswer")]


async def members(viewing: Viewing, search: str, before: str) -> Members:
    asked = AccountSearch(text=search, before=before)
    found = await viewing.desks.identity.find_accounts(asked, viewing.call)
    account_ids = [each.account.account_id for each in found.accounts]
    listed = await viewing.desks.cashier.list_members(pb.AccountIds(account_ids=account_ids), viewing.call)
    both = zip(found.accounts, listed.members, strict=True)
    return Members(members=[Member.of(account, member) for account, member in both], more=found.more)


async def member(viewing: Viewing, account_id: str) -> Member:
    account, member = await asyncio.gather(
        _account(viewing, account_id), viewing.desks.cashier.get_member(AccountId(account_id=account_id), viewing.call)
    )
    return Member.of(account, member)


async def acted_on(viewing: Viewing, asked: Awaitable[pb.Member]) -> MemberAnswer:
    """The member as they are after an act, or why it was not done."""
    try:
        member = await asked
        return Member.of(await _account(viewing, member.account_id), member)
    except RefusedCall as refused:
        return Refused.of(refused)


async def _account(viewing: Viewing, account_id: str) -> FoundAccount:
    """What holds the id elsewhere, in an address say, is found with it and passed over."""
    found = await viewing.desks.identity.find_accounts(AccountSearch(text=account_id), viewing.call)
    account = next((each for each in found.accounts if each.account.account_id == account_id), None)
    if account is None:
        raise NOBODY
    return account
