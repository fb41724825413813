"""Work that several ask for at once, and that is done once: who comes while it is under way waits for the same."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class UnderWay(Generic[K, T]):
    def __init__(self) -> None:
        self._tasks: dict[K, asyncio.Task[T]] = {}

    def ask(self, name: K, work: Callable[[], Coroutine[Any, Any, T]]) -> Awaitable[T]:
        """What comes of it; whoever gives up waiting leaves it to the others."""
        return asyncio.shield(self.begin(name, work))

    def begin(self, name: K, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """For whoever comes later, unless it is under way already."""
        if name not in self._tasks:
            task = asyncio.create_task(work())
            self._tasks[name] = task
            task.add_done_callback(lambda done: self._over(name, done))
        return self._tasks[name]

    def _over(self, name: K, done: asyncio.Task[T]) -> None:
        del self._tasks[name]
        if not done.cancelled():
            # Whoever waits hears of it; where nobody does, the next one asks again.
            done.exception()
