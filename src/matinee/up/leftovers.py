"""Finds and ends what an earlier `matinee up` of the same state directory left running.

Nothing is taken on trust from a file: a process is a leftover if its environment says it belongs to this state directory,
or, as nginx overwrites its environment, if it is the box's binary working in one of this state's box folders. It is
signalled through a pidfd taken before the check, so that a reused process number never meets the wrong process.
"""

import os
import select
import signal
import time
from pathlib import Path

MARK = "MATINEE_STATE"
GONE_WITHIN_S = 5.0


def end_leftovers(state: Path, nginx: Path) -> int:
    """Kills them all, waits until they are gone, and returns how many there were."""
    ended: list[int] = []
    for proc in Path("/proc").iterdir():
        if proc.name.isdecimal() and int(proc.name) not in {os.getpid(), os.getppid()}:
            pidfd = _take(int(proc.name), state, nginx)
            if pidfd is not None:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
                ended.append(pidfd)
    deadline_s = time.monotonic() + GONE_WITHIN_S
    for pidfd in ended:
        select.select([pidfd], [], [], max(0.0, deadline_s - time.monotonic()))
        os.close(pidfd)
    return len(ended)


def belongs(pid: int, state: Path, nginx: Path) -> bool:
    """Whether a process is part of the house that lives in `state`."""
    proc = Path("/proc") / str(pid)
    try:
        if f"{MARK}={state}".encode() in (proc / "environ").read_bytes().split(b"\0"):
            return True
        # The kernel says so of a binary that was replaced meanwhile.
        is_nginx = str((proc / "exe").readlink()).removesuffix(" (deleted)") == str(nginx.resolve())
        return is_nginx and (proc / "cwd").readlink().is_relative_to(state / "boxes")
    except OSError:
        return False


def _take(pid: int, state: Path, nginx: Path) -> int | None:
    """A pidfd of the process if it is a leftover."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return None
    if belongs(pid, state, nginx):
        return pidfd
    os.close(pidfd)
    return None
