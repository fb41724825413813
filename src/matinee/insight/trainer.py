"""Fits a model every night, in a child process, from what the figures know; the first as soon as there is enough to learn from.

One of all that could does it (`fits.py`). The child may be killed at any instant, and so may we: what was begun leaves a name
nobody uses and a folder that the next one clears. A model that the gate lets through is live at once, unless a trial runs: then
it waits as a candidate, so that the trial's sides stay what they are.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from prometheus_client import Counter

from matinee.contracts.catalog_pb2 import Audience, ListTitlesRequest, OutlineRequest, Title
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.insight import fits, registry, trial_book
from matinee.insight.figures_asked import AskedFigures
from matinee.insight.rows.viewer import DOWN, THUMBS
from matinee.insight.serving import Serving
from matinee.insight.trials.gate import faults, figures_of
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call
from matinee.ports.sql import Sql
from matinee.ports.unavailable import Unavailable

NAME = "blend"
LOOK_EVERY_S = 60.0
HOUR_UTC = 3
DAY_MS = 86_400_000
LEAST_VIEWS, LEAST_PROFILES = 200, 20
PROFILES_AT_ONCE = 200
TITLES_AT_ONCE = 500
ASKED_WITHIN_S = 60.0
LONGEST_FIT_S = 4 * 3600.0

FITTED = Counter("matinee_models_fitted_total", "Nights on which a model was fitted, by what came of it", ["outcome"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("recommend")


class DidNotFit(Exception):
    """The child did not come to an end, or to a good one; the text is the last it said."""


@dataclass
class Views:
    """Columns of what everybody watched."""

    user: list[str] = field(default_factory=list[str])
    item: list[str] = field(default_factory=list[str])
    time_s: list[float] = field(default_factory=list[float])
    weight: list[float] = field(default_factory=list[float])

    @property
    def enough(self) -> bool:
        return len(self.item) >= LEAST_VIEWS and len(set(self.user)) >= LEAST_PROFILES


class Trainer:
    def __init__(
        self, sql: Sql, blobs: Blobs, clock: Clock, catalog: CatalogClient, figures: AskedFigures, serving: Serving, folder: Path
    ) -> None:
        self._sql = sql
        self._blobs = blobs
        self._clock = clock
        self._catalog = catalog
        self._figures = figures
        self._serving = serving
        self._folder = folder

    async def keep_going(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Fits tonight's model, if it is night and nobody does."""
        now_ms = self._clock.now_ms()
        night = (now_ms - HOUR_UTC * 3_600_000) // DAY_MS
        none_yet = not self._serving.now.live
        by_day = (now_ms // 3_600_000) % 24 != HOUR_UTC
        if (by_day and not none_yet) or await self._sql.read(lambda db: fits.is_over(db, night)):
            return
        views = await self.views()
        if not views.enough or not await self._sql.transact(lambda db: fits.claim(db, night, now_ms)):
            return
        try:
            outcome = await self.fit(views)
        except (DidNotFit, Unavailable, OSError) as error:
            outcome = f"failed: {error}"
        FITTED.labels(outcome.partition(":")[0]).inc()
        log.info("model fitted", outcome=outcome)
        await self._sql.transact(lambda db: fits.end(db, night, outcome, self._clock.now_ms()))

    async def views(self) -> Views:
        """Of every profile what it watched; a title with its thumb down is seen and counts for nothing."""
        found, after = Views(), ""
        while some := await self._figures.everybody(after, PROFILES_AT_ONCE, self._call()):
            for profile_id, taste in some:
                for each in taste.watched:
                    found.user.append(profile_id)
                    found.item.append(each.title_id)
                    found.time_s.append(each.at_ms / 1000)
                    thumb = DOWN if each.title_id in taste.hidden else taste.thumbs.get(each.title_id, 0)
                    found.weight.append(each.weight * THUMBS.get(thumb, 1.0))
            after = some[-1][0]
        return found

    async def fit(self, views: Views) -> str:
        """What came of it: "live", "candidate" or "refused: …". Raises DidNotFit."""
        now_ms = self._clock.now_ms()
        await self._sql.transact(lambda db: registry.let_go(db, now_ms))
        for left in await self._sql.transact(lambda db: registry.abandoned(db, now_ms)):
            await self._blobs.delete(registry.unit_of(left))
            await self._sql.transact(lambda db, left=left: registry.forget(db, left))
        model_id = await self._sql.transact(lambda db: registry.take_version(db, NAME, now_ms))
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob("fit-*"):
            await asyncio.to_thread(shutil.rmtree, left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="fit-", dir=self._folder))
        try:
            await self._write(folder, views)
            await _in_a_child(folder)
            told: dict[str, Any] = json.loads(await asyncio.to_thread((folder / "figures.json").read_text))
            if missing := told["facts"].get("without"):
                log.warning("fitted without a transformer", why=missing)
            await self._blobs.put_tree(registry.unit_of(model_id), folder / "model")
            return await self._register(model_id, told)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _write(self, folder: Path, views: Views) -> None:
        about = await self._about()
        # An episode counts for its series, which is what rows show; what the catalog does not have is no title.
        items = [about.series_of.get(each, each) for each in views.item]
        kept = np.array([each in about.items for each in items], np.bool_)
        live = self._serving.now.live
        order = {"seed": self._clock.now_ms() // DAY_MS, "parent": live}

        def write() -> None:
            np.savez(
                folder / "views.npz",
                user=np.array(views.user, np.str_)[kept],
                item=np.array(items, np.str_)[kept],
                time_s=np.array(views.time_s)[kept],
                weight=np.array(views.weight)[kept],
            )
            (folder / "items.json").write_text(json.dumps(about.items))
            (folder / "order.json").write_text(json.dumps(order))
            if live:
                shutil.copytree(self._folder / live, folder / "live")

        await asyncio.to_thread(write)

    async def _about(self) -> "About":
        everything, found = Audience(operator=True), About()
        while True:
            asked = ListTitlesRequest(audience=everything, limit=TITLES_AT_ONCE, offset=len(found.items))
            titles = (await self._catalog.list_titles(asked, self._call())).titles
            for title in titles:
                found.items[title.title_id] = _said(title)
            if len(titles) < TITLES_AT_ONCE:
                break
        outline = await self._catalog.outline(OutlineRequest(audience=everything), self._call())
        for episode, row in zip(outline.episode_ids, outline.episode_series, strict=True):
            found.series_of[episode] = outline.title_ids[row]
        return found

    async def _register(self, model_id: str, told: Mapping[str, Any]) -> str:
        wrong = faults(figures_of(told["figures"]))
        now_ms = self._clock.now_ms()
        busy = await self._sql.read(trial_book.running) is not None
        await self._sql.transact(lambda db: registry.made(db, model_id, told, now_ms))
        if wrong:
            return f"refused: {'; '.join(wrong)}"
        if busy:
            return "candidate"
        await self._sql.transact(lambda db: registry.bless(db, model_id, now_ms))
        return "live"

    def _call(self) -> Call:
        return Call("training", "recommend", self._clock.monotonic_s() + ASKED_WITHIN_S, house=True)


@dataclass(frozen=True)
class About:
    """What is known of each title, as `features.About` takes it; and of each episode its series."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    series_of: dict[str, str] = field(default_factory=dict[str, str])


def _said(title: Title) -> dict[str, Any]:
    people = [name for credit in title.credits if credit.role != "Studio" for name in credit.names]
    return {"genres": list(title.genres), "people": people, "text": title.plot, "year": title.year or None}


async def _in_a_child(folder: Path) -> None:
    """Raises DidNotFit. The child ends with us."""
    words = (sys.executable, "-m", "matinee.insight.fitting", str(folder), str(os.getpid()))
    # Two threads that wait for each other on busy processors cost ten times the CPU of one.
    around = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with (folder / "said").open("wb") as said:
        child = await asyncio.create_subprocess_exec(*words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=around)
    try:
        async with asyncio.timeout(LONGEST_FIT_S):
            status = await child.wait()
    except TimeoutError:
        raise DidNotFit(f"it took longer than {LONGEST_FIT_S / 3600:g} hours") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
    if status:
        raise DidNotFit(f"status {status}: {(folder / 'said').read_text(errors='replace').strip()[-300:]}")
