"""The studio's service: hears of films, sends each on its itinerary (`itinerary.py`), and tells what became of it.

There are queues, so that nobody waits behind a long encode: `playable` takes a film in and publishes what needs no encoding,
`soon` makes the quick first rung of the others, `rungs` makes all the rest at idle priority.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from matinee.contracts.catalog_pb2 import Art, Edition
from matinee.contracts.events_pb2 import ArtCut, FilmFound, TitleFact, TitleFailed, TitleProbed, TitlePublished
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.studio.demo import DemoSettings, keep_demo
from matinee.studio.film import Film
from matinee.studio.itinerary import QUEUES, Itinerary
from matinee.studio.jobs import Broken, Jobs
from matinee.studio.news import ArtMade, Failed, News, Probed, Published
from matinee.studio.scratch import Scratch
from matinee.studio.stores import Stores
from matinee.studio.tools import Bench, Tools

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")

MOST_AT_ONCE = 64
WAIT_S = 5.0
MISHAP_CHECK_S = 10.0


@dataclass(frozen=True)
class PipelineSettings:
    """`slot` names this process among its kind: what a dead one left is taken up by the next of the same slot.

    Without `all_rungs` the studio stops at the first edition, which then is the complete one.
    """

    state: Path
    tools: Tools
    slot: str
    demo: DemoSettings | None = None
    all_rungs: bool = True


class Pipeline:
    def __init__(self, *, log: Log, blobs: Blobs, clock: Clock, settings: PipelineSettings) -> None:
        self._log, self._blobs, self._clock, self._settings = log, blobs, clock, settings
        self._stop = threading.Event()
        self._bench = Bench(settings.tools, self._stop)
        self._jobs = Jobs(settings.state / "jobs.db", settings.slot)
        self._told: set[str] = set()

    async def start(self) -> None:
        stores = Stores(asyncio.get_running_loop(), self._stop, self._blobs, self._tell)
        scratch = Scratch(self._settings.state / "studio")
        self._itinerary = Itinerary(self._jobs, self._bench, scratch, stores, self._settings.all_rungs)
        await asyncio.to_thread(self._open, scratch)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        demo, bench = self._settings.demo, self._bench.at_idle_priority()
        demo_loops = [("studio.demo", lambda: keep_demo(demo, bench, self._clock))] if demo else []
        return [("studio.films", self._hear_of_films), ("studio.mishaps", self._tell_of_mishaps), *demo_loops]

    async def close(self) -> None:
        """Kills what runs; its jobs stay open and are taken up at the next start."""
        self._stop.set()
        await asyncio.to_thread(self._jobs.close)

    def _open(self, scratch: Scratch) -> None:
        self._itinerary.define()
        self._jobs.open(QUEUES)
        scratch.keep_only(self._jobs.unfinished())

    async def _hear_of_films(self) -> None:
        """A position is committed only when its film's job is on disk, so none is forgotten."""
        subscription = await self._log.subscribe("films", "studio")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                found = FilmFound.FromString(read.entry.value)
                film = Film(found.title_id, found.path, found.size_bytes, found.modified_ns, found.finding)
                await asyncio.to_thread(self._itinerary.begin, film)
                await subscription.commit(read)

    async def _tell(self, film: Film, news: News) -> None:
        fact = _fact(news)
        fact.title_id, fact.modified_ns = film.title_id, film.modified_ns
        await self._log.append("titles", [Entry(film.title_id, fact.SerializeToString())])

    async def _tell_of_mishaps(self) -> None:
        """A job that broke by a fault of ours must not leave its title waiting for ever."""
        while True:
            for broken in await asyncio.to_thread(self._jobs.broken):
                if broken.job_id not in self._told:
                    self._told.add(broken.job_id)
                    await self._tell_of(broken)
            await self._clock.sleep(MISHAP_CHECK_S)

    async def _tell_of(self, broken: Broken) -> None:
        log.error("job", job=broken.name, outcome="broke", error=broken.error, job_id=broken.job_id)
        if broken.name != "rungs":
            film = msgspec.convert(broken.argument.get("film", broken.argument), Film)
            await self._tell(film, Failed(f"The studio broke on this film, which is our fault: {broken.error}"))


def _fact(news: News) -> TitleFact:
    match news:
        case Probed(runtime_ms):
            return TitleFact(probed=TitleProbed(runtime_ms=runtime_ms))
        case Published(edition, complete, heights_px):
            return TitleFact(
                published=TitlePublished(edition=Edition(edition_id=edition, complete=complete, heights_px=heights_px))
            )
        case ArtMade(art, glow):
            return TitleFact(art_cut=ArtCut(art=Art(art_id=art, glow=glow)))
        case Failed(reason):
            return TitleFact(failed=TitleFailed(reason=reason))
