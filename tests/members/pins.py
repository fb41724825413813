"""PINs: whose is asked for, how long a wrong one makes wait, and what a right one opens."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.contracts.identity_pb2 import Permit, ProfileRemoval, Renewal
from matinee.members.pin_rules import FREE_TRIES, WAITS_MS, Person, Tries, after_another, is_pin, whose_pin
from members.family import CALL, OTHER_PIN, PASSWORD, PIN, Family, at_home, refused


@pytest.fixture
async def family(tmp_path: Path) -> AsyncIterator[Family]:
    async with at_home(tmp_path) as family:
        yield family


async def test_a_profile_with_a_pin_is_picked_with_it_only(family: Family) -> None:
    """My profile opens with my PIN or the account's password; without either it says that there is one."""
    await family.set_pin(family.asha, PIN)
    assert (await family.profile(family.asha)).has_pin
    for attempt in (family.pick(family.asha), family.pick(family.asha, OTHER_PIN), family.pick(family.asha, "12a4")):
        assert (await refused(attempt)).field == "pin"
    assert (await refused(family.pick(family.asha, password="another password"))).field == "password"
    assert await family.pick(family.ben) == family.ben
    assert await family.pick(family.asha, PIN) == family.asha
    assert await family.pick(family.ben) == family.ben
    assert await family.pick(family.asha, password=PASSWORD) == family.asha
    assert await family.pick(family.asha) == family.asha, "who watches already is not asked"


async def test_a_child_leaves_its_profile_with_a_grown_ups_pin_only(family: Family) -> None:
    """Once a grown-up has a PIN, a kid gets neither to the profile without one nor to nobody at all, which may run the house."""
    await family.pick(family.kid)
    assert await family.pick(family.ben) == family.ben, "where no grown-up has a PIN, anybody picks anybody"
    await family.set_pin(family.asha, PIN)
    await family.pick(family.kid)
    for target in (family.ben, "", family.asha):
        assert (await refused(family.pick(target))).field == "pin"
        assert (await refused(family.pick(target, OTHER_PIN))).field == "pin"
    assert await family.pick(family.ben, PIN) == family.ben
    await family.pick(family.kid)
    assert await family.pick("", PIN) == ""


async def test_a_child_whose_profile_is_removed_is_signed_out_where_grown_ups_have_a_pin(family: Family) -> None:
    """Being nobody would be a way around the PIN: whoever watched there signs in again."""
    await family.set_pin(family.asha, PIN)
    await family.pick(family.kid)
    await family.identity.remove_profile(ProfileRemoval(account_id=family.account, profile_id=family.kid), CALL)
    assert (await refused(family.identity.renew(Renewal(session_secret=family.secret), CALL))).kind == "unauthenticated"


async def test_wrong_pins_make_wait_and_the_right_one_does_not_help_meanwhile(family: Family) -> None:
    """After five wrong ones nobody gets on for a minute, then one try, then five minutes; a right one clears the slate."""
    await family.set_pin(family.asha, PIN)
    said = [(await refused(family.pick(family.asha, "0000"))).reason for _ in range(FREE_TRIES)]
    assert said[0].startswith("4 more") and said[-2].startswith("One more")
    waits = await refused(family.pick(family.asha, PIN))
    assert (waits.kind, waits.until_ms) == ("busy", family.clock.now_ms() + WAITS_MS[0])
    await family.clock.advance(60)
    await refused(family.pick(family.asha, "0000"))
    assert (await refused(family.pick(family.asha, PIN))).until_ms == family.clock.now_ms() + WAITS_MS[1]
    await family.clock.advance(300)
    assert await family.pick(family.asha, PIN) == family.asha
    await family.pick(family.ben)
    assert (await refused(family.pick(family.asha, "0000"))).reason.startswith("4 more")


async def test_guessing_all_at_once_is_no_faster(family: Family) -> None:
    """Of thirty tries sent at the same moment five are looked at, on however many houses."""
    await family.set_pin(family.asha, PIN)
    answers = await asyncio.gather(*(refused(family.pick(family.asha, f"{n:04}")) for n in range(30)))
    assert sorted(each.kind for each in answers) == ["busy"] * 25 + ["forbidden"] * 5


async def test_one_grown_ups_right_pin_does_not_excuse_guesses_at_anothers(family: Family) -> None:
    """Ben knows his own PIN: between guesses at Asha's it gives him no fresh tries."""
    await family.set_pin(family.asha, PIN)
    await family.set_pin(family.ben, OTHER_PIN)
    for _ in range(4):
        await refused(family.pick(family.asha, "0000"))
    await family.pick(family.kid)
    third = await family.add("Third")
    assert await family.pick(third, OTHER_PIN) == third, "either grown-up's lets a child go"
    await refused(family.pick(family.asha, "0000"))
    assert (await refused(family.pick(family.asha, PIN))).kind == "busy"


async def test_only_grown_ups_with_the_password_set_change_and_remove_a_pin(family: Family) -> None:
    """A child cannot, nor whoever holds the remote and not the password; and a PIN has four to six digits."""
    assert (await refused(family.set_pin(family.asha, PIN, by=family.kid))).kind == "forbidden"
    assert (await refused(family.set_pin(family.asha, PIN, password="wrong one"))).field == "password"
    for odd in ("123", "1234567", "12 34", "٣٤٥٦"):
        assert (await refused(family.set_pin(family.asha, odd))).field == "pin"
    await family.set_pin(family.asha, PIN)
    await family.set_pin(family.asha, OTHER_PIN, by=family.ben)
    assert (await refused(family.pick(family.asha, PIN))).field == "pin"
    assert not (await family.set_pin(family.asha, "")).has_pin
    assert await family.pick(family.asha) == family.asha


async def test_a_title_above_the_limit_opens_once_with_the_pin(family: Family) -> None:
    """The PIN gives one play of one title to one profile within two minutes, and nothing else."""
    await family.limit(family.asha, 12)
    assert (await family.set_pin(family.asha, PIN, asks=True)).seen_limit == 18
    assert (await refused(family.open(family.asha, pin="0000"))).field == "pin"
    await family.use(family.asha, permit := await family.open(family.asha))
    for attempt in (
        family.use(family.asha, permit),
        family.use(family.asha, await family.open(family.asha, "other")),
        family.use(family.asha, Permit(permit="made up")),
        family.use(family.ben, await family.open(family.asha)),
    ):
        assert (await refused(attempt)).kind == "forbidden"
    late = await family.open(family.asha, pin="", password=PASSWORD)
    await family.clock.advance(121)
    assert (await refused(family.use(family.asha, late))).kind == "forbidden"


async def test_a_permit_never_serves_a_child(family: Family) -> None:
    """Not asked for with a grown-up's PIN or the password, nor left over from when the profile was a grown-up's."""
    await family.set_pin(family.kid, PIN, asks=True)
    kid = await family.profile(family.kid)
    assert (kid.has_pin, kid.asks_above, kid.seen_limit) == (True, False, 7)
    for attempt in (family.open(family.kid), family.open(family.kid, pin="", password=PASSWORD)):
        assert (await refused(attempt)).title == "Not for this profile."
    await family.limit(family.ben, 12)
    await family.set_pin(family.ben, PIN, asks=True)
    permit = await family.open(family.ben)
    await family.limit(family.ben, 12, kids=True)
    ben = await family.profile(family.ben)
    assert (ben.asks_above, ben.seen_limit) == (False, 12)
    assert (await refused(family.use(family.ben, permit))).title == "Not for this profile."


async def test_a_new_pin_shuts_what_the_old_one_opened(family: Family) -> None:
    """Who changes a PIN because it was seen has nothing left open."""
    await family.limit(family.asha, 12)
    await family.set_pin(family.asha, PIN, asks=True)
    permit = await family.open(family.asha)
    await family.set_pin(family.asha, OTHER_PIN, asks=True)
    assert (await refused(family.use(family.asha, permit))).kind == "forbidden"


@given(st.integers(1, 60))
def test_waits_only_grow(count: int) -> None:
    """Each wrong one makes wait as long as the one before, or longer."""
    before, after = after_another(Tries(count - 1), 0), after_another(Tries(count), 0)
    assert before.wait_until_ms <= after.wait_until_ms <= WAITS_MS[-1]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=5), st.integers(-1, 4), st.integers(-1, 4))
def test_no_child_gets_anywhere_without_a_pin_where_a_grown_up_has_one(
    people: list[tuple[bool, bool]], watching: int, wanted: int
) -> None:
    """In whichever household, from whichever profile to whichever."""
    here = [Person(str(number), kids, has_pin) for number, (kids, has_pin) in enumerate(people)]
    asked = whose_pin(here, str(watching), str(wanted))
    guarded = any(each.has_pin and not each.kids for each in here)
    child = 0 <= watching < len(here) and here[watching].kids
    if child and guarded and watching != wanted:
        assert asked
    if 0 <= wanted < len(here) and here[wanted].has_pin and watching != wanted:
        assert asked == [str(wanted)]


@given(st.text(max_size=8))
def test_a_pin_is_four_to_six_digits(text: str) -> None:
    """Nothing else is hashed, whatever somebody types."""
    assert is_pin(text) == (4 <= len(text) <= 6 and all(letter in "0123456789" for letter in text))
