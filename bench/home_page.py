"""What it costs to decide a page of one's own among 100,000 titles: rows, their order, and a reason for each card."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one thread, as a page is made on; read when numpy is loaded

import time
from collections.abc import Iterator

import numpy as np
from bench.row import Row

from matinee.insight.rows.charts import Charts, Counted, popularity
from matinee.insight.rows.composing import composed
from matinee.insight.rows.mind import Mind, mind_of
from matinee.insight.rows.shelf import Shelf, Traits, shelf_of
from matinee.insight.rows.viewer import Taste, Watched, viewer_of
from matinee.insight.taste.experts import Learnt
from matinee.insight.taste.links import KEPT, Links
from matinee.insight.taste.model import Model
from matinee.insight.taste.sparse import Sparse

TITLES, HEAD, FACTORS, GENRES, PEOPLE = 100_000, 20_000, 64, 25, 60_000
WATCHED, PAGES = 200, 120
PAGE_MS = 50.0
NOW_MS = 1_700_000_000_000


def rows() -> Iterator[Row]:
    """CPU of the process, all threads, for pages of as many profiles with two hundred titles each; and the most a page took."""
    dice = np.random.default_rng(0)
    shelf = _shelf(dice)
    mind = mind_of(shelf, "blend-1", _model(dice), popularity(shelf, _charts(dice)))
    charts = _charts(dice)
    took = np.array([_page_ms(dice, mind, charts) for _ in range(PAGES)])[10:]
    yield Row("deciding a page among 100,000 titles, half of them", float(np.median(took)), PAGE_MS, "ms of CPU")
    yield Row("the same, 99 of 100", float(np.quantile(took, 0.99)), PAGE_MS, "ms of CPU")


def _page_ms(dice: np.random.Generator, mind: Mind, charts: Charts) -> float:
    seen = [
        Watched(f"t{each}", 1.0, NOW_MS - 10**6 * step) for step, each in enumerate(dice.choice(HEAD, WATCHED, replace=False))
    ]
    began = time.process_time()
    viewer = viewer_of(mind.shelf, Taste(seen), (), (), NOW_MS)
    page = composed(mind, viewer, charts, NOW_MS)
    took = time.process_time() - began
    assert len(page.rows) > 6 and page.because_of
    return took * 1e3


def _shelf(dice: np.random.Generator) -> Shelf:
    first = dice.integers(0, GENRES - 1, TITLES)
    genres = Traits(np.full(TITLES, 2), np.ravel(np.stack([first, first + 1], axis=1)))
    people = Traits(np.full(TITLES, 6), dice.integers(0, PEOPLE, 6 * TITLES))
    names = [f"genre {number}" for number in range(GENRES)]
    return shelf_of("mark", [f"t{n}" for n in range(TITLES)], [True] * TITLES, [0] * TITLES, names, genres, people, {})


def _model(dice: np.random.Generator) -> Model:
    """Of the size and form of a real one; there is nothing in it but chance."""
    plays = np.maximum(0, 5000.0 - np.arange(TITLES) / 4)
    tables = {name: _links(dice) for name in ("liked", "course", "step")}
    factors = dice.normal(0, 0.1, (TITLES, FACTORS)).astype(np.float32)
    learnt = Learnt(plays, plays.astype(np.float32), np.arange(HEAD), tables, factors, described=True)
    weights = {"popular": -0.1, "taste": 0.4, "mood": 0.3, "course": 0.4, "step": 0.2, "factors": 0.6}
    return Model(np.array([f"t{n}" for n in range(TITLES)]), learnt, {"short": weights, "long": weights}, {})


def _links(dice: np.random.Generator) -> Links:
    column = np.sort(dice.integers(0, HEAD, (HEAD, KEPT)), axis=1).ravel().astype(np.int64)
    return Sparse(np.arange(HEAD + 1) * KEPT, column, dice.random(HEAD * KEPT).astype(np.float32), HEAD)


def _charts(dice: np.random.Generator) -> Charts:
    listed = [Counted(f"t{each}", float(1000 - n)) for n, each in enumerate(dice.choice(TITLES, 1000, replace=False))]
    return Charts(listed, listed[:100], listed[:50])
