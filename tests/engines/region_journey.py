"""A film plays in a browser on the region, and engine after engine is killed: the film never stalls, and all recovers.

One seat watches from the beginning to the end; everything else is asked in other tabs, and by visitors without a browser.
"""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition
from playwright.sync_api import BrowserContext, Page, expect

from browser import open_chromium
from engines.counting import are_counting, cache_failures, fallbacks
from engines.leaving import forget
from films import big_buck_bunny, short_film
from infra import processes
from infra.place import CACHE, DEFAULT_DATA, OTHER_DATA
from infra.ports import LOOPBACK, OTHER_PORTS, read_ports
from infra.processes import running
from journeys.seat import BUFFER_S, FILM, Seat, look_on
from matinee.contracts.events_pb2 import PlayFact
from running import House, region_topology, wait_until
from visiting import SCREEN, Visitor

pytestmark = [pytest.mark.engines, pytest.mark.alone, pytest.mark.xdist_group("region journey")]

DATA = DEFAULT_DATA.resolve()
EMAIL = "journey@example.org"
DEAD_FOR_S = 6.0  # at least; the engine is brought up well before ten are over
PAGE_WITHIN_S = 5.0
RECOVERS_WITHIN_S = 30.0
READY_WITHIN_S = 90.0
MADE_WITHIN_S = 180.0
NOTE = "Your list and where you left off can’t be reached right now. Everything still plays."
NOT_NOW = "This title cannot be started right now. It will begin by itself."
BEAT = "mutation($view: ID!, $at: Int!) { heartbeat(play: $view, positionMs: $at) { __typename ... on Refused { kind reason } } }"
STOP = "mutation($view: ID!, $at: Int!) { stop(play: $view, positionMs: $at) }"
KEEP = "mutation($t: ID!) { keepTitle(title: $t) { id } }"
PLACE = "query($t: ID!) { title(id: $t) { bookmark { positionMs } } }"
MINE = "{ myList { name } }"


@pytest.fixture(scope="module")
def name() -> str:
    return f"journey_{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[House]:
    """A whole region with two films; the studio stops at the first rung."""
    own = (CACHE / "data").resolve() == DATA or OTHER_PORTS in os.environ
    assert own, f"this test kills servers, and {OTHER_DATA} names another's: bring up your own, see python -m infra --help"
    folder = tmp_path_factory.mktemp("journey")
    library = folder / "films"
    short_film(library, "Clock", seconds=20)
    big_buck_bunny(library)
    flags = ("--library", str(library), "--topology", str(region_topology(folder, name)))
    house = House(folder / "state", flags=flags, ready_within_s=READY_WITHIN_S)
    try:
        house.up()
        yield house
        assert house.down() == 0
    finally:
        forget(name)


@pytest.fixture(scope="module")
def visitor(house: House) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up("visitor@example.org")
    visitor.wait_for_film("Clock", MADE_WITHIN_S)
    return visitor


@pytest.fixture(scope="module")
def context(house: House) -> Iterator[BrowserContext]:
    """One browser for all: its second tab is whoever comes while the film plays in the first."""
    with open_chromium() as browser:
        yield browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")


@pytest.fixture(scope="module")
def seat(house: House, visitor: Visitor, context: BrowserContext) -> Seat:
    visitor.wait_for_film(FILM, MADE_WITHIN_S)
    seat = Seat(context.new_page())
    seat.watch(house, EMAIL, "dash")
    look_on([seat], 40, seat.has_all_in_hand)
    return seat


@pytest.fixture
def tab(context: BrowserContext, seat: Seat) -> Iterator[Page]:
    tab = context.new_page()
    yield tab
    tab.close()


@contextmanager
def dead(seat: Seat, engine: str) -> Generator[None]:
    """An engine is killed; whatever is asked in the block is asked while it is dead. After that it is there again, and the
    film has gone on all the while, beyond what was in hand."""
    seat.page.evaluate("() => vigil.begin()")
    killed_s = time.monotonic()
    try:
        kill(engine)
        yield
        look_on([seat], DEAD_FOR_S, lambda: time.monotonic() - killed_s > DEAD_FOR_S)
        print(f"{engine} was dead for {time.monotonic() - killed_s:.1f} s")
    finally:
        with subprocess.Popen([sys.executable, "-m", "infra", "up"], stdout=subprocess.DEVNULL) as bringing:
            look_on([seat], 120, lambda: bringing.poll() is not None)
        assert bringing.returncode == 0
    print(f"{engine} answers after {time.monotonic() - killed_s:.1f} s")
    look_on([seat], 3 * BUFFER_S, seat.has_outlasted_its_buffer)
    seat.assert_never_stalled(f"{engine} killed")


def kill(engine: str) -> None:
    """As the kernel kills what eats its memory."""
    names = {each.name for each in running(DATA) if each.name.startswith(engine)}
    assert names
    processes.kill(DATA, *names)


def opened(tab: Page, house: House, sees: str = FILM) -> float:
    """Home, in a tab of its own; how long it took to show a film."""
    began_s = time.monotonic()
    tab.goto(house.address)
    tab.get_by_role("link", name=re.compile(sees)).first.wait_for(timeout=20_000)
    took_s = time.monotonic() - began_s
    print(f"home opened after {took_s:.2f} s")
    assert took_s < PAGE_WITHIN_S
    return took_s


def timed(what: str, ask: Callable[[], Any]) -> Any:
    """Its answer, which came in time."""
    began_s = time.monotonic()
    answer = ask()
    took_s = time.monotonic() - began_s
    print(f"{what} took {took_s:.2f} s")
    assert took_s < PAGE_WITHIN_S, what
    return answer


def test_a_film_is_found_and_kept(seat: Seat, house: House, tab: Page) -> None:
    """Who signed up finds a film by a slip of its name, and keeps it on the list."""
    opened(tab, house)
    tab.get_by_role("searchbox").fill("big bukc buny")
    tab.get_by_role("list", name="Found").get_by_role("link", name=FILM).click()
    tab.get_by_role("button", name=f"Put on my list: {FILM}").click()
    tab.get_by_role("button", name=f"Take off my list: {FILM}").wait_for()
    tab.get_by_role("link", name="My list").click()
    kept = tab.get_by_role("list", name="My list").get_by_role("link", name=FILM)
    kept.wait_for()
    tab.reload()
    kept.wait_for()


def test_the_log_is_away_and_plays_go_on(house: House, visitor: Visitor, seat: Seat, tab: Page, name: str) -> None:
    """While the log is away Play goes on at once; what was played then stands in the log when it is back."""
    before = fallbacks(house)
    views: list[str] = []
    with dead(seat, "kafka"):
        opened(tab, house)
        clock = visitor.titles()["Clock"]["id"]
        for _ in range(3):
            granted = timed("play", lambda: visitor.play(clock, SCREEN))
            assert granted["__typename"] == "Play"
            views.append(granted["id"])
            timed("stop", lambda view=granted["id"]: visitor.graphql(STOP, view=view, at=5000))
    assert fallbacks(house) == before
    facts: set[tuple[str, str]] = set()
    wanted = {(what, view) for view in views for what in ("granted", "ended")}
    wait_until(lambda: wanted <= facts or facts.update(told(f"{name}.plays")), RECOVERS_WITHIN_S, f"{wanted} in the log")


def told(topic: str) -> set[tuple[str, str]]:
    """What stands there of plays: what happened to which view. Nothing while a broker just started leads no topic yet."""
    consumer: Any = Consumer({"bootstrap.servers": f"{LOOPBACK}:{read_ports().kafka.broker}", "group.id": uuid.uuid4().hex})
    try:
        known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        ends = {each: consumer.get_watermark_offsets(TopicPartition(topic, each), timeout=10) for each in known}
        consumer.assign([TopicPartition(topic, each, first) for each, (first, _) in ends.items()])
        read = consumer.consume(sum(end - first for first, end in ends.values()), timeout=10)
    except KafkaException:
        return set()
    finally:
        consumer.close()
    facts = [PlayFact.FromString(each.value()) for each in read]
    return {(what, getattr(fact, what).view_id) for fact in facts for what in [fact.WhichOneof("what")]}


def test_the_accounts_are_away_and_home_opens(house: House, visitor: Visitor, seat: Seat, tab: Page) -> None:
    """While accounts and titles cannot be read, home shows them as last seen; another film says in words that it must wait."""
    before = fallbacks(house)
    opened(tab, house)
    with dead(seat, "postgres"):
        with tab.expect_response(lambda answer: answer.url.endswith("/graphql") and "membership" in answer.text()) as standing:
            opened(tab, house)
        assert standing.value.json()["data"] is None
        tab.get_by_role("link", name=re.compile("Clock")).first.click()
        tab.get_by_role("button", name=re.compile("^(Play|Resume)")).first.click()
        expect(tab.get_by_text(NOT_NOW)).to_be_visible(timeout=PAGE_WITHIN_S * 1000 + 2000)
        now = fallbacks(house)
    print(dict(now - before))
    for each in ("identity: profiles as last seen", "catalog: titles as last read"):
        assert now[each] > before[each], each
    wait_until(lambda: visitor.gets_bytes_of("Clock"), RECOVERS_WITHIN_S, "a film plays")
    clock = visitor.titles()["Clock"]["id"]
    # Of two screens, as the house allows: the count is right.
    plays = [visitor.play(clock, screen)["__typename"] for screen in (SCREEN, "another-screen", "one-too-many")]
    assert plays == ["Play", "Play", "Refused"]
    with seat.page.expect_response(lambda answer: "heartbeat" in answer.text(), timeout=RECOVERS_WITHIN_S * 1000) as beat:
        pass
    assert beat.value.json()["data"]["heartbeat"]["__typename"] == "Heartbeat"


def test_a_zone_of_the_cache_is_gone(house: House, visitor: Visitor, seat: Seat, tab: Page) -> None:
    """A whole zone of the cache is gone: home is asked of the other."""
    before, failures = fallbacks(house), cache_failures(house)
    with dead(seat, "memcached-a"):
        for _ in range(3):
            opened(tab, house)
        assert cache_failures(house) > failures
    assert fallbacks(house) == before


def test_a_front_dies_and_the_other_answers(house: House, visitor: Visitor, seat: Seat, tab: Page) -> None:
    """A front dies: the other answers."""
    seat.page.evaluate("() => vigil.begin()")
    before = house.pids()["front-1"]
    os.kill(before[0], signal.SIGKILL)
    opened(tab, house)
    timed("titles", visitor.titles)
    wait_until(lambda: house.pids().get("front-1", []) not in ([], before), RECOVERS_WITHIN_S, "another front-1")
    wait_until(lambda: are_counting(house), RECOVERS_WITHIN_S, "it answers")
    look_on([seat], 3 * BUFFER_S, seat.has_outlasted_its_buffer)
    seat.assert_never_stalled("a front killed")


def test_the_other_data_centre_is_not_missed(house: House, visitor: Visitor, seat: Seat, tab: Page) -> None:
    """The other data centre's node dies: nothing is noticed."""
    before = fallbacks(house)
    with dead(seat, "cassandra-dc2"):
        opened(tab, house)
        expect(tab.get_by_text(NOTE)).to_have_count(0)
        assert timed("my list", lambda: visitor.graphql(MINE)) == {"myList": []}
    assert fallbacks(house) == before


def test_the_places_are_away_and_home_says_so(house: House, visitor: Visitor, seat: Seat, tab: Page) -> None:
    """The near node dies: home comes without places and list, and says so."""
    clock = visitor.titles()["Clock"]["id"]
    visitor.graphql(KEEP, t=clock)
    play = visitor.play(clock)
    visitor.graphql(BEAT, view=play["id"], at=6000)
    before = fallbacks(house)
    with dead(seat, "cassandra-dc1"):
        opened(tab, house)
        expect(tab.get_by_text(NOTE)).to_be_visible()
        tab.set_viewport_size({"width": 390, "height": 844})
        expect(tab.get_by_text(NOTE)).to_be_visible()
        beaten = timed("heartbeat", lambda: visitor.graphql(BEAT, view=play["id"], at=8000))
        assert beaten["heartbeat"] == {"__typename": "Heartbeat"}
        now = fallbacks(house)
    print(dict(now - before))
    assert now["playback: a place is not kept"] > before["playback: a place is not kept"]
    expect(tab.get_by_text(NOTE)).to_have_count(0, timeout=RECOVERS_WITHIN_S * 1000)
    wait_until(lambda: place(visitor, clock) is not None, RECOVERS_WITHIN_S, "the places are there")
    assert place(visitor, clock) == 6000
    assert visitor.graphql(MINE) == {"myList": [{"name": "Clock"}]}
    visitor.graphql(BEAT, view=play["id"], at=9000)
    assert place(visitor, clock) == 9000


def test_who_comes_back_goes_on_where_they_were(seat: Seat) -> None:
    """After all that was killed, the page is loaded anew: the film goes on from its place."""
    place_s = seat.page.evaluate("() => document.querySelector('video').currentTime")
    seat.page.reload()
    seat.page.wait_for_function("at => document.querySelector('video')?.currentTime > at - 20", arg=place_s, timeout=30_000)


def place(visitor: Visitor, title: str) -> int | None:
    bookmark = visitor.graphql(PLACE, t=title)["title"]["bookmark"]
    return bookmark and bookmark["positionMs"]
