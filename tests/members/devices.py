"""Where somebody is signed in, and how that ends."""

import pytest

from matinee.contracts import identity_pb2 as pb
from matinee.members import accounts
from matinee.members.desk import digest_of
from matinee.ports.rpc import Refused
from members.front_room import CALL, NOW_MS, PASSWORD, FrontRoom, no_of, renewal, room

__all__ = ["room"]
DAY_MS = 86_400_000


async def test_devices_are_named_and_end_one_by_one(room: FrontRoom) -> None:
    """Each sign-in is a device with a name, a day and the beginning of an address; one can be signed out from another."""
    desk = await room.sign_up()
    phone = await room.sign_in(device="Safari on iPhone", address="198.51.100.7")
    here, there = (each for each in (await room.keys(desk)).devices if each.here), (await room.keys(desk)).devices
    assert [each.name for each in here] == ["Firefox on Linux"]
    (other,) = [each for each in there if not each.here]
    assert (other.name, other.came_from, other.added_ms) == ("Safari on iPhone", "198.51…", NOW_MS)
    assert other.seen_ms % DAY_MS == 0
    ended = await room.identity.end_devices(pb.DeviceEnd(session_secret=desk.session_secret, device_id=other.device_id), CALL)
    assert [each.name for each in ended.devices] == ["Firefox on Linux"]
    assert (await no_of(room.identity.renew(renewal(phone), CALL))).kind == "unauthenticated"


async def test_everywhere_else_is_signed_out_at_once(room: FrontRoom) -> None:
    """One tap leaves this browser only."""
    desk = await room.sign_up()
    others = [await room.sign_in(device=f"Browser {n}") for n in range(3)]
    left = await room.identity.end_devices(pb.DeviceEnd(session_secret=desk.session_secret), CALL)
    assert [each.here for each in left.devices] == [True]
    for other in others:
        await no_of(room.identity.renew(renewal(other), CALL))
    assert (await room.identity.renew(renewal(desk), CALL)).account.email == desk.account.email


async def test_nobody_ends_a_device_of_somebody_else(room: FrontRoom) -> None:
    """Knowing the id of another account's device is worth nothing."""
    asha, ben = await room.sign_up(), await room.sign_up("ben@example.org")
    (hers,) = (await room.keys(asha)).devices
    await room.identity.end_devices(pb.DeviceEnd(session_secret=ben.session_secret, device_id=hers.device_id), CALL)
    assert [each.device_id for each in (await room.keys(asha)).devices] == [hers.device_id]


async def test_a_new_device_is_told_of_once(room: FrontRoom) -> None:
    """Its people hear of a browser that never came in before; not of the first of all, nor of one they know."""
    await room.sign_up()
    for _ in range(2):
        await room.sign_in(device="Safari on iPhone")
    await room.sign_in(device="Firefox on Linux")
    assert [each.device for each in await room.told_of("device_added")] == ["Safari on iPhone"]


async def test_signing_in_anew_on_a_browser_replaces_its_session(room: FrontRoom) -> None:
    """A secret that somebody planted in a browser is none of the session that begins there."""
    planted = await room.sign_up()
    fresh = await room.sign_in(device="Firefox on Linux", session_secret=planted.session_secret)
    assert fresh.session_secret != planted.session_secret
    assert len((await room.keys(fresh)).devices) == 1
    await no_of(room.identity.renew(renewal(planted), CALL))


async def test_the_day_a_device_was_last_seen_moves_on(room: FrontRoom) -> None:
    """A browser that renews its passport counts as seen that day."""
    session = await room.sign_up()
    await room.clock.advance(3 * DAY_MS / 1000)
    await room.identity.renew(renewal(session), CALL)
    (device,) = (await room.keys(session)).devices
    assert device.seen_ms == NOW_MS + 3 * DAY_MS - (NOW_MS + 3 * DAY_MS) % DAY_MS
    assert device.added_ms == NOW_MS


async def test_a_session_from_before_devices_were_kept_becomes_one(room: FrontRoom) -> None:
    """Who was signed in before an upgrade stays so, and is in the list when their browser is next heard of."""
    account_id = (await room.sign_up()).account.account_id
    until_ms = NOW_MS + DAY_MS
    await room.sql.transact(lambda db: accounts.open_session(db, account_id, digest_of("old"), until_ms, NOW_MS))  # type: ignore[arg-type]
    old = pb.Renewal(session_secret="old", arrival=pb.Arrival(device="Chrome on Windows"))
    await room.identity.renew(old, CALL)
    devices = (await room.identity.list_keys(old, CALL)).devices
    assert [each.name for each in devices if each.here] == ["Chrome on Windows"]
    assert (await no_of(room.identity.begin_codes(old, CALL))).field == "confirm"


async def test_showing_again_who_one_is_renews_the_secret(room: FrontRoom) -> None:
    """Ten minutes after signing in, ways in are changed only after showing it again; the secret of before dies with that."""
    session = await room.sign_up()
    await room.clock.advance(601)
    assert (await no_of(room.identity.begin_codes(renewal(session), CALL))).field == "confirm"
    wrong = pb.Confirmation(session_secret=session.session_secret, password="not this one")
    assert (await no_of(room.identity.confirm(wrong, CALL))).field == "password"
    shown = await room.identity.confirm(pb.Confirmation(session_secret=session.session_secret, password=PASSWORD), CALL)
    assert (await room.identity.begin_codes(renewal(shown), CALL)).secret
    with pytest.raises(Refused):
        await room.identity.renew(renewal(session), CALL)
    assert len((await room.keys(shown)).devices) == 1


async def test_a_child_does_not_see_the_keys(room: FrontRoom) -> None:
    """While a kids' profile watches, nobody there changes how one comes in."""
    session = await room.sign_up()
    child = pb.NewProfile(account_id=session.account.account_id, name="Mia", avatar="moon", kids=True, maturity_limit=7)
    profile = await room.identity.create_profile(child, CALL)
    await room.identity.pick_profile(pb.Pick(session_secret=session.session_secret, profile_id=profile.profile_id), CALL)
    assert (await no_of(room.keys(session))).kind == "forbidden"
