"""A session's secret that somebody planted or copied is worth nothing as soon as more hangs on it."""

import random

import pytest
import requests

from security.stage import PASSWORD, Stage, browser

pytestmark = pytest.mark.xdist_group("security")

ALL = """{ profiles { id kids } }"""
CHILD = """mutation { createProfile(name: "Mila", avatar: "moon", kids: true, maturityLimit: 7) { ... on Profile { id } } }"""
PIN = """mutation($id: ID!, $password: String!) { setPin(profile: $id, pin: "2468", password: $password) {
  ... on Profile { hasPin } ... on Refused { reason } } }"""


class Browser:
    """What its owner does, and what somebody who knows the secret of before can still do with it."""

    def __init__(self, stage: Stage) -> None:
        self.house, self.is_at = stage.house.address, browser()
        self.email = f"session-{random.randrange(10**9)}@example.org"

    def post(self, path: str, **body: object) -> requests.Response:
        return self.is_at.post(self.house + path, json=body)

    def graphql(self, query: str, **variables: object) -> dict[str, dict[str, str]]:
        return self.post("/graphql", query=query, variables=variables).json()["data"]

    def sign_up(self) -> "Browser":
        assert self.post("/auth/sign-up", email=self.email, password=PASSWORD).status_code == 201
        return self

    def secret(self) -> tuple[str, str]:
        return next((cookie.name, cookie.value or "") for cookie in self.is_at.cookies if cookie.path == "/auth")

    def plant(self, name: str, value: str) -> None:
        self.is_at.cookies.clear()
        self.is_at.cookies.set(name, value, domain="localhost.local", path="/auth")

    def opens(self, secret: tuple[str, str]) -> bool:
        return browser().post(f"{self.house}/auth/renew", headers={"cookie": "=".join(secret)}).status_code == 204


def test_a_planted_secret_does_not_become_ones_session(stage: Stage) -> None:
    """Whoever sets somebody's cookie before they sign up or in, to his own session or a made-up one, is not in with them."""
    attacker, victim = Browser(stage).sign_up(), Browser(stage)
    for door, credentials in (("sign-up", {}), ("sign-in", {})):
        for planted in (attacker.secret(), (attacker.secret()[0], "made-up-by-the-attacker")):
            if door == "sign-up":
                victim = Browser(stage)
            victim.plant(*planted)
            answer = victim.post(f"/auth/{door}", email=victim.email, password=PASSWORD, **credentials)
            assert answer.status_code in {200, 201}, answer.text
            fresh = next(part for part in answer.headers["set-cookie"].split("-session=")[1:]).split(";")[0]
            assert fresh != planted[1]
            assert victim.opens((planted[0], fresh))
            assert not victim.opens(planted), "the planted session ends with that"
        attacker.post("/auth/sign-in", email=attacker.email, password=PASSWORD)


def test_a_child_that_copied_the_secret_is_not_taken_along_by_a_pin(stage: Stage) -> None:
    """A grown-up enters the PIN in the child's browser: what the child wrote down before opens nothing any more."""
    family = Browser(stage).sign_up()
    (grown_up,) = (each["id"] for each in family.graphql(ALL)["profiles"])
    family.post("/auth/pick", profile=grown_up)
    child = family.graphql(CHILD)["createProfile"]["id"]
    assert family.graphql(PIN, id=grown_up, password=PASSWORD)["setPin"] == {"hasPin": True}
    before = family.secret()
    assert family.post("/auth/pick", profile=child).status_code == 204
    copied = family.secret()
    assert copied == before, "a child's profile has fewer rights: nothing to guard"
    assert family.post("/auth/pick", profile=grown_up).status_code == 403
    assert family.opens(copied), "a refused try signs nobody out"
    assert family.post("/auth/pick", profile=grown_up, pin="2468").status_code == 204
    assert not family.opens(copied)
    assert family.opens(family.secret())


def test_every_proof_of_who_one_is_changes_the_secret(stage: Stage) -> None:
    """Showing it again, another password: the secret of before is worth nothing; signing out ends it for good."""
    member = Browser(stage).sign_up()
    secrets = [member.secret()]
    assert member.post("/auth/confirm", password=PASSWORD).status_code == 204
    secrets.append(member.secret())
    assert member.post("/auth/password", password=PASSWORD, newPassword="another quiet evening").status_code == 204
    secrets.append(member.secret())
    assert [member.opens(each) for each in secrets] == [False, False, True]
    assert member.post("/auth/sign-out").status_code == 204
    assert not member.opens(secrets[-1])
