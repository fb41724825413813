"""The state directory as every process of a house finds it: its own, with its folders, and with the name of the house."""

import fcntl
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import IO

from matinee.topology import Topology

LOCK = "lock"
FOLDERS = ("run", "logs", "secrets", "boxes", "demo", "films")


class CannotStart(Exception):
    """The house cannot be opened; the text says why and what to do."""


def open_state(topology: Topology) -> Topology:
    """Makes what is missing; the topology with this house's own name. Several processes may come at once."""
    state = topology.state
    try:
        _claim(state)
        for name in FOLDERS:
            (state / name).mkdir(mode=0o700, exist_ok=True)
        return replace(topology, instance=_instance(state / "instance"))
    except OSError as error:
        raise CannotStart(f"{state}: cannot keep state here ({error.strerror}): give --state another directory") from error


def held(lock: Path, taken: str) -> IO[str]:
    """Holds `lock` as long as the file is open; `taken` is what to say when another process does."""
    file = lock.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise CannotStart(taken) from error
    return file


def _claim(state: Path) -> None:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if state.stat().st_uid != os.geteuid():
        raise CannotStart(f"{state} belongs to somebody else: give --state a directory of your own")
    if not (state / LOCK).exists() and any(state.iterdir()):
        raise CannotStart(f"{state} holds other things than Matinee's: give --state an empty or a new directory")
    (state / LOCK).touch(0o600)
    state.chmod(0o700)


def _instance(file: Path) -> str:
    """The name in `file`; the first who comes gives it one, and one that a crash cut short is given anew."""
    if not file.exists() or not file.read_text().strip():
        draft = file.with_name(f".instance.{secrets.token_hex(4)}")
        draft.write_text(secrets.token_hex(4))
        if file.exists():
            draft.replace(file)
        else:
            _give(draft, file)
    return file.read_text().strip()


def _give(draft: Path, file: Path) -> None:
    """A link and not a move: who comes second must find the first one's name."""
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
