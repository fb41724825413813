"""The front door bears crowds, says what browsers must know, and shows its figures to this machine only."""

import json
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matinee.members.passport import LIFETIME_S, open_passports
from matinee.topology import LAPTOP
from running import House, free_ports, wait_until
from screen.trusted import documents
from visiting import Visitor

FEW_FILES = 300
BOX_A = "https://a.films.example.org"
SIGNED_OUT = b"You are signed out."

pytestmark = pytest.mark.xdist_group("kills")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("door")
    port = free_ports(4)
    text = LAPTOP.read_text().replace("metrics_port = 0 ", f"metrics_port = {port + 3} ")
    text = text.replace("trusted_hops = 0 ", "trusted_hops = 1 ").replace('public = "" ', f'public = "{BOX_A}" ')
    (folder / "measured.toml").write_text(text)
    house = House(folder / "state", port=port, flags=("--topology", str(folder / "measured.toml")))
    few, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, allowed))
    try:
        house.up()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, allowed))
    yield house
    assert house.down() == 0


def test_a_shell_that_allows_few_open_files_does_not_keep_viewers_out(house: House) -> None:
    """Started where each process may open a few hundred files, the house opens as many as the system lets it."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    for pid in (pid for pids in house.pids().values() for pid in pids):
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (allowed, allowed)


def test_the_doctor_says_when_few_files_may_be_open(tmp_path: Path) -> None:
    """Where the system itself allows too few, `matinee doctor` says how many there are and what would do."""
    look = f"ulimit -n 1000; exec {shlex.quote(sys.executable)} -m matinee doctor --state {shlex.quote(str(tmp_path))}"
    told = subprocess.run(["sh", "-c", look], capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1
    assert "only 1000 files and connections" in told.stdout
    assert "4096" in told.stdout


def answer(address: str, **how: str | bytes) -> tuple[int, dict[str, str], bytes]:
    method, data, host = str(how.get("method", "GET")), how.get("data"), str(how.get("host", ""))
    request = urllib.request.Request(address, method=method, data=data if isinstance(data, bytes) else None)
    for name, value in {"Host": host, "X-Forwarded-Proto": how.get("proto"), "X-Forwarded-For": how.get("viewer")}.items():
        if value:
            request.add_header(name, str(value))
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, {key.lower(): value for key, value in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {key.lower(): value for key, value in error.headers.items()}, error.read()


def test_who_tries_too_much_waits(house: House) -> None:
    """Guessing passwords by the hundred ends in "wait", in words a page can show; others, and browsing, go on meanwhile."""
    with ThreadPoolExecutor(20) as guessers:  # at once, or a slow machine's tokens come back meanwhile, two a second
        asked = [guessers.submit(answer, f"{house.address}/auth/renew", method="POST", data=b"{}") for _ in range(100)]
    answers = [each.result() for each in asked]
    counted = Counter(status for status, _, _ in answers)
    assert counted[429] >= 20
    assert counted[401] >= 60
    _, headers, body = next(each for each in answers if each[0] == 429)
    assert headers["content-type"] == "application/json"
    assert int(headers["retry-after"]) > 0
    assert b"Too much at once" in body
    assert answer(f"{house.address}/auth/renew", method="POST", data=b"{}", viewer="192.0.2.7")[0] == 401
    assert answer(f"{house.address}/sign-in")[0] == 200


@pytest.mark.parametrize("path", ["/", "/auth/welcome", "/art/none/card.webp", "/assets/none.js", "/graphql"])
def test_browsers_are_told_to_be_careful(house: House, path: str) -> None:
    """Whatever a browser asks for, it hears what it may do with the answer: not guess, not embed, not tell others."""
    _, headers, _ = answer(house.address + path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_house_behind_a_proxy_with_a_certificate_is_an_https_house(house: House) -> None:
    """Told that one proxy stands before it, the house believes that a viewer came by https: cookies go back that way only."""
    who = b'{"email": "far@example.org", "password": "quiet evening"}'
    came = {"proto": "https", "host": "films.example.org", "viewer": "192.0.2.9"}
    status, headers, _ = answer(f"{house.address}/auth/sign-up", method="POST", data=who, **came)
    assert status < 300
    assert "secure" in headers["set-cookie"].lower()
    assert BOX_A in answer(house.address, **came)[1]["content-security-policy"]


def test_a_crowd_bridges_the_moment_in_which_the_front_is_replaced(house: House) -> None:
    """Kill the process behind the door: of forty who ask at that moment most are answered, after a little wait."""
    os.kill(house.pids()["front"][0], signal.SIGKILL)
    with ThreadPoolExecutor(40) as crowd:
        asked = [crowd.submit(answer, f"{house.address}/sign-in") for _ in range(40)]
    statuses = Counter(each.result()[0] for each in asked)
    assert statuses[200] > 20, statuses


def test_prometheus_reads_every_process(house: House) -> None:
    """One port of this machine tells the figures of front, worker and Envoy, and takes no orders."""
    answer(f"{house.address}/auth/welcome")
    port = house.port + 3
    expected = {"front": b"matinee_rpc_seconds_count", "worker": b"process_cpu_seconds_total", "envoy": b"envoy_http_downstream"}
    for name, figure in expected.items():
        status, _, body = answer(f"http://127.0.0.1:{port}/metrics/{name}")
        assert (status, figure in body) == (200, True), name
    assert answer(f"http://127.0.0.1:{port}/metrics/envoy", method="POST", data=b"")[0] == 404
    assert answer(f"http://127.0.0.1:{port}/quitquitquit", method="POST", data=b"")[0] == 404
    assert answer(f"http://127.0.0.1:{port}/metrics/front", host="evil.example")[0] == 404


def test_a_passport_that_was_let_in_is_not_let_in_for_ever(house: House) -> None:
    """The door knows again whom it has let in, and looks at the end of the passport all the same."""
    passports, instance = open_passports(house.state / "secrets" / "passport.pem"), (house.state / "instance").read_text().strip()

    def said_to(passport: str) -> bytes:
        asking = urllib.request.Request(f"{house.address}/graphql?query=x", headers={"cookie": f"matinee-{instance}={passport}"})
        try:
            return urllib.request.urlopen(asking, timeout=30).read()
        except urllib.error.HTTPError as error:
            with error:
                return error.read()

    ends_now_ms = time.time_ns() // 1_000_000 - LIFETIME_S * 1000
    passport, _ = passports.mint("asha", "", operator=False, now_ms=ends_now_ms)
    for _ in range(3):
        assert SIGNED_OUT not in said_to(passport), "clocks may differ by five seconds"
    assert SIGNED_OUT in said_to(passport[:-8] + "AAAAAAAA")
    wait_until(lambda: SIGNED_OUT in said_to(passport), 30, "the passport has run out at the door")


def test_the_laptop_answers_its_own_pages_and_nobody_elses_questions(house: House) -> None:
    """A page asks by digest and is answered; whoever sends a text of their own is told to load the page again."""
    visitor = Visitor(house)
    assert visitor.ask("/auth/sign-up", {"email": "page@example.org", "password": "a quiet evening"})[0] == 201
    digest = next(digest for digest, text in documents().items() if text.startswith("query Viewer"))
    status, body = visitor.ask("/graphql", {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}})
    assert status == 200
    assert json.loads(body)["data"]["viewer"]["email"] == "page@example.org"
    status, body = visitor.ask("/graphql", {"query": "{ viewer { email } }"})
    assert status == 400
    assert "Load it again" in json.loads(body)["reason"]
    assert visitor.ask("/graphql", {"query": "{ __schema { types { name } } }"})[0] == 400
