"""A library of five thousand titles: what it costs to watch over, and how long a page and a search take."""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from bench.row import Row

from library.place import CALL, GROWN_UP, LONG_AGO_NS
from matinee.contracts.catalog_pb2 import ListTitlesRequest, SearchRequest
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.library.catalog import Catalog, CatalogSettings
from matinee.library.keeping import SCAN_EVERY_S

TITLES = 5000
QUIET_PERCENT, PAGE_MS, SEARCH_MS = 2.0, 5.0, 10.0
NOTES = "<movie><title>{}</title><plot>{}</plot><genre>{}</genre><director>{}</director><mpaa>PG</mpaa></movie>"
GENRES = ("Drama", "Comedy", "War", "Music", "Crime", "Horror")


def rows() -> Iterator[Row]:
    """CPU of a look at a library where nothing changed, every two seconds; wall time of a page of 60 and of searches."""
    with tempfile.TemporaryDirectory() as name:
        yield from asyncio.run(_measured(Path(name)))


async def _measured(folder: Path) -> list[Row]:
    names = _stocked(folder / "films")
    sql, log = SqliteSql(folder / "catalog.db"), SqliteLog(folder / "log.db")
    settings = CatalogSettings((folder / "films",), folder / "search")
    catalog = Catalog(sql=sql, log=log, clock=SystemClock(), settings=settings)
    await catalog.start()
    await catalog.scan()
    await catalog.index()

    async def search(text: str) -> None:
        found = await catalog.search(SearchRequest(text=text, audience=GROWN_UP, limit=24), CALL)
        assert found.titles, text

    quiet_s = await _median_s(catalog.scan, 20, time.process_time)
    page_s = await _median_s(lambda: catalog.list_titles(ListTitlesRequest(audience=GROWN_UP, limit=60), CALL), 50)
    # A whole name with two letters swapped, its beginning, and a genre that a sixth of the library has.
    asked = [text for each in names[:20] for text in (f"{each[:-2]}{each[-1]}{each[-2]}", each[:3], "drama")]
    search_s = await _median_s(lambda: search(asked.pop()), len(asked))
    await catalog.close()
    await log.close()
    return [
        Row(
            f"watching over {TITLES} quiet folders, against the promise",
            100 * quiet_s / SCAN_EVERY_S,
            QUIET_PERCENT,
            "% of a core",
        ),
        Row(f"a page of 60 of {TITLES} titles, against the promise", page_s * 1000, PAGE_MS, "ms"),
        Row(f"a search among {TITLES} titles, against the promise", search_s * 1000, SEARCH_MS, "ms"),
    ]


async def _median_s(work: Callable[[], Awaitable[object]], times: int, clock: Callable[[], float] = time.perf_counter) -> float:
    taken: list[float] = []
    for _ in range(times):
        before = clock()
        await work()
        taken.append(clock() - before)
    return statistics.median(taken)


def _stocked(library: Path) -> list[str]:
    """Every film in a folder of its own with its notes, as most people keep them; their names."""
    dice = random.Random(5)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(4, 9))) for _ in range(4000)]
    names = [" ".join(dice.choices(words, k=dice.randint(1, 4))) for _ in range(TITLES)]
    for number, name in enumerate(names):
        folder = library / f"{name} {number} (2001)"
        folder.mkdir(parents=True)
        (folder / f"{folder.name}.mkv").write_text("x")
        plot, person = " ".join(dice.choices(words, k=40)), " ".join(dice.choices(words, k=2))
        (folder / "movie.nfo").write_text(NOTES.format(name, plot, GENRES[number % len(GENRES)], person))
        for path in (*folder.iterdir(), folder):
            os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    os.utime(library, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return names
