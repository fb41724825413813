"""A token that is forged, over, foreign or of another kind opens nothing: at the door, behind it, at a service, at a box."""

import json
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from matinee.engines.passports import CheckedPassports, of_the_house
from matinee.ports.rpc import Refused
from security.forged import Forger, read
from security.stage import PASSWORD, Stage, browser
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("security")

WHO = {"query": "{ viewer { email } }"}


def passport_of(visitor: Visitor) -> tuple[str, str]:
    """The cookie's name, and the passport in it."""
    return next((cookie.name, cookie.value or "") for cookie in visitor.jar if cookie.path == "/")


@pytest.fixture(scope="module")
def forger(stage: Stage) -> Forger:
    (published,) = json.loads((stage.house.state / "run" / "jwks.json").read_text())["keys"]
    key = ECKey.import_key((stage.house.state / "secrets" / "passport.pem").read_bytes())
    return Forger(passport_of(stage.ann)[1], published, key)


def test_the_front_door_knows_every_forgery(stage: Stage, forger: Forger) -> None:
    """As a cookie or as an app's token, for a question, a file or a film; the good one they were made from opens."""
    name, house = passport_of(stage.ann)[0], stage.house.address

    def opened(token: str) -> list[int]:
        cookie, bearer = {"cookie": f"{name}={token}"}, {"authorization": f"Bearer {token}"}
        asked = browser()
        statuses = [asked.post(f"{house}/graphql", json=WHO, headers=how).status_code for how in (cookie, bearer)]
        return [*statuses, asked.get(f"{house}/account/activity.csv", headers=cookie).status_code]

    assert opened(forger.good) == [200, 401, 200], "a passport is no app's token"
    tried = dict(forger.all())
    assert {what: statuses for what, token in tried.items() if set(statuses := opened(token)) - {400, 401, 403}} == {}
    assert len(tried) > 40


def test_what_is_behind_the_door_knows_them_too(stage: Stage, forger: Forger) -> None:
    """Somebody who got past the door and writes its headers himself is asked for a passport where the call arrives."""
    name, _ = passport_of(stage.ann)
    account = read(forger.good)[1]["sub"]
    headers = {"x-matinee-account": account, "x-matinee-role": "operator", "host": "localhost"}
    behind = httpx.HTTPTransport(uds=str(stage.house.state / "run" / "front.sock"))
    with httpx.Client(transport=behind, base_url="http://localhost") as front:

        def told(token: str) -> bytes:
            return front.post("/graphql", json=WHO, headers={**headers, "cookie": f"{name}={token}"}).content

        assert b"ann" in told(forger.good)
        assert [what for what, token in forger.all() if b"@example.org" in told(token)] == []
        other = passport_of(stage.bob)[1]
        assert b"That is somebody else's." in told(other), "a good passport, and another's name in the headers"


def test_a_service_knows_them_as_well(stage: Stage, forger: Forger) -> None:
    """Each service reads the passport that comes with a call, with the keys that are published, and nothing else counts."""
    passports, now_ms = of_the_house(stage.house.state / "run", stage.house.address), int(time.time() * 1000)
    assert passports.who(forger.good, now_ms).account_id == read(forger.good)[1]["sub"]
    assert [what for what, token in forger.all() if is_let_in(passports, token, now_ms)] == []


def is_let_in(passports: CheckedPassports, token: str, now_ms: int) -> bool:
    try:
        passports.who(token, now_ms)
    except Refused as no:
        assert no.kind == "unauthenticated"
        return False
    return True


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.data())
def test_no_change_of_a_passport_opens_or_breaks_a_service(stage: Stage, forger: Forger, data: st.DataObject) -> None:
    """One letter more, less or other, or any text at all: refused in the same words, never a crash."""
    passports, now_ms, good = of_the_house(stage.house.state / "run", stage.house.address), int(time.time() * 1000), forger.good
    first = data.draw(st.integers(0, len(good)))
    last = data.draw(st.integers(first, min(len(good), first + 3)))
    changed = good[:first] + data.draw(st.text(max_size=4)) + good[last:]
    # The last letter of a signature carries bits that no decoder looks at.
    if changed.rstrip("=")[:-1] != good[:-1]:
        assert not is_let_in(passports, changed, now_ms)
    assert not is_let_in(passports, data.draw(st.text(max_size=60)), now_ms)


def apps_token(stage: Stage, forger: Forger, **said: object) -> str:
    """As the house signs them for apps."""
    keys = json.loads((stage.house.state / "run" / "oauth-jwks.json").read_text())["keys"]
    files = [
        ECKey.import_key(file.read_bytes()) for file in sorted(Path(stage.house.state / "secrets" / "oauth").glob("ES256-*.pem"))
    ]
    kid, key = next((each["kid"], file) for each in keys for file in files if file.as_dict(private=False)["x"] == each.get("x"))
    claims, now_s = read(forger.good)[1], int(time.time())
    house = stage.house.address
    own = {"iss": house, "aud": [house], "sub": claims["sub"], "profile": claims["profile"], "role": "member", "scope": "watch"}
    return jwt.encode({"typ": "at+jwt", "alg": "ES256", "kid": kid}, {**own, "iat": now_s, "exp": now_s + 300, **said}, key)


def test_a_token_of_one_kind_is_none_of_another(stage: Stage, forger: Forger) -> None:
    """An app's token is no cookie, says nothing of signing in, and an ID token, a session's secret or a box's token no app's."""
    house, (name, passport) = stage.house.address, passport_of(stage.ann)
    session = next(cookie.value for cookie in stage.ann.jar if cookie.path == "/auth")
    good = apps_token(stage, forger)
    asked = browser()
    mark = {"query": "{ libraryMark }"}
    assert asked.post(f"{house}/graphql", json=mark, headers={"authorization": f"Bearer {good}"}).status_code == 200
    for_apps_only = {
        "an ID token": apps_token(stage, forger, aud="an-app"),
        "for userinfo": apps_token(stage, forger, aud=[f"{house}/oauth/userinfo"]),
        "of another house": apps_token(stage, forger, iss="https://elsewhere.example"),
        "over": apps_token(stage, forger, exp=int(time.time()) - 60),
        "a session's secret": session,
        "a passport": passport,
    }
    for what, token in for_apps_only.items():
        assert asked.post(f"{house}/graphql", json=mark, headers={"authorization": f"Bearer {token}"}).status_code in {
            401,
            403,
        }, what
    for token in (good, session):
        assert asked.post(f"{house}/graphql", json=mark, headers={"cookie": f"{name}={token}"}).status_code == 401
    for token in (good, passport):
        as_session = {"cookie": f"{name}-session={token}"}
        assert asked.post(f"{house}/auth/renew", headers=as_session).status_code == 401
        assert asked.get(f"{house}/auth/keys", headers=as_session).status_code == 401
        assert asked.get(f"http://localhost:{stage.house.port + 1}/{token}/films/x/init.mp4").status_code in {403, 414}


@pytest.mark.parametrize("form", ["manifest.mpd", "master.m3u8"])
def test_an_app_that_may_not_watch_gets_no_film(stage: Stage, forger: Forger, form: str) -> None:
    """One that may read the account has no way to a film, though it knows the address of a view that runs."""
    film = stage.operator.wait_for_film("Clock", within_s=120)["id"]
    granted = stage.operator.play(film)
    assert granted["__typename"] == "Play", granted
    claims = read(passport_of(stage.operator)[1])[1]
    own = {"sub": claims["sub"], "profile": claims["profile"]}
    address, asked = f"{stage.house.address}/play/{granted['id']}/{form}", browser()
    statuses = {
        scope: asked.get(
            address, headers={"authorization": f"Bearer {apps_token(stage, forger, scope=scope, **own)}"}
        ).status_code
        for scope in ("watch", "watch account", "account", "operate", "openid profile")
    }
    assert statuses == {"watch": 200, "watch account": 200} | dict.fromkeys(("account", "operate", "openid profile"), 403)


def test_a_huge_token_is_refused_at_the_door(stage: Stage) -> None:
    """Nobody reads megabytes to find out that they are nonsense."""
    name, huge = passport_of(stage.ann)[0], "x" * 100_000
    for headers in ({"cookie": f"{name}={huge}"}, {"authorization": f"Bearer {huge}"}):
        assert browser().post(f"{stage.house.address}/graphql", json=WHO, headers=headers).status_code == 431
    assert browser().post(f"{stage.house.address}/auth/sign-in", json={"email": huge, "password": PASSWORD}).status_code == 413
