"""How good are the models on interactions of one's own? One exam, every model, the same questions.

Full ranking over all titles; whether seen titles are left out is stated. The test is read once: all that is chosen is chosen
within what may be learnt from. Every figure has its interval, and its distance from popularity, profile by profile.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.experts import opinions
from matinee.insight.taste.features import About
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.interactions import Interactions
from matinee.insight.taste.intervals import Interval, difference, interval
from matinee.insight.taste.measures import coverage, measured, miscalibration, popularity_lift
from matinee.insight.taste.model import CELLS_AT_ONCE, Model, best
from matinee.insight.taste.protocols import Exam, Protocol, held_out, suggested
from matinee.insight.taste.sparse import Table
from matinee.insight.taste.training import STEP_OF, Deepen, Tell, fit

BLEND = "blend"
COLD = 5
"""A title with fewer views than this is cold."""


@dataclass(frozen=True)
class Result:
    """What one model reached: `measures` by name, `lead` over popularity, `cold` recall of cold titles, and seconds of CPU."""

    model: str
    measures: Mapping[str, Interval]
    lead: Interval
    coverage: float
    lift: float
    miscalibration: float | None
    cold: Interval
    cpu_s: float


@dataclass(frozen=True)
class Examination:
    """All results, and the terms under which they came about. `k` is what coverage and the like look at, `lead` by `by`."""

    protocol: Protocol
    seed: int
    keep_seen: bool
    asked: int
    asked_cold: int
    k: int
    by: str
    results: Sequence[Result]
    model: Model = field(repr=False)


def examine(
    interactions: Interactions,
    catalog: Mapping[str, About] | None,
    cpu_s: Callable[[], float],
    protocol: Protocol | None = None,
    ks: Sequence[int] = (10, 20, 50, 100),
    seed: int = 0,
    keep_seen: bool = False,
    tell: Tell = lambda step: None,
    deepen: Deepen | None = None,
) -> Examination:
    """Learns from what the protocol leaves, asks the rest. `cpu_s` reads the seconds of CPU spent so far."""
    protocol = protocol or suggested(interactions)
    exam = held_out(interactions.with_titles(catalog or ()), protocol, seed + 1)
    steps, began = list[tuple[str, float]](), cpu_s()

    def heard(step: str) -> None:
        steps.append((step, cpu_s()))
        tell(step)

    model = fit(exam.training, catalog, seed, protocol, heard, deepen=deepen)
    costs = _costs(model.learnt.names, [*steps, ("", cpu_s())]) | {BLEND: cpu_s() - began}
    tell("questions")
    results = _results(model, exam, catalog, costs, ks, keep_seen, seed)
    asked_cold = sum(len(titles) > 0 for titles in _cold(model, exam))
    return Examination(protocol, seed, keep_seen, len(exam.asked), asked_cold, min(ks), f"ndcg@{min(ks)}", results, model)


def _results(
    model: Model,
    exam: Exam,
    catalog: Mapping[str, About] | None,
    costs: Mapping[str, float],
    ks: Sequence[int],
    keep_seen: bool,
    seed: int,
) -> list[Result]:
    ranked = rankings(model, exam.given, max(ks), keep_seen)
    asked, given = list(exam.asked), list(exam.given)
    found = {name: measured(rows, asked, ks) for name, rows in ranked.items()}
    genres = genre_table(model, catalog) if catalog else None
    k, by, plays = min(ks), f"ndcg@{min(ks)}", model.learnt.plays
    return [
        Result(
            model=name,
            measures={measure: interval(values, seed) for measure, values in each.items()},
            lead=difference(each[by], found["popular"][by], seed),
            coverage=coverage(ranked[name], model.learnt.titles, k),
            lift=popularity_lift(ranked[name], given, plays, k),
            miscalibration=None if genres is None else miscalibration(ranked[name], given, genres, k),
            cold=_of_cold(ranked[name], _cold(model, exam), max(ks), seed),
            cpu_s=costs[name],
        )
        for name, each in found.items()
    ]


def _cold(model: Model, exam: Exam) -> list[NDArray[np.int64]]:
    """Of what each is asked for, the titles with hardly a view."""
    return [titles[model.learnt.plays[titles] < COLD] for titles in exam.asked]


def rankings(model: Model, given: Histories, k: int, keep_seen: bool) -> dict[str, list[NDArray[np.int64]]]:
    """The best k of every expert by itself, and of the blend, for each history."""
    found: dict[str, list[NDArray[np.int64]]] = {name: [] for name in (*model.learnt.names, BLEND)}
    at_once = max(1, CELLS_AT_ONCE // max(1, model.learnt.titles))
    for begin in range(0, len(given), at_once):
        some = given.some(np.arange(begin, min(begin + at_once, len(given))))
        hidden = np.zeros((1, 1), np.bool_) if keep_seen else some.seen(model.learnt.titles)
        for name, said in (*opinions(model.learnt, some), (BLEND, model.scores(some))):
            found[name] += [best(row, k)[0] for row in np.where(hidden, -np.inf, said)]
    return found


def genre_table(model: Model, catalog: Mapping[str, About]) -> NDArray[np.float64]:
    """titles x genres: each title's genres, summing to 1 where it has any."""
    genres = {
        genre: number for number, genre in enumerate(sorted({genre for about in catalog.values() for genre in about.genres}))
    }
    table = np.zeros((len(model.titles), max(1, len(genres))))
    for row, name in enumerate(model.titles.tolist()):
        for genre in catalog[name].genres if name in catalog else ():
            table[row, genres[genre]] = 1.0
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)


def _costs(names: Sequence[str], steps: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The CPU of each expert in the last pass, which learns from everything: that of the step it was learnt in."""
    spent = {step: after - at for (step, at), (_, after) in itertools.pairwise(steps)}
    return {name: spent.get(STEP_OF.get(name, ""), 0.0) for name in names}


def _of_cold(ranked: Sequence[NDArray[np.int64]], cold: Sequence[NDArray[np.int64]], k: int, seed: int) -> Interval:
    asked = [(row, titles) for row, titles in zip(ranked, cold, strict=True) if len(titles)]
    values: Table | NDArray[np.float64] = measured([row for row, _ in asked], [titles for _, titles in asked], (k,))[
        f"recall@{k}"
    ]
    return interval(values, seed)
