"""What is watched in one browser changes what another one offers, and is seen by who looks after the house, while it plays.

A time that the house promises is waited for five times as long: the machine that runs this is busy. `bench/changed.py` measures.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from films import series, short_film
from journeys.figures import sign_in_as_operator
from journeys.watching import PLAYING_WITHIN_MS, come_in, press_play
from letterbox import the_operator
from running import House, wait_until

pytestmark = pytest.mark.xdist_group("evening")

BUSY = 5
KEPT_WITHIN_S, FIGURES_WITHIN_S, REASONS_WITHIN_S = 1, 2, 5
BUNNY = "Big Buck Bunny"
LIKE_IT = ("Acorn", "Burrow", "Clover", "Dormouse")
ANIMATION = "<movie><title>{name}</title><year>2026</year><mpaa>G</mpaa><genre>Animation</genre></movie>"
EVENINGS = "Two Evenings"
EPISODES = "query($id: ID!) { title(id: $id) { seasons { episodes { state } } } }"
SHOWN_SOON_S = 60
SEEK = "at => { document.querySelector('video').currentTime = at }"
PLAYED = "at => { const now = document.querySelector('video').currentTime; return now > at && now < at + 60 }"
# What the browser says to a page that comes to the front again.
TO_THE_FRONT = "() => document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture(scope="module")
def programme(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house with four shorts more, that are like its long film, and a series of two episodes; as long as this file lasts."""
    library, made = Path(house.flags[1]), tmp_path_factory.mktemp("programme")
    first = short_film(made, LIKE_IT[0], seconds=4)
    for name in LIKE_IT:
        film = made / f"{name} (2026).mp4"
        if film != first:
            shutil.copy(first, film)
        film.with_suffix(".nfo").write_text(ANIMATION.format(name=name))
    series(made, EVENINGS)
    added = [Path(shutil.move(each, library)) for each in sorted(made.iterdir(), reverse=True)]  # notes before their film
    visitor = the_operator(house)
    shown = {name: visitor.wait_for_film(name, SHOWN_SOON_S) for name in (BUNNY, *LIKE_IT, EVENINGS)}

    def all_play() -> bool:
        (season,) = visitor.graphql(EPISODES, id=shown[EVENINGS]["id"])["title"]["seasons"]
        return [each["state"] for each in season["episodes"]] == ["PLAYABLE", "PLAYABLE"]

    wait_until(all_play, SHOWN_SOON_S, "both evenings can be played")
    yield house
    for each in added:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    wait_until(lambda: not {*LIKE_IT} & visitor.titles().keys(), SHOWN_SOON_S, "they are gone")


def another(chromium: Browser) -> Page:
    """A browser of its own, that shares nothing with others but the house."""
    return chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()


def keep_watching(page: Page) -> Locator:
    return page.get_by_role("region", name="Keep watching", exact=True)


def comes_to_show(page: Page, shown: Locator, promised_s: float, what: str, *, count: int = 1) -> None:
    """Without being loaded anew: it is brought to the front, as often as need be, until it shows so many of these."""

    def looked() -> bool:
        page.evaluate(TO_THE_FRONT)
        page.wait_for_timeout(100)
        return shown.count() == count

    wait_until(looked, BUSY * promised_s, what)


def watch_to_the_end(page: Page, *, another_follows: bool) -> None:
    """The last two seconds of an episode; whatever is to begin by itself then is told not to."""
    page.evaluate("() => { const v = document.querySelector('video'); v.pause(); v.currentTime = 7 }")
    if another_follows:
        page.get_by_role("region", name="Next episode").get_by_role("button", name="Cancel").click()
    page.evaluate("() => document.querySelector('video').play()")
    page.wait_for_function("() => document.querySelector('video').ended", timeout=PLAYING_WITHIN_MS)
    expect(page.get_by_role("region", name="The end")).to_be_visible()


def test_a_film_that_is_watched_is_known_everywhere_while_it_plays(page: Page, chromium: Browser, programme: House) -> None:
    """Another browser keeps it, the operator sees it, what is like it is offered for its sake; hidden, it is a reason no more."""
    elsewhere, operator = another(chromium), another(chromium)
    for viewer in (page, elsewhere):
        come_in(viewer, programme, "known-everywhere@example.org")
    expect(keep_watching(elsewhere)).to_have_count(0)
    sign_in_as_operator(operator, programme)
    now = operator.get_by_role("region", name="Watched right now").last
    press_play(page, BUNNY, "dash")
    expect(now.get_by_role("link", name=BUNNY)).to_be_visible(timeout=BUSY * FIGURES_WITHIN_S * 1000)
    page.evaluate(SEEK, 300)
    page.wait_for_function(PLAYED, arg=300.2, timeout=PLAYING_WITHIN_MS)
    card = keep_watching(elsewhere).get_by_role("link", name=BUNNY)
    comes_to_show(elsewhere, card, KEPT_WITHIN_S, "the film stands under Keep watching in the other browser")
    row = elsewhere.get_by_role("region", name=re.compile(f"^(For you|Because you watched {BUNNY})$"))
    comes_to_show(elsewhere, row, REASONS_WITHIN_S, "what is like it is offered")
    why = elsewhere.get_by_text(f"Because you watched {BUNNY}")
    for name in LIKE_IT:
        row.get_by_role("link", name=name).hover()
        expect(why.last).to_be_visible()
    expect(row.get_by_role("link", name=BUNNY)).to_have_count(0)
    page.goto(programme.address)  # For watched on, it would be told of anew.
    elsewhere.goto(f"{programme.address}/account/activity")
    elsewhere.get_by_role("button", name=f"Hide {BUNNY}").click()
    expect(elsewhere.get_by_role("heading", name="Nothing yet")).to_be_visible()
    elsewhere.goto(programme.address)
    expect(elsewhere.get_by_role("region", name="New", exact=True)).to_be_visible()
    comes_to_show(elsewhere, row, REASONS_WITHIN_S, "what was hidden is no reason", count=0)


def test_of_two_browsers_the_later_one_says_where_a_film_goes_on(page: Page, chromium: Browser, programme: House) -> None:
    """It stands under Keep watching once, at the place where it was watched last, wherever that was."""
    elsewhere = another(chromium)
    for viewer, at_s, left in ((page, 300, "5 min left"), (elsewhere, 480, "2 min left"), (page, 120, "8 min left")):
        if viewer.url == "about:blank":
            come_in(viewer, programme, "two-browsers@example.org")
        press_play(viewer, BUNNY, "dash")
        viewer.evaluate(SEEK, at_s)
        viewer.wait_for_function(PLAYED, arg=at_s + 0.2, timeout=PLAYING_WITHIN_MS)
        viewer.goto(programme.address)
        for looking in (page, elsewhere):
            if looking.url == "about:blank":
                continue
            comes_to_show(looking, keep_watching(looking).get_by_text(left), KEPT_WITHIN_S, f"{left}, in both")
            expect(keep_watching(looking).get_by_role("link")).to_have_count(1)


def test_after_an_episode_the_next_is_offered_and_after_the_last_none(page: Page, chromium: Browser, programme: House) -> None:
    """On the card at its end, and under Keep watching in another browser; a series that is done stands there no more."""
    elsewhere = another(chromium)
    for viewer in (page, elsewhere):
        come_in(viewer, programme, "two-evenings@example.org")
    press_play(page, EVENINGS, "dash")
    watch_to_the_end(page, another_follows=True)
    kept = keep_watching(elsewhere)
    comes_to_show(elsewhere, kept.get_by_text(re.compile(r"^S1 E2 .* Next$")), KEPT_WITHIN_S, "the next one stands there")
    expect(kept.get_by_role("link")).to_have_count(1)
    first = page.url
    end = page.get_by_role("region", name="The end")
    end.get_by_role("button", name="Next episode: Episode 2").click()
    page.wait_for_url(lambda url: url != first, timeout=PLAYING_WITHIN_MS)
    expect(page.get_by_text("Season 1 · Episode 2")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.3", timeout=PLAYING_WITHIN_MS)
    watch_to_the_end(page, another_follows=False)
    expect(end.get_by_role("button", name=re.compile("^Next episode"))).to_have_count(0)
    comes_to_show(elsewhere, kept, KEPT_WITHIN_S, "there is no third one", count=0)
