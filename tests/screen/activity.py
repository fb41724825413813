"""What was watched: a page of it, a file of it, and what is hidden; and titles above the limit, which play once after the PIN."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.contracts.events_pb2 import PlayerFact
from matinee.contracts.playback_pb2 import HideRequest
from matinee.ports.rpc import Refused
from matinee.screen.csv_lines import BEGINS_A_FORMULA, line
from screen.kids_house import PIN, KidsHouse

OPEN = """mutation($title: ID!, $pin: String!) { openTitle(title: $title, pin: $pin) {
  ... on Permit { permit } ... on Refused { reason } } }"""
PLAY = """mutation($title: ID!, $screen: String!, $permit: String) { play(title: $title, screen: $screen, permit: $permit) {
  ... on Play { id } ... on Refused { kind field } } }"""
ACTIVITY = "{ activity(limit: 200) { more watched { title { name locked } bookmark { positionMs } } } }"
HIDE = "mutation($title: ID) { hideWatched(title: $title) { kind } }"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[KidsHouse]:
    house = await KidsHouse(tmp_path).open()
    await house.limit_asha(12)
    yield house
    await house.close()


async def test_a_title_above_the_limit_is_seen_locked_and_plays_once_after_the_pin(house: KidsHouse) -> None:
    """I see that it is there; the PIN plays it; for another play I am asked anew, but not while it runs here."""
    wanted, asha = {"title": house.ids["Cellar"], "screen": "living-room"}, house.asha
    seen = await house.data("query($id: ID!) { title(id: $id) { locked } }", {"id": wanted["title"]}, as_=asha)
    assert seen == {"title": {"locked": True}}
    assert await house.data(PLAY, wanted, as_=asha) == {"play": {"kind": "forbidden", "field": "pin"}}
    permit = (await house.data(OPEN, {"title": wanted["title"], "pin": PIN}, as_=asha))["openTitle"]
    assert "id" in (await house.data(PLAY, wanted | permit, as_=asha))["play"]
    assert "id" in (await house.data(PLAY, wanted, as_=asha))["play"], "a better edition of what runs needs no PIN"
    elsewhere = wanted | {"screen": "another-room"} | permit
    assert (await house.data(PLAY, elsewhere, as_=asha))["play"]["field"] == "pin"
    other = await house.data(PLAY, {"title": house.ids["Meadow"], "screen": "living-room"}, as_=asha)
    assert "id" in other["play"], "what is within the limit asks for nothing"
    assert (await house.data(PLAY, wanted, as_=asha))["play"]["field"] == "pin", "it ran out when something else began"


async def test_a_permit_is_worth_nothing_to_a_child(house: KidsHouse) -> None:
    """Not asked for with the PIN, and not carried over from the grown-up's own screen."""
    wanted = {"title": house.ids["Cellar"], "screen": "childs-room"}
    asked = {"title": wanted["title"], "pin": PIN}
    assert "permit" not in (await house.data(OPEN, asked))["openTitle"]
    permit = (await house.data(OPEN, asked, as_=house.asha))["openTitle"]
    assert await house.data(PLAY, wanted | permit) == {"play": {"kind": "missing", "field": None}}


async def test_what_was_watched_comes_latest_first_a_page_at_a_time(house: KidsHouse) -> None:
    """Whatever the page's size, the pages together are the whole, and each says whether another follows."""
    whole = [each["title"]["name"] for each in (await house.data(ACTIVITY, as_=house.asha))["activity"]["watched"]]
    assert (whole[0], whole[-1], len(whole)) == ("Keys", "Meadow", 17)
    paged, more = list[str](), True
    while more:
        question = f"{{ activity(limit: 5, offset: {len(paged)}) {{ more watched {{ title {{ name }} }} }} }}"
        page = (await house.data(question, as_=house.asha))["activity"]
        paged, more = paged + [each["title"]["name"] for each in page["watched"]], page["more"]
    assert paged == whole


async def test_what_is_hidden_leaves_history_and_keep_watching(house: KidsHouse) -> None:
    """A title, a series with all its episodes, then everything; nobody else's history changes."""

    async def names() -> set[str]:
        return {each["title"]["name"] for each in (await house.data(ACTIVITY, as_=house.asha))["activity"]["watched"]}

    await house.place.clock.advance(1)
    assert await house.data(HIDE, {"title": house.ids["Cellar"]}, as_=house.asha) == {"hideWatched": None}
    assert await house.data(HIDE, {"title": house.ids["Orchard"]}, as_=house.asha) == {"hideWatched": None}
    left = await names()
    assert not left & {"Cellar", "Blossom", "Wasps", "Frost", "Cider", "Apples"} and "Chains" in left
    home = "{ home { rows { id titles { name } } } }"
    rows = {
        row["id"]: {each["name"] for each in row["titles"]} for row in (await house.data(home, as_=house.asha))["home"]["rows"]
    }
    assert "Cellar" not in rows["keep-watching"] and "Gallows" in rows["keep-watching"]
    await house.data(HIDE, as_=house.asha)
    assert await names() == set()
    kids = (await house.data("{ home { rows { id titles { name } } } }"))["home"]["rows"][0]
    assert (kids["id"], {each["name"] for each in kids["titles"]} >= {"Meadow", "Brook"}) == ("keep-watching", True)


async def test_the_ledger_is_told_what_was_hidden(house: KidsHouse) -> None:
    """Of a series all its episodes, of everything no title by name; each act once, by whoever did it."""
    await house.data(HIDE, {"title": house.ids["Orchard"]}, as_=house.asha)
    await house.data(HIDE, as_=house.asha)
    facts = await house.told_of("ledger", 2)
    series, everything = sorted((PlayerFact.FromString(each) for each in facts), key=lambda fact: -len(fact.hidden.title_ids))
    named = {house.ids[each] for each in ("Orchard", "Blossom", "Wasps", "Frost", "Cider", "Apples")}
    assert named == set(series.hidden.title_ids)
    assert everything.WhichOneof("what") == "hidden" and not everything.hidden.title_ids
    assert {(each.account_id, each.profile_id, each.sequence) for each in (series, everything)} == {
        (house.account, house.asha, 1)
    }
    assert series.producer_id != everything.producer_id


async def test_a_child_hides_nothing_from_its_parents(house: KidsHouse) -> None:
    """Its history is its own to make, and a grown-up's to look after."""
    assert await house.data(HIDE) == {"hideWatched": {"kind": "forbidden"}}
    assert (await house.ask("/account/activity.csv", method="GET")).status_code == 403
    asked = HideRequest(account_id=house.account, profile_id=house.kid)
    with pytest.raises(Refused):
        await house.playback.hide_watched(asked, house.desk.call(house.account, house.kid))


async def test_the_file_holds_what_the_page_shows(house: KidsHouse) -> None:
    """Every line of the page, in its order, and read by any program that reads such files."""
    answer = await house.ask("/account/activity.csv", method="GET", as_=house.asha)
    assert answer.headers["content-type"].startswith("text/csv")
    headings, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    shown = [each["title"]["name"] for each in (await house.data(ACTIVITY, as_=house.asha))["activity"]["watched"]]
    assert [each[1] for each in lines] == shown
    chains = dict(zip(headings, next(each for each in lines if each[1] == "Chains"), strict=True))
    assert (chains["Series"], chains["Season"], chains["Episode"]) == ("Dungeon", "1", "1")


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_cell_runs_in_a_spreadsheet_and_none_is_lost(cells: list[str]) -> None:
    """Whatever a film is called: it comes back as it was, but for an apostrophe before what could be a formula."""
    (read,) = csv.reader(io.StringIO(line(cells), newline=""), strict=True)
    for cell, back in zip(cells, read, strict=True):
        assert not back.lstrip().startswith(BEGINS_A_FORMULA)
        assert back.removeprefix("'") == cell.replace("\0", "").removeprefix("'")


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "  =cmd", "＝1"])
def test_what_could_be_a_formula_is_text(name: str) -> None:
    """An apostrophe before it tells every spreadsheet so."""
    assert line([name]) == f'"\'{name}"\r\n'
