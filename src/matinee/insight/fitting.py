"""One night's model, learnt in a process of its own: `python -m matinee.insight.fitting FOLDER PARENT`.

The folder holds what the trainer wrote (`views.npz`, `items.json`, `order.json`), and the live model, if there is one; what
comes out are `model/` and `figures.json`. The last title of some profiles is held out, from the new model too, and both rank
it; what they watched before the live model was learnt is no fair question, so only later views are asked.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.deep.engine import NoJax, installed
from matinee.insight.deep.learning import learnt as transformer
from matinee.insight.end_with import end_with
from matinee.insight.taste.experts import Learnt
from matinee.insight.taste.features import About
from matinee.insight.taste.histories import Histories, histories_of
from matinee.insight.taste.interactions import Interactions, gathered, known_to, numbered
from matinee.insight.taste.intervals import difference, interval
from matinee.insight.taste.keeping import keep, load
from matinee.insight.taste.measures import coverage, measured, popularity_lift
from matinee.insight.taste.model import Model, best
from matinee.insight.taste.training import Deepen, fit
from matinee.insight.trials.gate import Figures

K = 10
MOST_ASKED = 2_000
MEASURE = f"ndcg@{K}"


@dataclass(frozen=True)
class Exam:
    """What everybody watched but the titles that are asked for; the same profiles' histories; and what is asked, by name."""

    training: Interactions
    given: Interactions
    asked: NDArray[np.str_]


def main(folder: Path) -> None:
    """Raises NothingToLearn and NoModel."""
    order: dict[str, Any] = json.loads((folder / "order.json").read_text())
    with np.load(folder / "views.npz", allow_pickle=False) as stored:
        views = gathered(numbered(stored["user"]), numbered(stored["item"]), stored["time_s"], stored["weight"])
    catalog = {name: About(**said) for name, said in json.loads((folder / "items.json").read_text()).items()}
    seed, old = int(order["seed"]), load(folder / "live") if (folder / "live").exists() else None
    since_s = float(old.facts.get("until_s", 0)) if old else 0.0
    exam = held_out(views, since_s, seed)
    model = fitted(exam.training, catalog, seed)
    facts = {**model.facts, "until_s": _newest_s(views), "parent": order["parent"]}
    model = replace(model, facts=facts).trimmed()
    keep(model, folder / "model")
    told = compared(model, old, str(order["parent"]), exam, seed)
    (folder / "figures.json").write_text(json.dumps({"facts": facts, **told}))


def fitted(views: Interactions, catalog: Mapping[str, About], seed: int) -> Model:
    """With a transformer where the house has JAX; `without` among its facts says why there is none although it has."""
    try:
        jax = installed()
        deepen: Deepen | None = partial(transformer, jax) if jax else None
        return fit(views, catalog, seed, deepen=deepen)
    except NoJax as error:
        model = fit(views, catalog, seed)
        return replace(model, facts={**model.facts, "without": str(error)})


def held_out(views: Interactions, since_s: float, seed: int) -> Exam:
    """The last title of up to `MOST_ASKED` profiles that watched two or more, if it was watched after an hour."""
    length = np.bincount(views.user, minlength=len(views.users))
    last = np.cumsum(length) - 1
    when = np.zeros(len(views)) if views.time_s is None else views.time_s
    able = np.flatnonzero((length >= 2) & (when[last] > since_s) & (views.weight[last] > 0))
    some = np.sort(np.random.default_rng(seed).permutation(able)[:MOST_ASKED])
    rest, mine = np.ones(len(views), np.bool_), np.isin(views.user, some)
    rest[last[some]] = False
    return Exam(views.only(rest), _of(views.only(rest & mine), some), views.titles[views.title[last[some]]])


def _of(views: Interactions, users: NDArray[np.int64]) -> Interactions:
    """Only these users, numbered anew."""
    number = np.full(len(views.users), -1)
    number[users] = np.arange(len(users))
    return Interactions(views.users[users], views.titles, number[views.user], views.title, views.weight, views.time_s)


def compared(model: Model, old: Model | None, parent: str, exam: Exam, seed: int) -> dict[str, Any]:
    """How good it is, and against the live one; where there is none, against what is popular."""
    given, _ = known_to(model.titles, exam.given)
    asked = list(_numbers(model, exam.asked))
    if len(asked) == 0:
        return {"figures": asdict(Figures(parent or "popularity", 0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0)), "metrics": {}}
    ours = [row for row, _ in model.ranked(given, K)]
    theirs = _translated(model, old, exam.given) if old else _popular(model.learnt, given)
    both = [measured(rows, asked, (K,))[MEASURE] for rows in (ours, theirs)]
    lead, plays, titles = difference(both[0], both[1], seed), model.learnt.plays, len(model.titles)
    theirs = [row[row >= 0] for row in theirs]
    figures = Figures(
        against=parent or "popularity",
        asked=len(asked),
        lead=lead.mean,
        low=lead.low,
        high=lead.high,
        coverage=coverage(ours, titles, K),
        lift=popularity_lift(ours, list(given), plays, K),
        their_coverage=coverage(theirs, titles, K) if old else 0.0,
        their_lift=popularity_lift(theirs, list(given), plays, K),
    )
    metrics = {MEASURE: asdict(interval(both[0], seed)), f"{MEASURE} of {figures.against}": asdict(interval(both[1], seed))}
    return {"figures": asdict(figures), "metrics": metrics}


def _translated(model: Model, old: Model, given: Interactions) -> list[NDArray[np.int64]]:
    """What the old model shows the same profiles, by the new one's numbers; -1 for titles that it does not know."""
    histories, _ = known_to(old.titles, given)
    number = {name: place for place, name in enumerate(model.titles.tolist())}
    names = old.titles.tolist()
    return [np.array([number.get(names[n], -1) for n in row], np.int64) for row, _ in old.ranked(histories, K)]


def _popular(learnt: Learnt, given: Histories) -> list[NDArray[np.int64]]:
    seen = given.seen(learnt.titles)
    return [best(np.where(row, np.float32(-np.inf), learnt.popular), K)[0] for row in seen]


def _numbers(model: Model, names: NDArray[np.str_]) -> Histories:
    """One asked title for each profile; a title the model does not know is a number that nobody can show."""
    number = {name: place for place, name in enumerate(model.titles.tolist())}
    return histories_of([[number.get(name, len(number))] for name in names.tolist()])


def _newest_s(views: Interactions) -> float:
    return 0.0 if views.time_s is None else float(views.time_s.max())


if __name__ == "__main__":
    end_with(int(sys.argv[2]))
    os.nice(19)
    main(Path(sys.argv[1]))
