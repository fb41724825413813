"""Any account is found by who runs the house: by a part of its address, by who watches on it, or by its id."""

import pytest

from matinee.contracts import identity_pb2 as pb
from members.front_room import CALL, FrontRoom, room

__all__ = ["room"]


async def found(room: FrontRoom, text: str = "", before: str = "", limit: int = 0) -> pb.AccountList:
    return await room.identity.find_accounts(pb.AccountSearch(text=text, before=before, limit=limit), CALL)


def emails(listed: pb.AccountList) -> list[str]:
    return [each.account.email for each in listed.accounts]


async def test_everybody_is_found_who_ever_signed_up(room: FrontRoom) -> None:
    """By a part of an address in any spelling, a profile's name, or the id; what means something to the database means itself."""
    asha, ben = await room.sign_up(), await room.sign_up("ben_100@example.org")
    await room.clock.advance(1)
    who = pb.NewProfile(account_id=asha.account.account_id, name="Zoë", avatar="sun", maturity_limit=18)
    await room.identity.create_profile(who, CALL)
    assert emails(await found(room, "N_10")) == ["ben_100@example.org"]
    assert emails(await found(room, "zoË")) == ["asha@example.org"]
    assert emails(await found(room, f" {ben.account.account_id} ")) == ["ben_100@example.org"]
    for nobody in ("%", "na100", "nobody"):
        assert emails(await found(room, nobody)) == []
    (known,) = (await found(room, "asha")).accounts
    assert (list(known.profile_names), known.account.operator, known.account.email_verified) == (["Asha", "Zoë"], True, False)


@pytest.mark.parametrize("limit", [1, 2])
async def test_they_are_read_page_by_page(room: FrontRoom, limit: int) -> None:
    """The newest first, none twice and none left out, also of one moment."""
    for number in range(5):
        await room.sign_up(f"m{number}@example.org")
        if number == 2:
            await room.clock.advance(1)
    pages, before, more = list[str](), "", True
    while more:
        page = await found(room, "@example.org", before, limit)
        pages += emails(page)
        before, more = page.accounts[-1].account.account_id, page.more
    assert sorted(pages) == [f"m{number}@example.org" for number in range(5)]
    assert set(pages[:2]) == {"m3@example.org", "m4@example.org"}
