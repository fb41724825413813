"""A film whose edition grows while it is watched."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from films import short_film
from journeys.watching import come_in, press_play
from running import House, asked_freely, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("cinema")

FILM_S = 40
# So little is kept ahead that most of the film is still to be asked for when the better edition is there.
SLOWLY = (
    "() => { window.matineePlayer.configure('streaming.bufferingGoal', 4); document.querySelector('video').playbackRate = 0.25 }"
)
FAST = "() => { document.querySelector('video').playbackRate = 6 }"
NEAR_ITS_END = f"() => document.querySelector('video').currentTime > {FILM_S - 5}"
PAUSE_AND_GO_BACK = "at => { const video = document.querySelector('video'); video.pause(); video.currentTime = at }"


@pytest.fixture
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with one film, whose first edition can be watched while its smaller rungs are still to be made."""
    folder = tmp_path_factory.mktemp("studio")
    short_film(folder / "films", "Growing", FILM_S)
    house = House(folder / "state", flags=("--library", str(folder / "films"), "--topology", str(asked_freely(folder))))
    house.up()
    yield house
    tell_studio(house, signal.SIGCONT)
    house.down()


def tell_studio(house: House, what: signal.Signals) -> None:
    """Tells the supervisor, too, who would else end a studio that stands still, and have the film finished by another."""
    assert house.supervisor is not None
    studio = house.pids().get("worker", [])
    for pid in [*studio, house.supervisor.pid] if what == signal.SIGCONT else [house.supervisor.pid, *studio]:
        os.kill(pid, what)


def edition_for(visitor: Visitor, title_id: str) -> str:
    """The one that somebody gets who comes now."""
    return edition_in(visitor.ask(visitor.play(title_id)["dash"])[1].decode())


def edition_in(text: str) -> str:
    found = re.search(r"/films/([\w-]+)/", text)
    assert found, text
    return found[1]


def test_who_watches_keeps_their_edition_until_they_pause_and_who_comes_gets_the_better_one(page: Page, studio: House) -> None:
    """A film that is on plays to its end from what it began with; newcomers, and whoever pauses, have the whole ladder."""
    visitor = Visitor(studio)
    visitor.sign_up("newcomer@example.org")
    title_id = visitor.wait_for_film("Growing")["id"]
    tell_studio(studio, signal.SIGSTOP)
    first = edition_for(visitor, title_id)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(edition_in(request.url)) if ".m4s" in request.url else None)
    come_in(page, studio, "watcher@example.org")
    press_play(page, "Growing", "dash")
    page.evaluate(SLOWLY)
    assert not visitor.titles()["Growing"]["complete"], "the studio was done before anybody watched"

    tell_studio(studio, signal.SIGCONT)
    wait_until(lambda: visitor.titles()["Growing"]["complete"], 90, "the whole ladder is made")
    assert edition_for(visitor, title_id) != first
    asked_before = len(asked)
    page.evaluate(FAST)
    page.wait_for_function(NEAR_ITS_END, timeout=60_000)
    assert len(asked) > asked_before + 5, "it was all in hand before the better edition came"
    assert set(asked) == {first}

    def has_changed_over() -> bool:
        page.evaluate(PAUSE_AND_GO_BACK, 10)
        page.wait_for_timeout(500)
        return asked[-1] == edition_for(visitor, title_id)

    wait_until(has_changed_over, 60, "a pause changes over")
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    assert abs(page.evaluate("() => document.querySelector('video').currentTime") - 10) < 1
