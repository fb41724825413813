"""The state directory as every process of a house finds it: its own, with its folders, its name and the name of the house."""

import fcntl
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import IO

from matinee.topology import Topology

LOCK, VERSION = "lock", "version"
# What may lie in a directory that is being taken by two processes at once.
NEW, DRAFT = {LOCK, VERSION}, ".draft."
# Raised with every change that an older state directory does not survive.
STATE_VERSION = "2"
WILL_NOT_START = 78
"""How a process ends (EX_CONFIG of sysexits.h) that would say no again however often it was started."""
MOVING = "moving"
"""The folder of a move that brings a house here, and is not at its end yet."""
FOLDERS = ("run", "logs", "secrets", "boxes", "demo", "films")
# A folder that several machines of one house see, as `MATINEE_SHARED` names it: its keys, its own films and its name lie there.
SHARED = "MATINEE_SHARED"
ALIKE = ("secrets", "films")


class CannotStart(Exception):
    """The house cannot be opened; the text says why and what to do."""


class WillNotStart(CannotStart):
    """A part of the house says no, and would say so again; the text says why and what to do."""


def open_state(topology: Topology, *, moving: bool = False) -> Topology:
    """Makes what is missing; the topology with this house's own name. Several processes may come at once."""
    state = topology.state
    if (state / MOVING).exists() and not moving:
        raise CannotStart(
            f"a move into {state} is not at its end: give the same `matinee move` again, which goes on where it was, or delete"
            f" {state / MOVING} if nothing shall come of it"
        )
    try:
        _claim(state)
        shared = Path(os.environ.get(SHARED) or state)
        if shared != state:
            _link(state, shared)
        for name in FOLDERS:
            (state / name).mkdir(mode=0o700, exist_ok=True)
        place = _name(state / "place") if shared != state else ""
        return replace(topology, instance=_name(shared / "instance"), place=place)
    except OSError as error:
        raise CannotStart(f"{state}: cannot keep state here ({error.strerror}): give --state another directory") from error


def lived_in(state: Path) -> bool:
    """Whether a house of this version has been opened there. Touches nothing."""
    if not (state / LOCK).exists():
        return False
    _check_version(state)
    return True


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
    if not (state / LOCK).exists():
        if any(path.name not in NEW and not path.name.startswith(DRAFT) for path in state.iterdir()):
            raise CannotStart(f"{state} holds other things than Matinee's: give --state an empty or a new directory")
        _write_once(state / VERSION, STATE_VERSION)
    _check_version(state)
    (state / LOCK).touch(0o600)
    state.chmod(0o700)


def _link(state: Path, shared: Path) -> None:
    """What is alike on every machine is kept once; the rest of the state is this machine's alone."""
    for name in ALIKE:
        (shared / name).mkdir(mode=0o700, exist_ok=True)
        if not (state / name).is_symlink():
            (state / name).symlink_to(shared / name)


def _check_version(state: Path) -> None:
    """A directory of another version is left as it is: what lies in it may be somebody's accounts and lists."""
    file = state / VERSION
    found = file.read_text().strip() if file.exists() else "1"
    if found != STATE_VERSION:
        raise CannotStart(
            f"{state} was made by another version of Matinee (its state is {found}, this one's {STATE_VERSION}): "
            "give --state a new directory, or delete this one if nothing in it is dear to you; films in libraries are not touched"
        )


def _name(file: Path) -> str:
    """The name in `file`; the first who comes gives it one, and one that a crash cut short is given anew."""
    if file.exists() and not file.read_text().strip():
        file.unlink()
    _write_once(file, secrets.token_hex(4))
    return file.read_text().strip()


def _write_once(file: Path, content: str) -> None:
    """Whole or not at all, and only the first time: who comes second finds what the first one wrote."""
    if file.exists():
        return
    draft = file.with_name(f"{DRAFT}{secrets.token_hex(4)}")
    draft.write_text(content)
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
