"""Encoders take turns on a machine that people also watch films with."""

import contextlib
import fcntl
import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.studio.pace import PieceAt, pace_of
from matinee.studio.tools import Bench, CalledOff, Stopped
from matinee.studio.turns import Turns
from matinee.studio.watching import LONGEST_VIEW_MS, Watching

from .conftest import wait_for

HOUR_MS = 3_600_000
ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10", "-f", "null", "-"]


@pytest.mark.parametrize(("watched", "at_once"), [(False, 2), (True, 1)])
def test_while_anybody_watches_a_core_is_left_to_them(tmp_path: Path, watched: bool, at_once: int) -> None:
    """Of three encoders on two cores as many run as there may, and each gets its turn."""
    turns = Turns(tmp_path, 2, lambda: watched)
    running, most, lock = 0, 0, threading.Lock()

    def encode() -> None:
        nonlocal running, most
        with turns.turn(urgent=False, look=lambda: None):
            with lock:
                running += 1
                most = max(most, running)
            wait_for(lambda: most == at_once)
            time.sleep(0.15)
            with lock:
                running -= 1

    threads = [threading.Thread(target=encode) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (running, most) == (0, at_once)


def test_an_encoder_stands_aside_for_urgent_work_and_then_goes_on(bench: Bench, tmp_path: Path) -> None:
    """A film I wait for goes before one nobody waits for, which loses nothing by it."""
    stop = threading.Event()
    ours = Bench(bench.tools, stop, idle=True, turns=Turns(tmp_path / "turns", 1, lambda: False))
    progress = tmp_path / "progress"
    encoder = threading.Thread(target=lambda: suppressing(lambda: ours.ffmpeg(["-progress", str(progress), *ENDLESS])))
    encoder.start()
    try:
        assert wait_for(lambda: state_of(progress) in {"S", "R"})
        with ours.turns.turn(urgent=True, look=lambda: None) if ours.turns else pytest.fail("no turns"):
            # It was sent the signal; on a busy machine an idle process takes its time to stop.
            assert wait_for(lambda: state_of(progress) == "T")
        assert wait_for(lambda: state_of(progress) in {"S", "R"})
    finally:
        stop.set()
        encoder.join(30)
    assert not encoder.is_alive()


def test_a_killed_workers_turn_is_free(tmp_path: Path) -> None:
    """What died with its turn in hand blocks nobody."""
    turns = Turns(tmp_path, 1, lambda: False)
    holder = subprocess.Popen(["flock", str(tmp_path / "turn-0"), "sleep", "60"], start_new_session=True)
    try:
        assert wait_for(lambda: held(tmp_path / "turn-0"))
        assert turns.take() is None
    finally:
        subprocess.run(["kill", "-9", "--", f"-{holder.pid}"], check=True)
        holder.wait()
    assert wait_for(lambda: turns.take() is not None)


def test_a_cancelled_job_waits_for_no_turn(tmp_path: Path) -> None:
    """Who is called off while others encode is gone at once."""
    turns = Turns(tmp_path, 1, lambda: False)

    def cancelled() -> None:
        raise CalledOff("never mind")

    with turns.turn(urgent=False, look=lambda: None), pytest.raises(CalledOff), turns.turn(urgent=False, look=cancelled):
        pytest.fail("it had a turn")


def test_whoever_pressed_play_watches_until_they_stop() -> None:
    """Somebody watches from Play to Stop, at most as long as a token lives; as long as we do not know, somebody does."""
    watching = Watching()
    assert watching.anybody(0)
    watching.known = True
    assert not watching.anybody(HOUR_MS)
    watching.learn("a", HOUR_MS, watches=True)
    watching.learn("b", HOUR_MS, watches=True)
    watching.learn("a", 2 * HOUR_MS, watches=False)
    watching.learn("a", HOUR_MS, watches=True)
    assert watching.anybody(3 * HOUR_MS)
    watching.learn("b", 4 * HOUR_MS, watches=False)
    assert not watching.anybody(4 * HOUR_MS)
    watching.learn("a", 5 * HOUR_MS, watches=True)
    assert watching.anybody(6 * HOUR_MS)
    assert not watching.anybody(5 * HOUR_MS + LONGEST_VIEW_MS)


def test_the_time_left_is_what_the_last_seconds_promise() -> None:
    """Half of the pixels made in ten seconds: ten more to go, and a large rung counts for more than a small one."""
    large = PieceAt("v720", 10_000, 9_000_000, 10_000, 90_000, 100_000)
    small = PieceAt("v360", 10_000, 1_000_000, 0, 0, 0)
    waiting = PieceAt("v720", 10_000, 8_000_000, 0, 0, 0)
    pace = pace_of([large, waiting, small], 100_000)
    assert pace.progress == pytest.approx(0.5)
    assert pace.speed == pytest.approx(1.0)
    assert pace.seconds_left == 10
    assert pace.rungs == (("v720", 0.5), ("v360", 0.0))


def test_what_was_made_long_ago_says_nothing_of_the_pace() -> None:
    """A job that stood still for a minute promises nothing."""
    assert pace_of([PieceAt("v720", 10_000, 100, 5_000, 0, 10_000)], 90_000).seconds_left == 0
    assert pace_of([], 0).progress == 0.0


def suppressing(work: Callable[[], object]) -> None:
    with contextlib.suppress(Stopped):
        work()


def state_of(progress: Path) -> str:
    """The state of the ffmpeg that writes to this file, as the kernel has it."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(progress).encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                found = re.search(r"\) (\w)", (folder / "stat").read_text())
                return found[1] if found else ""
        except OSError:
            continue
    return ""


def held(file: Path) -> bool:
    if not file.exists():
        return False
    with file.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
