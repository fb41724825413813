"""The one directory for all that the engines write: claimed when it is new, used by one command at a time, thrown away whole."""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from infra.server import EngineError

REPOSITORY = Path(__file__).parents[1]
CACHE = REPOSITORY / ".cache" / "engines"
# Colleagues who share a machine share its ports, and so may share one set of engines.
OTHER_DATA = "MATINEE_ENGINES_DATA"
DEFAULT_DATA = Path(os.environ.get(OTHER_DATA, str(CACHE / "data")))
CLAIM = "engines-of-matinee"
# A socket's path has 107 characters at most, and the longest we make adds some twenty.
LONGEST_PATH = 80


def claim(data: Path) -> None:
    """Makes the directory ours, so that it may be removed again; one that holds anything else stays what it is."""
    if len(str(data)) > LONGEST_PATH:
        raise EngineError(f"{data} is too long a path for the sockets in it ({LONGEST_PATH} characters at most): use --data")
    if data.exists() and any(data.iterdir()) and not (data / CLAIM).exists():
        raise EngineError(f"{data} holds files that are not the engines': name an empty or a new directory")
    # Others may pass through: PostgreSQL never runs as root. Each server's own folder is closed to them.
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    (data / CLAIM).touch(mode=0o600)


def throw_away(data: Path) -> None:
    """Only what was claimed."""
    if (data / CLAIM).exists():
        shutil.rmtree(data)


@contextmanager
def alone(data: Path) -> Generator[None]:
    """One command at a time; the lock goes with the process, however that ends."""
    with (data / CLAIM).open("a") as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EngineError(f"another command is bringing the engines of {data} up or down: wait for it") from None
        yield
