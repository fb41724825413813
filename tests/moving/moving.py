"""Moving house: a whole library carried onto other engines, and back."""

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from films import foreign_film, short_film
from running import House, first_rung_topology, wait_until
from visiting import SCREEN, Visitor

HALF_DONE_S = 45
KILLED_AT = (0.5, 0.6, 0.7, 0.8)  # of the time that a whole move takes
MINE = "{ myList { name inMyList } }"


class Old:
    """A house with a film that was watched, one on somebody's list, and one being made; it is down, its warehouse loaded."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "films"
        short_film(self.library, "Clock")
        self.topology = first_rung_topology(folder)
        self.house = House(folder / "state", flags=("--library", str(self.library), "--topology", str(self.topology)))
        self.house.up()
        self.member = Visitor(self.house)
        self.member.sign_up("asha@example.org")
        title = self.member.wait_for_film("Clock")["id"]
        self.member.graphql("mutation($t: ID!) { keepTitle(title: $t) { id } }", t=title)
        play = self.member.play(title, SCREEN)["id"]
        self.member.graphql("mutation($p: ID!) { heartbeat(play: $p, positionMs: 6000) { __typename } }", p=play)
        self.member.graphql("mutation($p: ID!) { stop(play: $p, positionMs: 6000) }", p=play)
        foreign_film(self.library, "Half done", HALF_DONE_S)
        wait_until(lambda: self.house.tools("libx264"), 60, "the second film is being encoded")
        assert self.house.down() == 0
        insight("load", self.house.state)
        self.plays = plays(self.house.state)
        self.before = digest(self.house.state)

    def opened(self, state: Path, topology: Path) -> House:
        """The house at another address, and perhaps on other engines."""
        return House(state, flags=("--library", str(self.library), "--topology", str(topology)))


def digest(state: Path) -> dict[str, str]:
    """Every file of a house, by what is in it."""
    files = [path for path in sorted(state.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(state)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def insight(command: str, state: Path, *words: str) -> str:
    """What `matinee insight …` said."""
    argv = [sys.executable, "-m", "matinee", "insight", command, *words, "--state", str(state)]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=120).stdout


def plays(state: Path) -> list[str]:
    """Those that the warehouse knows of from before the move: when, of which view, begun or ended."""
    question = "SELECT happened, kind, view_id FROM plays ORDER BY ALL"
    return insight("query", state, question, "--format", "csv").splitlines()


def moved(*words: object, killed_after_s: float | None = None) -> tuple[int, str]:
    """The exit status of `matinee move`, and what it said."""
    argv = [sys.executable, "-m", "matinee", "move", *map(str, words)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if killed_after_s is not None:
        time.sleep(killed_after_s)
        process.send_signal(signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def killed_again_and_again(*words: object, after_s: list[float]) -> tuple[int, str]:
    """A move killed after each of these times and given again, to its end; it may have come there before it was killed."""
    heard = ""
    for seconds in after_s:
        status, said = moved(*words, killed_after_s=seconds)
        heard += said
        if "Moved." in said:
            return 0, heard
        assert status == -signal.SIGKILL, heard
    status, said = moved(*words)
    return status, heard + said


def compared(said: str) -> dict[str, str]:
    """The digest of each part, in which both houses agree."""
    rows = [line.split() for line in said.partition("Comparing both houses.")[2].splitlines() if line.endswith("equal")]
    return {" ".join(words[:-5]): words[-3] for words in rows}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Old:
    return Old(tmp_path_factory.mktemp("old"))


def lives_on(old: Old, state: Path, topology: Path) -> None:
    """Whoever was signed in still is, with bookmark and list; the film plays, and the one being made is finished."""
    house = old.opened(state, topology)
    house.up()
    try:
        member = old.member
        member.house = house
        assert member.ask("/auth/renew", {})[0] == 204
        assert [title["name"] for title in member.graphql(MINE)["myList"]] == ["Clock"]
        clock = member.titles()["Clock"]["id"]
        resumed = member.graphql("query($t: ID!) { title(id: $t) { bookmark { positionMs } } }", t=clock)["title"]
        assert resumed["bookmark"]["positionMs"] == 6000
        wait_until(lambda: member.gets_bytes_of("Clock"), 30, "the film plays from every box")
        member.wait_for_film("Half done", 240)
    finally:
        assert house.down() == 0
    assert plays(state) == old.plays
    assert len(old.plays) == 3, "a heading, a beginning and an end"


def test_a_house_moved_and_killed_on_the_way_ends_the_same(old: Old, tmp_path: Path) -> None:
    """A library carried to another place, killed again and again and gone on with, is all there; the old one is as it was."""
    words = ("--from", old.topology, "--to", old.topology, "--state", old.house.state)
    began_s = time.monotonic()
    status, said = moved(*words, "--to-state", tmp_path / "at-once")
    took_s = time.monotonic() - began_s
    assert status == 0, said
    times = [part * took_s for part in KILLED_AT]
    status, again = killed_again_and_again(*words, "--to-state", tmp_path / "killed", after_s=times)
    assert status == 0, again
    assert compared(again) == compared(said)
    assert len(compared(said)) >= 8
    assert digest(old.house.state) == old.before
    lives_on(old, tmp_path / "killed", old.topology)
    assert digest(old.house.state) == old.before
