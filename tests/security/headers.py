"""Whatever the house answers, by whichever of its servers: what a browser must hear with it, and what nobody needs to know."""

import re
import socket
import time
from dataclasses import dataclass

import pytest
import requests

from security.stage import Stage, browser

pytestmark = pytest.mark.xdist_group("security")

SAID = {
    "x-content-type-options": "nosniff",
    "referrer-policy": ("same-origin", "no-referrer"),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
KEPT_BY_ANYBODY = r"public, max-age=\d+(, immutable)?"
BY_ALL, CHECKED, BY_NOBODY = KEPT_BY_ANYBODY, "no-cache", "no-store"
"""How long an answer may be kept: long, by whoever passes it on; until it is asked for again; not at all."""


@dataclass(frozen=True)
class Asked:
    path: str
    status: int
    kept: str
    method: str = "GET"
    who: str = "stranger"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


ANSWERS = [
    Asked("/", 200, CHECKED),
    Asked("/title/anything", 200, CHECKED),
    Asked("/oauth/authorize?client_id=nobody", 400, CHECKED),
    Asked("/assets/nothing.js", 404, BY_NOBODY),
    Asked("/art/nothing/card.webp", 404, BY_NOBODY),
    Asked("/oauth/jwks", 200, BY_ALL),
    Asked("/.well-known/openid-configuration", 200, BY_ALL),
    Asked("/oauth/qr.svg?code=BCDF", 200, BY_ALL),
    Asked("/till/till.css", 200, BY_ALL),
    Asked("/till/nothing", 404, BY_NOBODY),
    Asked("/auth/welcome", 200, BY_NOBODY),
    Asked("/auth/keys", 401, BY_NOBODY),
    Asked("/auth/keys", 200, BY_NOBODY, who="ann"),
    Asked("/account/activity.csv", 200, BY_NOBODY, who="ann"),
    Asked("/account/invoices/2026-000001.html", 404, BY_NOBODY, who="ann"),
    Asked("/account/invoices/2026-000001.pdf", 401, BY_NOBODY),
    Asked("/letters/read/none", 401, BY_NOBODY),
    Asked("/letters/read/none", 404, BY_NOBODY, who="operator"),
    Asked("/play/nothing/manifest.mpd", 401, BY_NOBODY),
    Asked("/play/nothing/master.m3u8", 404, BY_NOBODY, who="ann"),
    Asked("/play/nothing/steering.json", 404, BY_NOBODY),
    Asked("/graphql", 401, BY_NOBODY, "POST", body=b"{}"),
    Asked("/graphql", 400, BY_NOBODY, "POST", "ann", body=b"{}"),
    Asked("/graphql", 200, BY_NOBODY, "POST", "ann", body=b'{"query": "{ viewer { email } }"}'),
    Asked("/oauth/token", 400, BY_NOBODY, "POST", body=b"{}"),
    Asked("/hooks/payments", 403, BY_NOBODY, "POST", body=b"{}"),
    Asked("/auth/sign-in", 403, BY_NOBODY, "POST", headers=(("origin", "https://elsewhere.example"),)),
    Asked("/auth/sign-in", 405, BY_NOBODY, "DELETE"),
    Asked("/auth/sign-in", 413, BY_NOBODY, "POST", body=b"x" * 70_000),
    Asked("/", 431, BY_NOBODY, headers=(("x-long", "x" * 70_000),)),
    Asked("/", 404, BY_NOBODY, headers=(("host", "elsewhere.example"),)),
    Asked(
        "/oauth/authorize", 303, BY_NOBODY, "POST", headers=(("content-type", "application/x-www-form-urlencoded"),), body=b"a=b"
    ),
    Asked("/a%2fb", 400, BY_NOBODY),
]


def sent(stage: Stage, asked: Asked) -> requests.Response:
    session = browser(None if asked.who == "stranger" else getattr(stage, asked.who))
    answer = session.request(
        asked.method, stage.house.address + asked.path, data=asked.body, headers=dict(asked.headers), allow_redirects=False
    )
    assert answer.status_code == asked.status, answer.text[:300]
    return answer


@pytest.mark.parametrize("asked", ANSWERS, ids=lambda asked: f"{asked.method} {asked.path[:30]} {asked.status} {asked.who}")
def test_every_kind_of_answer_says_how_to_treat_it(stage: Stage, asked: Asked) -> None:
    """Run nothing but our own, guess no types, tell no other site, keep nothing that is personal; and no version of anything."""
    headers = sent(stage, asked).headers
    for name, said in SAID.items():
        assert headers[name] in ((said,) if isinstance(said, str) else said), name
    assert re.fullmatch(asked.kept, headers["cache-control"]), headers["cache-control"]
    policy = dict(each.strip().partition(" ")[::2] for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] in {"'none'", "'self'"}
    scripts = policy.get("script-src", "")
    assert scripts in {"", "'self'"}, "neither inline, nor from a string, nor from elsewhere"
    assert headers["server"] == "matinee"
    told_of_machines = [name for name in headers if name.lower().startswith(("x-envoy", "x-powered", "via"))]
    assert told_of_machines == []
    assert "strict-transport-security" not in headers, "nobody came by https"


def test_a_box_runs_nothing_and_tells_no_version(stage: Stage) -> None:
    """What a box gives is bytes for a player, be it a film or a refusal."""
    answer = browser().get(f"http://localhost:{stage.house.port + 1}/films/anything")
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["server"]) == (403, "no-store", "nginx")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(stage: Stage) -> None:
    """Each is HttpOnly and SameSite=Lax, of this host alone, ends by itself, and the lasting one is shown where it is needed."""
    answer = browser(stage.ann).post(f"{stage.house.address}/auth/renew")
    assert answer.status_code == 204
    said = [each.strip().lower() for each in re.split(r", (?=matinee)", answer.headers["set-cookie"])]
    assert len(said) == 2
    for cookie in said:
        assert {"httponly", "samesite=lax"} <= set(cookie.split("; "))
        assert "domain=" not in cookie
        assert "max-age=" in cookie
    assert sorted(re.findall(r"path=([^;]+)", " ; ".join(said))) == ["/", "/auth"]


def test_what_could_be_read_in_two_ways_is_not_read(stage: Stage) -> None:
    """A question whose end two servers would see in different places smuggles nothing past the door."""
    with socket.create_connection(("127.0.0.1", stage.house.port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")
        answer, until_s = b"", time.monotonic() + 10
        while b"\r\n\r\n" not in answer and time.monotonic() < until_s:
            answer += line.recv(4096) or b"\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 400")
