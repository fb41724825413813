"""How apps are shown out: by who let them in, with everybody else, and by a sign-out that they ask for themselves."""

import pytest
import sqlalchemy as sa

from matinee.contracts import identity_pb2 as identity
from matinee.contracts import oauth_pb2 as pb
from matinee.members import oauth_apps, proofs
from matinee.members.oauth_rules import SCOPES, App
from matinee.ports.rpc import Refused
from oauth.stage import BACK, CALL, Stage, form

PASSWORD, BYE = "a quiet evening", "https://club.example.org/bye"
LEAVER = App("leaver", "Leaver", "", (BACK,), SCOPES, False, "ES256", after_logout=(BYE,))


async def asha(stage: Stage) -> identity.Session:
    return await stage.identity.sign_in(identity.Credentials(email="asha@example.org", password=PASSWORD), CALL)


async def everywhere_else(stage: Stage) -> None:
    session = await asha(stage)
    await stage.identity.end_devices(identity.DeviceEnd(session_secret=session.session_secret), CALL)


async def another_password(stage: Stage) -> None:
    secret, new = (await asha(stage)).session_secret, "an even quieter evening"
    change = identity.PasswordChange(session_secret=secret, old_password=PASSWORD, new_password=new)
    await stage.identity.change_password(change, CALL)


@pytest.mark.parametrize("shows_out", [everywhere_else, another_password])
async def test_who_shows_everybody_out_shows_out_the_apps(stage: Stage, shows_out: object) -> None:
    """No app goes on after it, whatever it holds; one that is let in from then on does."""
    before, server = await stage.given(scope="openid watch"), await stage.given(app="server")
    code = await stage.code()
    await shows_out(stage)  # type: ignore[operator]
    assert (await stage.oauth.list_let_in(stage.person, CALL)).apps == []
    assert await stage.introspect(server["refresh_token"]) == {"active": False}
    assert await stage.userinfo(before["access_token"]) == 401
    assert (await stage.refresh(before["refresh_token"]))[1]["error"] == "invalid_grant"
    by_code = {"grant_type": "authorization_code", "code": code, "code_verifier": "a" * 43}
    assert (await stage.token(**by_code))[1]["error"] == "invalid_grant"
    after = await stage.given()
    assert (await stage.refresh(after["refresh_token"]))[0] == 200


async def test_signing_out_one_device_leaves_apps_alone(stage: Stage) -> None:
    """They were let in by the account, not by that browser."""
    given, session = await stage.given(), await asha(stage)
    await stage.identity.sign_out(identity.Renewal(session_secret=session.session_secret), CALL)
    assert (await stage.refresh(given["refresh_token"]))[0] == 200


async def test_what_was_let_in_is_listed_and_taken_back(stage: Stage) -> None:
    """Each app once, with all it may and for whom; taking it back ends it on every device, and leaves the others."""
    first = await stage.given(scope="openid watch")
    await stage.clock.advance(86_400)
    second, server = await stage.given(scope="openid email"), await stage.given(app="server")
    await stage.given(stage.as_kim(), scope="watch")
    listed = (await stage.oauth.list_let_in(stage.person, CALL)).apps
    (club,) = (each for each in listed if each.client_id == "club")
    assert (club.app, list(club.scopes), sorted(club.profile_names)) == (
        "Film club",
        ["openid", "email", "watch"],
        ["Asha", "Kim"],
    )
    assert (club.used_ms - club.since_ms, len(listed)) == (86_400_000, 2)
    left = (await stage.oauth.take_back(pb.AppTaken(person=stage.person, client_id="club"), CALL)).apps
    assert [each.client_id for each in left] == ["server"]
    for token in (first, second):
        assert (await stage.refresh(token["refresh_token"]))[1]["error"] == "invalid_grant"
    assert (await stage.introspect(server["access_token"]))["active"] is True


async def test_children_and_strangers_neither_see_apps_nor_take_them_back(stage: Stage) -> None:
    """That is looked after by grown-ups; and what another account let in is not theirs to end."""
    given = await stage.given()
    stranger = await stage.identity.sign_up(identity.Credentials(email="ben@example.org", password=PASSWORD), CALL)
    for person, kind in ((stage.as_kim(), "forbidden"), (pb.Person(), "unauthenticated")):
        with pytest.raises(Refused) as no:
            await stage.oauth.take_back(pb.AppTaken(person=person, client_id="club"), CALL)
        assert no.value.kind == kind
    ben = pb.Person(account_id=stranger.account.account_id)
    assert (await stage.oauth.take_back(pb.AppTaken(person=ben, client_id="club"), CALL)).apps == []
    assert (await stage.refresh(given["refresh_token"]))[0] == 200


async def leave(stage: Stage, person: pb.Person | None = None, **said: str) -> pb.Leaving:
    return await stage.oauth.leave(pb.AppAsked(form=form(**said), person=person or stage.person), CALL)


async def test_an_app_that_shows_whose_it_is_signs_its_person_out_unasked(stage: Stage) -> None:
    """By an ID token of ours, also one that is over; they go back to the address that is registered for it, with the state."""
    await stage.sql.transact(lambda db: oauth_apps.add(db, LEAVER, 0))
    hint = (await stage.given(app="leaver"))["id_token"]
    await stage.clock.advance(3600)
    leaving = await leave(stage, id_token_hint=hint, post_logout_redirect_uri=BYE, state="here")
    assert (leaving.ask, leaving.app, leaving.address) == (False, "Leaver", f"{BYE}?state=here")
    assert (await leave(stage, pb.Person(), client_id="leaver", post_logout_redirect_uri=BYE)).ask is False


async def test_whoever_is_not_sure_asks_first(stage: Stage) -> None:
    """No token, a forged one, one of another kind and one that speaks of somebody else sign nobody out."""
    given = await stage.given()
    header, claims, _ = given["id_token"].split(".")
    ben = await stage.identity.sign_up(identity.Credentials(email="ben@example.org", password=PASSWORD), CALL)
    for hint in ("", "nonsense", f"{header}.{claims}.{'A' * 86}", given["access_token"]):
        assert (await leave(stage, id_token_hint=hint)).ask is True, hint
    assert (await leave(stage, pb.Person(account_id=ben.account.account_id), id_token_hint=given["id_token"])).ask is True
    assert (await leave(stage, id_token_hint=given["id_token"])).ask is False


async def test_nobody_is_sent_to_an_address_that_is_not_registered_for_it(stage: Stage) -> None:
    """Letter for letter, and of the app that asks: not where it gets its answers, not another's, not where no app is named."""
    await stage.sql.transact(lambda db: oauth_apps.add(db, LEAVER, 0))
    for app, back in (("leaver", BACK), ("leaver", f"{BYE}/"), ("leaver", f"{BYE}?x"), ("club", BYE), ("", BYE)):
        with pytest.raises(Refused, match="leads somewhere else"):
            await leave(stage, client_id=app, post_logout_redirect_uri=back)
    hint = (await stage.given(app="leaver"))["id_token"]
    with pytest.raises(Refused, match="another app's"):
        await leave(stage, client_id="club", id_token_hint=hint)


async def test_apps_are_told_whether_the_address_is_proved(stage: Stage) -> None:
    """In the ID token, and each time they ask; nothing of it to an app that was not given the address."""
    claims = await stage.claims((await stage.given(scope="openid email"))["id_token"])
    assert (claims["email"], claims["email_verified"]) == ("asha@example.org", False)
    row = {"account_id": stage.person.account_id, "email": "asha@example.org", "at_ms": 1}
    await stage.accounts.transact(lambda db: db.execute(sa.insert(proofs.PROVED).values(row)))
    claims = await stage.claims((await stage.given(scope="openid email"))["id_token"])
    assert claims["email_verified"] is True
    assert "email" not in await stage.claims((await stage.given(scope="openid profile"))["id_token"])
