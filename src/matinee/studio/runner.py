"""Errands: chunks are queued for any worker, made by whoever takes them, and fetched by the job that sent for them.

What an errand makes is a unit of blobs named by its recipe. Made twice, it is the same unit; a unit that is missing when it is
fetched is no harm, as whoever assembles the rung makes it on the spot.
"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from matinee.studio import ledger
from matinee.studio.desk import Desk
from matinee.studio.encode_chunk import chunk_file, make_chunk
from matinee.studio.errand import Errand
from matinee.studio.jobs import Jobs, Queue, Unfit
from matinee.studio.mishaps import with_the_film
from matinee.studio.scratch import Scratch
from matinee.studio.stores import Stores
from matinee.studio.tools import Bench, CalledOff, Stopped

CHUNK = "chunk.mp4"
MADE = "made"


@dataclass(frozen=True)
class Runner:
    """`at_once` is how many chunks one worker takes; how many encoders run is decided per machine (`turns.py`)."""

    jobs: Jobs
    bench: Bench
    scratch: Scratch
    stores: Stores
    desk: Desk
    at_once: int

    @property
    def queues(self) -> tuple[Queue, Queue]:
        """Those somebody waits for, and the others."""
        return Queue("quick chunks", self.at_once), Queue("chunks", self.at_once, idle=True)

    def define(self) -> None:
        self.jobs.define("chunk", lambda argument: self.run(msgspec.convert(argument, Errand)))

    def send(self, errands: Sequence[Errand], step: str) -> None:
        """Queues them and waits until all are run. Raises Unfit, CalledOff, Stopped."""
        film = errands[0].film
        names = [f"{film.attempt_id}-{errand.piece_id}" for errand in errands]
        for name, errand in zip(names, errands, strict=True):
            self._look(errand)
            quick, lasting = self.queues
            queue = lasting if errand.idle else quick
            self.jobs.enqueue(queue, "chunk", name, film.title_id, msgspec.to_builtins(errand))
        if problem := self.jobs.gather(step, names, MADE, lambda: self._look(errands[0])):
            raise Unfit(problem)

    def run(self, errand: Errand) -> str:
        """On whichever worker took it."""
        try:
            with self.desk.at_work(errand.film):
                self._look(errand)
                self.jobs.step("make", bool, lambda: with_the_film(errand.film, lambda: self._make(errand)))
                return MADE
        except Unfit as unfit:
            return unfit.reason
        except CalledOff as cancelled:
            self.scratch.remove(errand.film.attempt_id)
            return str(cancelled)

    def fetch(self, errand: Errand, folder: Path) -> None:
        """The chunk into the folder where its rung is assembled, unless that needs it no more."""
        file = chunk_file(folder, errand.rung, errand.chunk)
        if not file.exists() and not (folder / f"{errand.rung.name}.mp4").exists():
            self.stores.fetch(f"{errand.unit}/{CHUNK}", file)

    def clear(self, job_id: str) -> None:
        """Its chunks have served, but for those another job is made of too."""
        pieces = self.stores.write(lambda db, _: ledger.pieces_of(db, [job_id]))
        shared = self.stores.write(lambda db, _: ledger.wanted_by_others(db, job_id))
        for piece in pieces:
            if piece.piece_id not in shared:
                self.stores.delete(f"chunks/{piece.piece_id}")
        self.stores.write(lambda db, _: ledger.drop_pieces(db, job_id))

    def _look(self, errand: Errand) -> None:
        if self.stores.stop.is_set():
            raise Stopped("the house is closing")
        if self.desk.is_called_off(errand.film):
            raise CalledOff("the job was cancelled")

    def _make(self, errand: Errand) -> bool:
        film, began_ms = errand.film, self.stores.clock.now_ms()
        bench = replace(self.bench, idle=errand.idle, called_off=lambda: self.desk.is_called_off(film))
        if not self.stores.has(errand.unit):
            folder = self.scratch.folder(film.attempt_id) / f".{errand.piece_id}-{uuid.uuid4().hex[:8]}"
            folder.mkdir()
            try:
                make_chunk(
                    bench,
                    film.file.path,
                    errand.plan,
                    errand.rung,
                    errand.chunk,
                    folder / CHUNK,
                    lambda made_ms: self.desk.made(film, errand.piece_id, began_ms, made_ms),
                )
                self.stores.put(errand.unit, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        self.desk.made(film, errand.piece_id, began_ms, errand.chunk.film_ms)
        return True
