"""Every route of the house is sent what fits and what does not, by schemathesis, as anybody who might come."""

import json
import random
import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from matinee.__main__ import schema
from matinee.screen.openapi import JSON, ROUTES, openapi
from matinee.screen.schema import SCHEMA
from running import OPERATOR
from security.stage import PASSWORD, TILL, Stage, browser, come_in, doors_own
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("security")

EACH = 3
"""Examples of each route, that fit and that do not."""
PEOPLE = ("stranger", "member", "operator")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
INSIDES = (b"Traceback", b"site-packages", b"sqlalchemy", b"TypeError", b'.py"', b"matinee/")
UNREAD = "That could not be read."
BROKEN = {b"broken", b"unavailable"}
"""What GraphQL calls a part that failed, rather than one that said no."""
quickly = settings(
    max_examples=EACH,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_the_description_names_every_route_and_no_other(tmp_path: Path) -> None:
    """A new way into the house is described, and so tried by all that follows, or nobody gets past this line."""
    assert doors_own(tmp_path) == {*ROUTES, *TILL}


def test_the_description_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever writes a client reads it from the command line."""
    schema(openapi=True)
    assert json.loads(capsys.readouterr().out) == openapi(ROUTES)


@pytest.mark.parametrize("route", [route for route, told in ROUTES.items() if told.needs and told.body == JSON])
def test_a_body_is_read_as_it_is_described(stage: Stage, route: str) -> None:
    """What is described as needed is missed when it is not there, by name or by its kind; with all of it one is understood."""
    told, asked = ROUTES[route], browser(stage.bob)
    whole = {name: {"use": "confirm", "allow": True, "sure": False}.get(name, "x") for name in told.needs}
    if "query" in told.may:
        whole["query"] = "client_id=x"

    def answered(body: dict[str, object]) -> str:
        return asked.post(stage.house.address + route.split()[1], json=body).text

    assert UNREAD not in answered(whole)
    for name in told.needs:
        assert UNREAD in answered({key: value for key, value in whole.items() if key != name}), f"without {name}"
        assert UNREAD in answered({**whole, name: 7}), f"{name} is a number"


class Asking:
    """One person who asks: what was wrong with an answer is noted, and the next is asked."""

    def __init__(self, stage: Stage, who: str, at: str, checks: list[CheckFunction]) -> None:
        self._at, self._checks, self._who = stage.house.address + at, checks, person(stage, who)
        self.tried, self.wrong = 0, dict[str, str]()

    def at(self, operation: APIOperation, mode: GenerationMode) -> None:
        self._browser = browser(self._who)
        quickly(given(case=operation.as_strategy(generation_mode=mode))(self.ask))()

    def ask(self, case: Case) -> None:
        answer = case.call(base_url=self._at, session=self._browser, allow_redirects=False)
        self.tried += 1
        said = f"{case.operation.label} {answer.status_code}"
        inside = [word for word in INSIDES if word in answer.content]
        if inside or answer.status_code >= 500 or not BROKEN.isdisjoint(re.findall(rb'"kind": ?"(\w+)"', answer.content)):
            self.wrong[said] = f"{case.body} -> {answer.text[:500]}"
        if not self._checks:
            return
        try:
            case.validate_response(answer, checks=self._checks)
        except FailureGroup as failures:
            self.wrong[said] = "; ".join(str(each).replace("\n", " ") for each in failures.exceptions)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_route_breaks_or_says_what_it_was_not_to_say(stage: Stage, who: str) -> None:
    """Whatever is sent, by whomever: an answer of the kind that was told, never a crash, never the house's insides."""
    described = schemathesis.openapi.from_dict(openapi(ROUTES | TILL, stage.house.address))
    asking = Asking(stage, who, "", CHECKS)
    operations = [found.ok() for found in described.get_all_operations()]
    for operation in sorted(operations, key=lambda each: each.label == "POST /auth/sign-out"):
        asking.at(operation, GenerationMode.POSITIVE)
        if operation.body and "*/*" not in operation.get_request_payload_content_types():
            asking.at(operation, GenerationMode.NEGATIVE)
    assert asking.wrong == {}
    assert asking.tried > 150


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_no_question_breaks_the_api(stage: Stage, who: str) -> None:
    """Every field of GraphQL, with arguments of all kinds: what cannot be is refused in words, and nothing breaks behind."""
    described = schemathesis.graphql.from_file(SCHEMA.as_str())
    asking = Asking(stage, who, "/graphql", [])
    for found in described.get_all_operations():
        asking.at(found.ok(), GenerationMode.POSITIVE)
    assert asking.wrong == {}
    assert asking.tried > 100


def person(stage: Stage, who: str) -> Visitor | None:
    """In a session of their own, for some of what is tried ends it."""
    if who == "operator":
        operator = Visitor(stage.house)
        assert operator.ask("/auth/sign-in", {"email": OPERATOR, "password": PASSWORD})[0] == 200
        operator.pick(operator.profiles()[0]["id"])
        return operator
    return come_in(stage.house, f"somebody-{random.randrange(10**9)}@example.org") if who == "member" else None
