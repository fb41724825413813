"""What it costs to decide a page of one's own among 100,000 titles, and to make the whole of it.

Deciding is rows, their order, and a reason for each card. The whole is what the service `home` answers, in one process:
who asks, what they watched and like, the charts, deciding, and each title on the page from the catalog.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one thread, as a page is made on; read when numpy is loaded

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench.row import Row

from matinee.contracts.catalog_pb2 import Audience
from matinee.insight.minds import Minds
from matinee.insight.rows.charts import Charts, Counted
from matinee.insight.rows.composing import composed
from matinee.insight.rows.shelf import Shelf
from matinee.insight.rows.viewer import Taste, Watched, viewer_of
from matinee.insight.serving import InUse
from matinee.insight.taste.experts import Learnt
from matinee.insight.taste.links import KEPT, Links
from matinee.insight.taste.model import Model
from matinee.insight.taste.sparse import Sparse
from matinee.library.shelf import Known
from matinee.up.rim import collect_rarely
from recommend.house import CALL, DAY_MS, House, film

TITLES, NEW, HEAD, FACTORS, GENRES, PEOPLE = 100_000, 500, 20_000, 64, 25, 60_000
WATCHED, PAGES, WHOLE = 200, 210, 110
WARM = 10
"""So many pages come first and are not counted: on them is made what then stands."""
PAGE_MS = 50.0
LIVE = "blend-1"


def rows() -> Iterator[Row]:
    """CPU of the process, all threads, for pages of as many profiles with two hundred titles each."""
    dice = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        deciding, whole = asyncio.run(_measured(Path(folder), dice))
    for name, took in (("deciding a page among 100,000 titles", deciding), ("the whole page, from home to answer", whole)):
        yield Row(f"{name}: half of them", float(np.median(took)), PAGE_MS, "ms of CPU")
        yield Row(f"{name}: 99 of 100", float(np.quantile(took, 0.99)), PAGE_MS, "ms of CPU")


async def _measured(folder: Path, dice: np.random.Generator) -> tuple[list[float], list[float]]:
    before, house = gc.get_threshold(), await House(folder, _library(dice)).open()
    try:
        house.recommend.serving.now = InUse(LIVE, None, {LIVE: _model(dice)})
        house.tables.counted["DE"] = charts = _charts(dice)
        shelf = await house.recommend._shelves.of(Audience(maturity_limit=18, country="DE"), CALL)  # pyright: ignore[reportPrivateUsage]
        minds, model = Minds(), house.recommend.serving.now.models[LIVE]
        collect_rarely()  # as every process does that opens
        deciding = [_deciding_ms(dice, minds, model, shelf, charts) for _ in range(PAGES)]
        whole = [await _whole_ms(dice, house, f"p{number}") for number in range(WHOLE)]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        await house.close()
    return deciding[WARM:], whole[WARM:]


def _deciding_ms(dice: np.random.Generator, minds: Minds, model: Model, shelf: Shelf, charts: Charts) -> float:
    now_ms = 10**12
    seen = _watched(dice, now_ms)
    began = time.process_time()
    page = composed(minds.of(shelf, LIVE, model, charts), viewer_of(shelf, Taste(seen), (), (), now_ms), charts, now_ms)
    took = time.process_time() - began
    assert len(page.rows) > 8 and page.because_of
    return took * 1e3


async def _whole_ms(dice: np.random.Generator, house: House, profile_id: str) -> float:
    house.tables.tastes[profile_id] = Taste(_watched(dice, house.clock.now_ms()))
    asked = house.profile(profile_id)
    await house.clock.advance(1.0)
    began = time.process_time()
    page = await house.home.page(asked, CALL)
    took = time.process_time() - began
    assert len(page.rows) > 15 and not page.without_recommendations
    return took * 1e3


def _watched(dice: np.random.Generator, now_ms: int) -> list[Watched]:
    """A title a day, until now."""
    titles: list[int] = dice.choice(HEAD, WATCHED, replace=False).tolist()
    return [Watched(f"t{each}", 1.0, now_ms - DAY_MS * step) for step, each in enumerate(titles)]


def _library(dice: np.random.Generator) -> list[Known]:
    """Each with two genres and six people, who are in ten films on average."""
    genre, people = dice.integers(0, GENRES - 1, TITLES), dice.integers(0, PEOPLE, (TITLES, 6))
    return [
        film(f"t{number}", f"genre {first}", f"genre {first + 1}", people=[f"person {each}" for each in cast])
        for number, (first, cast) in enumerate(zip(genre.tolist(), people.tolist(), strict=True))
    ]


def _model(dice: np.random.Generator) -> Model:
    """Of the size and form of a real one, the last titles unknown to it; there is nothing in it but chance."""
    known = TITLES - NEW
    plays = np.maximum(0, 5000.0 - np.arange(known) / 4)
    tables = {name: _links(dice) for name in ("liked", "course", "step")}
    factors = dice.normal(0, 0.1, (known, FACTORS)).astype(np.float32)
    learnt = Learnt(plays, plays.astype(np.float32), np.arange(HEAD), tables, factors, described=True)
    weights = {"popular": -0.1, "taste": 0.4, "mood": 0.3, "course": 0.4, "step": 0.2, "factors": 0.6}
    return Model(np.array([f"t{n}" for n in range(known)]), learnt, {"short": weights, "long": weights}, {})


def _links(dice: np.random.Generator) -> Links:
    column = np.sort(dice.integers(0, HEAD, (HEAD, KEPT)), axis=1).ravel().astype(np.int32)
    return Sparse(np.arange(HEAD + 1) * KEPT, column, dice.random(HEAD * KEPT).astype(np.float32), HEAD)


def _charts(dice: np.random.Generator) -> Charts:
    listed = [Counted(f"t{each}", float(1000 - n)) for n, each in enumerate(dice.choice(TITLES, 500, replace=False))]
    return Charts(listed, listed[:100], listed[:50])
