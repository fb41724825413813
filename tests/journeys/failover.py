"""Every process may be killed while films play, and nobody who watches them notices."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from films import foreign_film
from journeys.seat import BUFFER_S, FILM, Seat, look_on
from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("evening")

JUST_NOW_S = 2.0
# Five times what is promised, for a machine that tests keep busy.
OWN_WORK_WITHIN_S = 5 * 5.0
MENDED_WITHIN_S = 30.0


@pytest.fixture(scope="module")
def taken(opened_chromium: Browser, house: House) -> Iterator[list[Seat]]:
    """Two people watch the same film from the first blow to the last, one by DASH and one by HLS."""
    contexts = [opened_chromium.new_context(viewport={"width": 960, "height": 540}) for _ in ("dash", "hls")]
    seats = [Seat(context.new_page()) for context in contexts]
    for seat, manifest in zip(seats, ("dash", "hls"), strict=True):
        seat.watch(house, f"{manifest}-failover@example.org", manifest)
    yield seats
    for context in contexts:
        context.close()


@pytest.fixture
def seats(house: House, taken: list[Seat]) -> Iterator[list[Seat]]:
    """They have as much in hand as the player keeps, and all that the house has is there."""
    look_on(taken, 40, lambda: all(seat.has_all_in_hand() for seat in taken))
    yield taken
    whole_again(house)


def begin_watch(seats: list[Seat]) -> None:
    """From now on nothing escapes the seats."""
    for seat in seats:
        seat.page.evaluate("() => vigil.begin()")


def kill(victims: list[int], how: signal.Signals = signal.SIGKILL) -> float:
    """The moment it was done."""
    for pid in victims:
        os.kill(pid, how)
    return time.time()


def assert_nobody_notices(seats: list[Seat], killed_s: float, what: str) -> None:
    """The film goes on, and beyond what was in hand, with pieces asked for after the blow."""
    look_on(seats, 3 * BUFFER_S, lambda: all(seat.has_outlasted_its_buffer() for seat in seats))
    for seat, manifest in zip(seats, ("dash", "hls"), strict=True):
        seat.assert_never_stalled(f"{what}, {manifest}")
        assert len(seat.since(killed_s)) >= 3


def whole_again(house: House) -> None:
    census = {"front": 1, "worker": 1, "envoy": 1, "nginx-master": 2, "nginx-worker": 2}
    wait_until(
        lambda: {kind: len(pids) for kind, pids in house.pids().items() if kind in census} == census,
        MENDED_WITHIN_S,
        f"all are there again: {house.pids()}",
    )


def nginx_of_port(house: House, port: int) -> list[int]:
    """Master and worker of the box that listens there."""
    folder = house.state / "boxes" / "ab"[port - house.port - 1]
    everybody = [pid for kind in ("nginx-master", "nginx-worker") for pid in house.pids().get(kind, [])]
    return [pid for pid in everybody if works_in(pid, folder)]


def works_in(pid: int, folder: Path) -> bool:
    """Whether it does; nowhere, when it has gone meanwhile."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def box_in_use(seats: list[Seat]) -> int:
    """Waits until the box that both watch from gave one of them something this very moment; its port."""

    def is_serving() -> bool:
        return seats[0].served[-1][1] == seats[1].served[-1][1] and served_within(seats, time.time(), JUST_NOW_S / 2)

    look_on(seats, 40, is_serving)
    return seats[0].served[-1][1]


def served_within(seats: list[Seat], until_s: float, within_s: float) -> bool:
    return any(until_s - within_s < seat.served[-1][0] for seat in seats)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_nobody_notices_when_the_box_they_watch_from_dies_or_hangs(
    house: House, seats: list[Seat], fault: signal.Signals
) -> None:
    """The box in use is gone in the middle of a film: it goes on from the other one without a stall, by DASH and by HLS."""
    assert house.supervisor is not None
    nginx = {port: nginx_of_port(house, port) for port in (house.port + 1, house.port + 2)}
    port = box_in_use(seats)
    victims = nginx[port]
    assert len(victims) == 2
    try:
        if fault == signal.SIGKILL:
            # The supervisor would have another one stand there in half a second, and nobody would have to go elsewhere.
            os.kill(house.supervisor.pid, signal.SIGSTOP)
        begin_watch(seats)
        gone_s = kill(victims, fault)
        assert served_within(seats, gone_s, JUST_NOW_S), "it served a moment ago"
        assert_nobody_notices(seats, gone_s, f"box {fault.name}")
    finally:
        os.kill(house.supervisor.pid, signal.SIGCONT)
    for seat in seats:
        assert len([each for each in seat.since(gone_s) if each != port]) >= 3, "the other box served"
        assert fault == signal.SIGSTOP or port not in seat.since(gone_s)
    newcomer = Visitor(house)
    newcomer.sign_up(f"after-{fault.name.lower()}-failover@example.org")
    wait_until(lambda: newcomer.gets_bytes_of(FILM), OWN_WORK_WITHIN_S, "who comes now is served, too")
    wait_until(lambda: not set(victims) & set(nginx_of_port(house, port)), MENDED_WITHIN_S, "another box stands there")
    whole_again(house)


def test_nobody_notices_when_front_or_door_die(house: House, seats: list[Seat]) -> None:
    """The services and the front door are killed one after another while a film plays: it goes on, each is soon at work
    again, and who was watching is still known, with the place."""
    visitor = Visitor(house)
    visitor.sign_up("failover-elsewhere@example.org")
    for victim in ("front", "envoy"):
        before = house.pids()[victim]
        begin_watch(seats)
        assert FILM in visitor.titles(), "front and door served"
        killed_s = kill(before)
        wait_until(lambda: visitor.gets_bytes_of(FILM), OWN_WORK_WITHIN_S, f"{victim} is at work again")
        print(f"{victim} at work again after {time.time() - killed_s:.1f} s")
        assert house.pids()[victim] != before
        assert time.time() - killed_s < OWN_WORK_WITHIN_S
        assert_nobody_notices(seats, killed_s, victim)
    for seat in seats:
        place_s = seat.page.evaluate("() => document.querySelector('video').currentTime")
        seat.page.reload()
        seat.page.wait_for_function("at => document.querySelector('video')?.currentTime > at - 20", arg=place_s, timeout=30_000)
        seat.keep_watch()


def test_nobody_notices_when_the_worker_dies(house: House, seats: list[Seat], tmp_path: Path) -> None:
    """The worker is killed in the middle of a chunk while a film plays: it goes on, no encoder stays behind, and the next
    worker finishes what it had begun."""
    visitor = Visitor(house)
    visitor.sign_up("failover-studio@example.org")
    foreign_film(tmp_path, "Halved", seconds=40).rename(house.state.parent / "films" / "Halved (2026).mkv")
    look_on(seats, 90, lambda: bool(house.tools("libx264")))
    encoders, before = house.tools("ffmpeg"), house.pids()["worker"]
    begin_watch(seats)
    killed_s = kill(before)
    wait_until(lambda: not set(encoders) & set(house.tools("ffmpeg")), OWN_WORK_WITHIN_S, "no encoder is left behind")
    wait_until(lambda: house.pids().get("worker", []) not in ([], before), OWN_WORK_WITHIN_S, "another worker")
    wait_until(lambda: bool(house.tools("libx264")), OWN_WORK_WITHIN_S, "it is at work")
    print(f"worker at work again after {time.time() - killed_s:.1f} s")
    assert_nobody_notices(seats, killed_s, "worker")
    visitor.wait_for_film("Halved", within_s=90)
