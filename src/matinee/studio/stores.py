"""The stores as the jobs' threads see them: calls that block, and wait for a store that is away.

The ports belong to the process's event loop; jobs run on threads of their own.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from matinee.ports.blobs import Blobs, BlobsUnavailable, NoSuchBlob
from matinee.ports.clock import Clock
from matinee.ports.log import LogUnavailable
from matinee.ports.sql import Sql, SqlUnavailable
from matinee.studio.film import Film
from matinee.studio.news import News
from matinee.studio.tools import STOP_CHECK_S, Stopped

RETRY_S = 2.0
READ_BYTES = 8 * 1024 * 1024

T = TypeVar("T")

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")


@dataclass(frozen=True)
class Stores:
    """`append` puts news of a film on the log. Every method raises Stopped when the house closes."""

    loop: asyncio.AbstractEventLoop
    stop: threading.Event
    sql: Sql
    blobs: Blobs
    clock: Clock
    append: Callable[[Film, News], Awaitable[None]]

    def put(self, unit: str, tree: Path) -> bool:
        self._until_it_answers(lambda: self.blobs.put_tree(unit, tree))
        return True

    def has(self, unit: str) -> bool:
        return self._until_it_answers(lambda: self.blobs.has(unit))

    def fetch(self, name: str, into: Path) -> bool:
        """Whether there is such a blob; if so it is now the file `into`."""
        half = into.with_name(f".{into.name}.{threading.get_ident()}")
        try:
            with half.open("wb") as file:
                while block := self._until_it_answers(lambda: self.blobs.read(name, file.tell(), file.tell() + READ_BYTES - 1)):
                    file.write(block)
            half.replace(into)
        except NoSuchBlob:
            return False
        finally:
            half.unlink(missing_ok=True)
        return True

    def delete(self, unit: str) -> None:
        self._until_it_answers(lambda: self.blobs.delete(unit))

    def tell(self, film: Film, news: News) -> bool:
        self._until_it_answers(lambda: self._append(film, news))
        return True

    def write(self, work: Callable[[sa.Connection, int], T]) -> T:
        """A transaction in the ledger; it is given the time."""
        now_ms = self.clock.now_ms()
        return self._until_it_answers(lambda: self.sql.transact(lambda db: work(db, now_ms)))

    async def _append(self, film: Film, news: News) -> None:
        await self.append(film, news)

    def _until_it_answers(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """A store that does not answer may come back: the job waits for it, as long as the house is open."""
        while True:
            try:
                return self._on_the_loop(call())
            except (BlobsUnavailable, LogUnavailable, SqlUnavailable) as error:
                log.warning("store", outcome="unavailable", error=str(error), retry_s=RETRY_S)
                if self.stop.wait(RETRY_S):
                    raise Stopped(str(error)) from error

    def _on_the_loop(self, call: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(call, self.loop)
        while not wait([future], timeout=STOP_CHECK_S).done:
            if self.stop.is_set():
                future.cancel()
                raise Stopped("the house is closing")
        return future.result()
