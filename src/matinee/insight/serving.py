"""The models in use, as this process has them: fetched from blobs into a folder, mapped into memory, and changed in one step.

All of it happens beside the event loop, and whoever ranks meanwhile keeps what they have. A model that cannot be had (its unit is
gone, half there, or of another form) leaves the one before in its place: that is logged and counted, and tried again.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from matinee.insight import registry, trial_book
from matinee.insight.registry import unit_of
from matinee.insight.taste.keeping import MANIFEST, NoModel, load
from matinee.insight.taste.model import Model
from matinee.insight.trials.assignment import Trial
from matinee.ports.blobs import Blobs, NoSuchBlob
from matinee.ports.clock import Clock
from matinee.ports.sql import Sql

LOOK_EVERY_S = 2.0
PIECE_BYTES = 8 << 20

FAILED = Counter("matinee_model_load_failures_total", "Models that could not be loaded; the one before goes on serving")
LOADED = Gauge("matinee_model_loaded", "1 for each model in use", ["model"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("recommend")


@dataclass(frozen=True)
class InUse:
    """`live` is a model's id, or empty; `trial` is the one that runs, if both its models are here."""

    live: str = ""
    trial: Trial | None = None
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])


class Serving:
    def __init__(self, sql: Sql, blobs: Blobs, clock: Clock, folder: Path) -> None:
        self._sql = sql
        self._blobs = blobs
        self._clock = clock
        self._folder = folder
        self.now = InUse()

    async def keep_looking(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Takes up what the registry says by now."""
        live, trial = await self._sql.read(lambda db: (registry.live(db), trial_book.running(db)))
        wanted = [live] if live else []
        if trial is not None and trial.base == live:
            wanted.append(trial.challenger)
        models = {each: model for each in wanted if (model := await self._model(each)) is not None}
        if live not in models:
            # Without it, whatever served so far: a page of yesterday's taste is better than one of nobody's.
            live = self.now.live
            models |= {live: self.now.models[live]} if live else {}
        running = trial if trial and trial.challenger in models and trial.base == live else None
        if models.keys() != self.now.models.keys() or live != self.now.live:
            log.info("models in use", live=live, trial=running.trial_id if running else "")
            for gone in self.now.models.keys() - models.keys():
                LOADED.labels(gone).set(0)
                await asyncio.to_thread(shutil.rmtree, self._folder / gone, ignore_errors=True)
            for each in models:
                LOADED.labels(each).set(1)
        self.now = InUse(live, running, models)

    async def _model(self, model_id: str) -> Model | None:
        if model_id in self.now.models:
            return self.now.models[model_id]
        try:
            await self._fetch(model_id)
            return await asyncio.to_thread(load, self._folder / model_id)
        except (NoModel, NoSuchBlob, OSError) as error:
            FAILED.inc()
            log.warning("model not loaded", model=model_id, why=str(error))
            await asyncio.to_thread(shutil.rmtree, self._folder / model_id, ignore_errors=True)
            return None

    async def _fetch(self, model_id: str) -> None:
        """Into a folder beside its place, then there by one rename: another process may fetch the same. Raises NoModel."""
        there = self._folder / model_id
        if await asyncio.to_thread((there / MANIFEST).exists):
            return
        unit = unit_of(model_id)
        names = await self._blobs.names(unit)
        if not names:
            raise NoModel(f"{unit} is not among the blobs: bless another model, or go back by `matinee recs rollback`")
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        fresh = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            for name in names:
                await self._copy(name, fresh / name.removeprefix(f"{unit}/"))
            await asyncio.to_thread(_put, fresh, there)
        finally:
            await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)

    async def _copy(self, name: str, to: Path) -> None:
        await asyncio.to_thread(to.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        first = 0
        while piece := await self._blobs.read(name, first, first + PIECE_BYTES - 1):
            await asyncio.to_thread(_append, to, piece)
            first += len(piece)
            if len(piece) < PIECE_BYTES:
                return


def _append(to: Path, piece: bytes) -> None:
    with to.open("ab") as file:
        file.write(piece)


def _put(fresh: Path, there: Path) -> None:
    if not there.exists():
        fresh.rename(there)
