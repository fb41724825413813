"""A second process at the same store, to race with or to kill: `python -m exams.neighbour <act> <engine> <folder> …`.

It says on its standard output how far it came, one word a line, so that a test acts at that moment and need not guess.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.operations import Operations
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select, update

from exams.sitters import BLOBS, LOG, ROWS, SQL
from matinee.ports.log import Entry
from matinee.ports.sql import Migration
from matinee.topology import REPOSITORY

TABLES = MetaData()
COUNTERS = Table("counters", TABLES, Column("name", String, primary_key=True), Column("value", Integer, nullable=False))
MIGRATIONS = (Migration("0001", lambda op: COUNTERS.create(op.get_bind(), checkfirst=True)),)
ENTRIES_PER_APPEND = 50


@contextmanager
def neighbour(act: str, engine: str, folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """The neighbour at work; it does not outlive the block."""
    command = [sys.executable, "-m", "exams.neighbour", act, engine, str(folder), *more]
    ours = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        command, cwd=REPOSITORY / "tests", env=ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """The next word the neighbour says; empty when it fell silent."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def rest(process: subprocess.Popen[str]) -> list[str]:
    """All the words a killed neighbour had still said."""
    assert process.stdout is not None
    return process.stdout.read().splitlines()


def say(word: object) -> None:
    print(word, flush=True)


def add_one(connection: Connection) -> None:
    """Reads, lingers, writes: whoever slips in between loses an update."""
    value = connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == "plays")).scalar_one()
    time.sleep(0.001)
    connection.execute(update(COUNTERS).where(COUNTERS.c.name == "plays").values(value=value + 1))


async def count_up(engine: str, folder: Path, times: str) -> None:
    sql = SQL[engine](folder)
    say("ready")
    for _ in range(int(times)):
        await sql.transact(add_one)
    await sql.close()


async def hold(engine: str, folder: Path, seconds: str) -> None:
    """Writes, then stays inside the transaction."""

    def work(connection: Connection) -> None:
        connection.execute(update(COUNTERS).values(value=1000))
        say("inside")
        time.sleep(float(seconds))

    sql = SQL[engine](folder)
    await sql.transact(work)
    await sql.close()


def longer_history(inside_s: float = 0) -> tuple[Migration, ...]:
    """Three more steps: the middle one stays inside for a while, with its work half done."""

    def at_length(op: Operations) -> None:
        op.execute(update(COUNTERS).values(value=COUNTERS.c.value + 1))
        if inside_s:
            say("inside")
            time.sleep(inside_s)
        op.add_column("counters", Column("film", String(40)))

    return (
        *MIGRATIONS,
        Migration("0002", lambda op: op.add_column("counters", Column("note", String(40)))),
        Migration("0003", at_length),
        Migration("0004", lambda op: op.create_index("counters_by_film", "counters", ["film"])),
    )


async def migrate(engine: str, folder: Path, inside_s: str) -> None:
    """Comes to the door, waits to be let in, and brings the tables to their last step."""
    sql = SQL[engine](folder)
    say("ready")
    sys.stdin.readline()
    await sql.install(longer_history(float(inside_s)))
    say("migrated")
    await sql.close()


async def put_forever(engine: str, folder: Path) -> None:
    """Writes rows of two cells; says each one's number once it was told that it is kept."""
    rows, number = ROWS[engine](folder), 0
    while True:
        await rows.put("lists", "asha", f"{number:06}", {"one": b"%d" % number, "two": b"%d" % number}, at_ms=1)
        say(number)
        number += 1


async def append_forever(engine: str, folder: Path) -> None:
    log = LOG[engine](folder)
    number = 0
    while True:
        await log.append("films", [Entry(f"film {number}", b"%d" % part) for part in range(ENTRIES_PER_APPEND)])
        say(number)
        number += 1


async def append_some(engine: str, folder: Path, name: str, times: str) -> None:
    log = LOG[engine](folder)
    say("ready")
    for number in range(int(times)):
        await log.append("films", [Entry(name, b"%d" % number)])
    await log.close()


async def read_and_hang(engine: str, folder: Path) -> None:
    """Is given entries as one of the group `studio`, and is never done with them."""
    subscription = await LOG[engine](folder).subscribe("films", "studio")
    while not (reads := await subscription.poll(1000, 1)):
        pass
    say(len(reads))
    time.sleep(600)


async def put(engine: str, folder: Path, unit: str, tree: str) -> None:
    blobs = BLOBS[engine](folder)
    say("putting")
    await blobs.put_tree(unit, Path(tree))
    say("put")


ACTS = {act.__name__: act for act in (count_up, hold, migrate, put_forever, append_forever, append_some, read_and_hang, put)}

if __name__ == "__main__":
    act_name, engine_name, folder_name, *rest = sys.argv[1:]
    asyncio.run(ACTS[act_name](engine_name, Path(folder_name), *rest))
