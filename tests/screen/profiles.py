"""Who is watching, asked at the door of a running house."""

import json
from typing import Any

import pytest

from running import House
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

CREATE = """mutation($name: String!, $avatar: String!, $kids: Boolean!, $limit: Int!) {
  createProfile(name: $name, avatar: $avatar, kids: $kids, maturityLimit: $limit) {
    __typename ... on Profile { id name kids maturityLimit } ... on Refused { headline reason kind field } } }"""
WHO = "{ viewer { profile { name } } }"


def create(member: Visitor, name: str, *, kids: bool = False, limit: int = 18) -> dict[str, Any]:
    return member.graphql(CREATE, name=name, avatar="moon", kids=kids, limit=limit)["createProfile"]


def test_a_family_makes_its_profiles_and_says_who_watches(house: House) -> None:
    """The first profile is there from the start; others are made, picked, renamed and removed."""
    member = Visitor(house)
    member.sign_up("household@example.org")
    assert [profile["name"] for profile in member.profiles()] == ["Household"]
    kid = create(member, "Mila", kids=True, limit=7)
    assert (kid["__typename"], kid["kids"], kid["maturityLimit"]) == ("Profile", True, 7)
    assert member.pick(kid["id"]) == 204
    assert member.graphql(WHO)["viewer"]["profile"] == {"name": "Mila"}
    change = 'mutation($id: ID!) { changeProfile(id: $id, name: "Milo", avatar: "sun", kids: true, maturityLimit: 12) {'
    member.pick(member.profiles()[0]["id"])
    member.graphql(change + " ... on Profile { name } } }", id=kid["id"])
    member.pick(kid["id"])
    assert member.graphql(WHO)["viewer"]["profile"] == {"name": "Milo"}
    other = Visitor(house)
    other.ask("/auth/sign-in", {"email": "household@example.org", "password": "a quiet evening"})
    gone = other.graphql("mutation($id: ID!) { removeProfile(id: $id) { reason } }", id=kid["id"])
    assert gone == {"removeProfile": None}
    assert member.graphql(WHO)["viewer"]["profile"] is None
    last = member.profiles()[0]["id"]
    refused = member.graphql("mutation($id: ID!) { removeProfile(id: $id) { reason } }", id=last)["removeProfile"]
    assert "at least one" in refused["reason"]


def test_a_child_cannot_lift_its_own_limit(house: House) -> None:
    """While a kids' profile watches, no profile is added, changed or removed; a grown-up's may do it."""
    member = Visitor(house)
    member.sign_up("strict@example.org")
    kid = create(member, "Kid", kids=True, limit=7)["id"]
    member.pick(kid)
    lift = 'changeProfile(id: $id, name: "Kid", avatar: "sun", kids: false, maturityLimit: 18)'
    assert create(member, "Grown")["kind"] == "forbidden"
    for act in (f"{lift} {{ ... on Refused {{ kind }} }}", "removeProfile(id: $id) { kind }"):
        (refused,) = member.graphql(f"mutation($id: ID!) {{ {act} }}", id=kid).values()
        assert refused["kind"] == "forbidden"
    assert [(profile["name"], profile["maturityLimit"]) for profile in member.profiles()] == [("Strict", 18), ("Kid", 7)]


def test_a_form_filled_in_wrongly_is_refused_by_its_field(house: House) -> None:
    """A name that is taken or a limit too high for a kid comes back with the field to mend."""
    member = Visitor(house)
    member.sign_up("forms@example.org")
    assert create(member, "  fOrMs ")["field"] == "name"
    assert create(member, "Kid", kids=True, limit=16)["field"] == "maturityLimit"
    assert create(member, "x" * 31)["field"] == "name"


def test_before_somebody_is_picked_the_page_asks_who_watches(house: House) -> None:
    """A new browser is asked who is watching, and nothing of the library is shown before the answer."""
    member = Visitor(house)
    member.sign_up("new-browser@example.org")
    assert member.pick("") == 204
    for question in ("{ home { rows { id } } }", "{ titles { id } }", "{ genres }", '{ search(text: "bunny") { id } }'):
        answer = json.loads(member.ask("/graphql", {"query": question})[1])
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["kind"] == "no_profile"
    assert member.graphql("{ viewer { email } avatars }")["viewer"]["email"] == "new-browser@example.org"


def test_nobody_watches_as_somebody_of_another_account(house: House) -> None:
    """A foreign profile is not to be had by picking it, nor by claiming it in a header."""
    theirs, mine = Visitor(house), Visitor(house)
    theirs.sign_up("theirs@example.org")
    mine.sign_up("mine@example.org")
    foreign = theirs.profiles()[0]["id"]
    status, body = mine.ask("/auth/pick", {"profile": foreign})
    assert (status, json.loads(body)["title"]) == (409, "Who is watching?")
    _, body = mine.ask("/graphql", {"query": WHO}, {"x-matinee-profile": foreign})
    assert json.loads(body)["data"]["viewer"]["profile"] == {"name": "Mine"}
    for garbled in ({"profile": 7}, {}, []):
        assert mine.ask("/auth/pick", garbled)[0] == 400


def test_members_neither_see_nor_touch_what_is_the_operators(house: House) -> None:
    """The library's insides, the jobs and the boxes are for whoever opened the house."""
    Visitor(house).sign_up("before-the-member@example.org")
    member = Visitor(house)
    member.sign_up("curious-member@example.org")
    assert member.graphql("{ operator { titles { id } jobs { id } boxes { id } screens { id } } }") == {"operator": None}
    for act in ("retryJob", "cancelJob"):
        assert member.graphql(f'mutation {{ {act}(id: "x") {{ ... on Refused {{ kind }} }} }}') == {act: {"kind": "forbidden"}}


def test_a_question_without_end_is_refused(house: House) -> None:
    """However deep, broad or long somebody asks, the house says no instead of toiling."""
    member = Visitor(house)
    member.sign_up("endless@example.org")
    deep = "{ titles " + "{ similar " * 12 + "{ id }" + " }" * 12 + " }"
    broad = "{" + " ".join(f"a{number}: genres" for number in range(40)) + "}"
    long = "{ titles { " + "id " * 2000 + "} }"
    for question in (deep, broad, long):
        answer = json.loads(member.ask("/graphql", {"query": question})[1])
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["kind"] == "invalid"
