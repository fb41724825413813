"""What somebody does in front of a film stands on the log soon after, whatever becomes of the page meanwhile."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.watching import PLAYING_WITHIN_MS, come_in, press_play
from matinee.contracts.events_pb2 import PlayerFact, Thumbed
from matinee.engines.sqlite_log import SqliteLog
from running import House, wait_until
from screen.telling_house import facts_on
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("evening")

PROFILE = """async () => {
  const body = JSON.stringify({ query: '{ viewer { profile { id } } }' });
  const answer = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await answer.json()).data.viewer.profile.id;
}"""
PLAYED = "at => document.querySelector('video').currentTime > at"
BEACONS = re.compile(r"/beacons$")


def facts_of(house: House, topic: str, profile: str) -> list[PlayerFact]:
    """What stands there of one profile, each fact once; in a thread of its own, for the browser's driver keeps a loop in ours."""

    async def read() -> list[PlayerFact]:
        log = SqliteLog(house.state / "log.db")
        found = await facts_on(log, topic)
        await log.close()
        return found

    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(asyncio.run, read()).result(20)
    return list({(fact.producer_id, fact.sequence): fact for fact in found if fact.profile_id == profile}.values())


def of_kind(facts: list[PlayerFact], *kinds: str) -> list[PlayerFact]:
    return [fact for fact in facts if fact.WhichOneof("what") in kinds]


def wait_for(house: House, topic: str, profile: str, enough: Callable[[list[PlayerFact]], object], what: str) -> list[PlayerFact]:
    wait_until(lambda: enough(facts_of(house, topic, profile)), 30, what)
    return facts_of(house, topic, profile)


def pause_seek_and_leave(page: Page) -> None:
    """Two seconds of a film from its beginning, and two from its middle."""
    page.wait_for_function(PLAYED, arg=2, timeout=PLAYING_WITHIN_MS)
    page.evaluate("() => document.querySelector('video').pause()")
    page.evaluate("() => { document.querySelector('video').currentTime = 300 }")
    page.wait_for_function("() => document.querySelector('video').readyState >= 3")
    page.evaluate("() => document.querySelector('video').play()")
    page.wait_for_function(PLAYED, arg=302, timeout=PLAYING_WITHIN_MS)
    page.go_back()


def test_a_film_that_is_watched_is_told_of_from_the_row_to_the_thumb(page: Page, house: House) -> None:
    """Where it was picked, how long the first picture took, the pause, the seek, how far it came, that it was left, and liked."""
    come_in(page, house, "teller@example.org")
    profile = page.evaluate(PROFILE)
    asked_of_boxes: list[str] = []
    page.on("request", lambda request: asked_of_boxes.append(request.url) if "/films/" in request.url else None)
    seen = wait_for(house, "telemetry", profile, lambda facts: of_kind(facts, "row_seen"), "a row was seen")
    assert {fact.row_seen.page for fact in of_kind(seen, "row_seen")} == {"home"}
    # Before it can play it stands among those on their way, which is no row.
    page.get_by_role("region", name="New").get_by_role("link", name="Big Buck Bunny").wait_for(timeout=PLAYING_WITHIN_MS)
    press_play(page, "Big Buck Bunny", "dash")
    pause_seek_and_leave(page)
    page.get_by_role("button", name="I love this").first.click()
    expect(page.get_by_role("button", name="I love this").first).to_have_attribute("aria-pressed", "true")
    ledger = wait_for(house, "ledger", profile, lambda facts: of_kind(facts, "thumbed"), "the thumb is told")
    watched = of_kind(ledger, "watched")
    assert [fact.thumbed.thumb for fact in of_kind(ledger, "thumbed")] == [Thumbed.LOVE]
    assert 3_000 < sum(fact.watched.watched_ms for fact in watched) < 60_000
    assert [fact.watched.over for fact in watched].count(True) == 1
    assert max(fact.watched.position_ms for fact in watched) > 300_000
    assert {fact.watched.runtime_ms // 1000 for fact in watched} == {596}
    assert len({fact.view_id for fact in watched}) == 1
    assert len({fact.title_id for fact in ledger}) == 1
    pieces = [url for url in asked_of_boxes if ".m4s" in url]
    assert pieces and all(f"sid%3D%22{watched[0].view_id}%22" in url for url in pieces)
    telemetry = wait_for(house, "telemetry", profile, lambda facts: of_kind(facts, "left"), "that it was left is told")
    asked, began, sought = (of_kind(telemetry, kind)[0] for kind in ("play_asked", "play_began", "sought"))
    assert asked.play_asked.row_id in {fact.row_seen.row_id for fact in of_kind(seen, "row_seen")}
    assert began.play_began.join_ms > 0
    assert began.play_began.box_id in {"a", "b"}
    assert began.play_began.height > 0
    assert sought.sought.to_ms == pytest.approx(300_000, abs=1000)
    assert [fact.paused.resumed for fact in of_kind(telemetry, "paused")] == [False, True]
    measured = of_kind(telemetry, "measured")[-1].measured
    assert measured.playing_ms == pytest.approx(sum(fact.watched.watched_ms for fact in watched), abs=1000)
    assert measured.bits > 0


def test_what_nobody_heard_is_told_after_a_reload(page: Page, house: House) -> None:
    """Offline, put aside, loaded anew: the facts come with the next page, under their own numbers, none missing."""
    come_in(page, house, "offline-teller@example.org")
    profile = page.evaluate(PROFILE)
    page.route(BEACONS, lambda route: route.abort())
    press_play(page, "Clock", "dash")
    page.evaluate("() => document.querySelector('video').pause()")
    page.wait_for_timeout(1000)
    assert of_kind(facts_of(house, "ledger", profile), "watched") == []
    page.goto(house.address)
    page.unroute(BEACONS)
    page.reload()
    ledger = wait_for(house, "ledger", profile, lambda facts: [f for f in facts if f.watched.over], "the view's end is told")
    assert sorted(fact.sequence for fact in ledger) == list(range(1, len(ledger) + 1))
    assert len({fact.producer_id for fact in ledger}) == 1
    wait_until(
        lambda: page.evaluate("() => Object.keys(localStorage).filter(k => k.startsWith('matinee.tell.')).length") == 0,
        30,
        "nothing is left",
    )


def test_a_thumb_is_seen_in_another_browser(page: Page, chromium: Browser, house: House) -> None:
    """What somebody thinks of a title stands on its page wherever they watch, and so does that they took it back."""

    def open_title(there: Page) -> None:
        there.goto(house.address)
        there.get_by_role("link", name="Big Buck Bunny").first.click(timeout=PLAYING_WITHIN_MS)
        expect(there.get_by_role("heading", name="Big Buck Bunny", level=1)).to_be_visible()

    elsewhere = chromium.new_context().new_page()
    for there in (page, elsewhere):
        come_in(there, house, "thumb-teller@example.org")
    for times, pressed in enumerate(("true", "false"), 1):
        open_title(page)
        page.get_by_role("button", name="I like this").click()
        expect(page.get_by_role("button", name="I like this")).to_have_attribute("aria-pressed", pressed)
        profile = page.evaluate(PROFILE)
        wait_for(house, "ledger", profile, lambda facts, told=times: len(of_kind(facts, "thumbed")) == told, "it is told")

        def is_shown(expected: str = pressed) -> bool:
            open_title(elsewhere)
            return elsewhere.get_by_role("button", name="I like this").get_attribute("aria-pressed") == expected

        wait_until(is_shown, 30, "the other browser knows")


def test_the_front_door_lets_in_whose_facts_they_are(house: House) -> None:
    """A stranger tells nothing, a member what they did, nobody what another did."""
    stranger, member = Visitor(house), Visitor(house)
    member.sign_up("member-who-tells@example.org")
    profile = member.profiles()[0]["id"]
    fact = {"seq": 1, "at": 0, "title": "t", "thumbed": {"thumb": "UP"}}
    batch = {"producer": "a-producer-of-tests", "profile": profile, "sentAt": 0, "ledger": [fact]}
    assert stranger.ask("/beacons", batch)[0] == 401
    assert stranger.ask("/beacons", batch, {"x-matinee-account": "me", "x-matinee-profile": profile})[0] == 401
    assert member.ask("/beacons", {**batch, "profile": "another"}, {"x-matinee-profile": "another"})[0] == 409
    assert member.ask("/beacons", batch, {"origin": "http://evil.example"})[0] == 403
    assert facts_of(house, "ledger", profile) == []
    assert member.ask("/beacons", batch)[0] == 200
    assert [fact.thumbed.thumb for fact in facts_of(house, "ledger", profile)] == [Thumbed.UP]
