"""A house as it is run for people: it answers its own pages' questions and no others."""

import json
from collections.abc import Iterator

import pytest
from graphql import parse, validate
from graphql.language import Lexer, Source, TokenKind

from matinee.screen.schema import BOUNDS, MOST_TOKENS, SCHEMA
from matinee.topology import LAPTOP, REPOSITORY
from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("kills")
BUILT = REPOSITORY / "web" / "dist" / "documents.json"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("trusted") / "state", flags=("--topology", str(LAPTOP)))
    house.up()
    yield house
    house.down()


def documents() -> dict[str, str]:
    return json.loads(BUILT.read_text())


def test_every_question_of_our_pages_is_one_the_house_answers() -> None:
    """No page asks for what the schema lacks or what the house holds to be too much."""
    assert len(documents()) >= 10
    for text in documents().values():
        assert validate(SCHEMA._schema, parse(text)) == [], text  # pyright: ignore[reportPrivateUsage]
        assert validate(SCHEMA._schema, parse(text), BOUNDS) == [], text  # pyright: ignore[reportPrivateUsage]
        lexer, tokens = Lexer(Source(text)), 0
        while lexer.advance().kind is not TokenKind.EOF:
            tokens += 1
        assert tokens < MOST_TOKENS / 2, text


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
