"""One region on the large engines: whichever of its processes dies, those who watch do not notice."""

import asyncio
import os
import re
import signal
import time
import uuid
from collections.abc import Iterator

import pytest

from engines.leaving import forget
from films import short_film
from matinee.up.http_get import Place, status_of
from running import House, region_topology, wait_until
from visiting import Visitor

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("region")]

WITHIN_S = 120.0
READY_WITHIN_S = 90.0
BEAT = "mutation($view: ID!, $at: Int!) { heartbeat(play: $view, positionMs: $at) { __typename ... on Refused { kind reason } } }"
FRONTS = ("front-1", "front-2")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A whole region, with schemas of its own in the database, which go with it."""
    folder, name = tmp_path_factory.mktemp("region"), f"region_{uuid.uuid4().hex[:8]}"
    short_film(folder / "films", "Clock", seconds=20)
    topology = region_topology(folder, name)
    flags = ("--library", str(folder / "films"), "--topology", str(topology))
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
    visitor.sign_up("region@example.org")
    visitor.wait_for_film("Clock", WITHIN_S)
    return visitor


def test_a_film_plays_in_the_region(house: House, visitor: Visitor) -> None:
    """Two fronts, two workers and the boxes' agents stand there, and the film that a worker made is played from every box."""
    wait_until(lambda: visitor.gets_bytes_of("Clock"), WITHIN_S, "the film plays")
    here = house.pids()
    assert {name: len(here.get(name, [])) for name in (*FRONTS, "worker-1", "worker-2", "edge")} == {
        "front-1": 1,
        "front-2": 1,
        "worker-1": 1,
        "worker-2": 1,
        "edge": 1,
    }
    # Either front is asked: each has heard from both boxes, or soon does.
    both = [{"id": "a", "serving": True}, {"id": "b", "serving": True}]
    wait_until(lambda: all(_boxes(visitor) == both for _ in FRONTS * 2), WITHIN_S, "both boxes are known to both fronts")


@pytest.mark.parametrize("victim", FRONTS)
def test_a_front_killed_while_a_film_plays_is_not_noticed(house: House, visitor: Visitor, victim: str) -> None:
    """Kill a front with no warning: every segment, every heartbeat and every page comes that was not being answered by it."""
    wait_until(lambda: all(_is_ready(house, front) for front in FRONTS), WITHIN_S, "both fronts are ready")
    granted = visitor.play(visitor.titles()["Clock"]["id"])
    manifest = visitor.ask(granted["dash"])[1].decode()
    segments = _segments(manifest)
    before = house.pids()[victim]
    statuses: list[int] = []
    for number, segment in enumerate(segments * 3):
        if number == 3:
            os.kill(before[0], signal.SIGKILL)
            # What is asked of a process while it dies is under way, and lost with it.
            wait_until(lambda: house.pids().get(victim, []) != before, WITHIN_S, f"{victim} is dead")
            time.sleep(0.5)  # the door hears of it when it next looks at its connections
        statuses.append(visitor.ask(segment)[0])
        statuses.append(visitor.ask(f"/play/{granted['id']}/steering.json")[0])
        beaten = visitor.graphql(BEAT, view=granted["id"], at=number * 1000)["heartbeat"]
        assert beaten == {"__typename": "Heartbeat"}, number
        assert "Clock" in visitor.titles()
        time.sleep(0.05)
    assert set(statuses) == {200}
    wait_until(lambda: house.pids().get(victim, []) not in ([], before), WITHIN_S, f"a new {victim}")


def test_a_front_that_hangs_is_left_out(house: House, visitor: Visitor) -> None:
    """Stop a front, so that it takes questions and never answers: seconds later nobody is sent there, and all are answered."""
    wait_until(lambda: all(_is_ready(house, front) for front in FRONTS), WITHIN_S, "both fronts are ready")
    before = house.pids()["front-2"]
    os.kill(before[0], signal.SIGSTOP)
    time.sleep(4)
    for _ in range(10):
        asked_s = time.monotonic()
        assert "Clock" in visitor.titles()
        assert time.monotonic() - asked_s < 3
    wait_until(lambda: house.pids().get("front-2", []) not in ([], before), WITHIN_S, "a new front")


@pytest.mark.parametrize(("victim", "film"), [("front-1", "Meadow"), ("front-2", "River")])
def test_a_film_is_found_whichever_front_dies(house: House, visitor: Visitor, victim: str, film: str) -> None:
    """One front looks at the library, and either may die: a film put there at that moment is found, made and played."""
    wait_until(lambda: all(_is_ready(house, front) for front in FRONTS), WITHIN_S, "both fronts are ready")
    before = house.pids()[victim]
    os.kill(before[0], signal.SIGKILL)
    short_film(house.state.parent / "films", film, seconds=5)
    # It asks again where a question was lost with the front that was about to answer it.
    wait_until(lambda: visitor.gets_bytes_of(film), 120, f"{film} plays")


def _boxes(visitor: Visitor) -> object:
    return visitor.graphql("{ operator { boxes { id serving } } }")["operator"]["boxes"]


def _is_ready(house: House, front: str) -> bool:
    """Whether a film could be played by way of this front: it has heard of a box."""
    return asyncio.run(status_of(Place(socket=f"{house.state}/run/{front}.sock"), "/ready")) == 200


def _segments(manifest: str) -> list[str]:
    """The first segments of a rung, from the first box."""
    base = re.findall(r"<BaseURL[^>]*>([^<]+)<", manifest)[0]
    initial, media = (re.findall(rf'{what}="([^"]+)"', manifest)[0] for what in ("initialization", "media"))
    return [base + initial, *(base + media.replace("$Number$", str(number)) for number in range(1, 5))]
