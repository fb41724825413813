"""A film's itinerary, from a file somebody found to an edition anybody can play. Read it top to bottom.

    take in: digest -> probe -> plan
    first edition: sound, pictures -> package -> publish -> artwork
    complete edition: sound, pictures -> package -> publish

Every stop is a step of a durable job (`jobs.py`), and everything heavy a child process (`tools.py`). What a later job needs
to know travels with it. A film that fails says why and harms nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from matinee.studio.artwork import ART_FOLDER, cut_artwork
from matinee.studio.encode import make_rung, make_sound
from matinee.studio.film import Film, Work
from matinee.studio.intake import FileChanged, FileVanished, content_digest
from matinee.studio.jobs import Jobs, Queue, Unfit
from matinee.studio.ladder import Plan, Rung, plan_film
from matinee.studio.news import ArtMade, Failed, News, Probed, Published
from matinee.studio.package import package
from matinee.studio.probe import probe
from matinee.studio.publish import art_id, edition_id, labels_px
from matinee.studio.scratch import Scratch
from matinee.studio.source import NotAFilm, SourceFacts
from matinee.studio.stores import Stores
from matinee.studio.tools import Bench, ToolFailed

PLAYABLE, SOON, RUNGS = Queue("playable", 2), Queue("soon", 1), Queue("rungs", 1)
QUEUES = (PLAYABLE, SOON, RUNGS)

T = TypeVar("T")
Subject = TypeVar("Subject", Film, Work)


@dataclass(frozen=True)
class Itinerary:
    """Without `all_rungs` the studio stops at the first edition, which then is the complete one."""

    jobs: Jobs
    bench: Bench
    scratch: Scratch
    stores: Stores
    all_rungs: bool

    def define(self) -> None:
        """Names the jobs; done once, before the first can run."""
        self.jobs.define("film", lambda argument: self._guarded(msgspec.convert(argument, Film), self.take_in))
        self.jobs.define("soon", lambda argument: self._guarded(msgspec.convert(argument, Work), self.make_first))
        self.jobs.define("rungs", lambda argument: self._guarded(msgspec.convert(argument, Work), self.make_full))

    def begin(self, film: Film) -> None:
        """Returns when the film's job is on disk."""
        self._enqueue(PLAYABLE, "film", film, film)

    # The stops.

    def take_in(self, film: Film) -> str:
        digest = self._learn(film, "intake", str, lambda: content_digest(film.file.path, self.bench.stop))
        source = self._learn(film, "probe", SourceFacts, lambda: probe(self.bench, film.file.path))
        self._tell(film, Probed(source.duration_ms))
        plan = self._learn(film, "plan", Plan, lambda: self._plan(source))
        work = Work(film, digest, source, plan)
        if all(rung.copied for rung in plan.first):
            return self.make_first(work)
        self._enqueue(SOON, "soon", film, work)
        return "needs encoding before it can be played"

    def make_first(self, work: Work) -> str:
        complete = work.plan.first == work.plan.full
        self._publish(work, work.plan.first, self.bench, complete=complete)
        self._publish_art(work)
        if complete:
            self.scratch.remove(work.film.job_id)
            return "complete"
        self._enqueue(RUNGS, "rungs", work.film, work)
        return "playable"

    def make_full(self, work: Work) -> str:
        self._publish(work, work.plan.full, self.bench.at_idle_priority(), complete=True)
        self.scratch.remove(work.film.job_id)
        return "complete"

    def _publish(self, work: Work, rungs: Sequence[Rung], bench: Bench, *, complete: bool) -> None:
        """Makes what an edition is packaged of, packages it, and tells of it once it can be played."""
        film, edition = work.film, edition_id(work.digest, work.plan, rungs)
        self._learn(film, f"publish {edition}", bool, lambda: self._assemble(work, rungs, bench, edition))
        self._tell(film, Published(edition, complete, labels_px(rungs)))

    def _assemble(self, work: Work, rungs: Sequence[Rung], bench: Bench, edition: str) -> bool:
        """One step of the job. Each file here is there whole or not at all, so what a death interrupts is all that is lost."""
        film, plan, path = work.film, work.plan, work.film.file.path
        folder = self.scratch.folder(film.job_id)
        for sound in plan.sounds_beside(rungs):
            make_sound(bench, path, sound, folder)
        for rung in rungs:
            make_rung(bench, path, plan, rung, folder)
        package(bench, folder, rungs, plan, edition)
        return self.stores.put(f"films/{edition}", folder / edition)

    def _publish_art(self, work: Work) -> None:
        film, folder, art = work.film, self.scratch.folder(work.film.job_id), art_id(work.digest)
        glow = self._learn(film, "artwork", str, lambda: cut_artwork(self.bench, film.file.path, work.source, folder))
        self.jobs.step(f"put {art}", bool, lambda: self.stores.put(f"art/{art}", folder / ART_FOLDER))
        self._tell(film, ArtMade(art, glow))

    def _plan(self, source: SourceFacts) -> Plan:
        plan = plan_film(source)
        return plan if self.all_rungs else replace(plan, full=plan.first)

    # How they are taken.

    def _guarded(self, subject: Subject, work: Callable[[Subject], str]) -> str:
        """A film that cannot go on ends its own job, told in words for its owner. One that is playable already stays so."""
        film = subject.film
        try:
            return work(subject)
        except Unfit as unfit:
            playable = isinstance(subject, Work) and work == self.make_full
            if not unfit.quietly and not playable:
                self._tell(film, Failed(unfit.reason))
            self.scratch.remove(film.job_id)
            return f"ended: {unfit.reason}"

    def _learn(self, film: Film, step: str, kind: type[T], work: Callable[[], T]) -> T:
        """A step that reads the film, and what it found."""
        return self.jobs.step(step, kind, lambda: _with_the_film(film, work))

    def _tell(self, film: Film, news: News) -> None:
        self.jobs.step(f"tell {type(news).__name__}", bool, lambda: self.stores.tell(film, news))

    def _enqueue(self, queue: Queue, job: str, film: Film, subject: Film | Work) -> None:
        self.jobs.enqueue(queue, job, f"{film.job_id}-{film.attempt}-{job}", film.title_id, msgspec.to_builtins(subject))


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
