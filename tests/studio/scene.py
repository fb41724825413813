"""A studio at work on the small engines, and what it tells. Run as a program it is a worker that can be killed."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from exams.sitters import SQL, postgres_url
from matinee.contracts.events_pb2 import FilmFact, FilmFound, FilmGone, TitleFact
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.ports.blobs import Blobs
from matinee.ports.log import Entry, Subscription
from matinee.ports.sql import Sql
from matinee.studio.chunks import CHUNK_S
from matinee.studio.office import Office
from matinee.studio.pipeline import Pipeline, PipelineSettings
from matinee.studio.tools import default_tools

PATIENCE_S = 150.0
POLL_S = 0.2  # every wait of a test is somebody's


@dataclass
class Scene:
    state: Path
    log: SqliteLog
    blobs: DirectoryBlobs
    heard: Subscription
    office: Office
    facts: list[TitleFact] = field(default_factory=list[TitleFact])

    async def find(
        self,
        film: Path,
        title_id: str,
        *,
        earlier_ns: int = 0,
        seen: Path | None = None,
        finding: int = 0,
        sidecars: Sequence[Path] = (),
    ) -> None:
        """The library finds a film: as it was `earlier_ns` before, or where there was one like `seen`."""
        now = (seen or film).stat()
        found = FilmFound(
            title_id=title_id,
            path=str(film),
            size_bytes=now.st_size,
            modified_ns=now.st_mtime_ns - earlier_ns,
            finding=finding,
            sidecar_paths=[str(path) for path in sidecars],
        )
        await self.log.append("films", [Entry(title_id, FilmFact(found=found).SerializeToString())])

    async def take_away(self, title_id: str, finding: int = 0) -> None:
        """The library finds a film gone."""
        fact = FilmFact(gone=FilmGone(title_id=title_id, finding=finding))
        await self.log.append("films", [Entry(title_id, fact.SerializeToString())])

    async def hears(self, wanted: Callable[[TitleFact], bool]) -> TitleFact:
        """The first fact that is wanted, from the beginning; all that came are in `facts`."""
        async with asyncio.timeout(PATIENCE_S):
            at = 0
            while True:
                for fact in self.facts[at:]:
                    if wanted(fact):
                        return fact
                at = len(self.facts)
                for read in await self.heard.poll(100, 1):
                    self.facts.append(TitleFact.FromString(read.entry.value))

    def told_of(self, title_id: str) -> list[str]:
        return [str(fact.WhichOneof("what")) for fact in self.facts if fact.title_id == title_id]


@asynccontextmanager
async def studio(
    state: Path,
    *,
    all_rungs: bool = True,
    blobs: Blobs | None = None,
    slot: str = "worker",
    chunk_s: float = CHUNK_S,
    engine: str = "sqlite",
) -> AsyncGenerator[Scene]:
    log, kept = SqliteLog(state / "log.db"), DirectoryBlobs(state / "blobs")
    sql = sql_of(engine, state)
    settings = PipelineSettings(
        state,
        account_of(engine, state),
        default_tools(),
        slot,
        all_rungs=all_rungs,
        chunk_s=chunk_s,
        at_once=1,
        poll_idle_s=POLL_S,
    )
    pipeline = Pipeline(sql=sql, log=log, blobs=blobs or kept, clock=SystemClock(), settings=settings)
    await pipeline.start()
    loops = [asyncio.ensure_future(body()) for _, body in pipeline.loops()]
    try:
        yield Scene(state, log, kept, await log.subscribe("titles", "the test"), Office(sql=sql, clock=SystemClock()))
    finally:
        failures = [loop.exception() for loop in loops if loop.done()]
        for loop in loops:
            loop.cancel()
        await pipeline.close()
        await log.close()
        assert not failures


def sql_of(engine: str, state: Path) -> Sql:
    """Where the ledger is."""
    return SqliteSql(state / "studio.db") if engine == "sqlite" else SQL[engine](state)


def account_of(engine: str, state: Path) -> str:
    """Where DBOS keeps its account."""
    return f"sqlite:///{state / 'jobs.db'}" if engine == "sqlite" else postgres_url(state, "jobs")


def complete(title_id: str) -> Callable[[TitleFact], bool]:
    return lambda fact: fact.title_id == title_id and fact.published.edition.complete


def ended(title_id: str) -> Callable[[TitleFact], bool]:
    return lambda fact: fact.title_id == title_id and (fact.published.edition.complete or fact.HasField("failed"))


async def work_until_killed(state: Path, slot: str, chunk_s: float, engine: str) -> None:
    async with studio(state, slot=slot, chunk_s=chunk_s, engine=engine):
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(work_until_killed(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]))
