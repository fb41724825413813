"""A catalog over a folder of films, on the engines of a laptop, for tests to put films into."""

import os
from pathlib import Path

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest, SearchRequest, Title
from matinee.contracts.events_pb2 import FilmFact, FilmFound, TitleFact, TitlePublished
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.library.catalog import Catalog, CatalogSettings
from matinee.ports.rpc import Call

CALL = Call("test", "test", 1e12, house=True)
LONG_AGO_NS = 1_600_000_000 * 10**9
NOW_MS = 1_700_000_000_000
GROWN_UP = Audience(maturity_limit=18, country="DE")
OPERATOR = Audience(operator=True)


class Place:
    """A catalog over a folder of films, on the engines of a laptop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.films = folder / "films"
        self.films.mkdir()
        self.clock = ManualClock(NOW_MS)
        self.log = SqliteLog(folder / "log.db")
        self.catalog = self.another((self.films,))

    def another(self, libraries: tuple[Path, ...]) -> Catalog:
        """A catalog of the same titles over other folders; or the same one, after a restart."""
        settings = CatalogSettings(libraries, self.folder / "search")
        return Catalog(sql=SqliteSql(self.folder / "catalog.db"), log=self.log, clock=self.clock, settings=settings)

    def film(self, name: str, content: str = "x", modified_ns: int = LONG_AGO_NS, notes: str = "") -> Path:
        path = self.films / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, ns=(modified_ns, modified_ns))
        if notes:
            path.with_suffix(".nfo").write_text(notes)
        return path

    async def titles(self, audience: Audience = GROWN_UP) -> list[Title]:
        return list((await self.catalog.list_titles(ListTitlesRequest(audience=audience), CALL)).titles)

    async def episodes(self, series_id: str, audience: Audience = GROWN_UP) -> list[Title]:
        return list((await self.catalog.list_titles(ListTitlesRequest(audience=audience, series_id=series_id), CALL)).titles)

    async def searched(self, text: str, audience: Audience = GROWN_UP, limit: int = 20) -> list[str]:
        """The names of what was found, best first."""
        await self.catalog.index()
        found = await self.catalog.search(SearchRequest(text=text, audience=audience, limit=limit), CALL)
        return [title.name for title in found.titles]

    async def publish(self, title: Title, edition_id: str = "e1") -> None:
        """The studio has finished a film."""
        fact = TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, published=TitlePublished())
        fact.published.edition.edition_id = edition_id
        fact.published.edition.complete = True
        await self.catalog.learn([fact])

    async def told(self) -> list[FilmFact]:
        """What the studio was told of films, in its order."""
        subscription = await self.log.subscribe("films", "test")
        return [FilmFact.FromString(read.entry.value) for read in await subscription.poll(100, 0.2)]

    async def found(self) -> list[FilmFound]:
        return [fact.found for fact in await self.told() if fact.HasField("found")]

    async def close(self) -> None:
        await self.catalog.close()
        await self.log.close()
