"""A seat in front of a film: who sits there keeps watch that it never stalls, whatever is killed meanwhile."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from journeys.watching import come_in, press_play
from running import House

FILM = "Big Buck Bunny"
# Less than what the player keeps by itself: the film outlasts it sooner, and there is less to hide behind.
BUFFER_S = 10
LONGEST_SEGMENT_S = 4
DRY_S = 1.0
# What is promised, and five times that for a machine that tests keep busy.
STANDSTILL_S = 5 * 0.3
KEEP_WATCH = f"""() => {{
  const video = document.querySelector('video');
  const end = () => video.buffered.length === 0 ? 0 : video.buffered.end(video.buffered.length - 1);
  const inHand = () => Math.max(0, end() - video.currentTime);
  const vigil = window.vigil = {{ inHand }};
  vigil.begin = () => Object.assign(vigil, {{ until: end() + 1, moments: [] }});
  vigil.outlasted = () => video.currentTime > vigil.until;
  window.matineePlayer.configure('streaming.bufferingGoal', {BUFFER_S});
  // Elsewhere, where nothing is in hand yet: what was fetched at first would last for half a minute.
  video.currentTime = 60;
  vigil.begin();
  setInterval(() => vigil.moments.push([performance.now() / 1000, video.currentTime, inHand()]), 100);
}}"""


@dataclass
class Seat:
    """Somebody who watches, and which box they asked for a piece of the film when, of those that came."""

    page: Page
    served: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])

    def watch(self, house: House, email: str, manifest: str) -> None:
        self.page.on("response", self._note)
        come_in(self.page, house, email)
        press_play(self.page, FILM, manifest)
        assert self.page.evaluate("() => window.matineePlayer.getManifestType()").lower() == manifest
        self.keep_watch()

    def keep_watch(self) -> None:
        """From a minute into the film on; the page forgets it when it is loaded anew."""
        self.page.evaluate(KEEP_WATCH)

    def since(self, from_s: float) -> list[int]:
        """The ports that pieces were asked of after a moment, in order."""
        return [port for at_s, port in self.served if at_s > from_s]

    def has_all_in_hand(self) -> bool:
        return BUFFER_S - 2 < self.page.evaluate("() => vigil.inHand()") < BUFFER_S + LONGEST_SEGMENT_S + 1

    def has_outlasted_its_buffer(self) -> bool:
        """Whether a picture is shown that was not there when the watch began."""
        return self.page.evaluate("() => vigil.outlasted()")

    def assert_never_stalled(self, what: str) -> None:
        """Since the watch began the film never ran dry, never stood still, and went on as time did.

        `waiting` is not listened for: after a change of box the player says it with film in hand, and no picture is late.
        """
        moments: list[tuple[float, float, float]] = self.page.evaluate("() => vigil.moments")
        passed_s, shown_s = (moments[-1][which] - moments[0][which] for which in (0, 1))
        stills = [list(still) for _, still in itertools.groupby(moments, lambda moment: moment[1])]
        still_s = max(still[-1][0] - still[0][0] for still in stills)
        least_s = min(in_hand_s for _, _, in_hand_s in moments)
        print(f"{what}: stood still for {still_s:.2f} s at most, {least_s:.1f} s in hand at least")
        assert least_s > DRY_S
        assert still_s < STANDSTILL_S
        assert shown_s > 0.9 * passed_s - 0.5
        assert self.page.evaluate("() => document.querySelector('video').error") is None

    def _note(self, response: Response) -> None:
        address = urlsplit(response.url)
        if "/films/" in address.path and response.status < 300 and address.port:
            self.served.append((response.request.timing["startTime"] / 1000, address.port))


def look_on(seats: list[Seat], within_s: float, until: Callable[[], bool]) -> None:
    """Lets time pass, so that the browser's news come in."""
    until_s = time.monotonic() + within_s
    while not until():
        assert time.monotonic() < until_s, f"it did not come to pass within {within_s:g} s"
        seats[0].page.wait_for_timeout(50)
