"""How many encoders run at once on this machine: as many as it has cores, and one fewer while anybody watches.

The workers of a house share a folder of numbered files; holding the lock of one is having a turn. The kernel frees the locks
of a killed worker. A turn may end early: when somebody begins to watch, or, for work nobody waits for, when urgent work
arrives. The encoder then stands aside, frozen, and goes on when there is room again.
"""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ASK_AGAIN_S = 0.1


@dataclass(frozen=True)
class Turns:
    folder: Path
    cores: int
    anybody_watches: Callable[[], bool]

    @property
    def at_once(self) -> int:
        return max(1, self.cores - 1) if self.anybody_watches() else self.cores

    @contextmanager
    def turn(self, *, urgent: bool, look: Callable[[], None]) -> "Generator[Turn]":
        """Waits for one; `look` is called meanwhile, and may raise."""
        turn = Turn(self, urgent, look)
        try:
            turn.wait_again()
            yield turn
        finally:
            turn.give_back()

    def urgent_work_waits(self) -> bool:
        with self._opened("urgent") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def take(self) -> tuple[int, IO[str]] | None:
        """The first free place and its lock."""
        for number in range(self.at_once):
            place = self._opened(f"turn-{number}")
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                place.close()
                continue
            return number, place
        return None

    @contextmanager
    def waiting(self, *, urgent: bool) -> Generator[None]:
        """While urgent work waits, a shared lock says so."""
        if not urgent:
            yield
            return
        with self._opened("urgent") as mark:
            fcntl.flock(mark, fcntl.LOCK_SH)
            yield

    def _opened(self, name: str) -> IO[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Not inherited: a lock that an encoder kept open would outlive its worker.
        return os.fdopen(os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")


@dataclass
class Turn:
    turns: Turns
    urgent: bool
    look: Callable[[], None]
    _number: int = field(default=0, init=False)
    _place: IO[str] | None = field(default=None, init=False)

    def is_over(self) -> bool:
        return self._number >= self.turns.at_once or (not self.urgent and self.turns.urgent_work_waits())

    def wait_again(self) -> None:
        """Gives the place back, and has one again when this returns."""
        self.give_back()
        with self.turns.waiting(urgent=self.urgent):
            while True:
                self.look()
                free = None if not self.urgent and self.turns.urgent_work_waits() else self.turns.take()
                if free is not None:
                    self._number, self._place = free
                    return
                time.sleep(ASK_AGAIN_S)

    def give_back(self) -> None:
        if self._place is not None:
            self._place.close()
            self._place = None
