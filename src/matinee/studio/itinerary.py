"""A film's itinerary, from a file somebody found to an edition anybody can play. Read it top to bottom.

    take in: digest -> probe -> subtitles -> plan
    first edition: chunks -> sounds, pictures -> package -> publish -> artwork
    complete edition: chunks -> sounds, pictures -> package (thumbnails, chapters) -> publish

A complete edition that is there already is only told of again, and nothing less takes the place of one.

Every stop is a step of a durable job (`jobs.py`), and everything heavy a child process (`tools.py`). What a later job needs
to know travels with it. There are queues, so that nobody waits behind a long encode: `playable` takes a film in and publishes
what needs no encoding, `soon` makes the quick first rung of the others, `rungs` all the rest at idle priority; their chunks
are errands that any worker runs (`errand.py`). A film that fails says why and harms nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec
import sqlalchemy as sa
import structlog

from matinee.studio import holdings, ledger
from matinee.studio.artwork import ART_FOLDER, Artwork, cut_artwork
from matinee.studio.desk import Desk
from matinee.studio.encode import make_rung, make_sound
from matinee.studio.errand import Errand, errands
from matinee.studio.film import Film, Work
from matinee.studio.intake import content_digest
from matinee.studio.jobs import Jobs, Queue, Unfit
from matinee.studio.ladder import Plan, Rung, plan_film
from matinee.studio.mishaps import with_the_film
from matinee.studio.news import ArtMade, News, Probed, Published
from matinee.studio.package import package
from matinee.studio.probe import probe
from matinee.studio.publish import art_id, edition_id, labels_px
from matinee.studio.runner import Runner
from matinee.studio.scratch import Scratch
from matinee.studio.source import SourceFacts
from matinee.studio.stores import Stores
from matinee.studio.subtitles import Texts
from matinee.studio.texts import keep_texts, make_texts
from matinee.studio.tools import Bench, CalledOff, Stopped

PLAYABLE, SOON, RUNGS = Queue("playable", 2), Queue("soon", 1), Queue("rungs", 1, idle=True)
CLAIM_S = 0.5
IN_LINE = "waiting for its turn"

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")

T = TypeVar("T")
Subject = TypeVar("Subject", Film, Work)


@dataclass(frozen=True)
class Itinerary:
    """Without `all_rungs` the studio stops at the first edition, which then is the complete one."""

    jobs: Jobs
    bench: Bench
    scratch: Scratch
    stores: Stores
    desk: Desk
    runner: Runner
    all_rungs: bool
    chunk_s: float

    def define(self) -> None:
        """Names the jobs; done once, before the first can run."""
        self.jobs.define("film", lambda argument: self._guarded(msgspec.convert(argument, Film), self.take_in))
        self.jobs.define("soon", lambda argument: self._guarded(msgspec.convert(argument, Work), self.make_first))
        self.jobs.define("rungs", lambda argument: self._guarded(msgspec.convert(argument, Work), self.make_full))

    def begin(self, film: Film, asked_s: int) -> None:
        """Returns when the film's job is on disk."""
        self._enqueue(PLAYABLE, "film", film, film, asked_s)

    # The stops.

    def take_in(self, film: Film) -> str:
        self._reached(film, "reading the film")
        digest = self._learn(film, "intake", str, lambda: content_digest(film.file.path, self.bench.stop))
        source = self._learn(film, "probe", SourceFacts, lambda: probe(self.bench, film.file.path))
        self._tell(film, Probed(source.duration_ms))
        texts = self._learn(film, "texts", Texts, lambda: self._texts(film, source))
        plan = self._learn(film, "plan", Plan, lambda: self._plan(source, texts))
        work = Work(film, digest, source, plan)
        if self.jobs.step("look for it", bool, lambda: self._is_made(work)):
            self._announce(work, plan.full, edition_id(digest, plan, plan.full), complete=True)
            self._publish_art(work)
            return self._finish(film)
        self._lay_out([*errands(work, plan.first, idle=False), *errands(work, plan.full, idle=True)])
        if plan.first != plan.full and self.jobs.step("look for a whole one", bool, lambda: self._is_whole(work)):
            self._publish_art(work)
            return self._send_for_rungs(work)
        if all(rung.copied for rung in plan.first):
            return self.make_first(work)
        self._reached(film, IN_LINE)
        self._enqueue(SOON, "soon", film, work)
        return "needs encoding before it can be played"

    def make_first(self, work: Work) -> str:
        complete = work.plan.first == work.plan.full
        self._publish(work, work.plan.first, self.bench, complete=complete)
        self._publish_art(work)
        if complete:
            return self._finish(work.film)
        return self._send_for_rungs(work)

    def make_full(self, work: Work) -> str:
        self._publish(work, work.plan.full, self.bench.at_idle_priority(), complete=True)
        return self._finish(work.film)

    def _send_for_rungs(self, work: Work) -> str:
        self._reached(work.film, IN_LINE)
        self._enqueue(RUNGS, "rungs", work.film, work)
        return "playable"

    def _is_made(self, work: Work) -> bool:
        """Somebody touched the film or moved it; or it lies in the library twice."""
        unit = holdings.edition(edition_id(work.digest, work.plan, work.plan.full))
        if not self.stores.has(unit):
            return False
        self._claim(work.film, unit)
        return self.stores.has(unit)

    def _is_whole(self, work: Work) -> bool:
        """Then the new edition, which may only have other subtitles, is played when it is complete too."""
        return self.stores.write(lambda db, _: _stays_playable(db, work))

    def _publish(self, work: Work, rungs: Sequence[Rung], bench: Bench, *, complete: bool) -> None:
        """Makes what an edition is packaged of, packages it, and tells of it once it can be played."""
        film, edition = work.film, edition_id(work.digest, work.plan, rungs)
        sent = errands(work, rungs, idle=bench.idle)
        if sent:
            self._reached(film, f"encoding {_sizes(rungs)}")
            self.runner.send(sent, f"chunks of {edition}")
        self._reached(film, "packaging")
        self._learn(film, f"publish {edition}", bool, lambda: self._assemble(work, rungs, sent, bench, edition))
        self._announce(work, rungs, edition, complete=complete)

    def _announce(self, work: Work, rungs: Sequence[Rung], edition: str, *, complete: bool) -> None:
        film, tracks = work.film, (*work.plan.sounds_beside(rungs), *work.plan.texts)
        unit = holdings.edition(edition)
        if complete:
            self._note(f"whole {edition}", lambda db, _: holdings.know_whole(db, film.title_id, unit, work.digest))
        self._tell(film, Published(edition, complete, labels_px(rungs), tracks, work.plan.chapters))
        self._note(f"published {edition}", lambda db, now_ms: _published(db, film, unit, now_ms))

    def _assemble(self, work: Work, rungs: Sequence[Rung], sent: Sequence[Errand], bench: Bench, edition: str) -> bool:
        """One step of the job. Each file here is there whole or not at all, so what a death interrupts is all that is lost."""
        film, plan, path = work.film, work.plan, work.film.file.path
        folder, bench = self.scratch.folder(film.attempt_id), bench.until(lambda: self.desk.is_called_off(film))
        keep_texts(bench, path, work.source, folder, film.beside, plan.texts)
        for sound in plan.sounds_beside(rungs):
            make_sound(bench, path, sound, folder)
        for errand in sent:
            self.runner.fetch(errand, folder)
        for rung in rungs:
            make_rung(bench, path, plan, rung, folder)
        package(bench, folder, rungs, plan, edition)
        return self._put(film, holdings.edition(edition), folder / edition)

    def _publish_art(self, work: Work) -> None:
        film, path, folder = work.film, work.film.file.path, self.scratch.folder(work.film.attempt_id)
        self._reached(film, "choosing its pictures")
        bench = self.bench.until(lambda: self.desk.is_called_off(film))
        cut = self._learn(film, "artwork", Artwork, lambda: cut_artwork(bench, path, work.source, folder, film.beside))
        art = art_id(work.digest, cut.own)
        unit = holdings.art(art)
        self.jobs.step(f"put {art}", bool, lambda: self._put(film, unit, folder / ART_FOLDER))
        self._tell(film, ArtMade(art, cut.glow))
        self._note(f"shown {art}", lambda db, now_ms: holdings.shown(db, film, unit, now_ms))

    def _finish(self, film: Film) -> str:
        # Done before its pieces are gone: a job without any would have made nothing yet.
        self._note("done", lambda db, now_ms: ledger.end(db, film, ledger.DONE, now_ms))
        self.runner.clear(film.job_id)
        self.scratch.remove(film.attempt_id)
        return "complete"

    def _texts(self, film: Film, source: SourceFacts) -> Texts:
        """What cannot be read costs only itself, and is said."""
        texts = make_texts(self.bench, film.file.path, source, self.scratch.folder(film.attempt_id), film.beside)
        for left_out in texts.left_out:
            log.warning("subtitles", outcome="left out", film=film.file.path.name, reason=left_out)
        return texts

    def _plan(self, source: SourceFacts, texts: Texts) -> Plan:
        plan = plan_film(source, self.chunk_s, texts.tracks)
        return plan if self.all_rungs else replace(plan, full=plan.first)

    # How they are taken.

    def _guarded(self, subject: Subject, work: Callable[[Subject], str]) -> str:
        """A film that cannot go on ends its own job, in words for its owner. One that is playable already stays so."""
        film = subject.film
        try:
            with self.desk.at_work(film):
                return work(subject)
        except Unfit as unfit:
            problem, detail, quietly = unfit.reason, unfit.detail, unfit.quietly
            self._note("failed", lambda db, now: ledger.end(db, film, ledger.FAILED, now, problem, detail, quietly=quietly))
            self.scratch.remove(film.attempt_id)
            return f"ended: {problem}"
        except CalledOff:
            self.scratch.remove(film.attempt_id)
            return "cancelled"

    def _learn(self, film: Film, step: str, kind: type[T], work: Callable[[], T]) -> T:
        """A step that reads the film, and what it found."""
        return self.jobs.step(step, kind, lambda: with_the_film(film, work))

    def _tell(self, film: Film, news: News) -> None:
        self.jobs.step(f"tell {type(news).__name__}", bool, lambda: self.stores.tell(film, news))

    def _note(self, step: str, work: Callable[[sa.Connection, int], object]) -> None:
        """A step that writes into the ledger."""
        self.jobs.step(f"note {step}", bool, lambda: self.stores.write(work) is not False)

    def _put(self, film: Film, unit: str, tree: Path) -> bool:
        self._claim(film, unit)
        return self.stores.put(unit, tree)

    def _claim(self, film: Film, unit: str) -> None:
        """An old one of that name which is just going must be gone first."""
        while not self.stores.write(lambda db, _: holdings.claim(db, film.title_id, unit)):
            if self.stores.stop.wait(CLAIM_S):
                raise Stopped("the house is closing")

    def _reached(self, film: Film, stage: str) -> None:
        """Where the job is, for whoever asks; a job that was cancelled goes no further."""
        if not self.stores.write(lambda db, _: ledger.reached(db, film, stage)):
            raise CalledOff("the job was cancelled")

    def _lay_out(self, pieces: Sequence[Errand]) -> None:
        self._note("pieces", lambda db, _: ledger.lay_out(db, [errand.piece for errand in pieces]))

    def _enqueue(self, queue: Queue, job: str, film: Film, subject: Film | Work, asked_s: int | None = None) -> None:
        self.jobs.enqueue(queue, job, f"{film.attempt_id}-{job}", film.title_id, msgspec.to_builtins(subject), asked_s)


def _published(db: sa.Connection, film: Film, unit: str, now_ms: int) -> None:
    ledger.became_playable(db, film)
    holdings.shown(db, film, unit, now_ms)


def _stays_playable(db: sa.Connection, work: Work) -> bool:
    whole = holdings.is_whole(db, work.film.title_id, work.digest)
    if whole:
        ledger.became_playable(db, work.film)
    return whole


def _sizes(rungs: Sequence[Rung]) -> str:
    """As "1080p to 234p"."""
    sizes = labels_px([rung for rung in rungs if not rung.copied])
    return f"{sizes[0]}p" if len(sizes) == 1 else f"{sizes[0]}p to {sizes[-1]}p"
