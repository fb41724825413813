"""Nobody learns by asking who has an account, and nobody guesses for long."""

import random
import time
from statistics import median

import pytest
import requests

from matinee.contracts import identity_pb2 as pb
from matinee.ports.rpc import Refused
from members.front_room import ASHA, CALL, FrontRoom, room
from security.stage import Stage, browser, come_in

__all__ = ["room"]
pytestmark = pytest.mark.xdist_group("security")

CHANGES = {"date", "content-length"}
"""Of the headers; the length counts apart, where an address that was sent comes back."""


def said(answer: requests.Response, email: str) -> tuple[int, str, dict[str, str]]:
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in CHANGES}
    return answer.status_code, answer.text.replace(email, "WHO"), headers


@pytest.mark.parametrize(
    ("path", "body", "signed_in"),
    [
        ("/auth/sign-in", {"password": "a wrong guess"}, False),
        ("/auth/letters/reset", {}, False),
        # Another address, for an account that one has.
        ("/auth/letters/email", {}, True),
    ],
)
def test_an_account_that_is_there_is_answered_like_one_that_is_not(
    stage: Stage, path: str, body: dict[str, str], signed_in: bool
) -> None:
    """Status, words and headers are the same for an address that has an account and for one that has none."""
    number = random.randrange(10**9)
    known, unknown = f"known-{number}@example.org", f"nobod-{number}@example.org"
    come_in(stage.house, known)
    who = come_in(stage.house, f"asker-{number}@example.org") if signed_in else None
    answers = [
        said(browser(who).post(stage.house.address + path, json={**body, "email": email}), email) for email in (known, unknown)
    ]
    assert answers[0] == answers[1]


def test_a_passkey_is_asked_for_without_naming_anybody(stage: Stage) -> None:
    """The question is the same for whoever asks: it lists no keys, and there is nothing to send an address with."""
    asked = [
        browser().post(f"{stage.house.address}/auth/passkey/ask", json={"use": "sign-in", "email": email}).json()
        for email in ("operator@example.org", "nobody@example.org")
    ]
    for each in asked:
        assert not each.get("allowCredentials")
        each.pop("challenge")
    assert asked[0] == asked[1]


async def test_it_costs_as_much_work_to_refuse_nobody_as_somebody(room: FrontRoom) -> None:
    """A password is checked either way, at sign-in as at sign-up: the work is counted, in CPU time, and not the wait."""
    await room.sign_up()

    async def work_s(email: str, *, up: bool) -> float:
        began_s = time.process_time()
        try:
            if up:
                await room.identity.sign_up(pb.Credentials(email=email, password="a quiet evening"), CALL)
            else:
                await room.sign_in("a wrong guess", email)
        except Refused as no:
            assert no.kind in {"unauthenticated", "taken"}
        return time.process_time() - began_s

    for up in (False, True):
        somebody = median([await work_s(ASHA, up=up) for _ in range(5)])
        nobody = median([await work_s(f"nobody-{n}@example.org", up=up) for n in range(5)])
        # A hash is tens of milliseconds, all else less than five.
        assert 0.4 < somebody / nobody < 2.5, (up, somebody, nobody)
        assert min(somebody, nobody) > 0.008


def test_who_guesses_waits_wherever_they_come_from(stage: Stage) -> None:
    """Ten guesses from ten addresses: five are looked at, with or without an account, and the wait is told to the second."""
    number = random.randrange(10**9)
    known = f"guessed-{number}@example.org"
    come_in(stage.house, known)
    for email in (known, f"nobody-{number}@example.org"):
        body = {"email": email, "password": "a wrong guess"}
        answers = [browser().post(f"{stage.house.address}/auth/sign-in", json=body) for _ in range(10)]
        assert [each.status_code for each in answers[:5]] == [401] * 5
        assert 429 in {each.status_code for each in answers[5:]}
        assert next(each for each in answers if each.status_code == 429).json()["retryAt"]


def test_the_door_says_nothing_of_how_long_it_took(stage: Stage) -> None:
    """No header tells to the millisecond how long the house thought: who measures has the whole noise of the way between."""
    answer = browser().post(f"{stage.house.address}/auth/sign-in", json={"email": "nobody@example.org", "password": "a guess"})
    assert [name for name in answer.headers if "time" in name.lower() or "duration" in name.lower()] == []


def test_a_viewer_gives_the_door_no_orders(stage: Stage) -> None:
    """Headers by which proxies command each other (a timeout, retries, another address) are nobody's to send."""
    orders = {"x-envoy-upstream-rq-timeout-ms": "1", "x-envoy-retry-on": "retriable-4xx", "x-envoy-original-path": "/graphql"}
    named = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1", "x-matinee-address": "192.0.2.1"}
    body = {"email": f"orders-{random.randrange(10**9)}@example.org"}
    answer = browser().post(f"{stage.house.address}/auth/letters/reset", json=body, headers=orders | named)
    assert answer.status_code == 202, "it takes four tenths of a second, and is waited for"
    page = browser().get(stage.house.address, headers=named)
    assert "strict-transport-security" not in page.headers, "nobody came by https, whatever they say"
