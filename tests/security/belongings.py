"""What is somebody's is nobody else's: every id that the house hands out, in every place where an id is taken."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import get_named_type

from journeys.paying import SETTLE, choose, to_the_till
from matinee.screen.openapi import ROUTES
from matinee.screen.schema import SCHEMA
from screen.every_question import Asked, every_question
from security.stage import Stage, browser, come_in
from security.tokens import passport_of, read
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("security")

MISSING = "no-such-id"
OWN = """{ viewer { email } country { code } letterWishes { language membership }
  membership { state plays card { last4 } } invoices { number refunded { minor } } gifts { bought { code } } myList { id }
  profiles { id name avatar kids maturityLimit hasPin preferences { language autoplayNext subtitles } } }"""
WATCHES_ON = "mutation($view: ID!) { heartbeat(play: $view, positionMs: 0) { __typename } }"


@dataclass(frozen=True)
class Belongings:
    """Ann's, who pays and watches; what is the house's own lies with them, for it is nobody's either."""

    ann: Visitor
    bob: Visitor
    ids: Mapping[str, str]

    def as_they_are(self, stage: Stage) -> tuple[Any, list[str], int]:
        """Ann watches on meanwhile: a screen that is silent for longer than a lease loses its place by itself."""
        asked = browser(self.ann)
        assert self.ann.graphql(WATCHES_ON, view=self.ids["view"]) == {"heartbeat": {"__typename": "Heartbeat"}}
        keys = asked.get(f"{stage.house.address}/auth/keys").json()
        playing = asked.get(f"{stage.house.address}/play/{self.ids['view']}/manifest.mpd").status_code
        return self.ann.graphql(OWN), [each["id"] for each in (*keys["devices"], *keys["passkeys"])], playing


@pytest.fixture(scope="module")
def belongings(stage: Stage) -> Belongings:
    number = len(stage.operator.graphql("{ tillRoom { members { members { id } } } }")["tillRoom"]["members"]["members"])
    ann, page = to_the_till(stage.house, f"ann-who-pays-{number}@example.org")
    choose(ann, page, card="works")
    settled = ann.graphql(SETTLE)["settle"]
    assert settled["membership"]["plays"], settled
    film = ann.wait_for_film("Clock", within_s=120)["id"]
    ann.graphql("mutation($id: ID!) { keepTitle(title: $id) { id } }", id=film)
    run = stage.operator.graphql("{ operator { jobs(finished: true) { id } letters { letters { id } } acts { acts { id } } } }")[
        "operator"
    ]
    ids = {
        "account": read(passport_of(ann)[1])[1]["sub"],
        "profile": ann.profiles()[0]["id"],
        "view": ann.play(film)["id"],
        "device": json.loads(ann.ask("/auth/keys")[1])["devices"][0]["id"],
        "invoice": ann.graphql("{ invoices { number } }")["invoices"][0]["number"],
        "job": run["jobs"][0]["id"],
        "letter": run["letters"]["letters"][0]["id"],
    }
    return Belongings(ann, come_in(stage.house, f"bob-{number}@example.org"), ids)


def questions(operation: str) -> dict[str, Asked]:
    """Each field that takes an id, or a name that works as one, asked once and whole."""
    schema = SCHEMA._schema  # pyright: ignore[reportPrivateUsage]
    root = schema.query_type if operation == "query" else schema.mutation_type
    assert root is not None
    purse = {"ID": [MISSING], "String": [MISSING], "Int": [1], "Float": [1.5], "Boolean": [True]}
    first = {asked.field: asked for asked in reversed(list(every_question(schema, operation, purse)))}
    kinds = {name: {get_named_type(arg.type).name for arg in field.args.values()} for name, field in root.fields.items()}
    return {name: asked for name, asked in first.items() if {"ID", "String"} & kinds[name]}


@pytest.mark.parametrize("operation", ["query", "mutation"])
def test_anothers_id_is_answered_like_none(stage: Stage, belongings: Belongings, operation: str) -> None:
    """Bob, with any id of Ann's in any argument of the API, hears what he hears of an id that never was; Ann notices nothing."""
    before, tried = belongings.as_they_are(stage), 0
    for name, question in questions(operation).items():
        asked = browser(belongings.bob)  # from an address of its own: the door counts how much comes from one
        for argument in [each for each, value in question.variables.items() if value == MISSING]:
            for what, theirs in belongings.ids.items():
                none = theirs[::-1]
                of_theirs, of_none = (_told(asked, stage, question, {argument: each}) for each in (theirs, none))
                assert of_theirs.replace(theirs, none) == of_none, f"{name}({argument}: {what})"
                tried += 1
    assert tried > 20
    assert belongings.as_they_are(stage) == before


def _told(asked: Any, stage: Stage, question: Asked, changed: Mapping[str, str]) -> str:
    body = {"query": question.text, "variables": {**question.variables, **changed}}
    answer = asked.post(f"{stage.house.address}/graphql", json=body)
    # A part that is not answering is told with the number of the question; moments pass between two.
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "then", answer.text)


TAKES = {route for route in ROUTES if {"id", "profile"} & {*ROUTES[route].needs} or re.search(r"{(?!file|path)", route)}


@pytest.mark.parametrize("route", sorted(TAKES))
def test_anothers_id_in_an_address_or_a_form_is_none(stage: Stage, belongings: Belongings, route: str) -> None:
    """The same for every address with an id in it and every form that takes one."""
    before = belongings.as_they_are(stage)
    (method, path), told = route.split(), ROUTES[route]

    def asked(which: str) -> tuple[int, str]:
        address = re.sub(r"{(view|letter|number)}", which, path).replace("{form}", "pdf")
        body = {name: which if name in {"id", "profile"} else "sign-in" if name == "use" else "x" for name in told.needs}
        body |= {"allow": True, "query": "client_id=x"} if "allow" in told.needs else {}
        answer = browser(belongings.bob).request(method, stage.house.address + address, json=body if told.needs else None)
        return answer.status_code, answer.text.replace(which, MISSING)

    of_none = asked("2026-999999" if "{number}" in path else MISSING)
    for what, theirs in belongings.ids.items():
        fits = ("{number}" in path) == (what == "invoice")
        if fits and not ("steering" in path and what == "view"):
            assert asked(theirs) == of_none, what
    assert belongings.as_they_are(stage) == before


def test_all_that_takes_an_id_was_found() -> None:
    """The lists above are read from the house; these are known to belong into them."""
    assert {"POST /auth/pick", "POST /auth/devices/end", "POST /auth/passkey/remove", "GET /play/{view}/manifest.mpd"} <= TAKES
    assert {"changeProfile", "removeProfile", "setPin", "heartbeat", "stop", "cancelJob", "refundInvoice"} <= {
        *questions("mutation")
    }


def test_the_order_of_boxes_is_all_that_a_views_address_tells(stage: Stage, belongings: Belongings) -> None:
    """Who knows a running view's address, which is long and random, hears boxes' names and nothing of who watches what."""
    told = browser(belongings.bob).get(f"{stage.house.address}/play/{belongings.ids['view']}/steering.json").json()
    assert set(told) == {"VERSION", "TTL", "RELOAD-URI", "PATHWAY-PRIORITY"}
    assert set(told["PATHWAY-PRIORITY"]) <= {"a", "b"}


def test_what_the_house_keeps_for_its_operator_is_null_to_members(belongings: Belongings) -> None:
    """Members do not learn what is in there, not even by an error."""
    assert belongings.bob.graphql("{ operator { boxes { id } } tillRoom { members { more } } }") == {
        "operator": None,
        "tillRoom": None,
    }
