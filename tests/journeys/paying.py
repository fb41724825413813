"""Paying at the house's own till, through the front door as a browser comes."""

import re
import sqlite3
import urllib.parse
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from journeys.access import WIDTHS, assert_accessible
from running import House, wait_until
from visiting import Visitor

# Where the other house with a till is: one worker has them both, and starts each of them once.
pytestmark = pytest.mark.xdist_group("till")

QUOTE = """query($plan: ID!) { quote(plan: $plan) { ... on Quote { now { minor currency } asOf }
  ... on Refused { headline reason } } }"""
BEGIN = """mutation($plan: ID!, $minor: Int!, $asOf: String!) {
  beginMembership(plan: $plan, quotedMinor: $minor, asOf: $asOf, backTo: "/join/done") {
    ... on Step { goTo } ... on Refused { headline reason } } }"""
SETTLE = """mutation { settle { ... on Step { goTo membership { plays state confirmUrl card { last4 } } }
  ... on Refused { headline reason } } }"""


@pytest.fixture(scope="module")
def paying_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("paying") / "state", flags=("--billing", "till"))
    house.up()
    Visitor(house).sign_up("operator@example.org")
    yield house
    assert house.down() == 0


def to_the_till(house: House, email: str) -> tuple[Visitor, str]:
    """Somebody who chose the first plan without a trial, and the address of the page where a card is left."""
    visitor = Visitor(house)
    visitor.sign_up(email)
    plans = visitor.graphql("{ plans { id trialDays } }")["plans"]
    plan = min(plans, key=lambda each: each["trialDays"])["id"]
    quote = visitor.graphql(QUOTE, plan=plan)["quote"]
    begun = visitor.graphql(BEGIN, plan=plan, minor=quote["now"]["minor"], asOf=quote["asOf"])["beginMembership"]
    assert begun["goTo"].startswith(f"{house.address}/till/card/"), begun
    return visitor, begun["goTo"]


def choose(visitor: Visitor, page: str, **said: str) -> str:
    """What the page says after a button was pressed, and wherever that led."""
    form = {"content-type": "application/x-www-form-urlencoded", "origin": visitor.house.address}
    status, body = visitor.send(page, urllib.parse.urlencode(said).encode(), form)
    assert status == 200
    return body.decode()


def test_a_card_left_at_the_till_makes_a_member(paying_house: House) -> None:
    """From the plan to the till's page and back: the card is the member's, and what was told by webhook was heard."""
    visitor, page = to_the_till(paying_house, "asha@example.org")
    assert "This house takes no real money." in visitor.ask(page)[1].decode()
    assert "Your card was declined." in choose(visitor, page, card="declined")
    choose(visitor, page, card="works")
    settled = visitor.graphql(SETTLE)["settle"]
    assert settled["membership"]["plays"], settled
    assert settled["membership"]["card"] == {"last4": "4242"}
    kept = sqlite3.connect(f"file:{paying_house.state}/till.db?mode=ro", uri=True)
    wait_until(lambda: kept.execute("select count(*) from deliveries").fetchone() == (0,), 30, "every webhook was heard")
    assert kept.execute("select count(*) from things where kind = 'event'").fetchone()[0] >= 4
    kept.close()


def test_the_tills_api_is_not_for_the_street(paying_house: House) -> None:
    """Through the front door nobody reaches the till's API, by whatever spelling, even with its key."""
    visitor = Visitor(paying_house)
    key = (paying_house.state / "secrets" / "till-key").read_text()
    for path in ("/v1/events", "/till/../v1/events", "/till/%2e%2e/v1/events", "/till//v1/events", "/till/v1/events"):
        status, body = visitor.ask(path, headers={"authorization": f"Bearer {key}"})
        assert b'"object"' not in body, path
        assert status in (200, 400, 404), path
    assert visitor.ask("/v1/customers", {}, {"authorization": f"Bearer {key}"})[0] in (404, 405)


def test_the_house_hears_only_the_till(paying_house: House) -> None:
    """A webhook that somebody made up is refused, and is not asked for a passport first."""
    status, _ = Visitor(paying_house).ask("/hooks/payments", {"id": "evt_1"}, {"stripe-signature": "t=1,v1=00"})
    assert status == 403


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_everybody_can_use_the_till(paying_house: House, chromium: Browser, width: int, height: int) -> None:
    """Choosing a card, being refused, and confirming at the bank work by keyboard and for all, and load nothing foreign."""
    _, page_url = to_the_till(paying_house, f"ben-{width}@example.org")
    page = chromium.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(page_url)
    assert_accessible(page, "the till's cards")
    page.get_by_role("button", name=re.compile("^Declined")).press("Enter")
    page.get_by_role("alert").wait_for()
    assert_accessible(page, "a declined card")
    page.get_by_role("button", name=re.compile("^Asks every time")).press("Enter")
    page.get_by_role("heading", name="Is it you?").wait_for()
    assert_accessible(page, "the bank's question")
    page.get_by_role("button", name="Confirm").press("Enter")
    page.wait_for_url("**/join/done**")
    page.close()
    assert [each for each in complaints if "Content Security Policy" in each] == []
