"""Learns a transformer by JAX: `python -m matinee.insight.deep.job FOLDER PARENT`, in a Python that has jax.

The folder holds `histories.npz` (start, title, watched, and about where titles are described) and `plan.json`; what comes out are
`learnt.npz`, plain arrays, and `told.json`. At every place of a history the title after it is asked for, against titles drawn
evenly from all that were watched (sampled softmax: Y. Bengio and J.-S. Senecal, 2003; that it makes SASRec as good as any:
A. Klenitskiy and A. Vasilev, "Turning Dross Into Gold Loss", RecSys 2023). The numbers are moved by AdamW (I. Loshchilov and
F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019).
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.deep.plan import Plan
from matinee.insight.end_with import end_with
from matinee.insight.taste.attention import NEVER, Array, read
from matinee.insight.taste.transformer import WEIGHTS, padded

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Params = dict[str, Array]

FIRST_SPREAD = 0.02
MEAN_KEPT, SQUARE_KEPT, LEAST_SQUARE = 0.9, 0.98, 1e-8
WARM_STEPS = 50
LEAST_RATE = 0.05
NOT_DECAYED = {"bias", "lean", "look_gain", "look_shift", "think_gain", "think_shift", "wide_shift", "last_gain", "last_shift"}
MOST_DROPPED = 32
LOOK_EVERY = 100
PROVEN = 16
"""So many histories are read here, too, for whoever reads them by numpy to compare."""


def main(folder: Path) -> None:
    began = time.process_time()
    jax = importlib.import_module("jax")
    imported = time.process_time()
    plan = Plan(**json.loads((folder / "plan.json").read_text()))
    with np.load(folder / "histories.npz", allow_pickle=False) as stored:
        start, title, watched = stored["start"], stored["title"], stored["watched"]
        about = stored["about"] if "about" in stored.files else np.zeros((len(watched), 0), np.float32)
    params = beginning(plan, *about.shape)
    moments = {name: (np.zeros_like(each), np.zeros_like(each)) for name, each in params.items()}
    step = jax.jit(Learner(jax, plan, int(watched.sum())).step, donate_argnums=(0, 1))
    compiled, losses = imported, list[float]()
    for number, batch in enumerate(batches(plan, start, title, np.flatnonzero(watched))):
        params, moments, loss = step(params, moments, about, *batch, rate_at(plan, number), number)
        if number % LOOK_EVERY == 0 or number == plan.steps - 1:
            losses.append(round(float(loss), 4))
        compiled = compiled if number else time.process_time()
    learnt = {name: np.asarray(each, np.float32) for name, each in params.items()}
    ended = time.process_time()
    np.savez(folder / "learnt.npz", **learnt, **proof(jax, plan, learnt, about, start, title))
    cpu_s = {"import": imported - began, "compile": compiled - imported, "learn": ended - compiled}
    told = {"jax": jax.__version__, "losses": losses, "cpu_s": {name: round(each, 2) for name, each in cpu_s.items()}}
    (folder / "told.json").write_text(json.dumps(told))


def beginning(plan: Plan, titles: int, directions: int) -> Params:
    """What learning begins with; every number follows from the seed."""
    dice, size, blocks = np.random.default_rng(plan.seed), plan.size, plan.blocks

    def drawn(*shape: int, spread: float = FIRST_SPREAD) -> Array:
        return dice.normal(0, spread, shape).astype(np.float32)

    def all_of(value: float, *shape: int) -> Array:
        return np.full(shape, value, np.float32)

    found: Params = {name: drawn(blocks, size, size, spread=size**-0.5) for name in ("query", "key", "value", "gather")}
    found |= {name: all_of(1, blocks, size) for name in ("look_gain", "think_gain")}
    found |= {name: all_of(0, blocks, size) for name in ("look_shift", "think_shift")}
    found |= {"wide": drawn(blocks, size, 2 * size, spread=size**-0.5), "wide_shift": all_of(0, blocks, 2 * size)}
    found |= {"narrow": drawn(blocks, 2 * size, size), "last_gain": all_of(1, size), "last_shift": all_of(0, size)}
    found |= {"places": drawn(plan.length, size), "ids": drawn(titles, size), "bias": all_of(0, titles)}
    return found | ({"project": drawn(directions, size), "lean": all_of(0, directions)} if directions else {})


def rate_at(plan: Plan, number: int) -> np.float32:
    """How far a step goes: up quickly, then down along a cosine to a twentieth (I. Loshchilov and F. Hutter, 2017)."""
    falling = LEAST_RATE + (1 - LEAST_RATE) * (1 + np.cos(np.pi * number / plan.steps)) / 2
    return np.float32(plan.rate * falling * min(1.0, (number + 1) / WARM_STEPS))


def batches(plan: Plan, start: Ints, title: Ints, watched: Ints) -> Iterator[tuple[Ints, Flags, Ints]]:
    """As many as there are steps: batch x (length + 1) titles, where they are known, and those they are held against."""
    dice, left = np.random.default_rng(plan.seed + 1), plan.steps
    while left:
        first, end = cut(dice, start, plan.length)
        order = np.resize(dice.permutation(len(first)), -(-len(first) // plan.batch) * plan.batch)
        for rows in order.reshape(-1, plan.batch)[:left]:
            negatives = watched if len(watched) <= plan.negatives else dice.choice(watched, plan.negatives)
            yield *padded(title, first[rows], end[rows], plan.length + 1), negatives
            left -= 1


def cut(dice: np.random.Generator, start: Ints, length: int) -> tuple[Ints, Ints]:
    """Windows of up to `length` + 1 titles, cut anew each time, in which every title but a history's first is asked once."""
    first, end = list[int](), list[int]()
    for begin, stop in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        late = stop
        while late - begin >= 2:
            asked = late - begin - 1
            if asked > length:
                asked = int(dice.integers(1, length + 1)) if late == stop else length
            first.append(late - 1 - asked)
            end.append(late)
            late -= asked
    return np.array(first, np.int64), np.array(end, np.int64)


@dataclass(frozen=True)
class Learner:
    """One step of learning, as JAX compiles it; `watched` is how many titles could be drawn."""

    jax: Any
    plan: Plan
    watched: int

    def step(
        self,
        params: Params,
        moments: Any,
        about: Array,
        titles: Array,
        known: Array,
        negatives: Array,
        rate: Array,
        number: Array,
    ) -> tuple[Params, Any, Array]:
        """The numbers after the step, the moments of their slopes, and the loss before it."""
        key = self.jax.random.fold_in(self.jax.random.key(self.plan.seed, impl="rbg"), number)
        loss, slopes = self.jax.value_and_grad(self.loss)(params, about, titles, known, negatives, key)
        moved = {name: self.adamw(name, params[name], slopes[name], *moments[name], rate, number + 1.0) for name in params}
        return {name: each[0] for name, each in moved.items()}, {name: each[1:] for name, each in moved.items()}, loss

    def loss(self, params: Params, about: Array, titles: Array, known: Array, negatives: Array, key: Array) -> Array:
        """Minus the logarithm of how likely the next title was held to be, per title asked for."""
        jnp, (rows, places) = self.jax.numpy, titles.shape
        id_key, drop_key = self.jax.random.split(key)
        vectors, bias = self.vectors(params, about, jnp.concatenate([titles.ravel(), negatives]), id_key)
        there, those = vectors[: rows * places].reshape(rows, places, -1), vectors[rows * places :]
        state = read(jnp, params, there[:, :-1], known[:, :-1], self.dropping(drop_key))
        right = (state * there[:, 1:]).sum(-1) + bias[: rows * places].reshape(rows, places)[:, 1:]
        # Those that were drawn stand for all the others, so each counts for several.
        others = state @ those.T + bias[rows * places :] + np.float32(np.log(max(1.0, self.watched / len(negatives))))
        others = jnp.where(negatives == titles[:, 1:, None], NEVER, others)
        unlikely = jnp.logaddexp(right, self.jax.nn.logsumexp(others, axis=-1)) - right
        asked = known[:, :-1] & known[:, 1:]
        return jnp.where(asked, unlikely, 0).sum() / asked.sum()

    def vectors(self, params: Params, about: Array, titles: Array, key: Array) -> tuple[Array, Array]:
        """Where these titles stand, and how likely they are anyway."""
        jnp = self.jax.numpy
        vectors, bias = params["ids"][titles], params["bias"][titles]
        if about.shape[1] == 0:
            return vectors, bias
        # Now and then a title goes by its description alone, as one that nobody watched yet will have to.
        own = self.jax.random.bernoulli(key, 1 - self.plan.id_dropout, (len(titles), 1))
        described = about[titles]
        return jnp.where(own, vectors, 0) + described @ params["project"], jnp.where(own[:, 0], bias, 0) + described @ params[
            "lean"
        ]

    def dropping(self, key: Array) -> Callable[[Array], Array]:
        """Leaves out a part of what it is given, another one each time (N. Srivastava et al., "Dropout", 2014)."""
        keys, kept = iter(self.jax.random.split(key, MOST_DROPPED)), 1 - self.plan.dropout

        def drop(state: Array) -> Array:
            return self.jax.numpy.where(self.jax.random.bernoulli(next(keys), kept, state.shape), state / kept, 0)

        return drop

    def adamw(
        self, name: str, param: Array, slope: Array, mean: Array, square: Array, rate: Array, number: Array
    ) -> tuple[Array, Array, Array]:
        """One table after a step, and the moments of its slope."""
        mean = MEAN_KEPT * mean + (1 - MEAN_KEPT) * slope
        square = SQUARE_KEPT * square + (1 - SQUARE_KEPT) * slope * slope
        spread = self.jax.numpy.sqrt(square / (1 - SQUARE_KEPT**number)) + LEAST_SQUARE
        decay = 0.0 if name in NOT_DECAYED else self.plan.decay
        return param - rate * (mean / (1 - MEAN_KEPT**number) / spread + decay * param), mean, square


def proof(jax: Any, plan: Plan, learnt: Params, about: Array, start: Ints, title: Ints) -> dict[str, Array]:
    """Some histories, and what JAX knows at the end of each."""
    vectors = learnt["ids"] + (about @ learnt["project"] if about.shape[1] else 0)
    rows = np.flatnonzero(np.diff(start) > 0)[:PROVEN]
    titles, known = padded(title, start[rows], start[rows + 1], plan.length)
    weights = {name: learnt[name] for name in WEIGHTS}
    state = jax.jit(partial(read, jax.numpy, newest=True))(weights, vectors[titles], known)
    return {"proof_of": rows, "proof": np.asarray(state[:, 0])}


if __name__ == "__main__":
    end_with(int(sys.argv[2]))
    main(Path(sys.argv[1]))
