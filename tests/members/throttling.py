"""Whoever guesses waits, longer each time; whoever lives here still comes in."""

import asyncio

import pytest

from matinee.contracts import identity_pb2 as pb
from matinee.members import throttle
from matinee.members.throttle import NONE, Tries, Wait, hint_of, network_of, one_more, one_more_from, one_more_letter
from matinee.ports.rpc import Refused
from members.front_room import ASHA, CALL, NOW_MS, PASSWORD, FrontRoom, no_of, room

__all__ = ["room"]
VIEWER = "198.51.100.7"


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    """Five guesses are free; then 1, 2, 4 … seconds pass between two, and fifteen minutes at most."""
    tries, now_ms, waits = NONE, NOW_MS, list[int]()
    for _ in range(18):
        answer = one_more(tries, now_ms)
        if isinstance(answer, Wait):
            waits.append((answer.until_ms - now_ms) // 1000)
            now_ms = answer.until_ms
            answer = one_more(tries, now_ms)
        assert isinstance(answer, Tries)
        tries = answer
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert one_more(tries, now_ms + throttle.FORGOTTEN_AFTER_MS + 1) == Tries(now_ms + throttle.FORGOTTEN_AFTER_MS + 1, 1)


@pytest.mark.parametrize("start_ms", [NOW_MS, NOW_MS + 20_000, NOW_MS + 59_000])
def test_an_address_has_twenty_tries_in_any_minute(start_ms: int) -> None:
    """Of many tries a second twenty a minute get through; in no minute, however it lies, twice as many."""
    tries, times = NONE, list[int]()
    for now_ms in range(start_ms, start_ms + 300_000, 250):
        answer = one_more_from(tries, now_ms)
        if isinstance(answer, Tries):
            tries = answer
            times.append(now_ms)
    most = max(sum(at <= each < at + 60_000 for each in times) for at in times)
    assert 20 <= most < 40
    assert 90 <= len(times) <= 120


def test_letters_are_few() -> None:
    """Three letters at once, and then one in ten minutes: nobody's post is flooded by us."""
    tries = NONE
    for _ in range(3):
        answer = one_more_letter(tries, NOW_MS)
        assert isinstance(answer, Tries)
        tries = answer
    assert one_more_letter(tries, NOW_MS) == Wait(NOW_MS + 600_000)


@pytest.mark.parametrize(
    ("address", "network", "hint"),
    [
        ("198.51.100.7", "198.51.100.7", "198.51…"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2", "2001:db8…"),
        ("2001:db8::9", "2001:db8:0:0", "2001:db8…"),
        ("::1", "0:0:0:0", "0:0…"),
        ("", "", ""),
    ],
)
def test_an_address_is_counted_by_household_and_kept_in_part(address: str, network: str, hint: str) -> None:
    """Who has a whole IPv6 network gains nothing by it; of an address only its beginning is kept with a device."""
    assert (network_of(address), hint_of(address)) == (network, hint)


async def test_guessing_ends_in_waiting_whether_or_not_there_is_an_account(room: FrontRoom) -> None:
    """The sixth guess is told to wait, in the same words for an address that nobody has; many at once gain nothing."""
    await room.sign_up()
    told = dict[str, list[tuple[str, str]]]()
    for email in (ASHA, "nobody@example.org"):
        guesses = [room.sign_in(f"guess number {n}", email) for n in range(12)]
        answers = await asyncio.gather(*guesses, return_exceptions=True)
        assert all(isinstance(answer, Refused) for answer in answers)
        told[email] = sorted((answer.kind, str(answer)) for answer in answers if isinstance(answer, Refused))
        assert [kind for kind, _ in told[email]] == ["busy"] * 7 + ["unauthenticated"] * 5
    assert told[ASHA] == told["nobody@example.org"]


async def test_waiting_over_the_owner_comes_in_and_starts_anew(room: FrontRoom) -> None:
    """The right password after the wait opens the door, and the next slip is free again."""
    await room.sign_up()
    for _ in range(5):
        await no_of(room.sign_in("a wrong guess"))
    no = await no_of(room.sign_in())
    assert (no.kind, no.until_ms) == ("busy", NOW_MS + 1000)
    await room.clock.advance(1.0)
    assert (await room.sign_in()).account.email == ASHA
    for _ in range(5):
        assert (await no_of(room.sign_in("a wrong guess"))).kind == "unauthenticated"


async def test_one_address_that_tries_many_accounts_waits(room: FrontRoom) -> None:
    """Trying one password on everybody stops at twenty in a minute; neighbours elsewhere notice nothing."""
    await room.sign_up()
    kinds = [(await no_of(room.sign_in("a guess", f"{n}@example.org", address=VIEWER))).kind for n in range(24)]
    assert kinds[:20] == ["unauthenticated"] * 20
    assert kinds[20:] == ["busy"] * 4
    assert (await no_of(room.sign_in(address=VIEWER))).kind == "busy"
    assert (await room.sign_in(address="203.0.113.9")).account.email == ASHA


async def test_who_is_right_uses_nothing_up(room: FrontRoom) -> None:
    """A house full of people behind one address may sign in as often as they like."""
    await room.sign_up()
    for _ in range(25):
        await room.sign_in(address=VIEWER)


async def test_asking_who_has_an_account_is_counted_too(room: FrontRoom) -> None:
    """Signing up says when an address is taken, which its owner must know; twenty such answers a minute and no more."""
    await room.sign_up()
    asked = pb.Credentials(email=ASHA, password=PASSWORD, arrival=pb.Arrival(address=VIEWER))
    kinds = [(await no_of(room.identity.sign_up(asked, CALL))).kind for _ in range(21)]
    assert kinds == ["taken"] * 20 + ["busy"]
