"""docs/oauth.md says which requirement is tested where; what it names is there, and none of ours is left out."""

import re
from pathlib import Path

from matinee.members.oauth_rules import SCOPES
from matinee.screen.app_scopes import GUARDED, OPENS, closed_to
from matinee.screen.graphql import SHAPE
from matinee.topology import REPOSITORY

MANUAL = (REPOSITORY / "docs" / "oauth.md").read_text()
NAMED = set(re.findall(r"`(tests/\w+/\w+\.py)` `(\w+)`", MANUAL))
NUMBERS = (6749, 7636, 8252, 8414, 8628, 7009, 7662, 9068, 9207)
STANDARDS = ("OAuth 2.1", *(f"RFC {n}" for n in NUMBERS), "OpenID Connect Core")


def test_every_test_that_the_manual_names_exists() -> None:
    """Who doubts that a requirement is kept reads how it is tried."""
    assert len(NAMED) > 30
    missing = [f"{file}::{name}" for file, name in NAMED if not re.search(rf"def {name}\(", (REPOSITORY / file).read_text())]
    assert missing == []


def test_every_standard_is_in_the_table() -> None:
    """Each that the house claims has its rows."""
    rows = [line for line in MANUAL.splitlines() if re.match(r"\| (RFC|OAuth|OpenID)", line)]
    for standard in STANDARDS:
        assert any(standard in row.split("|")[1] for row in rows), standard
    tried = {file for file, _ in NAMED}
    ours = {f"tests/oauth/{file.name}" for file in Path(__file__).parent.glob("*.py") if "\ndef test_" in file.read_text()}
    assert ours - {"tests/oauth/manual.py", "tests/oauth/letting_in.py"} <= tried


def test_the_scopes_are_explained_and_open_what_there_is() -> None:
    """Each scope stands in the manual; what it opens is a field of the API, and every field is closed until somebody opens it."""
    for scope in SCOPES:
        assert re.search(rf"^\| .*`{scope}`", MANUAL, re.MULTILINE), scope
    fields = {f"{kind}.{name}" for kind in GUARDED for name in SHAPE.type_map[kind].fields}  # type: ignore[attr-defined]
    opened = frozenset().union(*OPENS.values())
    assert opened <= fields
    assert {"Mutation.removeProfile", "Mutation.changeProfile", "Query.profiles"} <= fields - opened


def test_an_app_may_read_what_the_account_costs_and_pay_nothing() -> None:
    """The plan, what is charged next and the invoices; no card, no code that is money, no page that pays, and no act."""
    costs = "membership { state plays plan { name screens } nextCharge { minor } nextChargeAt credit { minor } }"
    question = f"{{ viewer {{ email screens }} {costs} plans {{ name price {{ minor currency }} }} invoices {{ number what }} }}"
    assert closed_to("account", question, SHAPE) == ""
    assert closed_to("watch", question, SHAPE) == "Viewer.email"
    for field, asked in {
        "Membership.card": "{ membership { card { last4 } } }",
        "Membership.confirmUrl": "{ membership { ...due } } fragment due on Membership { confirmUrl }",
        "Invoice.pdf": "{ invoices { pdf } }",
        "Query.gifts": "{ gifts { bought { code } } }",
        "Query.tillRoom": "{ tillRoom { plans { name } } }",
        "Mutation.payNow": "mutation { payNow { __typename } }",
    }.items():
        assert closed_to("openid account", asked, SHAPE) == field
    assert not any(field.startswith("Mutation.") for field in OPENS["account"])
