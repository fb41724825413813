"""In a browser: an app sends somebody to our door, a television waits for somebody with a phone."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from journeys.access import assert_accessible
from oauth.client import Client, Failed, Registered, app, register
from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

BACK = "https://club.example.org/back"
BYE = "https://club.example.org/bye"


@pytest.fixture(scope="module")
def club(house: House) -> Registered:
    return register(house, "Film club", "--device", "--after-logout", BYE, redirect=BACK)


def sign_in(page: Page, email: str) -> None:
    """From the door, to which whoever is not signed in is led, and on."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("a quiet evening")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Cleo").click()


def test_somebody_lets_an_app_in_by_way_of_the_door(page: Page, house: House, club: Registered) -> None:
    """Signed out, sent by an app: sign in, say who watches, read what the app may, allow; and back, with a code that is good."""
    Visitor(house).sign_up("cleo-of-apps@example.org")
    arrived: list[str] = []

    def receive(route: Route) -> None:
        arrived.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<h1>Back at the club</h1>")

    page.route(f"{BACK}*", receive)
    with app("openid_client", house, club) as client:
        begun = client.do("begin", redirect=BACK, scope="openid watch")
        page.goto(begun["url"])
        sign_in(page, "cleo-of-apps@example.org")
        page.get_by_role("heading", name="Let Film club in?").wait_for()
        for width, height in ((1440, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page, "an app wants in")
        assert page.get_by_role("listitem").all_inner_texts()[-1].startswith("Browse and play as Cleo")
        page.get_by_role("button", name="Not now").click()
        page.get_by_role("heading", name="Back at the club").wait_for()
        assert dict(parse_qsl(urlsplit(arrived[0]).query))["error"] == "access_denied"
        page.goto(begun["url"])
        page.get_by_role("button", name="Allow").click()
        page.get_by_role("heading", name="Back at the club").wait_for()
        given = client.do("finish", **{**begun, "answer": arrived[1]})
        assert given["claims"]["nonce"] == begun["nonce"]
        page.unroute(f"{BACK}*")
        page.goto(begun["url"].replace("club.example.org", "elsewhere.example"))
        page.get_by_role("heading", name="That leads somewhere else.").wait_for()
        let_a_television_in(page, house, client)
        look_after_it(page, house)
        with pytest.raises(Failed, match="invalid_grant"):
            client.do("refresh", token=given["refresh_token"])
        be_signed_out(page, client, given["id_token"])


def let_a_television_in(page: Page, house: House, client: Client) -> None:
    """Its code is typed in small letters and without the dash."""
    device = client.do("device", scope="watch")
    page.goto(f"{house.address}/activate")
    page.get_by_label("The code on the screen").fill(re.sub("-", "", device["user_code"].lower()))
    assert_accessible(page, "a screen wants in")
    page.keyboard.press("Enter")
    page.get_by_text(device["user_code"]).wait_for()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("heading", name="You’re in").wait_for()
    assert client.do("wait", device=device)["scope"] == "watch"


def look_after_it(page: Page, house: House) -> None:
    """The page of signing in names the app, and takes it back."""
    page.goto(f"{house.address}/account/security")
    expect(page.get_by_text("It may know you again; browse and play as Cleo, and change Cleo’s list.")).to_be_visible()
    page.get_by_role("button", name="Take back Film club").click()
    page.get_by_text("You let no app in.").wait_for()


def be_signed_out(page: Page, client: Client, id_token: str) -> None:
    """The app leaves with its person: at once with the token it has, and not before they were asked without."""
    page.route(f"{BYE}*", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Bye from the club</h1>"))
    url = client.do("leave", hint=id_token, back=BYE, state="x")["url"]
    page.goto(url.replace("id_token_hint=", "id_token_hint=not-"))
    page.get_by_role("heading", name="Sign out here, too?").wait_for()
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page, "an app wants its person signed out")
    page.goto(url)
    page.get_by_role("heading", name="Bye from the club").wait_for()
    assert page.url == f"{BYE}?state=x"
    page.goto(url.split("/oauth/")[0])
    page.get_by_role("heading", name="Welcome back").wait_for()
