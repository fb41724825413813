"""One-time codes as the second step of signing in."""

import pyotp
import pytest
import sqlalchemy as sa

from matinee.contracts import identity_pb2 as pb
from matinee.members import one_time_codes
from matinee.members.sealing import BadSeal, Seal
from members.front_room import CALL, FrontRoom, no_of, renewal, room

__all__ = ["room"]


def code_at(room: FrontRoom, secret: str, later_s: int = 0) -> str:
    return pyotp.TOTP(secret).at(room.clock.now_ms() // 1000 + later_s)


async def set_up(room: FrontRoom, session: pb.Session) -> tuple[str, list[str]]:
    begun = await room.identity.begin_codes(renewal(session), CALL)
    answer = pb.CodeAnswer(session_secret=session.session_secret, code=code_at(room, begun.secret))
    recovery = list((await room.identity.confirm_codes(answer, CALL)).codes)
    await room.clock.advance(30)
    return begun.secret, recovery


async def second_step(room: FrontRoom, ticket: str, code: str) -> pb.Session:
    return await room.identity.sign_in_with_code(pb.CodeAnswer(ticket=ticket, code=code), CALL)


async def test_a_password_alone_no_longer_opens_the_door(room: FrontRoom) -> None:
    """With codes set up, a right password gives a ticket and nothing else; the ticket and a code open, once."""
    session = await room.sign_up()
    secret, _ = await set_up(room, session)
    half = await room.sign_in()
    assert (half.passport, half.session_secret, half.account.account_id) == ("", "", "")
    assert (await no_of(second_step(room, half.ticket, "000000"))).field == "code"
    whole = await second_step(room, half.ticket, f" {code_at(room, secret)[:3]} {code_at(room, secret)[3:]} ")
    assert whole.passport
    await room.clock.advance(30)
    assert (await no_of(second_step(room, half.ticket, code_at(room, secret)))).kind == "gone"
    assert [(each.means, each.added) for each in await room.told_of("sign_in_means_changed")] == [("one-time codes", True)]


async def test_a_code_that_was_used_is_worth_nothing(room: FrontRoom) -> None:
    """Who looks over a shoulder cannot use the same code, nor the one of the half minute before."""
    secret, _ = await set_up(room, await room.sign_up())
    code, before = code_at(room, secret), code_at(room, secret, -30)
    await second_step(room, (await room.sign_in()).ticket, code)
    for seen in (code, before):
        assert (await no_of(second_step(room, (await room.sign_in()).ticket, seen))).field == "code"
    await room.clock.advance(30)
    assert (await second_step(room, (await room.sign_in()).ticket, code_at(room, secret))).passport


async def test_a_clock_that_is_half_a_minute_off_is_borne_with(room: FrontRoom) -> None:
    """A phone whose clock is a little wrong still opens the door; one that is minutes off does not."""
    secret, _ = await set_up(room, await room.sign_up())
    assert (await no_of(second_step(room, (await room.sign_in()).ticket, code_at(room, secret, 90)))).field == "code"
    assert (await second_step(room, (await room.sign_in()).ticket, code_at(room, secret, 30))).passport


async def test_a_recovery_code_works_once(room: FrontRoom) -> None:
    """Who lost their phone comes in by one of ten codes, however they type it, and has nine left."""
    session = await room.sign_up()
    _, recovery = await set_up(room, session)
    assert len(set(recovery)) == 10
    typed = recovery[3].upper().replace("-", " ")
    assert (await second_step(room, (await room.sign_in()).ticket, typed)).passport
    assert (await no_of(second_step(room, (await room.sign_in()).ticket, typed))).field == "code"
    assert (await room.keys(session)).recovery_codes_left == 9


async def test_guessing_codes_ends_in_waiting(room: FrontRoom) -> None:
    """Five codes are free; with the password known, a million others would take years."""
    await set_up(room, await room.sign_up())
    kinds = [(await no_of(second_step(room, (await room.sign_in()).ticket, f"{n:06}"))).kind for n in range(7)]
    assert kinds == ["unauthenticated"] * 5 + ["busy"] * 2


async def test_a_ticket_lasts_five_minutes(room: FrontRoom) -> None:
    """Who went to look for their phone for too long begins again."""
    secret, _ = await set_up(room, await room.sign_up())
    half = await room.sign_in()
    await room.clock.advance(300)
    assert (await no_of(second_step(room, half.ticket, code_at(room, secret)))).kind == "gone"


async def test_codes_are_asked_for_only_once_they_work(room: FrontRoom) -> None:
    """Looking at the picture changes nothing; a wrong first code neither."""
    session = await room.sign_up()
    begun = await room.identity.begin_codes(renewal(session), CALL)
    assert begun.url.startswith("otpauth://totp/Matinee:asha%40example.org?")
    assert begun.picture.startswith("data:image/svg+xml")
    wrong = pb.CodeAnswer(session_secret=session.session_secret, code="000000")
    assert (await no_of(room.identity.confirm_codes(wrong, CALL))).field == "code"
    assert (await room.sign_in()).passport


async def test_a_copy_of_the_database_alone_computes_no_codes(room: FrontRoom) -> None:
    """The secret stands nowhere in what is stored; one that was left open before works on, and is sealed at the next start."""
    session = await room.sign_up()
    secret, _ = await set_up(room, session)
    stored = sa.select(one_time_codes.CODES.c.sealed, one_time_codes.CODES.c.secret)
    (sealed, left_open) = (await room.sql.read(lambda db: db.execute(stored).all()))[0]
    assert left_open == "" and secret not in sealed
    key = room.folder / "one-time-codes.key"
    assert key.stat().st_mode & 0o777 == 0o600
    as_before = {"secret": secret, "sealed": None}
    await room.sql.transact(lambda db: db.execute(sa.update(one_time_codes.CODES).values(as_before)))
    await room.identity.start()
    assert (await room.sql.read(lambda db: db.execute(stored).all()))[0].secret == ""
    assert (await second_step(room, (await room.sign_in()).ticket, code_at(room, secret))).passport


async def test_a_sealed_secret_is_one_persons_and_one_houses(room: FrontRoom) -> None:
    """Put into another's row, or read with another key, it opens nothing; a recovery code still does."""
    _, recovery = await set_up(room, await room.sign_up())
    elsewhere = Seal(b"a" * 32).shut("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "somebody")
    assert Seal(b"a" * 32).open(elsewhere, "somebody") == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    for key, whose in ((b"b", "somebody"), (b"a", "somebody else")):
        with pytest.raises(BadSeal):
            Seal(key * 32).open(elsewhere, whose)
    await room.sql.transact(lambda db: db.execute(sa.update(one_time_codes.CODES).values(sealed=elsewhere)))
    code = code_at(room, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert (await no_of(second_step(room, (await room.sign_in()).ticket, code))).field == "code"
    assert (await second_step(room, (await room.sign_in()).ticket, recovery[0])).passport


async def test_codes_that_are_taken_away_are_not_asked_for(room: FrontRoom) -> None:
    """And the recovery codes go with them; setting up again makes new ones."""
    session = await room.sign_up()
    _, recovery = await set_up(room, session)
    assert (await no_of(room.identity.begin_codes(renewal(session), CALL))).kind == "taken"
    keyring = await room.identity.remove_codes(renewal(session), CALL)
    assert (keyring.codes, keyring.recovery_codes_left) == (False, 0)
    assert (await room.sign_in()).passport
    _, others = await set_up(room, session)
    assert not set(recovery) & set(others)
