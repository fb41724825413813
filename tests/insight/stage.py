"""A warehouse in a folder, with a log beside it, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from matinee.engines.sqlite_log import SqliteLog
from matinee.insight.warehouse import asking
from matinee.insight.warehouse.facts import TOPICS
from matinee.insight.warehouse.loading import Loaded, load
from matinee.insight.warehouse.place import Place, place_of
from matinee.insight.warehouse.tables import Tables
from recorded import Recorded

TITLES = [
    {"title_id": f"title-{number:03d}", "name": f"Film {number}", "kind": "film", "year": 2000 + number, "genres": ["drama"]}
    for number in range(30)
]


def place_in(folder: Path) -> Place:
    return place_of(f"sqlite:///{folder}/warehouse.db", f"file:///{folder}/blobs")


@asynccontextmanager
async def log_in(folder: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(folder / "log.db")
    yield log
    await log.close()


async def append(folder: Path, told: Recorded) -> None:
    async with log_in(folder) as log:
        for topic in TOPICS:
            await log.append(topic.name, told.entries(topic.name))


async def loaded(folder: Path, tables: Tables, at_once: int = 100_000) -> dict[str, Loaded]:
    async with log_in(folder) as log:
        return {topic.name: await load(log, tables, topic, 0, at_once=at_once) for topic in TOPICS}


async def stocked(folder: Path, told: Recorded) -> Tables:
    """A warehouse into which those facts were loaded, and titles' names."""
    tables = Tables(place_in(folder))
    await append(folder, told)
    await loaded(folder, tables)
    tables.keep_titles(TITLES)
    return tables


def answers(tables: Tables, question: str) -> list[dict[str, Any]]:
    with asking.opened(tables) as connection:
        return asking.asked(connection, question).read_all().to_pylist()


def keys(tables: Tables, topic: str) -> list[tuple[str, int]]:
    """Producer and sequence of every row, sorted, as often as they stand there."""
    rows = tables.dataset(f"facts.{topic}").to_table(columns=["producer_id", "sequence"]).to_pylist()
    return sorted((row["producer_id"], row["sequence"]) for row in rows)
