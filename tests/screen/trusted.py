"""What our own pages ask; that a house as it is run for people answers nothing else is shown in tests/up/door.py."""

import json

from graphql import parse, validate
from graphql.language import Lexer, Source, TokenKind

from matinee.screen.schema import BOUNDS, MOST_TOKENS, SCHEMA
from matinee.topology import REPOSITORY

BUILT = REPOSITORY / "web" / "dist" / "documents.json"


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
