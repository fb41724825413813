"""A page of another site can make a browser do nothing here."""

import pytest

from matinee.screen.asking import WITHOUT_COOKIES
from matinee.screen.openapi import ROUTES
from security.stage import Stage, browser

pytestmark = pytest.mark.xdist_group("security")

FOREIGN = (
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)
WRITES = [route.partition(" ")[2] for route in ROUTES if route.startswith("POST")]


@pytest.mark.parametrize("path", [path for path in WRITES if not path.startswith(WITHOUT_COOKIES)])
def test_no_write_is_taken_from_another_sites_page(stage: Stage, path: str) -> None:
    """Whatever can be written with a cookie is refused to a page elsewhere, before it is read; a page of ours may."""
    house, ann = stage.house.address, browser(stage.ann)
    for headers in FOREIGN:
        answer = ann.post(house + path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (403, "That came from another site."), headers
    ours = {"origin": house, "sec-fetch-site": "same-origin"}
    assert ann.post(f"{house}/auth/renew", json={}, headers=ours).status_code == 204


@pytest.mark.parametrize("path", [path for path in WRITES if path.startswith(WITHOUT_COOKIES)])
def test_what_other_sites_may_write_looks_at_no_cookie(stage: Stage, path: str) -> None:
    """Apps and the payment provider come from elsewhere: who is signed in in the browser gives them nothing."""
    form = {"content-type": "application/x-www-form-urlencoded", "origin": "https://elsewhere.example"}
    with_cookies, without = (browser(who).post(stage.house.address + path, b"a=b", headers=form) for who in (stage.ann, None))
    assert (with_cookies.status_code, with_cookies.content) == (without.status_code, without.content)


@pytest.mark.parametrize("path", ["/graphql", "/auth/sign-out", "/auth/pick", "/letters/unsubscribe"])
def test_looking_changes_nothing(stage: Stage, path: str) -> None:
    """What a picture or a link elsewhere can make a browser ask, by GET, writes nothing."""
    ann = browser(stage.ann)
    answer = ann.get(stage.house.address + path)
    assert answer.status_code == 401 or b"<!doctype html>" in answer.content.lower()
    assert ann.post(f"{stage.house.address}/auth/renew").status_code == 204
