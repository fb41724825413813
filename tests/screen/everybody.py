"""The operator's page of members and the book, on the running house."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from letterbox import the_operator
from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")
FIND = """query($search: String!) { tillRoom { members(search: $search) { more members {
  id email emailVerified operator profiles membership { closed } invoices { number } } } } }"""
CLOSE = """mutation($member: ID!, $closed: Boolean!) { closeMember(member: $member, closed: $closed, note: "a test") {
  __typename ... on Member { email membership { closed } acts { what note } } ... on Refused { headline } } }"""
BOOK = """query($text: String!, $since: String! = "", $until: String! = "") { operator {
  acts(text: $text, since: $since, until: $until) { acts { what by outcome } } } }"""


def test_somebody_without_a_plan_is_found_shut_out_and_let_back(house: House) -> None:
    """By a part of their address; they play nothing meanwhile; and the book says who did it, found by whom it was done to."""
    member, operator = Visitor(house), the_operator(house)
    member.sign_up("never-chose-a-plan@example.org")
    clock = member.wait_for_film("Clock")
    found = operator.graphql(FIND, search="Never-Chose")["tillRoom"]["members"]
    (them,) = found["members"]
    assert (them["email"], them["profiles"], them["operator"], found["more"]) == (
        "never-chose-a-plan@example.org",
        ["Never"],
        False,
        False,
    )
    closed = operator.graphql(CLOSE, member=them["id"], closed=True)["closeMember"]
    assert (closed["email"], closed["membership"]["closed"]) == ("never-chose-a-plan@example.org", True)
    assert member.play(clock["id"])["headline"] == "This membership is closed."
    opened = operator.graphql(CLOSE, member=them["id"], closed=False)["closeMember"]
    assert [each["what"] for each in opened["acts"]] == ["opened again", "closed"]
    assert member.play(clock["id"])["__typename"] == "Play"
    lines = operator.graphql(BOOK, text="never-chose-a-plan@")["operator"]["acts"]["acts"]
    assert [(each["what"], each["outcome"]) for each in lines] == [("Cashier.SetClosed", "done")] * 2
    assert operator.graphql(BOOK, text="set closed")["operator"]["acts"]["acts"][:2] == lines
    assert operator.graphql(BOOK, text=lines[0]["by"])["operator"]["acts"]["acts"][:2] == lines
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert operator.graphql(BOOK, text="never-chose-a-plan@", since=later)["operator"]["acts"]["acts"] == []
    assert operator.graphql(BOOK, text="never-chose-a-plan@", until=later)["operator"]["acts"]["acts"] == lines


def test_who_is_no_operator_finds_nobody(house: House) -> None:
    """The page of members is not for members."""
    member = Visitor(house)
    member.sign_up("looks-for-others@example.org")
    assert member.graphql(FIND, search="")["tillRoom"] is None
    _, told = member.ask("/graphql", {"query": CLOSE, "variables": {"member": "anybody", "closed": True}})
    assert json.loads(told)["errors"][0]["extensions"]["kind"] == "forbidden"
