"""What it costs to learn the models at the shape of MovieLens-1M, and to rank all titles for somebody."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one thread, as `matinee recs` has it; read when numpy is loaded

import itertools
import time
from collections.abc import Iterator

import numpy as np
from bench.row import Row

from matinee.insight.taste.interactions import Interactions, gathered, numbered
from matinee.insight.taste.training import fit

PROFILES, TITLES, VIEWS = 6_040, 3_706, 1_000_209
FIT_S, RANK_MS = 15.0, 5.0
CLOSED = {"who likes this", "what comes next: course", "what comes next: step"}
RANKED = 300


def rows() -> Iterator[Row]:
    """CPU of the process: closed-form models learnt once, a whole `fit` (choosing, factors and all), and a page's ranking."""
    views = synthetic()
    steps = list[tuple[str, float]]()
    began = time.process_time()
    model = fit(views, seed=0, tell=lambda step: steps.append((step, time.process_time())))
    ended = time.process_time()
    learnt = list(itertools.pairwise([*steps, ("", ended)]))
    last = max(number for number, ((step, _), _) in enumerate(learnt) if step == "everything")
    closed_s = sum(after - at for (step, at), (_, after) in learnt[last:] if step in CLOSED)
    yield Row("closed-form models at MovieLens-1M's shape, against the promise", closed_s, FIT_S, "s of CPU")
    yield Row("a whole fit with factors and choosing, against those models alone", ended - began, closed_s, "s of CPU")
    histories = views.histories()
    one_by_one = [histories.some(np.array([profile])) for profile in range(RANKED)]
    began = time.process_time()
    for history in one_by_one:
        list(model.ranked(history, 100))
    yield Row("a history in, its best 100 out", (time.process_time() - began) / RANKED * 1e3, RANK_MS, "ms of CPU")


def synthetic() -> Interactions:
    """Views as many and as unequally spread as those of MovieLens-1M; there is nothing to be learnt from them."""
    dice = np.random.default_rng(0)
    length = np.clip(dice.lognormal(0, 1, PROFILES), 0.2, 12)
    length = (length * 1.16 * VIEWS / length.sum()).astype(int) + 1
    chance = np.cumsum(1 / (np.arange(TITLES) + 30) ** 0.9)
    user = np.repeat(np.arange(PROFILES), length)
    item = np.searchsorted(chance, dice.random(len(user)) * chance[-1])
    return gathered(numbered(user), numbered(item), np.arange(len(user), dtype=float))
