"""The studio's service: a film's itinerary, from a file somebody found to an edition anybody can play.

    FilmFound -> intake -> probe -> plan -> first edition -> artwork -> the remaining rungs -> complete edition

Every stop is a step of a durable job (`jobs.py`), and everything heavy a child process (`tools.py`). There are three queues,
so that nobody waits behind a long encode: `playable` takes a film in and publishes what needs no encoding, `soon` makes the
quick first rung of the others, `rungs` makes all the rest at idle priority. What became of a film is told on the topic
"titles"; a film that fails says why and harms nothing else.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog

from matinee.contracts.catalog_pb2 import Art, Edition
from matinee.contracts.events_pb2 import ArtCut, FilmFound, TitleFact, TitleFailed, TitleProbed, TitlePublished
from matinee.ports.blobs import Blobs, BlobsUnavailable
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log, LogUnavailable
from matinee.studio.artwork import ART_FOLDER, cut_artwork
from matinee.studio.demo import DemoSettings, keep_demo
from matinee.studio.encode import make_rung, make_sound
from matinee.studio.intake import FileChanged, FileVanished, FoundFile, content_digest
from matinee.studio.jobs import Broken, Jobs, Queue, Unfit
from matinee.studio.ladder import Plan, Rung, plan_film
from matinee.studio.package import package
from matinee.studio.probe import probe
from matinee.studio.publish import art_id, edition_id, job_id, labels_px
from matinee.studio.scratch import Scratch
from matinee.studio.source import NotAFilm, SourceFacts
from matinee.studio.tools import STOP_CHECK_S, Bench, Stopped, ToolFailed, Tools

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")

PLAYABLE, SOON, RUNGS = Queue("playable", 2), Queue("soon", 1), Queue("rungs", 1)
MOST_AT_ONCE = 64
WAIT_S = 5.0
STORE_RETRY_S = 2.0
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


@dataclass(frozen=True)
class Film:
    """One finding of a file; what every job is about."""

    title_id: str
    path: str
    size_bytes: int
    modified_ns: int
    finding: int = 0

    @property
    def film(self) -> "Film":
        return self

    @property
    def job_id(self) -> str:
        return job_id(self.title_id, self.size_bytes, self.modified_ns, self.finding)

    @property
    def file(self) -> FoundFile:
        return FoundFile(Path(self.path), self.size_bytes, self.modified_ns)


@dataclass(frozen=True)
class Work:
    """What is known of a film once it is planned; travels between its jobs."""

    film: Film
    digest: str
    source: SourceFacts
    plan: Plan


T = TypeVar("T")
Subject = TypeVar("Subject", Film, Work)


class Pipeline:
    def __init__(self, *, log: Log, blobs: Blobs, clock: Clock, settings: PipelineSettings) -> None:
        self._log, self._blobs, self._clock, self._settings = log, blobs, clock, settings
        self._stop = threading.Event()
        self._bench = Bench(settings.tools, self._stop)
        self._scratch = Scratch(settings.state / "studio")
        self._jobs = Jobs(settings.state / "jobs.db", settings.slot)
        self._told: set[str] = set()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._open)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        demo, bench = self._settings.demo, self._bench.at_idle_priority()
        demo_loops = [("studio.demo", lambda: keep_demo(demo, bench, self._clock))] if demo else []
        return [("studio.films", self._hear_of_films), ("studio.mishaps", self._tell_of_mishaps), *demo_loops]

    async def close(self) -> None:
        """Kills what runs; its jobs stay open and are taken up at the next start."""
        self._stop.set()
        await asyncio.to_thread(self._jobs.close)

    def _open(self) -> None:
        self._jobs.define("film", lambda argument: self._guarded(msgspec.convert(argument, Film), self._take_in))
        self._jobs.define("soon", lambda argument: self._guarded(msgspec.convert(argument, Work), self._make_first))
        self._jobs.define("rungs", lambda argument: self._guarded(msgspec.convert(argument, Work), self._make_full))
        self._jobs.open((PLAYABLE, SOON, RUNGS))
        self._scratch.keep_only(self._jobs.unfinished())

    async def _hear_of_films(self) -> None:
        """A position is committed only when its film's job is on disk, so none is forgotten."""
        subscription = await self._log.subscribe("films", "studio")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                found = FilmFound.FromString(read.entry.value)
                film = Film(found.title_id, found.path, found.size_bytes, found.modified_ns, found.finding)
                await asyncio.to_thread(self._enqueue, PLAYABLE, "film", film, film)
                await subscription.commit(read)

    # The itinerary, on the jobs' threads. What a later job needs to know travels with it.

    def _take_in(self, film: Film) -> str:
        digest = self._learn(film, "intake", str, lambda: content_digest(film.file.path, self._stop))
        source = self._learn(film, "probe", SourceFacts, lambda: probe(self._bench, film.file.path))
        self._tell(film, TitleFact(probed=TitleProbed(runtime_ms=source.duration_ms)))
        plan = self._learn(film, "plan", Plan, lambda: self._plan(source))
        work = Work(film, digest, source, plan)
        if all(rung.copied for rung in plan.first):
            return self._make_first(work)
        self._enqueue(SOON, "soon", film, work)
        return "needs encoding before it can be played"

    def _plan(self, source: SourceFacts) -> Plan:
        plan = plan_film(source)
        return plan if self._settings.all_rungs else replace(plan, full=plan.first)

    def _make_first(self, work: Work) -> str:
        complete = work.plan.first == work.plan.full
        self._publish(work, work.plan.first, self._bench, complete=complete)
        self._publish_art(work)
        if complete:
            self._scratch.remove(work.film.job_id)
            return "complete"
        self._enqueue(RUNGS, "rungs", work.film, work)
        return "playable"

    def _make_full(self, work: Work) -> str:
        self._publish(work, work.plan.full, self._bench.at_idle_priority(), complete=True)
        self._scratch.remove(work.film.job_id)
        return "complete"

    def _publish(self, work: Work, rungs: Sequence[Rung], bench: Bench, *, complete: bool) -> None:
        film, plan, path = work.film, work.plan, work.film.file.path
        folder, edition = self._scratch.folder(film.job_id), edition_id(work.digest, plan, rungs)
        if sound := plan.sound:
            self._do(film, "sound", lambda: make_sound(bench, path, sound, folder))
        for rung in rungs:
            self._do(film, f"rung {rung.name}", lambda rung=rung: make_rung(bench, path, plan, rung, folder))
        self._do(film, "package", lambda: package(bench, folder, rungs, plan, edition))
        self._put(f"films/{edition}", folder / edition)
        published = Edition(edition_id=edition, complete=complete, heights_px=labels_px(rungs))
        self._tell(film, TitleFact(published=TitlePublished(edition=published)))

    def _publish_art(self, work: Work) -> None:
        film, folder, art = work.film, self._scratch.folder(work.film.job_id), art_id(work.digest)
        glow = self._learn(film, "artwork", str, lambda: cut_artwork(self._bench, film.file.path, work.source, folder))
        self._put(f"art/{art}", folder / ART_FOLDER)
        self._tell(film, TitleFact(art_cut=ArtCut(art=Art(art_id=art, glow=glow))))

    # How its steps are taken.

    def _guarded(self, subject: Subject, work: Callable[[Subject], str]) -> str:
        """A film that cannot go on ends its own job, told in words for its owner. One that is playable already stays so."""
        film = subject.film
        try:
            return work(subject)
        except Unfit as unfit:
            playable = isinstance(subject, Work) and work == self._make_full
            if not unfit.quietly and not playable:
                self._tell(film, TitleFact(failed=TitleFailed(reason=unfit.reason)))
            self._scratch.remove(film.job_id)
            return f"ended: {unfit.reason}"

    def _learn(self, film: Film, step: str, kind: type[T], work: Callable[[], T]) -> T:
        """A step that reads the film, and what it found."""
        return self._jobs.step(step, kind, lambda: _with_the_film(film, work))

    def _do(self, film: Film, step: str, work: Callable[[], object]) -> None:
        """A step that makes something of the film, found later in the scratch folder."""
        self._jobs.step(step, bool, lambda: _with_the_film(film, work) is not None)

    def _put(self, unit: str, tree: Path) -> None:
        self._jobs.step(f"put {unit}", bool, lambda: self._until_it_answers(lambda: self._blobs.put_tree(unit, tree)))

    def _tell(self, film: Film, fact: TitleFact) -> None:
        step = f"tell {fact.WhichOneof('what')}"
        self._jobs.step(step, bool, lambda: self._until_it_answers(lambda: self._append(film, fact)))

    async def _append(self, film: Film, fact: TitleFact) -> None:
        whole = TitleFact(title_id=film.title_id, modified_ns=film.modified_ns)
        whole.MergeFrom(fact)
        await self._log.append("titles", [Entry(film.title_id, whole.SerializeToString())])

    def _enqueue(self, queue: Queue, job: str, film: Film, subject: Film | Work) -> None:
        self._jobs.enqueue(queue, job, f"{film.job_id}-{job}", film.title_id, msgspec.to_builtins(subject))

    def _until_it_answers(self, call: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """A store that does not answer may come back: the job waits for it, as long as the house is open."""
        while True:
            try:
                self._on_the_loop(call())
                return True
            except (BlobsUnavailable, LogUnavailable) as error:
                log.warning("store", outcome="unavailable", error=str(error), retry_s=STORE_RETRY_S)
                if self._stop.wait(STORE_RETRY_S):
                    raise Stopped(str(error)) from error

    def _on_the_loop(self, call: Coroutine[Any, Any, None]) -> None:
        """The ports belong to the process's event loop; jobs run on threads."""
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        while not wait([future], timeout=STOP_CHECK_S).done:
            if self._stop.is_set():
                future.cancel()
                raise Stopped("the house is closing")
        future.result()

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
            reason = f"The studio broke on this film, which is our fault: {broken.error}"
            await self._append(film, TitleFact(failed=TitleFailed(reason=reason)))


def _with_the_film(film: Film, work: Callable[[], T]) -> T:
    """Runs `work` and makes sure the film stayed the same all the while. Raises Unfit."""
    try:
        film.file.still_there()
        result = work()
        film.file.still_there()
        return result
    except FileChanged as change:
        raise _moved_on(change) from change
    except (NotAFilm, ToolFailed, OSError) as failure:
        raise _changed_meanwhile(film) or Unfit(_in_words(failure)) from failure


def _changed_meanwhile(film: Film) -> Unfit | None:
    try:
        film.file.still_there()
    except FileChanged as change:
        return _moved_on(change)
    return None


def _moved_on(change: FileChanged) -> Unfit:
    return Unfit(f"{change}.", quietly=not isinstance(change, FileVanished))


def _in_words(failure: Exception) -> str:
    if isinstance(failure, NotAFilm):
        return str(failure)
    if isinstance(failure, OSError):
        return f"The film or the studio's disk cannot be used ({failure}). Mend that, then touch the film's file to try again."
    return f"The film could not be prepared. Check that it plays elsewhere, then copy it again. ({failure})"
