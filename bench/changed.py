"""From what one browser tells to the page that another one is shown: a real house, asked and told through its front door.

A member tells of a film that was watched; the page they come home to in another session is asked for again and again until it
offers others because of that film: by then the fact was on the log, in the tables of `collect`, heard of by `figures` and ranked
by `recommend`. What that costs is taken apart from it, while nobody looks.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.door import used_s
from bench.row import Row

from films import short_film
from running import House, first_rung_topology, wait_until
from visiting import Visitor

WITHIN_MS = 1000.0
MEMBERS, WATCHED, FILMS = 17, 6, 10
"""Of each member's ten films six are watched, so that four at least are left to be offered: then a row is one."""
LOOKS_EVERY_S = 0.01
SECONDS = 4
THUMBS, TURNS, PAGES, IDLE_S = 25, 40, 200, 5.0
HOME = "{ home { rows { name reasons titles { id name art { card } bookmark { positionMs } } } } }"
LIKED = "{ thumbs { title thumb } }"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        library, topology = Path(folder) / "films", first_rung_topology(Path(folder))
        first = short_film(library, "Film 0", SECONDS)
        for number in range(1, FILMS):
            film = library / f"Film {number} (2026).mp4"
            shutil.copy(first, film)
            film.with_suffix(".nfo").write_text(first.with_suffix(".nfo").read_text().replace("Film 0", film.stem[:-7]))
        house = House(Path(folder) / "state", flags=("--library", str(library), "--topology", str(topology)))
        house.up()
        try:
            yield from _measured(house)
        finally:
            house.down()


def _measured(house: House) -> Iterator[Row]:
    members = [_Member(house, f"member-{number}@example.org") for number in range(MEMBERS)]
    films = [members[0].teller.wait_for_film(f"Film {number}")["id"] for number in range(FILMS)]
    waits_ms = sorted(member.watches(number, film) for member in members for number, film in enumerate(films[:WATCHED]))
    yield Row("from a beacon to another session's page, median, against the promise", _at(waits_ms, 0.5), WITHIN_MS, "ms")
    yield Row("from a beacon to another session's page, 99 in 100, against the promise", _at(waits_ms, 0.99), WITHIN_MS, "ms")
    page_ms = _spent_ms(house, lambda: [members[0].teller.graphql(HOME) for _ in range(PAGES)]) / PAGES
    told_ms = _spent_ms(house, lambda: members[1].likes_everything(films)) / (TURNS * THUMBS)
    yield Row("a fact heard, kept and counted, 25 a batch, against such a page", told_ms, page_ms, "ms of CPU")


class _Member:
    """Somebody in two browsers: one in which they watch, and one in which they look."""

    def __init__(self, house: House, email: str) -> None:
        self.teller, self.looker = Visitor(house), Visitor(house)
        self.teller.sign_up(email)
        self.profile = self.teller.profiles()[0]["id"]
        assert self.looker.ask("/auth/sign-in", {"email": email, "password": "a quiet evening"})[0] == 200
        self.looker.pick(self.profile)
        self._told = 0

    def watches(self, number: int, film: str) -> float:
        """The whole of a film, told in one fact; in ms how long it took until a page was shown that is another for it."""
        length_ms = SECONDS * 1000
        watched = {"positionMs": length_ms, "runtimeMs": length_ms, "watchedMs": length_ms, "finished": True, "over": True}
        because, began_s = f"Because you watched Film {number}", time.perf_counter()
        self._tell([{"view": f"view-{number}", "title": film, "watched": watched}])
        while not any(because in (row["name"], *row["reasons"]) for row in self.looker.graphql(HOME)["home"]["rows"]):
            assert time.perf_counter() < began_s + 20, f"no page is another because of Film {number}"
            time.sleep(LOOKS_EVERY_S)
        return (time.perf_counter() - began_s) * 1000

    def likes_everything(self, films: list[str]) -> None:
        """And changes their mind again and again, until the last word is known."""
        for turn in range(TURNS):
            thumb = ("UP", "LOVE")[turn % 2]
            self._tell([{"title": films[number % FILMS], "thumbed": {"thumb": thumb}} for number in range(THUMBS)])
        known = dict.fromkeys(films, thumb)
        wait_until(lambda: _by_title(self.looker.graphql(LIKED)["thumbs"]) == known, 20, "all is known")

    def _tell(self, facts: list[dict[str, Any]]) -> None:
        at = time.time_ns() // 1_000_000
        numbered = [{"seq": number, "at": at, **fact} for number, fact in enumerate(facts, self._told + 1)]
        self._told += len(facts)
        batch = {"producer": f"bench-{self.profile}"[:40], "profile": self.profile, "sentAt": at, "ledger": numbered}
        status, said = self.teller.ask("/beacons", batch)
        assert status == 200, said


def _by_title(thumbs: list[dict[str, str]]) -> dict[str, str]:
    return {each["title"]: each["thumb"] for each in thumbs}


def _at(sorted_ms: list[float], share: float) -> float:
    return sorted_ms[min(int(len(sorted_ms) * share), len(sorted_ms) - 1)]


def _spent_ms(house: House, work: Any) -> float:
    """CPU of the door and the front, beyond what they take when nobody comes."""
    pids = [pid for kind in ("envoy", "front") for pid in house.pids()[kind]]

    def used() -> float:
        return sum(used_s(pid) for pid in pids)

    idle_s = used()
    time.sleep(IDLE_S)
    idle_share = (used() - idle_s) / IDLE_S
    before_s, began_s = used(), time.monotonic()
    work()
    return (used() - before_s - idle_share * (time.monotonic() - began_s)) * 1000
