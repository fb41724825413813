"""What the engines of a port are asked to do, the small one and the large one alike, and how much of it in a round.

Sizes are those of the house: a bookmark of two cells, a fact of 300 bytes, a segment of a megabyte, a card of a kilobyte.
Sixteen ask at a time.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from bench.turns import Work, at_once
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, bindparam, insert, select, update

from matinee.contracts.catalog_pb2 import GetTitleRequest, Title
from matinee.contracts.catalog_rpc import CATALOG_GET_TITLE, CatalogClient
from matinee.ports.blobs import Blobs
from matinee.ports.cache import Cache
from matinee.ports.log import Entry, Log
from matinee.ports.rows import Rows
from matinee.ports.rpc import Call, Service
from matinee.ports.sql import Migration, Sql

PUTS = 320
GETS = 320
GOT = 10
CELLS = {"position_ms": b"5417000", "about": b"x" * 100}
KEYS = [f"film {number}" for number in range(GOT)]

FACTS = [Entry(f"view {number % 50}", bytes([number % 251]) * 300) for number in range(10_000)]
TOGETHER = 100

MEGABYTE = 1_000_000
FILES = 16
READS = 64

CARDS = {f"card:{number}": bytes([number % 251]) * 1000 for number in range(200)}
ONES = 400
MANY, MANY_TIMES = 50, 40

COUNTERS = Table("counters", MetaData(), Column("name", String, primary_key=True), Column("value", Integer, nullable=False))
MARK = select(COUNTERS.c.value).where(COUNTERS.c.name == bindparam("of"))
MOVE = update(COUNTERS).where(COUNTERS.c.name == bindparam("of")).values(value=bindparam("to"))
SUMS = 200

ASKS = 400
CATALOG = Service("Catalog", (CATALOG_GET_TITLE,))
CALL = Call("bench", "bench", time.monotonic() + 3600, house=True)
QUESTION = GetTitleRequest(title_id="7" * 24)
ANSWER = Title(title_id="7" * 24, name="A Trip to the Moon", year=1902, plot="Six astronomers set out. " * 10, genres=["comedy"])


def putting(rows: Rows) -> Work:
    async def work(number: int) -> None:
        await at_once(
            rows.put("bookmark", f"asha {each % 20}", KEYS[each // 20 % GOT], CELLS, at_ms=number) for each in range(PUTS)
        )

    return work


def getting(rows: Rows) -> Work:
    async def work(number: int) -> None:
        await at_once(rows.get("bookmark", f"asha {each % 20}", KEYS) for each in range(GETS))

    return work


def appending(log: Log, topic: str, together: int = TOGETHER) -> Work:
    calls = [FACTS[first : first + together] for first in range(0, len(FACTS), together)]

    async def work(number: int) -> None:
        await at_once(log.append(topic, call) for call in calls)

    return work


def polling(log: Log, topic: str, of: Callable[[int], str]) -> Work:
    """All of a round's facts by a group that is new, a thousand at a time, each thousand committed."""

    async def work(number: int) -> None:
        subscription, left = await log.subscribe(topic, of(number)), len(FACTS)
        while left:
            reads = await subscription.poll(min(left, 1000), 10)
            left -= len(reads)
            await subscription.commit(reads[-1])

    return work


def film(folder: Path, files: int) -> Path:
    """A folder with so many files of a megabyte."""
    folder.mkdir()
    for number in range(files):
        (folder / f"{number}.m4s").write_bytes(os.urandom(MEGABYTE))
    return folder


def carrying(blobs: Blobs, tree: Path, units: list[str]) -> Work:
    """A unit that is new in each round; all of them are noted in `units`."""

    async def work(number: int) -> None:
        units.append(f"films/{tree.name}-{number}")
        await blobs.put_tree(units[-1], tree)

    return work


def reading(blobs: Blobs, unit: str) -> Work:
    async def work(number: int) -> None:
        await at_once(blobs.read(f"{unit}/{each % FILES}.m4s") for each in range(READS))

    return work


def keeping(cache: Cache) -> Work:
    keys = list(CARDS)

    async def work(number: int) -> None:
        await at_once(cache.put(keys[each % len(keys)], CARDS[keys[each % len(keys)]], 60) for each in range(ONES))

    return work


def looking(cache: Cache) -> Work:
    keys = list(CARDS)

    async def work(number: int) -> None:
        await at_once(cache.get_many([keys[each % len(keys)]]) for each in range(ONES))

    return work


def looking_at_many(cache: Cache) -> Work:
    keys = list(CARDS)[:MANY]

    async def work(number: int) -> None:
        await at_once(cache.get_many(keys) for _ in range(MANY_TIMES))

    return work


async def counters(sql: Sql) -> None:
    """A table with a counter for each caller."""
    await sql.install([Migration("0001", lambda op: COUNTERS.create(op.get_bind(), checkfirst=True))])
    names = [{"name": f"plays {number}", "value": 0} for number in range(SUMS)]
    await sql.transact(lambda db: db.execute(insert(COUNTERS), names))


def one_more(db: Connection, of: str) -> None:
    """A transaction that reads a number and writes the next one."""
    db.execute(MOVE, {"of": of, "to": db.execute(MARK, {"of": of}).scalar_one() + 1})


def transacting(sql: Sql) -> Work:
    async def work(number: int) -> None:
        await at_once(sql.transact(lambda db, each=each: one_more(db, f"plays {each}")) for each in range(SUMS))

    return work


class Catalog:
    async def get_title(self, request: GetTitleRequest, call: Call) -> Title:
        return ANSWER


def asking(client: CatalogClient) -> Work:
    async def work(number: int) -> None:
        await at_once(client.get_title(QUESTION, CALL) for _ in range(ASKS))

    return work
