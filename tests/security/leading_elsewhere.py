"""No address of the house, however it is written, leads a browser out of it."""

import json
from typing import Any

import pytest

from letterbox import letter_to, link_in
from matinee.screen.openapi import ROUTES
from matinee.screen.schema import SCHEMA
from screen.every_question import every_question
from security.stage import Stage, browser, come_in

pytestmark = pytest.mark.xdist_group("security")

ELSEWHERE = [
    "//elsewhere.example",
    "https://elsewhere.example/account",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "javascript:alert(1)",
    "elsewhere.example",
    ".elsewhere.example",
    "@elsewhere.example",
    ":1@elsewhere.example/",
    "",
]
"""Joined to the house's own address, or put in its place, some browser would go there."""


def returning() -> dict[str, Any]:
    """Every question of the API that takes the page to come back to."""
    schema = SCHEMA._schema  # pyright: ignore[reportPrivateUsage]
    purse = {"ID": ["a-plan"], "String": ["an-id-that-is-mine"], "Int": [1500], "Boolean": [True]}
    asked = {each.field: each for each in reversed(list(every_question(schema, "mutation", purse)))}
    return {name: each for name, each in asked.items() if "backTo" in each.variables}


def test_coming_back_from_paying_leads_home(stage: Stage) -> None:
    """Whatever a page is told to come back to, it is a page of ours or it is refused, and nobody is sent anywhere."""
    bob, found = browser(stage.bob), returning()
    assert len(found) >= 4
    for name, each in found.items():
        for where in ELSEWHERE:
            body = {"query": each.text, "variables": {**each.variables, "backTo": where}}
            told = bob.post(f"{stage.house.address}/graphql", json=body).json()["data"][name]
            assert told["__typename"] == "Refused" or not told.get("goTo"), (name, where)
    ask = 'mutation { buyGift(minor: 1500, askId: "a-gift-of-bobs", backTo: "/account") { ... on Step { goTo } } }'
    told = bob.post(f"{stage.house.address}/graphql", json={"query": ask}).json()["data"]["buyGift"]
    assert told["goTo"].startswith(f"{stage.house.address}/till/")


@pytest.mark.parametrize(
    "before", ["//elsewhere.example", "/\\elsewhere.example", "/%5celsewhere.example", "/%2f%2felsewhere.example"]
)
def test_no_path_is_taken_for_a_host(stage: Stage, before: str) -> None:
    """An address with a foreign name in its path, with and without a slash at its end, sends nobody on."""
    stranger = browser()
    for path in ("", "/", "/assets", "/assets/", "/oauth/authorize/", "/till/", "/account/activity.csv/"):
        answer = stranger.get(stage.house.address + before + path, allow_redirects=False)
        assert answer.headers.get("location", "/").startswith(("/", stage.house.address)), path
        assert not answer.headers.get("location", "/").startswith("//")


def test_no_address_sends_one_on_by_what_stands_in_it(stage: Stage) -> None:
    """Whatever a link says of where to go next, the answer is a page of ours, or a refusal."""
    words = ("next", "url", "redirect", "redirect_uri", "return_to", "continue", "backTo", "go", "post_logout_redirect_uri")
    query = "&".join(f"{word}=https%3A%2F%2Felsewhere.example" for word in words)
    for route in [*ROUTES, "GET /sign-in", "GET /who", "GET /till/nothing"]:
        method, path = route.split()
        asked = stage.house.address + path.replace("{", "").replace("}", "") + "?" + query
        for who in (None, stage.bob):
            if method == "GET":
                answer = browser(who).get(asked, allow_redirects=False)
                assert "elsewhere" not in answer.headers.get("location", ""), path


def test_what_an_app_sends_by_a_form_stays_in_the_address(stage: Stage) -> None:
    """A line break in it is none in our answer: it adds no header and leads nowhere else."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"a=b\r\nset-cookie: c=d", b"a=b%0d%0aset-cookie: c=d", b"//elsewhere.example", b"\r\n\r\n<script>"):
        answer = browser().post(f"{stage.house.address}/oauth/authorize", body, headers=form, allow_redirects=False)
        assert answer.headers["location"].startswith("/oauth/authorize?")
        assert "set-cookie" not in answer.headers
        assert answer.content == b""


def test_a_letter_leads_to_the_house_whatever_name_it_was_asked_by(stage: Stage) -> None:
    """Who asks for somebody's reset under another name of this machine cannot have the link lead there."""
    email = f"poisoned-{stage.house.port}-{id(stage)}@example.org"
    come_in(stage.house, email)
    named = {
        "host": f"127.0.0.1:{stage.house.port}",
        "x-forwarded-host": "elsewhere.example",
        "forwarded": "host=elsewhere.example",
    }
    asked = browser().post(f"{stage.house.address}/auth/letters/reset", data=json.dumps({"email": email}), headers=named)
    assert asked.status_code == 202
    assert link_in(letter_to(stage.house, email, "reset_password"), "/reset").startswith(f"{stage.house.address}/reset#")
