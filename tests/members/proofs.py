"""Letters that prove an address, and passwords that are changed or forgotten."""

from pathlib import Path

import pytest

from matinee.contracts import identity_pb2 as pb
from matinee.contracts.events_pb2 import EMAIL
from matinee.ports.rpc import Refused
from members.front_room import ASHA, CALL, PASSWORD, URL, FrontRoom, no_of, renewal, room

__all__ = ["room"]
NEW = "an even quieter evening"
HOUR_S = 3600.0


async def test_an_address_is_proved_by_the_link_in_its_letter(room: FrontRoom) -> None:
    """Who signs up is written to; the link of that letter works once, and then the address counts as theirs."""
    session = await room.sign_up()
    assert not (await room.keys(session)).email_verified
    (asked,) = await room.told_of("proof_asked")
    assert asked.email == ASHA
    link = await room.link(asked.proof_id)
    page, _, proof = link.partition("#")
    assert page == f"{URL}/verify"
    assert (await room.verify(proof)).email == ASHA
    assert (await room.keys(session)).email_verified
    assert (await room.identity.whois(pb.AccountId(account_id=session.account.account_id), CALL)).email_verified
    assert (await no_of(room.verify(proof))).kind == "gone"


async def test_a_link_runs_out_and_a_later_one_makes_it_worthless(room: FrontRoom) -> None:
    """Writing the letter again makes a new link and kills the one before; after a day none works."""
    await room.sign_up()
    (asked,) = await room.told_of("proof_asked")
    first, second = await room.link(asked.proof_id), await room.link(asked.proof_id)
    assert (await no_of(room.verify(first.partition("#")[2]))).kind == "gone"
    await room.clock.advance(24 * HOUR_S)
    assert (await no_of(room.verify(second.partition("#")[2]))).kind == "gone"
    assert (await no_of(room.link(asked.proof_id))).kind == "gone"


async def test_a_forgotten_password_is_replaced_and_everybody_is_signed_out(room: FrontRoom) -> None:
    """The link from the letter takes a new password, once; every session ends and its people are told."""
    session = await room.sign_up()
    await room.told()
    await room.forgot()
    (asked,) = await room.told_of("proof_asked")
    proof = (await room.link(asked.proof_id)).partition("#")[2]
    assert (await no_of(room.reset(proof, "short"))).field == "newPassword"
    await room.reset(proof, NEW)
    assert len(await room.told_of("password_changed")) == 1
    await no_of(room.identity.renew(renewal(session), CALL))
    await no_of(room.sign_in())
    back = await room.sign_in(NEW)
    assert (await room.keys(back)).email_verified, "who reads the letter has the address"
    assert (await no_of(room.reset(proof, NEW))).kind == "gone"


async def test_asking_tells_nobody_whether_there_is_an_account(room: FrontRoom) -> None:
    """For an address that nobody has the answer is the same and comes after the same time; no letter is asked for."""
    await room.sign_up()
    await room.told()
    for email in (ASHA, "nobody@example.org"):
        await room.forgot(email)
    assert [each.email for each in await room.told_of("proof_asked")] == [ASHA]


async def test_nobodys_post_is_flooded(room: FrontRoom) -> None:
    """After three letters the next one waits, for whoever asks, and whether or not there is an account."""
    for email in (ASHA, "nobody@example.org"):
        for _ in range(3):
            await room.forgot(email)
        with pytest.raises(Refused, match="tried too often"):
            await room.forgot(email)


async def test_an_address_changes_when_the_new_one_is_proved(room: FrontRoom) -> None:
    """Until then the old one stands; the fact names both, so that both can be told."""
    session = await room.sign_up()
    await room.told()
    question = pb.ProofQuestion(proof_of=EMAIL, email="asha@new.example", session_secret=session.session_secret)
    await room.identity.ask_proof(question, CALL)
    (asked,) = await room.told_of("proof_asked")
    assert asked.email == "asha@new.example"
    assert (await room.sign_in()).account.email == ASHA
    await room.verify((await room.link(asked.proof_id)).partition("#")[2])
    assert [each.old_email for each in await room.told_of("email_changed")] == [ASHA]
    assert (await room.sign_in(email="asha@new.example")).account.account_id == session.account.account_id
    await no_of(room.sign_in())


async def test_a_letter_to_the_old_address_does_not_win_the_account_back(room: FrontRoom) -> None:
    """A reset that lay in the old address's post is worth nothing once the address has changed."""
    session = await room.sign_up()
    await room.told()
    await room.forgot()
    (reset,) = await room.told_of("proof_asked")
    old = (await room.link(reset.proof_id)).partition("#")[2]
    question = pb.ProofQuestion(proof_of=EMAIL, email="asha@new.example", session_secret=session.session_secret)
    await room.identity.ask_proof(question, CALL)
    (change,) = await room.told_of("proof_asked")
    await room.verify((await room.link(change.proof_id)).partition("#")[2])
    assert (await no_of(room.reset(old, NEW))).kind == "gone"


async def test_an_address_of_somebody_else_is_not_taken_over(room: FrontRoom) -> None:
    """Asking for it says nothing of its account; only who reads its letters learns that it is in use."""
    await room.sign_up("ben@example.org")
    session = await room.sign_up()
    await room.told()
    question = pb.ProofQuestion(proof_of=EMAIL, email="ben@example.org", session_secret=session.session_secret)
    assert (await room.identity.ask_proof(question, CALL)).email == "ben@example.org"
    (asked,) = await room.told_of("proof_asked")
    assert (await no_of(room.verify((await room.link(asked.proof_id)).partition("#")[2]))).kind == "taken"
    assert (await room.sign_in()).account.email == ASHA


async def test_changing_the_password_ends_every_other_session(room: FrontRoom) -> None:
    """It asks for the old one; this browser goes on under a new secret, the others do not."""
    session, phone = await room.sign_up(), await room.sign_in()
    asked = pb.PasswordChange(session_secret=session.session_secret, old_password="not this one", new_password=NEW)
    assert (await no_of(room.identity.change_password(asked, CALL))).field == "password"
    asked.old_password = PASSWORD
    changed = await room.identity.change_password(asked, CALL)
    assert changed.session_secret != session.session_secret
    for ended in (session, phone):
        await no_of(room.identity.renew(renewal(ended), CALL))
    assert len((await room.keys(changed)).devices) == 1
    await no_of(room.sign_in())
    assert (await room.sign_in(NEW)).account.email == ASHA
    assert len(await room.told_of("password_changed")) == 1


async def test_no_secret_of_a_letter_is_stored_or_told(room: FrontRoom, tmp_path: Path) -> None:
    """Neither the database nor the log holds what opens the door."""
    await room.sign_up()
    (asked,) = await room.told_of("proof_asked")
    secret = (await room.link(asked.proof_id)).rpartition(".")[2].encode()
    await room.told()
    kept = [path.read_bytes() for path in tmp_path.glob("*.db*")]
    assert len(secret) == 43
    assert not any(secret in each for each in kept)
