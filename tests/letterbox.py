"""The letters a running house wrote, read as its operator reads them."""

import re
from typing import Any

from running import OPERATOR, House, wait_until
from visiting import Visitor

LETTERS = "{ operator { letters { leave letters { id kind state recipient } } } }"
LETTER = """query($id: ID!) { operator { letter(id: $id) {
  __typename ... on LetterCopy { page text } ... on Refused { headline } } } }"""


def the_operator(house: House) -> Visitor:
    operator = Visitor(house)
    assert operator.ask("/auth/sign-in", {"email": OPERATOR, "password": "a quiet evening"})[0] == 200
    operator.pick(operator.profiles()[0]["id"])
    return operator


def letter_to(house: House, email: str, kind: str) -> dict[str, Any]:
    """The letter of that kind, once it is written, with its text."""
    operator = the_operator(house)

    def found() -> list[dict[str, Any]]:
        listed = operator.graphql(LETTERS)["operator"]["letters"]["letters"]
        return [each for each in listed if (each["recipient"], each["kind"], each["state"]) == (email, kind, "KEPT")]

    wait_until(found, 40, f"a letter {kind} to {email}")
    (letter,) = found()
    return letter | operator.graphql(LETTER, id=letter["id"])["operator"]["letter"]


def link_in(letter: dict[str, Any], path: str) -> str:
    """Where the letter leads its reader in the house, as it stands there."""
    (link,) = set(re.findall(rf"https?://[^\s]+{path}#[^\s]+", letter["text"]))
    return link
