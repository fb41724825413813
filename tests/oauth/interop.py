"""Apps built on the certified npm clients `openid-client` and `oauth4webapi`, unmodified, against a running house."""

from collections.abc import Iterator

import pytest

from oauth.client import LIBRARIES, Client, Failed, Registered, app, let_in, let_in_device, register
from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

BACK = "https://app.example.org/back"
ALL = ("--scope", "openid", "--scope", "profile", "--scope", "email", "--scope", "watch")


@pytest.fixture(scope="module")
def server_app(house: House) -> Registered:
    """One that runs on a server of its makers and keeps a secret."""
    return register(house, "Film club", "--confidential", *ALL, redirect=BACK, alg="ES256")


@pytest.fixture(scope="module")
def television(house: House) -> Registered:
    return register(house, "Television", "--device")


@pytest.fixture(scope="module")
def asha(house: House) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up("asha-of-apps@example.org")
    return visitor


@pytest.fixture(params=LIBRARIES)
def film_club(request: pytest.FixtureRequest, house: House, server_app: Registered) -> Iterator[Client]:
    with app(request.param, house, server_app) as client:
        yield client


def signed_in(client: Client, person: Visitor, scope: str = "openid profile email watch") -> dict[str, object]:
    begun = client.do("begin", redirect=BACK, scope=scope)
    return client.do("finish", **{**begun, "answer": let_in(person, begun["url"])})


def test_an_app_of_these_libraries_does_everything(film_club: Client, asha: Visitor) -> None:
    """Discovery, a code with PKCE, an ES256 ID token, who it is, another token, is it good, and the end of it."""
    first = signed_in(film_club, asha)
    claims = first["claims"]
    info = film_club.do("userinfo", token=first["access_token"], subject=claims["sub"])
    assert info["email"] == "asha-of-apps@example.org"
    assert info["name"] == "Asha"
    second = film_club.do("refresh", token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    told = film_club.do("introspect", token=second["access_token"])
    assert (told["active"], told["sub"], told["scope"]) == (True, claims["sub"], "openid profile email watch")
    film_club.do("revoke", token=second["refresh_token"])
    assert film_club.do("introspect", token=second["access_token"]) == {"active": False}
    with pytest.raises(Failed, match="invalid_grant"):
        film_club.do("refresh", token=second["refresh_token"])


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_television_is_let_in_from_a_phone(library: str, house: House, television: Registered, asha: Visitor) -> None:
    """It shows a code, somebody types it in small letters, and it watches as the profile that was picked there."""
    with app(library, house, television) as client:
        device = client.do("device", scope="watch")
        let_in_device(asha, device["user_code"].lower().replace("-", " "))
        token = client.do("wait", device=device)["access_token"]
    apps = Visitor(house)
    status, body = apps.ask("/graphql", {"query": "{ viewer { profile { name } } }"}, {"authorization": f"Bearer {token}"})
    assert (status, body) == (200, b'{"data":{"viewer":{"profile":{"name":"Asha"}}}}')
