"""Whoever tells of an alarm is killed over it: the next one tells it, as the same incident, and then nobody any more."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from insight.alarms import Sink
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight import alarm_shelf as shelf

WITHIN_S = 60.0
TESTS = Path(__file__).parents[1]


def start(folder: Path, port: int, began_ms: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "insight.dying_alarms", str(folder), str(port), str(began_ms)], cwd=TESTS)


async def test_killed_over_the_telling_it_is_told_again_as_the_same_incident(tmp_path: Path) -> None:
    """It was heard, and the answer never came home: by its key the two are one incident. What was answered is not told again."""
    sink, began_ms = Sink(answers=[0, 0]), time.time_ns() // 1_000_000
    port = await sink.open()
    (tmp_path / "routing").write_text("the-key\n")
    process = start(tmp_path, port, began_ms)
    try:
        async with asyncio.timeout(WITHIN_S):
            while not sink.heard:
                await asyncio.sleep(0.005)
            process.kill()
            process.wait()
            told_before = len(sink.heard)
            sink.answers.clear()
            process = start(tmp_path, port, began_ms)
            while await read(tmp_path, told) < 2:
                await asyncio.sleep(0.05)
            heard, since_ms = len(sink.heard), await read(tmp_path, shelf.looked_ms)
            assert heard > told_before
            while await read(tmp_path, shelf.looked_ms) < since_ms + shelf.CLAIMED_MS:
                await asyncio.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    assert len(sink.heard) == heard, "what was heard is not told again"
    assert {key for _, key in sink.told()} == {"matinee house-1 box a"}
    times = Counter(event for event, _ in sink.told())
    assert set(times) == {"trigger", "firing"} and max(times.values()) == 2
    await sink.close()


def told(db: sa.Connection) -> int:
    """How many are known to have heard that it burns."""
    return sum(count for count, _ in shelf.heard(db).values())


async def read(folder: Path, what: Callable[[sa.Connection], int]) -> int:
    sql = SqliteSql(folder / "alarms.db")
    try:
        return await sql.read(what)
    finally:
        await sql.close()
