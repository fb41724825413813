"""Every process may be killed while films play, and nobody who watches them notices."""

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from journeys.watching import come_in, press_play
from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("house")

FILM = "Big Buck Bunny"
# Less than what the player keeps by itself: the film outlasts it sooner, and there is less to hide behind.
BUFFER_S = 12
LONGER_THAN_THE_BUFFER_S = BUFFER_S + 6.0
JUST_NOW_S = 2.0
DRY_S = 1.0
OWN_WORK_WITHIN_S = 25.0  # five times the promise
MENDED_WITHIN_S = 30.0
VISITS = itertools.count()  # who comes for the first time begins at the beginning
KEEP_WATCH = f"""() => {{
  const video = document.querySelector('video');
  const inHand = () => video.buffered.length === 0 ? 0 : video.buffered.end(video.buffered.length - 1) - video.currentTime;
  const vigil = window.vigil = {{ waits: [], moments: [], inHand }};
  window.matineePlayer.configure('streaming.bufferingGoal', {BUFFER_S});
  // Elsewhere, where nothing is in hand yet: what was fetched at first would last for half a minute.
  video.currentTime = 60;
  video.addEventListener('waiting', () => vigil.waits.push(inHand()));
  setInterval(() => vigil.moments.push([performance.now() / 1000, video.currentTime, inHand()]), 100);
}}"""


@dataclass
class Seat:
    """Somebody who watches, and which box gave them a piece of the film when."""

    page: Page
    served: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])

    def watch(self, house: House, email: str, manifest: str) -> None:
        self.page.on("response", self._note)
        come_in(self.page, house, email)
        press_play(self.page, FILM, manifest)
        assert self.page.evaluate("() => window.matineePlayer.getManifestType()").lower() == manifest
        self.page.evaluate(KEEP_WATCH)

    def since(self, from_s: float) -> list[int]:
        """The ports that pieces came from after a moment, in order."""
        return [port for at_s, port in self.served if at_s > from_s]

    def forget_the_past(self) -> None:
        self.page.evaluate("() => { window.vigil.moments = []; window.vigil.waits = [] }")

    def assert_never_stalled(self, for_s: float) -> None:
        """Since the past was forgotten the film never ran dry, and went on as time did.

        A machine that is too busy to decode also waits, with film in hand: that is not the box's doing.
        """
        moments: list[tuple[float, float, float]] = self.page.evaluate("() => window.vigil.moments")
        waits: list[float] = self.page.evaluate("() => window.vigil.waits")
        passed_s, shown_s = (moments[-1][which] - moments[0][which] for which in (0, 1))
        assert passed_s > for_s - 2, "nobody looked long enough"
        assert min(in_hand_s for _, _, in_hand_s in moments) > DRY_S
        assert [in_hand_s for in_hand_s in waits if in_hand_s < DRY_S] == []
        assert shown_s > 0.9 * passed_s - 0.5
        assert self.page.evaluate("() => document.querySelector('video').error") is None

    def _note(self, response: Response) -> None:
        address = urlsplit(response.url)
        if "/films/" in address.path and response.status < 300 and address.port:
            self.served.append((time.monotonic(), address.port))


@pytest.fixture
def seats(chromium: Browser, house: House) -> Iterator[list[Seat]]:
    """Two people watch the same film, one by DASH and one by HLS, with as much in hand as the player keeps."""
    contexts = [chromium.new_context(viewport={"width": 960, "height": 540}) for _ in ("dash", "hls")]
    seats = [Seat(context.new_page()) for context in contexts]
    for seat, manifest in zip(seats, ("dash", "hls"), strict=True):
        seat.watch(house, f"{manifest}-{next(VISITS)}-failover@example.org", manifest)
    look_on(
        seats, 40, lambda: all(BUFFER_S - 2 < seat.page.evaluate("() => window.vigil.inHand()") < BUFFER_S + 8 for seat in seats)
    )
    yield seats
    for context in contexts:
        context.close()
    whole_again(house)


def look_on(seats: list[Seat], within_s: float, until: Callable[[], bool] | None = None) -> None:
    """Lets time pass, so that the browser's news come in."""
    until_s = time.monotonic() + within_s
    while not (until and until()):
        if time.monotonic() > until_s:
            assert not until, f"it did not come to pass within {within_s:g} s"
            return
        seats[0].page.wait_for_timeout(50)


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
    everybody = [pid for kind in ("nginx-master", "nginx-worker") for pid in house.pids()[kind]]
    return [pid for pid in everybody if Path(f"/proc/{pid}/cwd").readlink() == folder]


def box_that_just_served(seats: list[Seat]) -> int:
    """Waits until one box gave each of them something a moment ago; its port."""

    def just_now(seat: Seat) -> set[int]:
        return set(seat.since(time.monotonic() - JUST_NOW_S))

    look_on(seats, 40, lambda: bool(just_now(seats[0]) & just_now(seats[1])))
    return seats[0].served[-1][1]


@pytest.mark.parametrize("fault", ["killed", "stopped"])
def test_nobody_notices_when_the_box_they_watch_from_dies_or_hangs(house: House, seats: list[Seat], fault: str) -> None:
    """The box in use is gone in the middle of a film: it goes on from the other one without a stall, by DASH and by HLS."""
    assert house.supervisor is not None
    port = box_that_just_served(seats)
    victims = nginx_of_port(house, port)
    assert len(victims) == 2
    try:
        if fault == "killed":
            # The supervisor would have another one stand there in half a second, and nobody would have to go elsewhere.
            os.kill(house.supervisor.pid, signal.SIGSTOP)
        for seat in seats:
            seat.forget_the_past()
        for pid in victims:
            os.kill(pid, signal.SIGKILL if fault == "killed" else signal.SIGSTOP)
        gone_s = time.monotonic()
        look_on(seats, LONGER_THAN_THE_BUFFER_S)
    finally:
        os.kill(house.supervisor.pid, signal.SIGCONT)
    for seat in seats:
        seat.assert_never_stalled(LONGER_THAN_THE_BUFFER_S)
        assert len([each for each in seat.since(gone_s) if each != port]) >= 3, "the other box served"
        assert fault == "stopped" or port not in seat.since(gone_s + 0.5)
    wait_until(lambda: not set(victims) & set(nginx_of_port(house, port)), MENDED_WITHIN_S, "another box stands there")
    whole_again(house)


def test_nobody_notices_when_front_door_or_worker_die(house: House, seats: list[Seat]) -> None:
    """The services, the front door and the studio are killed one after another while a film plays: it goes on, each is soon
    at work again, and who was watching is still known, with the place."""
    visitor = Visitor(house)
    visitor.sign_up("failover-elsewhere@example.org")
    for victim in ("front", "envoy", "worker"):
        before = house.pids()[victim]
        for seat in seats:
            seat.forget_the_past()
        os.kill(before[0], signal.SIGKILL)
        killed_s = time.monotonic()
        look_on(seats, OWN_WORK_WITHIN_S, lambda before=before, victim=victim: house.pids().get(victim, []) not in ([], before))
        look_on(seats, OWN_WORK_WITHIN_S, lambda: visitor.gets_bytes_of(FILM))
        print(f"{victim} at work again after {time.monotonic() - killed_s:.1f} s")
        look_on(seats, max(0.0, killed_s + LONGER_THAN_THE_BUFFER_S / 2 - time.monotonic()))
        for seat in seats:
            seat.assert_never_stalled(LONGER_THAN_THE_BUFFER_S / 2)
    for seat in seats:
        place_s = seat.page.evaluate("() => document.querySelector('video').currentTime")
        seat.page.reload()
        seat.page.wait_for_function("at => document.querySelector('video')?.currentTime > at - 20", arg=place_s, timeout=30_000)
