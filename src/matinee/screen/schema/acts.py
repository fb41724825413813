"""The book of operators' acts, as its page shows it."""

import asyncio
from datetime import datetime

import strawberry

from matinee.contracts import audit_pb2 as pb
from matinee.contracts.identity_pb2 import AccountId, AccountSearch
from matinee.ports.rpc import Refused
from matinee.screen.schema.refused import iso
from matinee.screen.schema.viewing import Viewing

MOST_MEANT = 20


@strawberry.type(description="Something an operator did, written down before it was done.")
class Act:
    id: strawberry.ID
    at: str
    by: str = strawberry.field(description="Their address; of an account that is gone its id.")
    what: str = strawberry.field(description="The service and the method: Studio.RetryJob.")
    about: str = strawberry.field(description="What was asked: whose, which, how much.")
    address: str = strawberry.field(description="From where.")
    trace_id: str
    outcome: str | None = strawberry.field(description='"done", or why not; null: not known.')


@strawberry.type
class Acts:
    acts: list[Act] = strawberry.field(description="The last first.")
    more: bool


async def acts(viewing: Viewing, text: str, before: str, since: str, until: str) -> Acts:
    """The book knows accounts by their ids: who is meant by a part of an address, identity says."""
    asked = AccountSearch(text=text, limit=MOST_MEANT)
    meant = (await viewing.desks.identity.find_accounts(asked, viewing.call)).accounts if text.strip() else ()
    request = pb.ActsRequest(
        text=text,
        account_ids=[each.account.account_id for each in meant],
        before=before,
        from_ms=_moment_ms(since),
        until_ms=_moment_ms(until),
    )
    listed = await viewing.desks.audit.list_acts(request, viewing.call)
    account_ids = list({each.by_account_id for each in listed.acts})
    names = dict(zip(account_ids, await asyncio.gather(*(_name(viewing, each) for each in account_ids)), strict=True))
    return Acts(acts=[_shown(each, names[each.by_account_id]) for each in listed.acts], more=listed.more)


def _moment_ms(moment: str) -> int:
    """0 for none."""
    try:
        return int(datetime.fromisoformat(moment).timestamp() * 1000) if moment else 0
    except (ValueError, OverflowError) as error:
        raise Refused("invalid", "That is no moment.", "Write it as 2026-05-03T00:00:00Z.", field="since") from error


async def _name(viewing: Viewing, account_id: str) -> str:
    if not account_id:
        return "at the machine"
    try:
        return (await viewing.desks.identity.whois(AccountId(account_id=account_id), viewing.call)).email
    except Refused:
        return account_id


def _shown(act: pb.Act, by: str) -> Act:
    return Act(
        id=strawberry.ID(act.act_id),
        at=iso(act.at_ms),
        by=by,
        what=act.method,
        about=act.about,
        address=act.address,
        trace_id=act.trace_id,
        outcome=act.outcome or None,
    )
