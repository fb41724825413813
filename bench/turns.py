"""Engines against their bare drivers: the same work by each, in turns, and how much of it a second of this process's CPU buys.

What other processes of the machine do meanwhile falls on each of them alike. The CPU is that of all threads, user and system.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import uvloop
from bench.row import Row

ROUNDS = 6
CALLERS = 16

Work = Callable[[int], Awaitable[None]]
"""A round of work, told its number; the first, number 0, is not counted."""

Act = Callable[[int, int], object]
"""One thing done by the bare driver: the round's number, and which of the round's."""


async def in_turns(works: Iterable[Work], each: int, rounds: int = ROUNDS) -> list[float]:
    """By work: how many of the `each` things it does in a round would fit into a second of CPU."""
    spent_s = dict.fromkeys(works, 0.0)
    for work in spent_s:
        await work(0)
    for number in range(1, rounds + 1):
        for work in spent_s if number % 2 else reversed(list(spent_s)):
            before_s = time.process_time()
            await work(number)
            spent_s[work] += time.process_time() - before_s
    return [rounds * each / cpu_s for cpu_s in spent_s.values()]


async def contest(what: str, each: int, ours: Work, anchors: dict[str, Work], unit: str, rounds: int = ROUNDS) -> list[Row]:
    """A row for each anchor, by the name it goes by."""
    won, *others = await in_turns([ours, *anchors.values()], each, rounds)
    return [Row(f"{what}, against {name}", won, other, unit) for name, other in zip(anchors, others, strict=True)]


async def at_once(asks: Iterator[Awaitable[object]], callers: int = CALLERS) -> None:
    """As a busy process asks: so many at a time, each its next question as soon as it has an answer."""

    async def caller() -> None:
        for ask in asks:
            await ask

    await asyncio.gather(*(caller() for _ in range(callers)))


def run(port: Coroutine[None, None, list[Row]]) -> list[Row]:
    """On the event loop that the house has."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(port)


def in_a_row(act: Act, each: int) -> Work:
    async def work(number: int) -> None:
        for which in range(each):
            act(number, which)

    return work


def by_threads(act: Act, each: int, threads: int = 1) -> Work:
    executor = ThreadPoolExecutor(threads)

    async def work(number: int) -> None:
        loop = asyncio.get_running_loop()
        await at_once(loop.run_in_executor(executor, act, number, which) for which in range(each))

    return work
