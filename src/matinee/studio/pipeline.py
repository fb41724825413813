"""The studio's service, one worker of its crew: hears of films, sends each on its itinerary (`itinerary.py`), and lends a hand.

Any number of workers share the work. What they know of each other is in the ledger (`ledger.py`) and in DBOS's account
(`jobs.py`); either survives the death of any of them.
"""

import asyncio
import os
import secrets
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matinee.contracts.catalog_pb2 import Art, Chapter, Edition, Track, TrackKind
from matinee.contracts.events_pb2 import (
    ArtCut,
    FilmFact,
    FilmFound,
    PlayFact,
    TitleFact,
    TitleFailed,
    TitleProbed,
    TitlePublished,
    TitleWithdrawn,
)
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log
from matinee.ports.sql import Sql
from matinee.studio import holdings
from matinee.studio.account import Account
from matinee.studio.chunks import CHUNK_S
from matinee.studio.crew import Crew
from matinee.studio.demo import DemoSettings, keep_demo
from matinee.studio.desk import Desk
from matinee.studio.film import Film
from matinee.studio.foreman import Foreman
from matinee.studio.itinerary import PLAYABLE, RUNGS, SOON, Itinerary
from matinee.studio.jobs import POLL_IDLE_S, Jobs
from matinee.studio.migrations import MIGRATIONS
from matinee.studio.news import ArtMade, Failed, News, Probed, Published
from matinee.studio.runner import Runner
from matinee.studio.scratch import Scratch
from matinee.studio.sounds import Sound
from matinee.studio.stores import Stores
from matinee.studio.subtitles import Text
from matinee.studio.sweep import Sweep
from matinee.studio.tools import Bench, Tools
from matinee.studio.turns import Turns
from matinee.studio.watching import LONGEST_VIEW_MS, Watching

MOST_AT_ONCE = 64
WAIT_S = 5.0
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class PipelineSettings:
    """`slot` names this process among its kind, wherever they run.

    `chunk_s` is how much film a chunk holds, `at_once` how many it takes.

    Without `all_rungs` the studio stops at the first edition, which then is the complete one. `poll_idle_s` is how often it looks
    for work that nobody waits for.
    """

    state: Path
    account: str  # where the account of durable work is kept, as a URL
    tools: Tools
    slot: str
    demo: DemoSettings | None = None
    all_rungs: bool = True
    chunk_s: float = CHUNK_S
    at_once: int = CORES
    poll_idle_s: float = POLL_IDLE_S


class Pipeline:
    def __init__(self, *, sql: Sql, log: Log, blobs: Blobs, clock: Clock, settings: PipelineSettings) -> None:
        self._sql, self._log, self._blobs, self._clock, self._settings = sql, log, blobs, clock, settings
        self._stop = threading.Event()
        self._watching = Watching()
        turns = Turns(settings.state / "turns", CORES, lambda: self._watching.anybody(clock.now_ms()))
        self._bench = Bench(settings.tools, self._stop, turns=turns)
        # New at every start: what an earlier process of this slot held is then known to be a dead one's.
        executor_id = f"{settings.slot}-{secrets.token_hex(4)}"
        self._jobs = Jobs(Account(settings.account), executor_id, settings.poll_idle_s)
        self._desk = Desk(sql, clock)
        self._crew = Crew(sql, clock, self._jobs, settings.slot, executor_id)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        settings, scratch = self._settings, Scratch(self._settings.state / "studio")
        stores = Stores(asyncio.get_running_loop(), self._stop, self._sql, self._blobs, self._clock, self._tell)
        runner = Runner(self._jobs, self._bench, scratch, stores, self._desk, settings.at_once)
        itinerary = Itinerary(self._jobs, self._bench, scratch, stores, self._desk, runner, settings.all_rungs, settings.chunk_s)
        self._foreman = Foreman(
            sql=self._sql,
            clock=self._clock,
            jobs=self._jobs,
            itinerary=itinerary,
            scratch=scratch,
            sweep=Sweep(self._sql, self._blobs, self._clock, self._withdraw),
            tell=self._tell,
        )
        await self._crew.beat()
        await asyncio.to_thread(self._open, itinerary, runner, scratch)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        demo, bench = self._settings.demo, self._bench.at_idle_priority()
        return [
            ("studio.films", self._hear_of_films),
            ("studio.plays", self._hear_of_plays),
            ("studio.desk", self._desk.keep),
            ("studio.crew", self._crew.keep),
            ("studio.sending", self._foreman.keep_sending),
            ("studio.mishaps", self._foreman.keep_mending),
            ("studio.clearing", self._foreman.keep_clearing),
            *([("studio.demo", lambda: keep_demo(demo, bench, self._clock))] if demo else []),
        ]

    async def close(self) -> None:
        """Kills what runs; its jobs stay open and are taken up at the next start, or by another worker."""
        self._stop.set()
        await asyncio.to_thread(self._jobs.close)
        await self._sql.close()

    def _open(self, itinerary: Itinerary, runner: Runner, scratch: Scratch) -> None:
        itinerary.define()
        runner.define()
        self._jobs.open((PLAYABLE, SOON, RUNGS, *runner.queues))
        scratch.keep_only(self._jobs.unfinished)

    async def _hear_of_films(self) -> None:
        """A position is committed only when the ledger knows, so no film is forgotten, nor that one is gone."""
        subscription = await self._log.subscribe("films", "studio")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                await self._hear_of(FilmFact.FromString(read.entry.value))
                await subscription.commit(read)

    async def _hear_of(self, fact: FilmFact) -> None:
        now_ms, gone = self._clock.now_ms(), fact.gone
        if fact.HasField("gone"):
            await self._sql.transact(lambda db: holdings.film_gone(db, gone.title_id, gone.finding, now_ms))
        else:
            await self._sql.transact(lambda db: holdings.film_found(db, _film(fact.found), now_ms))

    async def _hear_of_plays(self) -> None:
        """What is too old to matter is committed, the rest read again by the next process of this slot."""
        subscription = await self._log.subscribe("plays", f"studio.{self._settings.slot}")
        while True:
            reads = await subscription.poll(MOST_AT_ONCE, WAIT_S)
            for read in reads:
                fact = PlayFact.FromString(read.entry.value)
                watches = fact.HasField("granted")
                play = fact.granted if watches else fact.ended
                self._watching.learn(play.view_id, play.at_ms, watches=watches)
                if play.at_ms < self._clock.now_ms() - LONGEST_VIEW_MS:
                    await subscription.commit(read)
            self._watching.known = self._watching.known or len(reads) < MOST_AT_ONCE

    async def _tell(self, film: Film, news: News) -> None:
        fact = _fact(news)
        fact.title_id, fact.modified_ns, fact.finding = film.title_id, film.modified_ns, film.finding
        await self._log.append("titles", [Entry(film.title_id, fact.SerializeToString())])

    async def _withdraw(self, title_id: str, unit: str) -> None:
        kind, _, name = unit.partition("/")
        withdrawn = TitleWithdrawn(art_id=name) if kind == "art" else TitleWithdrawn(edition_id=name)
        fact = TitleFact(title_id=title_id, withdrawn=withdrawn)
        await self._log.append("titles", [Entry(title_id, fact.SerializeToString())])


def _film(found: FilmFound) -> Film:
    return Film(
        title_id=found.title_id,
        path=found.path,
        size_bytes=found.size_bytes,
        modified_ns=found.modified_ns,
        finding=found.finding,
        sidecars=tuple(found.sidecar_paths),
    )


def _edition(published: Published) -> Edition:
    return Edition(
        edition_id=published.edition_id,
        complete=published.complete,
        heights_px=published.heights_px,
        tracks=[_track(track) for track in published.tracks],
        chapters=[Chapter(start_ms=mark.start_ms, name=mark.name) for mark in published.chapters],
    )


def _track(track: Sound | Text) -> Track:
    if isinstance(track, Sound):
        return Track(kind=TrackKind.AUDIO, language=track.language, name=track.label)
    return Track(
        kind=TrackKind.SUBTITLES,
        language=track.language,
        name=track.label,
        forced=track.forced,
        hearing_impaired=track.hearing_impaired,
    )


def _fact(news: News) -> TitleFact:
    match news:
        case Probed(runtime_ms):
            return TitleFact(probed=TitleProbed(runtime_ms=runtime_ms))
        case Published():
            return TitleFact(published=TitlePublished(edition=_edition(news)))
        case ArtMade(art, glow):
            return TitleFact(art_cut=ArtCut(art=Art(art_id=art, glow=glow)))
        case Failed(reason):
            return TitleFact(failed=TitleFailed(reason=reason))
