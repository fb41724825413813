"""Apps in tests: the two npm clients, unmodified, in a Node of their own; and a person who lets them in."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from matinee.topology import REPOSITORY
from running import House
from visiting import Visitor

HERE = Path(__file__).parent
LIBRARIES = ("openid_client", "oauth4webapi")


class Failed(Exception):
    """What the library says went wrong."""


@dataclass(frozen=True)
class Registered:
    client_id: str
    secret: str
    redirect: str
    alg: str


def register(house: House, name: str, *flags: str, redirect: str = "", alg: str = "RS256") -> Registered:
    """As whoever runs the house does it."""
    where = ("--redirect", redirect) if redirect else ()
    argv = [sys.executable, "-m", "matinee", "app", "add", name, "--state", str(house.state), "--id-token", alg, *where, *flags]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^(client_id|client_secret) +(\S+)$", told, re.MULTILINE))
    return Registered(found["client_id"], found.get("client_secret", ""), redirect, alg)


class Client:
    """One app, by one library."""

    def __init__(self, node: subprocess.Popen[str]) -> None:
        self._node = node

    def do(self, act: str, **what: object) -> dict[str, Any]:
        assert self._node.stdin and self._node.stdout
        self._node.stdin.write(json.dumps({"act": act, **what}) + "\n")
        self._node.stdin.flush()
        said = json.loads(self._node.stdout.readline())
        if "failed" in said:
            raise Failed(f"{said['failed']}: {said['why']} {said['cause']}")
        return said["done"]


@contextmanager
def app(library: str, house: House, registered: Registered, way: str = "basic") -> Generator[Client]:
    """The app has read where to ask."""
    node = shutil.which("node")
    assert node
    # What is imported is looked for from the working directory.
    argv = [node, "--input-type=module", "--eval", (HERE / f"{library}.mjs").read_text()]
    with subprocess.Popen(argv, cwd=REPOSITORY / "web", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        client = Client(running)
        try:
            client.do(
                "discover",
                issuer=house.address,
                client=registered.client_id,
                secret=registered.secret,
                alg=registered.alg,
                way=way,
            )
            yield client
        finally:
            running.kill()


def let_in(person: Visitor, url: str, *, allow: bool = True) -> str:
    """What the page does with the address an app has sent somebody to: asks, and says what they answer; where they go next."""
    query = urlsplit(url).query
    asked = json.loads(person.ask("/auth/apps/ask", {"query": query})[1])
    decision = {"query": query, "allow": allow, "profile": asked["profile"]["id"]}
    status, body = person.ask("/auth/apps/decide", decision)
    assert status == 200, body
    return json.loads(body)["go"]


def let_in_device(person: Visitor, code: str, *, allow: bool = True) -> None:
    asked = json.loads(person.ask("/auth/apps/ask", {"code": code})[1])
    status, body = person.ask("/auth/apps/decide", {"code": code, "allow": allow, "profile": asked["profile"]["id"]})
    assert status == 200, body
