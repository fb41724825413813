"""What one worker keeps in mind between two looks at the ledger: which of its jobs were called off, and how far its pieces are.

Its jobs' threads read and write memory only; a loop carries it to and from the ledger a few times a second.
"""

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from matinee.ports.clock import Clock
from matinee.ports.sql import Sql
from matinee.studio import ledger
from matinee.studio.film import Film

LOOK_S = 0.25
LOOKS_PER_TELLING = 2

Attempt = tuple[str, int]


class Desk:
    def __init__(self, sql: Sql, clock: Clock) -> None:
        self._sql, self._clock = sql, clock
        self._lock = threading.Lock()
        self._at_work: Counter[Attempt] = Counter()
        self._called_off: frozenset[Attempt] = frozenset()
        self._made: dict[tuple[str, str], ledger.Made] = {}

    @contextmanager
    def at_work(self, film: Film) -> Generator[None]:
        attempt = _attempt(film)
        with self._lock:
            self._at_work[attempt] += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work[attempt] -= 1
                self._at_work += Counter()

    def is_called_off(self, film: Film) -> bool:
        return _attempt(film) in self._called_off

    def made(self, film: Film, piece_id: str, began_ms: int, made_ms: float) -> None:
        with self._lock:
            self._made[film.job_id, piece_id] = ledger.Made(film.job_id, film.attempt, piece_id, began_ms, made_ms)

    async def keep(self) -> None:
        looks = 0
        while True:
            await self.look()
            looks += 1
            if looks % LOOKS_PER_TELLING == 0:
                await self.tell()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        with self._lock:
            attempts = list(self._at_work)
        if attempts:
            self._called_off = frozenset(await self._sql.read(lambda db: ledger.called_off(db, attempts)))

    async def tell(self) -> None:
        with self._lock:
            made, self._made = list(self._made.values()), {}
        if made:
            now_ms = self._clock.now_ms()
            await self._sql.transact(lambda db: ledger.tell_progress(db, made, now_ms))


def _attempt(film: Film) -> Attempt:
    return film.job_id, film.attempt
