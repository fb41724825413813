"""Coming in by a passkey: nothing to type, nothing to guess."""

import json
import random

import pyotp
import pytest

from matinee.contracts import identity_pb2 as pb
from matinee.ports.rpc import Refused
from members.authenticator import Authenticator
from members.front_room import ASHA, CALL, PASSWORD, URL, FrontRoom, no_of, renewal, room

__all__ = ["room"]


async def asked(room: FrontRoom, use: pb.PasskeyUse, session: pb.Session | None = None) -> str:
    question = pb.PasskeyQuestion(use=use, session_secret=session.session_secret if session else "")
    return (await room.identity.ask_for_passkey(question, CALL)).json


async def add(room: FrontRoom, session: pb.Session, key: Authenticator, name: str = "Asha's phone") -> pb.Keyring:
    answer = key.make(await asked(room, pb.ADD, session))
    return await room.identity.add_passkey(pb.PasskeyAnswer(json=answer, name=name, session_secret=session.session_secret), CALL)


async def come_in(room: FrontRoom, answer: str, **arrival: str) -> pb.Session:
    return await room.identity.sign_in_by_passkey(pb.PasskeyAnswer(json=answer, arrival=pb.Arrival(**arrival)), CALL)


async def test_a_passkey_opens_the_door_without_an_address(room: FrontRoom) -> None:
    """Whose it is, the key says itself; its people are told that it was added."""
    session, key = await room.sign_up(), Authenticator(URL)
    keyring = await add(room, session, key)
    assert [(each.name, each.used_ms) for each in keyring.passkeys] == [("Asha's phone", 0)]
    inside = await come_in(room, key.show(await asked(room, pb.SIGN_IN)))
    assert inside.account.account_id == session.account.account_id
    assert (await room.keys(inside)).passkeys[0].used_ms > 0
    assert [(each.means, each.added) for each in await room.told_of("sign_in_means_changed")] == [("passkey", True)]


async def test_an_answer_works_once_and_not_for_long(room: FrontRoom) -> None:
    """Who records an answer cannot play it again; one that comes after five minutes is too late."""
    key = Authenticator(URL)
    await add(room, await room.sign_up(), key)
    answer = key.show(await asked(room, pb.SIGN_IN))
    await come_in(room, answer)
    assert (await no_of(come_in(room, answer))).kind == "gone"
    late = key.show(await asked(room, pb.SIGN_IN))
    await room.clock.advance(300)
    assert (await no_of(come_in(room, late))).kind == "gone"


async def test_an_answer_is_good_for_what_was_asked_only(room: FrontRoom) -> None:
    """What was shown to confirm does not sign in, and what somebody else was asked adds nothing here."""
    key = Authenticator(URL)
    asha, ben = await room.sign_up(), await room.sign_up("ben@example.org")
    await add(room, asha, key)
    confirming = key.show(await asked(room, pb.CONFIRM, asha))
    assert (await no_of(come_in(room, confirming))).kind == "gone"
    of_asha = Authenticator(URL).make(await asked(room, pb.ADD, asha))
    planted = pb.PasskeyAnswer(json=of_asha, name="planted", session_secret=ben.session_secret)
    assert (await no_of(room.identity.add_passkey(planted, CALL))).kind == "gone"


@pytest.mark.parametrize(
    "origin", ["http://localhost:9999", "https://localhost:8080", "https://evil.example", "http://127.0.0.1:8080"]
)
async def test_a_page_elsewhere_gets_nothing(room: FrontRoom, origin: str) -> None:
    """An answer that was given to a page of another origin opens nothing, however it came here."""
    session, key = await room.sign_up(), Authenticator(URL)
    await add(room, session, key)
    key.origin = origin
    assert (await no_of(come_in(room, key.show(await asked(room, pb.SIGN_IN))))).kind == "unauthenticated"
    with pytest.raises(Refused, match="could not be added"):
        await add(room, session, Authenticator(origin))


async def test_a_copied_key_is_noticed(room: FrontRoom) -> None:
    """A key that counts its uses and counts backwards has a double somewhere: it opens nothing."""
    key = Authenticator(URL)
    await add(room, await room.sign_up(), key)
    key.count = 10
    await come_in(room, key.show(await asked(room, pb.SIGN_IN)))
    key.count = 5
    assert (await no_of(come_in(room, key.show(await asked(room, pb.SIGN_IN))))).kind == "unauthenticated"


async def test_what_is_no_answer_opens_nothing(room: FrontRoom) -> None:
    """Rubbish, an unknown key and a signature by another key are refused in words."""
    key, stranger = Authenticator(URL), Authenticator(URL)
    await add(room, await room.sign_up(), key)
    forged = json.loads(key.show(await asked(room, pb.SIGN_IN)))
    others = json.loads(stranger.show(await asked(room, pb.SIGN_IN)))
    mixed = {**others, "id": forged["id"], "rawId": forged["rawId"]}
    unknown = stranger.show(await asked(room, pb.SIGN_IN))
    for answer in (
        "",
        "[]",
        "{}",
        '{"rawId": "é", "response": {"clientDataJSON": "x"}}',
        json.dumps(mixed),
        unknown,
        "x" * 30_000,
    ):
        assert (await no_of(come_in(room, answer))).kind == "unauthenticated"


async def test_who_is_kept_waiting_for_a_password_comes_in_by_a_passkey(room: FrontRoom) -> None:
    """Somebody's guesses at an account do not lock its owner out."""
    key = Authenticator(URL)
    await add(room, await room.sign_up(), key)
    for _ in range(5):
        await no_of(room.sign_in("a guess", address="198.51.100.66"))
    assert (await no_of(room.sign_in(PASSWORD))).kind == "busy"
    assert (await come_in(room, key.show(await asked(room, pb.SIGN_IN)))).account.email == ASHA


async def test_a_key_that_did_not_look_who_holds_it_needs_the_code_too(room: FrontRoom) -> None:
    """Where codes are asked for, a found key alone is not enough; one that saw a face or a finger is."""
    session, found, sure = await room.sign_up(), Authenticator(URL, verifies=False), Authenticator(URL)
    await add(room, session, found)
    await add(room, session, sure, "Another")
    begun = await room.identity.begin_codes(renewal(session), CALL)
    code = pyotp.TOTP(begun.secret).at(room.clock.now_ms() // 1000)
    await room.identity.confirm_codes(pb.CodeAnswer(session_secret=session.session_secret, code=code), CALL)
    half = await come_in(room, found.show(await asked(room, pb.SIGN_IN)))
    assert (bool(half.ticket), half.passport) == (True, "")
    assert (await come_in(room, sure.show(await asked(room, pb.SIGN_IN)))).passport


async def test_a_passkey_shows_again_who_one_is_but_only_ones_own(room: FrontRoom) -> None:
    """Instead of the password; another account's passkey confirms nothing."""
    asha, ben, key, bens = await room.sign_up(), await room.sign_up("ben@example.org"), Authenticator(URL), Authenticator(URL)
    await add(room, asha, key)
    await add(room, ben, bens)
    await room.clock.advance(601)
    assert (await no_of(asked(room, pb.ADD, asha))).field == "confirm"
    foreign = pb.Confirmation(session_secret=asha.session_secret, passkey_json=bens.show(await asked(room, pb.CONFIRM, asha)))
    assert (await no_of(room.identity.confirm(foreign, CALL))).kind == "unauthenticated"
    own = pb.Confirmation(session_secret=asha.session_secret, passkey_json=key.show(await asked(room, pb.CONFIRM, asha)))
    assert await asked(room, pb.ADD, await room.identity.confirm(own, CALL))


async def test_a_passkey_is_renamed_and_removed_by_its_owner_only(room: FrontRoom) -> None:
    """Somebody else's id is worth nothing; one that is removed opens nothing any more."""
    asha, ben, key = await room.sign_up(), await room.sign_up("ben@example.org"), Authenticator(URL)
    passkey_id = (await add(room, asha, key)).passkeys[0].passkey_id
    theirs = pb.PasskeyName(session_secret=ben.session_secret, passkey_id=passkey_id, name="mine now")
    await room.identity.rename_passkey(theirs, CALL)
    await room.identity.remove_passkey(theirs, CALL)
    hers = pb.PasskeyName(session_secret=asha.session_secret, passkey_id=passkey_id, name="  Old   phone ")
    assert [each.name for each in (await room.identity.rename_passkey(hers, CALL)).passkeys] == ["Old phone"]
    assert not (await room.identity.remove_passkey(hers, CALL)).passkeys
    assert (await no_of(come_in(room, key.show(await asked(room, pb.SIGN_IN))))).kind == "unauthenticated"


async def test_a_passkey_is_added_once(room: FrontRoom) -> None:
    """Adding the same one again says so; the browser is told which ones are here."""
    session, key = await room.sign_up(), Authenticator(URL)
    await add(room, session, key)
    options = json.loads(await asked(room, pb.ADD, session))
    assert len(options["excludeCredentials"]) == 1
    assert options["rp"]["id"] == "localhost"
    with pytest.raises(Refused, match="here already"):
        await add(room, session, key)


async def test_no_answer_breaks_the_desk(room: FrontRoom) -> None:
    """An answer cut short or changed anywhere, by somebody who has a passkey here, is refused in words too."""
    key = Authenticator(URL)
    await add(room, await room.sign_up(), key)
    dice = random.Random(1)
    for _ in range(150):
        answer = json.loads(key.show(await asked(room, pb.SIGN_IN)))
        part = dice.choice(list(answer["response"]))
        text = answer["response"][part] or ""
        cut = dice.randrange(len(text) + 1)
        answer["response"][part] = dice.choice([text[:cut], text[:cut] + "A" + text[cut + 1 :], text + "AAAA", None, 5, "é", ""])
        try:
            await come_in(room, json.dumps(answer))
        except Refused as no:
            assert no.kind in {"unauthenticated", "gone"}
