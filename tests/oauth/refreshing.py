"""What goes on after the first tokens: another one, who has it, and the end."""

import base64

import pytest

from matinee.contracts import oauth_pb2 as pb
from matinee.contracts.identity_pb2 import ProfileRemoval
from matinee.members import oauth_apps
from matinee.members.oauth_grants import GRACE_MS, SILENT_MS
from oauth.stage import CALL, SERVER, Stage, form, read


async def test_a_refresh_token_that_comes_again_ends_the_family(stage: Stage) -> None:
    """Somebody copied it: who of the two is the thief cannot be known, so nobody goes on."""
    first = await stage.given()
    _, second = await stage.refresh(first["refresh_token"])
    _, third = await stage.refresh(second["refresh_token"])
    await stage.clock.advance(GRACE_MS / 1000 + 1)
    assert (await stage.refresh(second["refresh_token"]))[1]["error"] == "invalid_grant"
    assert (await stage.refresh(third["refresh_token"]))[1]["error"] == "invalid_grant"
    assert await stage.userinfo(third["access_token"]) == 401


async def test_the_one_before_the_one_before_is_never_taken(stage: Stage) -> None:
    """The grace is for the last answer only."""
    first = await stage.given()
    _, second = await stage.refresh(first["refresh_token"])
    _, third = await stage.refresh(second["refresh_token"])
    assert (await stage.refresh(first["refresh_token"]))[0] == 400
    assert (await stage.refresh(third["refresh_token"]))[0] == 400


async def test_an_app_whose_answer_was_lost_asks_again(stage: Stage) -> None:
    """Within ten seconds the same token gets another one; the one that was lost, should anybody have it, ends the family."""
    first = await stage.given()
    _, lost = await stage.refresh(first["refresh_token"])
    await stage.clock.advance(5)
    status, found = await stage.refresh(first["refresh_token"])
    assert status == 200
    assert (await stage.refresh(lost["refresh_token"]))[0] == 400
    assert (await stage.refresh(found["refresh_token"]))[0] == 400


async def test_asking_again_does_not_make_the_grace_longer(stage: Stage) -> None:
    """Ten seconds after the first answer it is over, however often it was asked in between."""
    first = await stage.given()
    await stage.refresh(first["refresh_token"])
    await stage.clock.advance(8)
    assert (await stage.refresh(first["refresh_token"]))[0] == 200
    await stage.clock.advance(4)
    assert (await stage.refresh(first["refresh_token"]))[0] == 400


async def test_an_app_may_ask_for_less_and_never_for_more(stage: Stage) -> None:
    """A token for less; what was allowed stays allowed; what was not, is not."""
    first = await stage.given()
    _, less = await stage.refresh(first["refresh_token"], scope="watch")
    assert ("id_token" in less, less["scope"]) == (False, "watch")
    status, no = await stage.refresh(less["refresh_token"], scope="openid watch email")
    assert (status, no["error"]) == (400, "invalid_scope")
    assert (await stage.refresh(less["refresh_token"]))[1]["scope"] == "openid watch"


async def test_a_refresh_token_is_one_apps(stage: Stage) -> None:
    """Another app that got hold of it is given nothing, and the one it belongs to goes on."""
    first = await stage.given()
    said = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_secret": "a secret"}
    assert (await stage.token("server", **said))[1]["error"] == "invalid_grant"
    assert (await stage.refresh(first["refresh_token"]))[0] == 200


async def test_with_the_profile_goes_what_it_allowed(stage: Stage) -> None:
    """Removed on another screen: the app gets no other token, and the one it has tells nobody who it was."""
    given = await stage.given(stage.as_kim())
    gone = ProfileRemoval(account_id=stage.person.account_id, profile_id=stage.kim, asked_by=stage.person.profile_id)
    await stage.identity.remove_profile(gone, CALL)
    assert (await stage.refresh(given["refresh_token"]))[1]["error"] == "invalid_grant"
    assert await stage.userinfo(given["access_token"]) == 401


async def test_an_app_that_falls_silent_is_forgotten(stage: Stage) -> None:
    """Two months without a word, and somebody has to be asked again."""
    given = await stage.given()
    await stage.clock.advance(SILENT_MS / 1000 + 1)
    assert (await stage.refresh(given["refresh_token"]))[1]["error"] == "invalid_grant"


async def test_revoking_either_token_ends_both(stage: Stage) -> None:
    """And doing it twice, or naming a token that nobody knows, is no mistake."""
    for which in ("refresh_token", "access_token"):
        given = await stage.given()
        for token in (given[which], given[which], "nobody's"):
            assert (await stage.oauth.revoke(form(client_id="club", token=token), CALL)).status == 200
        assert await stage.userinfo(given["access_token"]) == 401
        assert (await stage.refresh(given["refresh_token"]))[0] == 400


async def test_no_app_ends_what_is_anothers(stage: Stage) -> None:
    """It hears so, and the other goes on."""
    given = await stage.given()
    asked = form(client_id="server", client_secret="a secret", token=given["refresh_token"])
    status, no = read(await stage.oauth.revoke(asked, CALL))
    assert (status, no["error"]) == (400, "invalid_grant")
    assert (await stage.refresh(given["refresh_token"]))[0] == 200


async def test_an_app_hears_of_its_own_tokens_only(stage: Stage) -> None:
    """Who keeps no secret may not ask; another's token, a replaced one and nonsense are simply not good."""
    own = await stage.given(app="server")
    told = await stage.introspect(own["access_token"])
    assert (told["active"], told["client_id"], told["token_type"]) == (True, "server", "Bearer")
    assert (await stage.introspect(own["refresh_token"]))["active"]
    for token in ((await stage.given())["access_token"], "nonsense", ""):
        assert await stage.introspect(token) == {"active": False}
    asked = form(client_id="club", token=own["access_token"])
    assert (await stage.oauth.introspect(asked, CALL)).status == 401
    await stage.clock.advance(601)
    assert await stage.introspect(own["access_token"]) == {"active": False}


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ("", {"client_id": "server"}),
        ("", {"client_id": "server", "client_secret": "another"}),
        ("", {"client_id": "club", "client_secret": "a secret"}),
        ("Basic " + base64.b64encode(b"server:another").decode(), {}),
        ("Basic " + base64.b64encode(b"server:a+secret").decode(), {"client_secret": "a secret"}),
        ("Basic " + base64.b64encode(b"server:a+secret").decode(), {"client_id": "club"}),
        ("Basic " + base64.b64encode(b"\xff:\xff").decode(), {}),
        ("Basic \u00e9", {}),
        ("Bearer server", {}),
    ],
)
async def test_an_app_that_is_not_who_it_says_is_given_nothing(stage: Stage, authorization: str, said: dict[str, str]) -> None:
    """A wrong secret, none, one too many, two that differ: each is the same no, with the way to prove it."""
    given = await stage.given(app="server")
    asked = form(authorization, grant_type="refresh_token", refresh_token=given["refresh_token"], **said)
    answer = await stage.oauth.token(asked, CALL)
    assert (answer.status, read(answer)[1]["error"], answer.challenge) == (401, "invalid_client", 'Basic realm="matinee"')


async def test_a_secret_comes_as_basic_or_in_the_form(stage: Stage) -> None:
    """As the libraries send it, letters of a form and all."""
    given = await stage.given(app="server")
    basic = "Basic " + base64.b64encode(b"server:a+secret").decode()
    asked = form(basic, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert (await stage.oauth.token(asked, CALL)).status == 200


async def test_an_app_that_is_removed_loses_everything(stage: Stage) -> None:
    """Its tokens, its name and what members let it do."""
    given = await stage.given(app="server")
    assert await stage.sql.transact(lambda db: oauth_apps.remove(db, SERVER.client_id))
    assert not await stage.sql.transact(lambda db: oauth_apps.remove(db, SERVER.client_id))
    assert await stage.userinfo(given["access_token"]) == 401
    said = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], "client_secret": "a secret"}
    assert (await stage.token("server", **said))[1]["error"] == "invalid_client"


async def test_secrets_are_nowhere_to_be_read(stage: Stage) -> None:
    """Who steals the database steals no token, no code and no secret."""
    given, code = await stage.given(app="server"), await stage.code()
    device = read(await stage.oauth.authorize_device(form(client_id="tv", scope="watch"), CALL))[1]["device_code"]
    await stage.oauth.discover(pb.DiscoverRequest(), CALL)
    kept = await stage.sql.read(lambda db: "\n".join(db.connection.dbapi_connection.iterdump()))  # type: ignore[union-attr]
    assert "Film club" in kept
    for secret in ("a secret", given["refresh_token"].split(".")[1], given["access_token"], code, device):
        assert secret not in kept
