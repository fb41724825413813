"""A runner that is killed by SIGKILL: at each question to a store in turn, then a dozen times by somebody outside at any instant.

Run with a folder. After each death another goes on; what is in the tables and in the history then is held against what the steps
make of the facts. It prints who died, and "same" or what is not.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from insight.evening import entries, kept, ledger, mixed, stored, worked_out
from matinee.contracts import events_pb2 as pb
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.insight.history import History
from matinee.insight.migrations import MIGRATIONS
from matinee.insight.streams.runner import Runner
from matinee.insight.streams.watching import WATCHING

ROUNDS = 2
KILLS = 12


class Mortal:
    """Passes on what it is asked, and dies when its hour comes: before one asking, or after it was answered."""

    def __init__(self, inner: Any, tick: Callable[[], None]) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Any:
        inner: Callable[..., Awaitable[Any]] = getattr(self._inner, name)

        async def asked(*args: Any) -> Any:
            self._tick()
            answer = await inner(*args)
            self._tick()
            return Mortal(answer, self._tick) if name == "subscribe" else answer

        return asked


def told_in(folder: Path) -> list[pb.PlayerFact]:
    dice = random.Random(folder.name)
    return mixed(dice, ledger(dice, profiles=3, facts=30))


async def run(folder: Path, hour: int, until: int) -> None:
    """Until so many facts are done with; dies at that hour, if it comes."""
    left = hour

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sql, log, rows = SqliteSql(folder / "sql.db"), SqliteLog(folder / "log.db"), SqliteRows(folder / "rows.db")
    await sql.install(MIGRATIONS)
    mortal: list[Any] = [Mortal(each, tick) for each in (sql, log, rows)]
    runner = Runner(WATCHING, mortal[0], mortal[1], SystemClock(), {"history": History(mortal[2]).keep})
    running = asyncio.create_task(runner.keep_running())
    while (await log.standings("ledger")).get("watching.1", {}).get(0, 0) < until and not running.done():
        await asyncio.sleep(0.002)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for store in (sql, log, rows):
        await store.close()


async def tell(folder: Path, facts: list[pb.PlayerFact]) -> None:
    log = SqliteLog(folder / "log.db")
    await log.append("ledger", entries(WATCHING, facts))
    await log.close()


async def compare(folder: Path) -> str:
    wanted = worked_out(WATCHING, told_in(folder))
    sql, rows = SqliteSql(folder / "sql.db"), SqliteRows(folder / "rows.db")
    found = await kept(WATCHING, sql)
    differing = [name for name, table in stored(WATCHING, wanted).items() if table != found[name]]
    for profile in ("p0", "p1", "p2"):
        views, _ = await History(rows).page(profile, 200)
        if {each.view_id: each for each in views} != {
            v.view_id: v for v in wanted["history"].values() if v.profile_id == profile
        }:
            differing.append(f"history of {profile}")
    await sql.close()
    await rows.close()
    return f"differs in {', '.join(differing)}" if differing else "same"


def child(work: Callable[[], Any]) -> int:
    if (pid := os.fork()) == 0:
        asyncio.run(work())
        os._exit(0)
    return pid


def lived(pid: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def in_rounds(folder: Path, hour: int) -> bool:
    """The facts come in three rounds; a death in one is followed by a successor. Whether there was none."""
    folder.mkdir()
    told, whole = told_in(folder), True
    for number in range(1, ROUNDS + 1):
        upto = len(told) * number // ROUNDS
        some = told[len(told) * (number - 1) // ROUNDS : upto]
        lived(child(lambda some=some: tell(folder, some)))
        if not lived(child(lambda upto=upto: run(folder, hour, upto))):
            whole = False
            lived(child(lambda upto=upto: run(folder, 0, upto)))
    return whole


def by_chance(folder: Path) -> int:
    """How many were killed while facts came one after the other."""
    folder.mkdir()
    dice, told, killed = random.Random(4), told_in(folder), 0
    for number in range(KILLS):
        some = told[len(told) * number // KILLS : len(told) * (number + 1) // KILLS]
        lived(child(lambda some=some: tell(folder, some)))
        pid = child(lambda: run(folder, 0, len(told) + 1))
        time.sleep(dice.uniform(0.02, 0.15))
        os.kill(pid, signal.SIGKILL)
        killed += not lived(pid)
    lived(child(lambda: run(folder, 0, len(told))))
    return killed


def main(base: Path) -> None:
    hour = 1
    while not in_rounds(base / str(hour), hour):
        print("died", hour, asyncio.run(compare(base / str(hour))))
        hour += 1
    print("died by chance", by_chance(base / "chance"), asyncio.run(compare(base / "chance")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
