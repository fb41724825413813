"""A television that waits, and somebody with a phone."""

import pytest

from matinee.contracts import oauth_pb2 as pb
from matinee.members.oauth_devices import MOST_GUESSES
from matinee.members.oauth_rules import LETTERS, typed
from matinee.ports.rpc import Refused
from oauth.stage import CALL, ISSUER, Stage, form, read

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


async def begun(stage: Stage) -> dict[str, str]:
    status, told = read(await stage.oauth.authorize_device(form(client_id="tv", scope="openid watch"), CALL))
    assert status == 200
    return told


async def polled(stage: Stage, device: dict[str, str]) -> str:
    """What the television hears: an error's name, or that it was let in."""
    _, told = await stage.token("tv", grant_type=GRANT, device_code=device["device_code"])
    return told.get("error", "in")


async def decided(stage: Stage, code: str, *, allowed: bool) -> None:
    asked = pb.AppAsked(user_code=code, person=stage.person)
    await stage.oauth.decide_for_device(pb.AppDecided(asked=asked, allowed=allowed), CALL)


async def test_a_television_waits_and_is_let_in_once(stage: Stage) -> None:
    """It hears that nobody came yet; after the yes it has its tokens; nobody has them a second time."""
    device = await begun(stage)
    assert device["verification_uri_complete"] == f"{ISSUER}/activate?code={device['user_code']}"
    assert await polled(stage, device) == "authorization_pending"
    await decided(stage, device["user_code"], allowed=True)
    assert await polled(stage, device) == "in"
    assert await polled(stage, device) == "invalid_grant"


async def test_a_television_that_hurries_is_slowed_down(stage: Stage) -> None:
    """Each time by five seconds, which it then has to keep."""
    device = await begun(stage)
    assert await polled(stage, device) == "authorization_pending"
    await stage.clock.advance(4)
    assert await polled(stage, device) == "slow_down"
    await stage.clock.advance(6)
    assert await polled(stage, device) == "slow_down"
    await stage.clock.advance(15)
    assert await polled(stage, device) == "authorization_pending"


async def test_a_no_is_heard(stage: Stage) -> None:
    """And cannot be made a yes afterwards."""
    device = await begun(stage)
    await decided(stage, device["user_code"], allowed=False)
    assert await polled(stage, device) == "access_denied"
    with pytest.raises(Refused, match="No screen shows"):
        await decided(stage, device["user_code"], allowed=True)


async def test_a_code_lasts_a_quarter_of_an_hour(stage: Stage) -> None:
    """Then the television hears so, and the code opens nothing."""
    device = await begun(stage)
    await stage.clock.advance(15 * 60 + 1)
    assert await polled(stage, device) == "expired_token"
    with pytest.raises(Refused, match="No screen shows"):
        await decided(stage, device["user_code"], allowed=True)


async def test_another_app_cannot_ask_in_its_place(stage: Stage) -> None:
    """The secret half is the television's alone; and an app that is not registered for it shows no code."""
    device = await begun(stage)
    await decided(stage, device["user_code"], allowed=True)
    _, no = await stage.token("club", grant_type=GRANT, device_code=device["device_code"])
    assert no["error"] == "invalid_grant"
    assert (await stage.token("tv", grant_type=GRANT, device_code=device["user_code"]))[1]["error"] == "invalid_grant"
    assert '"unauthorized_client"' in (await stage.oauth.authorize_device(form(client_id="club", scope="watch"), CALL)).body


async def test_who_guesses_codes_soon_has_no_more_tries(stage: Stage) -> None:
    """Ten wrong ones, and then not even a right one for a quarter of an hour."""
    device = await begun(stage)
    right = pb.AppAsked(user_code=device["user_code"], person=stage.person)
    for _ in range(MOST_GUESSES):
        with pytest.raises(Refused, match="No screen shows"):
            await stage.oauth.ask_for_device(pb.AppAsked(user_code="BBBB-BBBB", person=stage.person), CALL)
    with pytest.raises(Refused) as refused:
        await stage.oauth.ask_for_device(right, CALL)
    assert refused.value.kind == "busy"
    await stage.clock.advance(15 * 60)
    device = await begun(stage)
    question = await stage.oauth.ask_for_device(pb.AppAsked(user_code=device["user_code"], person=stage.person), CALL)
    assert (question.app, question.profile_name) == ("Television", "Asha")


async def test_a_stranger_is_sent_to_the_door_first(stage: Stage) -> None:
    """Signed out, nobody learns whether a code is right."""
    device = await begun(stage)
    answer = await stage.oauth.ask_for_device(pb.AppAsked(user_code=device["user_code"]), CALL)
    assert (answer.sign_in, answer.app) == (True, "")


@pytest.mark.parametrize("as_typed", ["bcdf-ghjk", "BCDFGHJK", " bcdf ghjk ", "8cdf–ghjk", "bcdf.6hjk"])
def test_a_code_is_understood_as_it_is_typed(as_typed: str) -> None:
    """Small letters, no dash, another dash, a digit that looks like the letter: the same code."""
    assert typed(as_typed) == "BCDFGHJK"


def test_codes_hold_no_words_and_nothing_that_is_mistaken(request: pytest.FixtureRequest) -> None:
    """No vowel, no digit; and what is no code at all is none."""
    assert not set(LETTERS) & set("AEIOUY0123456789")
    assert [typed(each) for each in ("", "BCDF", "BCDF-GHJKL", "aaaa-aaaa", "ßßßßßßßß")] == [""] * 5
