"""The programs the studio starts, and what becomes of them."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from matinee.studio.tools import Bench, Stopped, ToolFailed, Tools, run_tool

from .conftest import wait_for

LONG = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=1", "-f", "null", "-"]
STARTS_A_CHILD = """
import sys, threading
from matinee.studio.tools import run_tool
run_tool(["sleep", sys.argv[1]], stop=threading.Event(), idle=True)
"""


def test_a_failure_repeats_the_programs_last_words(bench: Bench, tmp_path: Path) -> None:
    """Whoever has to mend it reads what went wrong."""
    with pytest.raises(ToolFailed, match=r"ffmpeg.* ended with status \d+: .*No such file"):
        bench.ffmpeg(["-i", str(tmp_path / "absent.mp4"), "-f", "null", "-"])


def test_a_program_that_is_not_there_is_named(bench: Bench, tmp_path: Path) -> None:
    """A missing tool is told of by name."""
    absent = Bench(Tools(tmp_path / "ffmpeg", tmp_path / "ffprobe", tmp_path / "packager"), threading.Event())
    with pytest.raises(ToolFailed, match="ffmpeg"):
        absent.ffmpeg(["-version"])


def test_a_closing_house_stops_what_runs(bench: Bench) -> None:
    """Nobody waits for an encoder to finish before the house may close."""
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started_s = time.monotonic()
    with pytest.raises(Stopped):
        Bench(bench.tools, stop).ffmpeg(LONG)
    assert time.monotonic() - started_s < 3


def test_a_program_dies_with_the_worker_that_started_it() -> None:
    """A worker killed without warning leaves nothing running."""
    seconds = "86399.125"
    worker = subprocess.Popen([sys.executable, "-c", STARTS_A_CHILD, seconds])
    try:
        assert wait_for(lambda: sleeping(seconds))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert wait_for(lambda: not sleeping(seconds))
    finally:
        worker.kill()
        worker.wait()


def test_idle_work_is_idle() -> None:
    """Making rungs never takes a core from somebody who watches."""
    policy = "import os; print(os.sched_getscheduler(0) == os.SCHED_IDLE, os.nice(0))"
    printed = run_tool([sys.executable, "-c", policy], stop=threading.Event(), idle=True).split()
    assert printed == [b"True", b"19"]


def sleeping(seconds: str) -> bool:
    """Whether a `sleep` of exactly that long is alive."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().split(b"\0")[:2] == [b"sleep", seconds.encode()]:
                return True
        except OSError:
            continue
    return False
