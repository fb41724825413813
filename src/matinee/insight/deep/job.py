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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matinee.insight.deep.plan import Plan
from matinee.insight.end_with import end_with
from matinee.insight.taste.attention import NEVER, Array, read
from matinee.insight.taste.transformer import WEIGHTS, padded

Ints = NDArray[np.int64]
Params: TypeAlias = dict[str, Array]

FIRST_SPREAD = 0.02
MEAN_KEPT, SQUARE_KEPT, LEAST_SQUARE = 0.9, 0.98, 1e-8
WARM_STEPS = 50
LEAST_RATE = 0.05
NOT_DECAYED = {"bias", "lean", "look_gain", "look_shift", "think_gain", "think_shift", "wide_shift", "last_gain", "last_shift"}
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
    learner = Learner(jax, plan, list(params.items()), int(watched.sum()))
    step, flat = jax.jit(learner.step, donate_argnums=(0, 1)), learner.flat(params)
    moments, compiled, losses = np.zeros((2, len(flat)), np.float32), imported, list[float]()
    for number, batch in enumerate(batches(plan, start, title, np.flatnonzero(watched))):
        flat, moments, loss = step(flat, moments, about, batch, rate_at(plan, number), np.float32(number + 1))
        if number % LOOK_EVERY == 0 or number == plan.steps - 1:
            losses.append(round(float(loss), 4))
        compiled = compiled if number else time.process_time()
    learnt = {name: np.asarray(each) for name, each in learner.tables(np.asarray(flat)).items()}
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


class Batch(NamedTuple):
    """What one step learns from.

    `titles` and where they are `known`, rows x (length + 1), and the `others` they are held against; what is `kept` of each
    number wherever some are dropped, drops x rows x length x size; and whose vector is its `own`, of titles and others in turn.
    """

    titles: Array
    known: Array
    others: Array
    kept: Array
    own: Array


def batches(plan: Plan, start: Ints, title: Ints, watched: Ints) -> Iterator[Batch]:
    """As many as there are steps."""
    dice, left = np.random.default_rng(plan.seed + 1), plan.steps
    drops = (1 + 2 * plan.blocks, plan.batch, plan.length, plan.size)
    while left:
        first, end = cut(dice, start, plan.length)
        order = np.resize(dice.permutation(len(first)), -(-len(first) // plan.batch) * plan.batch)
        for rows in order.reshape(-1, plan.batch)[:left]:
            others = watched if len(watched) <= plan.negatives else dice.choice(watched, plan.negatives)
            titles, known = padded(title, first[rows], end[rows], plan.length + 1)
            kept = dice.integers(0, 256, drops, np.uint8) >= round(256 * plan.dropout)
            yield Batch(titles, known, others, kept, dice.random(titles.size + len(others)) >= plan.id_dropout)
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
    """One step of learning, as JAX compiles it. All numbers stand in one row, so that they are moved in one go.

    `first` are the tables as they were at first, `watched` is how many titles could be drawn.
    """

    jax: Any
    plan: Plan
    first: Sequence[tuple[str, Array]]
    watched: int

    def flat(self, tables: Params) -> Array:
        """The tables in one row; `tables` makes tables of it again."""
        return self.jax.numpy.concatenate([tables[name].ravel() for name, _ in self.first])

    def tables(self, flat: Array) -> Params:
        found, begin = Params(), 0
        for name, each in self.first:
            found[name] = flat[begin : begin + each.size].reshape(each.shape)
            begin += each.size
        return found

    def step(self, flat: Array, moments: Array, about: Array, batch: Batch, rate: Array, number: Array) -> tuple[Array, ...]:
        """The numbers after a step of AdamW, the moments of their slopes, and the loss before it."""
        jnp = self.jax.numpy
        loss, slopes = self.jax.value_and_grad(self.loss)(self.tables(flat), about, batch)
        slope = self.flat(slopes)
        mean = MEAN_KEPT * moments[0] + (1 - MEAN_KEPT) * slope
        square = SQUARE_KEPT * moments[1] + (1 - SQUARE_KEPT) * slope * slope
        move = mean / (1 - MEAN_KEPT**number) / (jnp.sqrt(square / (1 - SQUARE_KEPT**number)) + LEAST_SQUARE)
        fade = self.flat({name: jnp.full(each.shape, 0 if name in NOT_DECAYED else self.plan.decay) for name, each in self.first})
        return flat - rate * (move + fade * flat), jnp.stack([mean, square]), loss

    def loss(self, tables: Params, about: Array, batch: Batch) -> Array:
        """Minus the logarithm of how likely the next title was held to be, per title asked for."""
        jnp, (rows, places) = self.jax.numpy, batch.titles.shape
        vectors, bias = self.vectors(tables, about, batch)
        there, those = vectors[: rows * places].reshape(rows, places, -1), vectors[rows * places :]
        state = read(jnp, tables, there[:, :-1], batch.known[:, :-1], self.dropping(batch.kept))
        right = (state * there[:, 1:]).sum(-1) + bias[: rows * places].reshape(rows, places)[:, 1:]
        # Those that were drawn stand for all the others, so each counts for several.
        others = state @ those.T + bias[rows * places :] + np.float32(np.log(max(1.0, self.watched / len(those))))
        others = jnp.where(batch.others == batch.titles[:, 1:, None], NEVER, others)
        unlikely = jnp.logaddexp(right, self.jax.nn.logsumexp(others, axis=-1)) - right
        asked = batch.known[:, :-1] & batch.known[:, 1:]
        return jnp.where(asked, unlikely, 0).sum() / asked.sum()

    def vectors(self, tables: Params, about: Array, batch: Batch) -> tuple[Array, Array]:
        """Where the batch's titles and the others stand, and how likely they are anyway."""
        titles = self.jax.numpy.concatenate([batch.titles.ravel(), batch.others])
        vectors, bias = tables["ids"][titles], tables["bias"][titles]
        if about.shape[1] == 0:
            return vectors, bias
        # Now and then a title goes by its description alone, as one that nobody watched yet will have to.
        described = about[titles]
        return vectors * batch.own[:, None] + described @ tables["project"], bias * batch.own + described @ tables["lean"]

    def dropping(self, kept: Array) -> Callable[[Array], Array]:
        """Leaves out a part of what it is given, another one each time (N. Srivastava et al., "Dropout", 2014)."""
        left = iter(range(kept.shape[0]))
        return lambda state: state * kept[next(left)] / (1 - self.plan.dropout)


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
