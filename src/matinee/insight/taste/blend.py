"""Many experts, one order: a product of experts whose weights are chosen on what was held out.

An expert that says little for a title speaks against it, so their words are multiplied, not added (G. Hinton, "Training
Products of Experts by Minimizing Contrastive Divergence", 2002): the score is the weighed sum of the logarithms of what each
says, as a part of the most it says of any title and never less than `LEAST`. By the weights the titles held out shall be as
likely as they can be among all that were open: a conditional logit (D. McFadden, 1974), concave, so Newton's steps find
the one best point. An expert that would get a negative weight is sent home; where the next title is asked, `popular` alone may be
turned around. A prior holds the weights of small data near those that served elsewhere; that of `deep` is nothing. It speaks in
logarithms itself, and has to make what was held out e times as likely to be listened to at all (H. Akaike, 1974).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.experts import DEEP, NAMES
from matinee.insight.taste.sparse import Table

Floats = NDArray[np.float64]

LEAST = np.float32(0.01)
SILENCE = np.log(LEAST)
"""The evidence of an expert that says nothing of a title."""
LEAST_DEEP = np.float32(-11.5)
"""The same of the transformer, which tells titles apart much further: a hundred-thousandth of the likeliest."""
PRIOR_STRENGTH = 5.0
STEPS = 20
CLOSE = 1e-4
PRIORS: Mapping[str, Mapping[str, float]] = {
    "next": {"popular": 0.0, "taste": 0.45, "mood": 0.25, "course": 0.55, "step": 0.2, "factors": 0.6},
    "set": {"popular": 0.0, "taste": 0.8, "mood": 0.0, "course": 0.0, "step": 0.0, "factors": 1.2},
}
"""Found on MovieLens data; where a history's order matters, and where it does not."""
TURNED: Mapping[str, frozenset[str]] = {"next": frozenset({"popular"}), "set": frozenset()}


def evidence(said: Table, most: Table) -> Table:
    """histories x titles: an expert's word as a logarithm, 0 for a title of which it says the most that it says of any."""
    return np.log(np.maximum(said / np.maximum(most, np.float32(1e-9))[:, None], LEAST))


def deep_evidence(said: Table, these: NDArray[np.int64] | None = None) -> Table:
    """The same of what the transformer says, which are logarithms already."""
    return np.maximum((said if these is None else said[:, these]) - said.max(axis=1, keepdims=True), LEAST_DEEP)


@dataclass(frozen=True)
class Choice:
    """How much each expert counts, and what it costs: minus the log-likelihood, plus what the prior's pull took."""

    weights: Mapping[str, float]
    cost: float


def chosen(words: Table, unseen: NDArray[np.bool_], asked: Table, kind: str) -> Choice:
    """The best weights: `words` is histories x experts x titles, `asked` histories x titles, each row adding to 1.

    `kind` says whose prior holds: "next" or "set". The experts are NAMES, and `deep` if there is one more.
    """
    without = _choice(words[:, : len(NAMES)], unseen, asked, kind, NAMES)
    if words.shape[1] == len(NAMES):
        return without
    with_deep = _choice(words, unseen, asked, kind, (*NAMES, DEEP))
    return with_deep if with_deep.cost + 1 < without.cost else without


def _choice(words: Table, unseen: NDArray[np.bool_], asked: Table, kind: str, names: Sequence[str]) -> Choice:
    prior, turned = PRIORS[kind], TURNED[kind]
    present = [number for number in range(len(names)) if words[:, number].any()]
    while present:
        start = np.array([prior.get(names[number], 0.0) for number in present])
        found, cost = _newton(words[:, present], unseen, asked, start)
        wrong = [
            (weight, number) for weight, number in zip(found, present, strict=True) if weight < 0 and names[number] not in turned
        ]
        if not wrong:
            return Choice({names[number]: float(weight) for number, weight in zip(present, found, strict=True)}, cost)
        present.remove(min(wrong)[1])
    return Choice(prior, 0.0)


def _newton(
    words: Table, unseen: NDArray[np.bool_], asked: Table, start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The weights at which the likelihood of what was asked, less the prior's pull, is greatest; and minus that."""
    weights, cost = start, 0.0
    there: Floats = np.einsum("het,ht->e", words, asked, optimize=True).astype(np.float64)
    for _ in range(STEPS):
        weighed: Table = np.einsum("het,e->ht", words, weights.astype(np.float32), optimize=True)
        logits = np.where(unseen, weighed, np.float32(-np.inf))
        most: Table = logits.max(axis=1, keepdims=True)
        likely: Table = np.exp(logits - most)
        total: Table = likely.sum(axis=1, keepdims=True)
        likely /= total
        pull = PRIOR_STRENGTH * (weights - start)
        cost = float(np.sum(most + np.log(total)) - there @ weights + pull @ (weights - start) / 2)
        mean: Table = np.matmul(words, likely[:, :, None])[:, :, 0]
        spread: Table = np.matmul(words * likely[:, None, :], words.transpose(0, 2, 1)).sum(axis=0) - mean.T @ mean
        slope: Floats = there - mean.sum(axis=0) - pull
        step = cast(Floats, np.linalg.solve(spread + PRIOR_STRENGTH * np.eye(len(start)), slope))
        if np.abs(step).max() < CLOSE:
            break
        weights = weights + step * min(1.0, 1.0 / float(np.abs(step).max()))
    return weights, cost
