"""Which processes are our servers, and how they are ended.

No file of process numbers is trusted. A process is ours if its environment names our data directory; PostgreSQL's children
write over their environment, and are known by their binary and by working in its folder. Each is signalled through a pidfd
taken before the check, so that a reused number never meets the wrong process.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.server import EngineError

DATA_MARK = "MATINEE_ENGINES"
NAME_MARK = "MATINEE_ENGINE"
LEAVES_WITHIN_S = 15.0
DIES_WITHIN_S = 10.0


@dataclass(frozen=True)
class Running:
    """A process of ours; `main` is the one we started ourselves."""

    pid: int
    name: str
    main: bool


def marks(data: Path, name: str) -> dict[str, str]:
    """What is put into a server's environment, to be known by."""
    return {DATA_MARK: str(data), NAME_MARK: name}


def running(data: Path) -> list[Running]:
    """All processes that belong to a data directory."""
    found = {pid: name for pid in _pids() if (name := _name_of(pid, data)) is not None}
    return [Running(pid, name, main=_parent_of(pid) not in found) for pid, name in found.items()]


def end(data: Path, leaving: dict[str, signal.Signals], only: set[str] | None = None) -> list[str]:
    """Asks our servers to leave, each with its signal, ends those that do not, and returns the names of those that ran.

    `only` names servers; without it every process of the data directory goes, also one that no longer has a name here.
    """
    chosen = [each for each in running(data) if only is None or each.name in only]
    names = list(dict.fromkeys(each.name for each in chosen if each.main))
    asked = [each for each in chosen if each.main]
    _signal_all(data, asked, lambda each: leaving.get(each.name, signal.SIGKILL), LEAVES_WITHIN_S)
    deadline_s = time.monotonic() + DIES_WITHIN_S
    while left := [each for each in running(data) if only is None or each.name in only]:
        if time.monotonic() > deadline_s:
            raise EngineError(f"{', '.join(f'{each.name} ({each.pid})' for each in left)} cannot be ended, even by SIGKILL")
        _signal_all(data, left, lambda _: signal.SIGKILL, 1.0)
    return names


def kill(data: Path, *names: str) -> None:
    """Ends servers as the kernel ends what eats its memory, and waits until nothing is left of them, not even their numbers:
    PostgreSQL takes a number that is still there for itself, running."""
    victims = [each.pid for each in running(data) if each.name in names]
    for pid in victims:
        with suppress(ProcessLookupError):  # it went with its parent
            os.kill(pid, signal.SIGKILL)
    deadline_s = time.monotonic() + DIES_WITHIN_S
    while left := [pid for pid in victims if not _is_buried(pid)]:
        if time.monotonic() > deadline_s:
            raise EngineError(f"{', '.join(names)}: the processes {left} were killed and are still there")
        time.sleep(0.02)


def _is_buried(pid: int) -> bool:
    with suppress(ChildProcessError):  # a child of our own is buried by us
        os.waitpid(pid, os.WNOHANG)
    return not (Path("/proc") / str(pid)).exists()


def _signal_all(data: Path, those: list[Running], how: Callable[[Running], signal.Signals], within_s: float) -> None:
    """Signals them all, then waits for each until time is up."""
    opened: list[int] = []
    for each in those:
        with suppress(ProcessLookupError):
            pidfd = os.pidfd_open(each.pid)
            opened.append(pidfd)
            if _name_of(each.pid, data) == each.name:
                signal.pidfd_send_signal(pidfd, how(each))
    deadline_s = time.monotonic() + within_s
    for pidfd in opened:
        select.select([pidfd], [], [], max(0.0, deadline_s - time.monotonic()))
        os.close(pidfd)


def _pids() -> Iterator[int]:
    yield from (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def _name_of(pid: int, data: Path) -> str | None:
    """The server a process belongs to, if it is alive and ours."""
    proc = Path("/proc") / str(pid)
    with suppress(OSError):
        words = dict(word.split("=", 1) for word in (proc / "environ").read_text(errors="replace").split("\0") if "=" in word)
        if words.get(DATA_MARK) == str(data):
            return words.get(NAME_MARK, "nameless")
        is_postgres = (proc / "exe").readlink().name.removesuffix(" (deleted)") == "postgres"
        if is_postgres and (proc / "cwd").readlink().is_relative_to(data / "postgres"):
            return "postgres"
    return None


def _parent_of(pid: int) -> int:
    with suppress(OSError, IndexError):
        # The command's name, in brackets, may hold anything; after it come the state and the parent.
        return int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return 0
