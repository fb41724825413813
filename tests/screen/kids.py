"""A child's profile finds nothing above its limit: every route of the door, every field and argument of GraphQL, is asked.

What may be asked is read from the house itself, so that a new field or a new route is tried without anybody thinking of it.
"""

import json
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest

from every_route import every_route
from matinee.screen.schema import SCHEMA
from screen.every_question import Purse, every_question
from screen.kids_house import (
    EPISODES,
    EPISODES_FOR_THE_CHILD,
    FOR_THE_CHILD,
    PASSWORD,
    PIN,
    RATED,
    KidsHouse,
)

FORBIDDEN = {*RATED, *(path.rpartition(" ")[2] for path in EPISODES), "Dungeon"} - FOR_THE_CHILD - EPISODES_FOR_THE_CHILD
# Says that something changed, in a word that says nothing else; it changes with titles a child does not see, too.
CHANGES_WITH_THE_WHOLE_LIBRARY = {"libraryMark"}


# A series wears the picture of an episode, and the one that failed has none.
NEVER_TOLD = {"ArtofDungeon", "ArtofRiddle", *(f"Editionof{name}" for name in FORBIDDEN)}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[KidsHouse]:
    house = await KidsHouse(tmp_path).open()
    yield house
    await house.close()


def needles(house: KidsHouse) -> set[str]:
    """All by which a title above the limit could be known: its id, its name, its words, its people, its pictures, its film."""
    words = {f"{what}of{name}" for name in FORBIDDEN for what in ("Plot", "Line", "Genre", "Actor", "Director", "Art", "Edition")}
    return words | FORBIDDEN | {house.ids[name] for name in FORBIDDEN}


def purse(house: KidsHouse) -> Purse:
    ids = [*house.ids.values(), house.asha, house.kid, *house.views.values(), "no-such-id"]
    words = ["screen-of-the-child", PIN, PASSWORD, "moon", *(f"Plotof{name}" for name in ("Cellar", "Wasps")), "Drama", "o", ""]
    words += ["Cellar", "Orchard", "Dungeon", "Actorof", "GenreofCellar"]
    return {"ID": ids, "String": words, "Int": [7, 0, 1000], "Float": [7.5], "Boolean": [True, False]}


async def crawl(house: KidsHouse, operation: str, *, as_: str = "", but: Collection[str] = ()) -> dict[str, str]:
    """What is answered to every question there is, by the question."""
    answers: dict[str, str] = {}
    for asked in every_question(SCHEMA._schema, operation, purse(house)):  # pyright: ignore[reportPrivateUsage]
        if asked.field not in but:
            question = f"{asked.text} {json.dumps(asked.variables, sort_keys=True)}"
            answers[question] = await house.graphql(asked.text, asked.variables, as_=as_)
    return answers


def told(answers: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    return [(question, word) for question, answer in answers.items() for word in secrets if word in answer]


async def test_no_question_tells_a_child_of_a_title_above_its_limit(house: KidsHouse) -> None:
    """Neither what is asked nor what is done tells of one by id, name, plot, person, genre, picture or film."""
    secrets = needles(house)
    answers = await crawl(house, "query")
    assert told(answers, secrets) == []
    assert len(answers) > 400
    everything = "".join(answers.values())
    assert all(name in everything for name in FOR_THE_CHILD | EPISODES_FOR_THE_CHILD | {"Orchard"}), "the child's own are there"
    assert told(await crawl(house, "mutation"), secrets) == []
    assert told(await crawl(house, "query", but={"title"}), secrets) == []


async def test_the_crawl_finds_what_there_is_to_find(house: KidsHouse) -> None:
    """A grown-up who asks the same is told of every title: the questions do reach them."""
    found = "".join((await crawl(house, "query", as_=house.asha, but={"home", "myList"})).values())
    assert [word for word in needles(house) if word not in found and word not in NEVER_TOLD] == []


async def test_a_child_is_answered_as_if_the_other_titles_were_not_there(house: KidsHouse) -> None:
    """When they are taken out of the library no answer changes: not a count, not an order, not an error."""
    before = await crawl(house, "query", but=CHANGES_WITH_THE_WHOLE_LIBRARY)
    await house.take_out(FORBIDDEN)
    after = await crawl(house, "query", but=CHANGES_WITH_THE_WHOLE_LIBRARY)
    assert [each for each in before if before[each] != after[each]] == []


async def test_no_route_leads_a_child_to_a_title_above_its_limit(house: KidsHouse) -> None:
    """Every address of the door with every id in it, every write with every profile: none tells, and none lets the child out."""
    secrets = needles(house)
    ids = [*purse(house)["ID"]]
    tried = 0
    for method, path in every_route(house.door):
        if path == "/auth/sign-out":
            continue
        paths = [path.replace("{view}", each).replace("{path:path}", each) for each in ids] if "{" in path else [path]
        for each in paths:
            for body in _bodies(house) if method == "POST" else (None,):
                answer = await house.ask(each, body, method=method)
                assert [word for word in secrets if word in answer.text and word not in each] == [], each
                tried += 1
    assert tried > 100
    standing = await house.ask("/auth/pick", {"profile": house.asha})
    assert (standing.status_code, standing.json()["field"]) == (403, "pin")


def _bodies(house: KidsHouse) -> list[object]:
    """A PIN of its own, which is the grown-up's only by chance of this test, is left out: it opens by right."""
    return [
        {},
        {"profile": house.asha},
        {"profile": ""},
        {"profile": house.asha, "pin": "0000"},
        {"profile": house.kid},
        {"profile": 7, "pin": []},
    ]
