"""A visitor without a browser: asks what the web app asks, over plain HTTP."""

import functools
import http.client
import http.cookiejar
import json
import random
import re
import urllib.error
import urllib.request
from typing import Any

from running import House, wait_until

TITLES = """{ titles { id name year plot genres state problem complete heightsPx runtimeMs
  art { card glow } licence { name url } credits { role names } } }"""
PLAY = """mutation($title: ID!, $screen: String!) { play(title: $title, screen: $screen) {
  __typename ... on Play { id dash hls until } ... on Refused { headline reason kind } } }"""
SCREEN = "visitor-without-a-browser"


class FromAnAddressOfTheirOwn(urllib.request.HTTPHandler):
    """People come from many addresses, and the door counts how much each of them asks."""

    def __init__(self) -> None:
        super().__init__()
        address = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
        self._connection = functools.partial(http.client.HTTPConnection, source_address=(address, 0))

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)  # pyright: ignore[reportArgumentType] # a class in all but name


class Visitor:
    def __init__(self, house: House) -> None:
        self.house = house
        self.jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy())
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), FromAnAddressOfTheirOwn())

    def ask(self, path: str, body: object = None, headers: dict[str, str] | None = None, method: str = "") -> tuple[int, bytes]:
        """The status and body of one request; a body is sent as JSON."""
        return self.send(path, None if body is None else json.dumps(body).encode(), headers, method)

    def send(self, path: str, data: bytes | None, headers: dict[str, str] | None = None, method: str = "") -> tuple[int, bytes]:
        url = path if "://" in path else self.house.address + path
        request = urllib.request.Request(
            url, data, {"content-type": "application/json", **(headers or {})}, method=method or None
        )
        try:
            with self._opener.open(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def sign_up(self, email: str, password: str = "a quiet evening") -> dict[str, Any]:
        status, body = self.ask("/auth/sign-up", {"email": email, "password": password})
        assert status == 201, body
        self.pick(self.profiles()[0]["id"])
        return json.loads(body)

    def profiles(self) -> list[dict[str, Any]]:
        return self.graphql("{ profiles { id name avatar kids maturityLimit } }")["profiles"]

    def pick(self, profile_id: str) -> int:
        """Says who watches; "" asks again."""
        return self.ask("/auth/pick", {"profile": profile_id})[0]

    def graphql(self, query: str, **variables: object) -> dict[str, Any]:
        status, body = self.ask("/graphql", {"query": query, "variables": variables})
        assert status == 200, (status, body)
        answer = json.loads(body)
        assert "errors" not in answer, answer
        return answer["data"]

    def titles(self) -> dict[str, dict[str, Any]]:
        return {title["name"]: title for title in self.graphql(TITLES)["titles"]}

    def wait_for_film(self, name: str, within_s: float = 60) -> dict[str, Any]:
        wait_until(lambda: self.titles().get(name, {}).get("state") == "PLAYABLE", within_s, f"{name} can be played")
        return self.titles()[name]

    def play(self, title_id: str, screen: str = SCREEN) -> dict[str, Any]:
        return self.graphql(PLAY, title=title_id, screen=screen)["play"]

    def gets_bytes_of(self, name: str) -> bool:
        """Whether a play is granted right now and every box its manifest names gives the film's first bytes."""
        try:
            self.ask("/auth/renew", {})
            granted = self.play(self.titles()[name]["id"])
            manifest = self.ask(granted["dash"])[1].decode() if granted["__typename"] == "Play" else ""
            bases, init = re.findall(r"<BaseURL[^>]*>([^<]+)<", manifest), re.findall(r'initialization="([^"]+)"', manifest)
            return bool(bases and init) and all(self.ask(base + init[0])[0] == 200 for base in bases)
        except (OSError, AssertionError, KeyError, http.client.HTTPException):
            return False
