"""Recommend: what a profile might like, as rows of titles with their reasons. Home asks, and does without when it is away.

What is known of a profile is its views as playback has them, so that a view counts at once, its taste as the figures have it,
and what it picked at the start. The model is whichever the registry says is live (`serving.py`). Ranking is done beside the
event loop.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Counter, Histogram

from matinee.contracts import recommend_pb2 as pb
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.events_pb2 import ProfileGone
from matinee.contracts.figures_rpc import FiguresClient
from matinee.insight import picked, trial_book
from matinee.insight.answers import row_of
from matinee.insight.figures_asked import AskedFigures
from matinee.insight.minds import Minds
from matinee.insight.recommend_migrations import MIGRATIONS
from matinee.insight.rows.candidates import more_like
from matinee.insight.rows.charts import Charts, popularity
from matinee.insight.rows.composing import Composed, composed
from matinee.insight.rows.picks import ENOUGH, picks
from matinee.insight.rows.shelf import Shelf
from matinee.insight.rows.viewer import BEGUN, FINISHED, Taste, Viewer, Watched, viewer_of
from matinee.insight.serving import InUse, Serving
from matinee.insight.shelves import Outlined, ids_in, shelf_in
from matinee.insight.trainer import Trainer
from matinee.insight.trials.assignment import AB, INTERLEAVE, NO_PART, SHADOW, Assigned, assigned, tosses
from matinee.insight.trials.drafting import CHALLENGER
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql
from matinee.ports.unavailable import Fallback

MOST_PICKS = 20
MOST_ALIKE = 24
LEAST_TO_PICK_FROM = 12
ROUNDS = 60
VOTES_EVERY_S = 60.0
MOST_AT_ONCE = 64
WAIT_S = 5.0

RANKED_S = Histogram("matinee_recommend_seconds", "How long a page's rows took to rank, by model", ["model"])
SHADOW_AGREES = Histogram("matinee_shadow_agreement", "How much of the best twenty a second model shows, too", ["model"])
ROWS = Counter("matinee_recommended_rows_total", "Rows that were recommended, by kind", ["kind"])


@dataclass(frozen=True)
class RecommendSettings:
    models: Path  # where models lie while they are in use; may be lost


class Recommend:
    """Implements `RecommendService`."""

    def __init__(
        self,
        *,
        sql: Sql,
        log: Log,
        blobs: Blobs,
        clock: Clock,
        catalog: CatalogClient,
        figures: FiguresClient,
        settings: RecommendSettings,
    ) -> None:
        self._sql = sql
        self._log = log
        self._clock = clock
        self._figures = AskedFigures(figures, clock, Outlined(catalog, clock, ids_in))
        self._without_charts = Fallback("recommend: without charts", clock, within_s=0.2)
        self._shelves = Outlined(catalog, clock, shelf_in)
        self.serving = Serving(sql, blobs, clock, settings.models)
        self.trainer = Trainer(sql, blobs, clock, catalog, self._figures, self.serving, settings.models)
        self._minds = Minds()
        self._ranking = ThreadPoolExecutor(1, "ranking")

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)
        await self.serving.look()

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (
            ("recommend.models", self.serving.keep_looking),
            ("recommend.training", self.trainer.keep_going),
            ("recommend.votes", self.keep_counting),
            ("recommend.forgetting", self.keep_hearing),
        )

    async def close(self) -> None:
        self._ranking.shutdown(wait=False)
        await self._sql.close()

    async def rows(self, request: pb.RowsQuestion, call: Call) -> pb.RecommendedRows:
        onward = call.from_("recommend")
        seen = [Watched(each.title_id, FINISHED if each.finished else BEGUN, each.at_ms) for each in request.seen]
        shelf, (taste, charts), picked_before = await asyncio.gather(
            self._shelves.of(request.audience, onward),
            self._counted(request.profile_id, request.audience.country, onward),
            self._picked(request.profile_id),
        )
        viewer = viewer_of(shelf, taste, seen, picked_before, self._clock.now_ms())
        in_use = self.serving.now
        part = assigned(in_use.trial, request.profile_id) if in_use.trial else NO_PART
        # One page after the other, in one thread: six hinder one another, and each pages in a heap of its own.
        done, model = await asyncio.get_running_loop().run_in_executor(
            self._ranking, self._composed, in_use, part, request.profile_id, shelf, viewer, charts
        )
        if done.agreement is not None and in_use.trial:
            SHADOW_AGREES.labels(in_use.trial.challenger).observe(done.agreement)
        answer = pb.RecommendedRows(asks_for_picks=not viewer.known and int(shelf.playable.sum()) >= LEAST_TO_PICK_FROM)
        told = in_use.trial if part.arm and part.arm != SHADOW else None
        for row in done.rows:
            answer.rows.append(row_of(row, done, shelf, viewer, model, told, part))
            ROWS.labels(row.candidate.kind.value).inc()
        return answer

    def _composed(
        self, in_use: InUse, part: Assigned, profile_id: str, shelf: Shelf, viewer: Viewer, charts: Charts
    ) -> tuple[Composed, str]:
        """The rows, and by which model."""
        now_ms, trial = self._clock.now_ms(), in_use.trial
        name = trial.challenger if trial and trial.form == AB and part.arm == CHALLENGER else in_use.live
        with RANKED_S.labels(name).time():
            mind = self._minds.of(shelf, name, in_use.models.get(name), charts)
            if trial is None or not part.arm or trial.form == AB:
                return composed(mind, viewer, charts, now_ms), name
            second = self._minds.of(shelf, trial.challenger, in_use.models[trial.challenger], charts)
            coins = tosses(trial, profile_id, uuid.uuid4().hex, ROUNDS) if trial.form == INTERLEAVE else ()
            return composed(mind, viewer, charts, now_ms, second, coins), name

    async def alike(self, request: pb.AlikeQuestion, call: Call) -> pb.AlikeTitles:
        onward = call.from_("recommend")
        shelf, (taste, charts) = await asyncio.gather(
            self._shelves.of(request.audience, onward),
            self._counted(request.profile_id, request.audience.country, onward),
        )
        number = shelf.find(request.title_id)
        if number < 0:
            return pb.AlikeTitles()
        in_use, viewer = self.serving.now, viewer_of(shelf, taste, (), (), self._clock.now_ms())
        mind = self._minds.of(shelf, in_use.live, in_use.models.get(in_use.live), charts)
        found: list[int] = (await asyncio.to_thread(more_like, mind, number, viewer, MOST_ALIKE)).tolist()
        return pb.AlikeTitles(title_ids=[shelf.ids[each] for each in found])

    async def offer_picks(self, request: pb.PicksQuestion, call: Call) -> pb.PicksOffer:
        onward = call.from_("recommend")
        shelf, (taste, charts), before = await asyncio.gather(
            self._shelves.of(request.audience, onward),
            self._counted(request.profile_id, request.audience.country, onward),
            self._picked(request.profile_id),
        )
        shut = viewer_of(shelf, taste, (), (), self._clock.now_ms()).shut
        offered: list[int] = (await asyncio.to_thread(picks, shelf, popularity(shelf, charts))).tolist()
        ids = [shelf.ids[each] for each in offered if not shut[each]]
        kept = [each.title_id for each in before if each.title_id in shelf.number]
        return pb.PicksOffer(title_ids=list(dict.fromkeys([*kept, *ids])), picked=kept, enough=ENOUGH)

    async def keep_picks(self, request: pb.PicksChoice, call: Call) -> pb.PicksKept:
        if len(request.title_ids) > MOST_PICKS or any(not 0 < len(each) <= 64 for each in request.title_ids):
            raise Refused(
                "invalid", "That is no choice of titles.", f"Pick {MOST_PICKS} of those offered at most.", field="titles"
            )
        now_ms = self._clock.now_ms()
        await self._sql.transact(lambda db: picked.keep(db, request.profile_id, list(request.title_ids), now_ms))
        return pb.PicksKept()

    async def keep_counting(self) -> None:
        """How the trial that runs has gone, once a minute."""
        while True:
            trial = await self._sql.read(trial_book.running)
            if trial is not None:
                call = Call("votes", "recommend", self._clock.monotonic_s() + VOTES_EVERY_S, house=True)
                votes = await self._figures.votes(trial.trial_id, call)
                await self._sql.transact(lambda db, of=trial, votes=votes: trial_book.note(db, of, votes))
            await self._clock.sleep(VOTES_EVERY_S)

    async def keep_hearing(self) -> None:
        """Forgets the picks of profiles that were removed; a word is committed when that is done."""
        subscription = await self._log.subscribe("profiles", "recommend")
        while True:
            for read in await subscription.poll(MOST_AT_ONCE, WAIT_S):
                gone = ProfileGone.FromString(read.entry.value)
                await self._sql.transact(lambda db, gone=gone: picked.forget(db, gone.profile_id))
                await subscription.commit(read)

    async def _counted(self, profile_id: str, country: str, call: Call) -> tuple[Taste, Charts]:
        """Charts may be lacking. Not so the taste: who knows no thumbs would offer what was disliked, so that is Unavailable."""
        taste, charts = await asyncio.gather(
            self._figures.taste(profile_id, call),
            self._without_charts.instead(lambda: self._figures.charts(country, call)),
        )
        return taste, charts or Charts()

    async def _picked(self, profile_id: str) -> list[Watched]:
        return await self._sql.read(lambda db: picked.of(db, profile_id))
