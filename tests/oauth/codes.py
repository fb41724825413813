"""From an app's request to its first tokens: whom the answer reaches, and what a code is good for."""

import pytest

from matinee.contracts import oauth_pb2 as pb
from matinee.contracts.identity_pb2 import Credentials
from matinee.members.oauth_rules import App, is_answered_at, problem_with_redirect
from matinee.ports.rpc import Refused
from oauth.stage import BACK, CALL, CHALLENGE, CLUB, ISSUER, NOW_MS, VERIFIER, Stage, form, request


async def test_what_an_app_is_given_says_who_for_whom_and_until_when(stage: Stage) -> None:
    """The ID token is for the app and answers its nonce; the access token is for the house and names the profile."""
    given = await stage.given()
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 600, "openid watch")
    who = await stage.claims(given["id_token"])
    assert (who["iss"], who["aud"], who["nonce"], who["auth_time"]) == (ISSUER, "club", "once", NOW_MS // 1000)
    may = await stage.claims(given["access_token"])
    assert (may["sub"], may["profile"], may["client_id"]) == (stage.person.account_id, stage.person.profile_id, "club")
    assert (may["exp"] - may["iat"], may["role"], may["aud"]) == (600, "member", [f"{ISSUER}/oauth/userinfo", ISSUER])


async def test_the_answer_names_its_issuer_and_gives_the_state_back(stage: Stage) -> None:
    """Whatever comes of it, the app can tell whose answer it is, and to which question."""
    said = stage.sent_back(await stage.allow())
    assert (said["iss"], said["state"]) == (ISSUER, "here")
    asked = pb.AppAsked(form=request(), person=stage.person)
    no = stage.sent_back((await stage.oauth.decide(pb.AppDecided(asked=asked, allowed=False), CALL)).address)
    assert (no["error"], no["iss"], no["state"]) == ("access_denied", ISSUER, "here")


async def test_a_code_that_is_used_twice_ends_what_came_of_it(stage: Stage) -> None:
    """Somebody else has the code: neither of the two goes on."""
    code = await stage.code()
    said = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    status, given = await stage.token(**said)
    assert (status, await stage.userinfo(given["access_token"])) == (200, 200)
    status, no = await stage.token(**said)
    assert (status, no["error"]) == (400, "invalid_grant")
    assert await stage.userinfo(given["access_token"]) == 401
    assert (await stage.refresh(given["refresh_token"]))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"code_verifier": VERIFIER[::-1]}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example/back"}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "nobody"}, "invalid_client"),
    ],
)
async def test_a_code_is_good_for_the_app_that_asked_only(stage: Stage, said: dict[str, str], error: str) -> None:
    """Who found a code on its way can do nothing with it, and the app itself still can."""
    good = {"grant_type": "authorization_code", "code": await stage.code(), "code_verifier": VERIFIER, "redirect_uri": BACK}
    asked = {**good, **said}
    _, no = await stage.token(asked.pop("client_id", "club"), **asked)
    assert no["error"] == error
    assert (await stage.token(**good))[0] == 200


async def test_a_code_is_not_good_for_another_app_nor_for_long(stage: Stage) -> None:
    """It lasts a minute, and is nobody else's."""
    good = {"grant_type": "authorization_code", "code": await stage.code(), "code_verifier": VERIFIER}
    assert (await stage.token("server", **good, client_secret="a secret"))[1]["error"] == "invalid_grant"
    await stage.clock.advance(61)
    assert (await stage.token(**good))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://elsewhere.example"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
    ],
)
async def test_a_mistake_is_told_to_the_app_itself(stage: Stage, more: dict[str, str], error: str) -> None:
    """Nobody is asked anything: the app hears what is wrong. Without PKCE, or with a weak one, nothing begins."""
    address = (await stage.oauth.examine(request(**more), CALL)).address
    assert address.startswith(f"{BACK}?")
    said = stage.sent_back(address)
    assert (said["error"], said["state"], said["iss"]) == (error, "here", ISSUER)


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uri": "https://elsewhere.example/back"},
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?next=https://elsewhere.example"},
        {"redirect_uri": "https://club.example.org.elsewhere.example/back"},
        {"redirect_uri": "https://club.example.org@elsewhere.example/back"},
        {"redirect_uri": "https://club.example.org:8443/back"},
        {"redirect_uri": BACK.upper()},
        {"redirect_uri": ""},
        {"client_id": "nobody"},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_the_apps_own(stage: Stage, more: dict[str, str]) -> None:
    """Whoever makes a link to our door with another address in it sees a page of ours, and goes nowhere."""
    with pytest.raises(Refused):
        await stage.oauth.examine(request(**more), CALL)
    asked = pb.AppAsked(form=request(**more), person=stage.person)
    with pytest.raises(Refused):
        await stage.oauth.decide(pb.AppDecided(asked=asked, allowed=False), CALL)


async def test_what_is_said_twice_is_refused(stage: Stage) -> None:
    """Of two addresses nobody chooses one."""
    twice = request()
    twice.fields.append(pb.OauthField(name="redirect_uri", value=BACK))
    with pytest.raises(Refused, match="twice"):
        await stage.oauth.examine(twice, CALL)
    doubled = form(client_id="club", grant_type="refresh_token")
    doubled.fields.append(pb.OauthField(name="grant_type", value="refresh_token"))
    assert '"invalid_request"' in (await stage.oauth.token(doubled, CALL)).body


NATIVE = App(
    "native", "Native", "", ("http://127.0.0.1/back", "http://[::1]:1/back", "com.example.app:/back"), (), False, "ES256"
)


@pytest.mark.parametrize(
    ("address", "is_its_own"),
    [
        ("http://127.0.0.1/back", True),
        ("http://127.0.0.1:49152/back", True),
        ("http://[::1]:50000/back", True),
        ("com.example.app:/back", True),
        ("http://127.0.0.1:49152/elsewhere", False),
        ("http://127.0.0.1:49152/back?more", False),
        ("http://127.0.0.1:99999/back", False),
        ("http://localhost:49152/back", False),
        ("https://127.0.0.1:49152/back", False),
        ("http://127.0.0.1.elsewhere.example:49152/back", False),
        ("http://me@127.0.0.1:49152/back", False),
        ("com.example.app:/elsewhere", False),
    ],
)
def test_a_program_listens_on_whatever_port_is_free(address: str, is_its_own: bool) -> None:
    """On the same machine the port is free, and nothing else is."""
    assert is_answered_at(NATIVE, address) is is_its_own
    assert not is_answered_at(CLUB, address)


@pytest.mark.parametrize(
    "address",
    [
        "http://club.example.org/back",
        "javascript:alert(1)",
        "data:text/html,hello",
        "myapp:/back",
        "https://club.example.org/#back",
        "https://*.example.org/back",
        "https://me:secret@club.example.org/back",
        "https:///back",
        "https://club.example.org/a b",
        "back",
    ],
)
def test_addresses_that_others_could_claim_are_not_registered(address: str) -> None:
    """In the open by https only, on the machine by a scheme that is the app's own."""
    assert problem_with_redirect(address)


async def test_an_app_that_may_ask_nothing_hears_that_somebody_must_be_asked(stage: Stage) -> None:
    """prompt=none never shows a page: signed out, or not asked yet."""
    for person, error in ((pb.Person(), "login_required"), (stage.person, "consent_required")):
        asked = pb.AppAsked(form=request(prompt="none"), person=person)
        assert stage.sent_back((await stage.oauth.ask(asked, CALL)).onward)["error"] == error


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "300"}])
async def test_an_app_may_want_a_fresh_sign_in(stage: Stage, more: dict[str, str]) -> None:
    """Who signed in too long ago does so again; who has just done so is asked."""
    asked = pb.AppAsked(form=request(**more), person=stage.person)
    assert not (await stage.oauth.ask(asked, CALL)).sign_in
    await stage.clock.advance(301)
    assert (await stage.oauth.ask(asked, CALL)).sign_in
    with pytest.raises(Refused, match="signed out"):
        await stage.allow(**more)


async def test_nobody_gives_away_what_they_do_not_have(stage: Stage) -> None:
    """A child lets an app watch as itself and no more; running the house is an operator's to give."""
    everything = "openid profile email watch account operate"
    mine = await stage.claims((await stage.given(scope=everything))["access_token"])
    assert (mine["role"], mine["scope"]) == ("operator", everything)
    kims = await stage.claims((await stage.given(stage.as_kim(), scope=everything))["access_token"])
    assert (kims["role"], kims["scope"]) == ("member", "openid profile watch")
    with pytest.raises(Refused, match="cannot give"):
        await stage.allow(stage.as_kim(), scope="operate")
    other = await stage.identity.sign_up(Credentials(email="ben@example.org", password="a quiet evening"), CALL)
    with pytest.raises(Refused, match="Pick one"):
        await stage.allow(pb.Person(account_id=other.account.account_id, profile_id=stage.kim, signed_in_ms=NOW_MS))
