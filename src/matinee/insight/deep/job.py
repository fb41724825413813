"""Learns a transformer by JAX: `python -m matinee.insight.deep.job FOLDER PARENT`, in a Python that has jax.

The folder holds `histories.npz` (start, title, watched, and about where titles are described) and `plan.json`; what comes out are
`learnt.npz`, plain arrays, and `told.json`. Every place of a history is asked for the title after it, against titles drawn
evenly from all that were watched (sampled softmax: Y. Bengio and J.-S. Senecal, 2003; that it does as well as the whole one
for SASRec: A. Klenitskiy and A. Vasilev, "Turning Dross Into Gold Loss", RecSys 2023), and moved by AdamW (I. Loshchilov and
F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019).
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.end_with import end_with
from matinee.insight.taste.attention import NEVER, Array, read
from matinee.insight.taste.transformer import WEIGHTS, padded

Ints = NDArray[np.int64]
Params = dict[str, Array]

FIRST_SPREAD = 0.02
MEAN_KEPT, SQUARE_KEPT, LEAST_SQUARE = 0.9, 0.98, 1e-8
WARM_STEPS = 50
LEAST_RATE = 0.05
NOT_DECAYED = {"bias", "lean", "look_gain", "look_shift", "think_gain", "think_shift", "wide_shift", "last_gain", "last_shift"}
PROVEN = 16
"""So many histories are read here, too, for whoever reads them by numpy to compare."""


def main(folder: Path) -> None:
    began = time.process_time()
    jax = importlib.import_module("jax")
    imported = time.process_time()
    plan: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    with np.load(folder / "histories.npz", allow_pickle=False) as stored:
        start, title, watched = stored["start"], stored["title"], stored["watched"]
        about = stored["about"] if "about" in stored.files else None
    params = beginning(plan, len(watched), 0 if about is None else about.shape[1])
    step = stepping(jax, plan, int(watched.sum()))
    moments, losses = {name: (np.zeros_like(each), np.zeros_like(each)) for name, each in params.items()}, list[float]()
    seen, compiled = about if about is not None else np.zeros((1, 0), np.float32), imported
    for number, (windows, known, negatives) in enumerate(batches(plan, start, title, np.flatnonzero(watched))):
        params, moments, loss = step(params, moments, seen, windows, known, negatives, rate_at(plan, number), number)
        if number % 100 == 0 or number == plan["steps"] - 1:
            losses.append(float(loss))
        compiled = compiled if number else time.process_time()
    learnt = {name: np.asarray(each, np.float32) for name, each in params.items()}
    ended = time.process_time()
    np.savez(folder / "learnt.npz", **learnt, **proof(jax, plan, learnt, about, start, title))
    cpu_s = {"import": imported - began, "compile": compiled - imported, "learn": ended - compiled}
    told = {"jax": str(jax.__version__), "loss": losses[-1], "first_loss": losses[0], "cpu_s": cpu_s}
    (folder / "told.json").write_text(json.dumps(told))


def beginning(plan: Mapping[str, Any], titles: int, directions: int) -> Params:
    """What learning begins with; every number follows from the seed."""
    dice, size, blocks = np.random.default_rng(plan["seed"]), plan["size"], plan["blocks"]

    def drawn(*shape: int) -> Array:
        return dice.normal(0, FIRST_SPREAD, shape).astype(np.float32)

    square, found = (blocks, size, size), dict[str, Array]()
    found |= {name: drawn(*square) * np.float32(size**-0.5 / FIRST_SPREAD) for name in ("query", "key", "value", "gather")}
    found |= {
        "wide": drawn(blocks, size, 2 * size) * np.float32(size**-0.5 / FIRST_SPREAD),
        "narrow": drawn(blocks, 2 * size, size),
    }
    found |= {name: np.ones((blocks, size), np.float32) for name in ("look_gain", "think_gain")}
    found |= {name: np.zeros((blocks, size), np.float32) for name in ("look_shift", "think_shift")}
    found |= {"wide_shift": np.zeros((blocks, 2 * size), np.float32)}
    found |= {"last_gain": np.ones(size, np.float32), "last_shift": np.zeros(size, np.float32)}
    found |= {"places": drawn(plan["length"], size), "ids": drawn(titles, size), "bias": np.zeros(titles, np.float32)}
    if directions:
        found |= {"project": drawn(directions, size), "lean": np.zeros(directions, np.float32)}
    return found


def rate_at(plan: Mapping[str, Any], number: int) -> np.float32:
    """How far a step goes: up quickly, then down along a cosine to a twentieth (I. Loshchilov and F. Hutter, 2017)."""
    falling = LEAST_RATE + (1 - LEAST_RATE) * (1 + np.cos(np.pi * number / plan["steps"])) / 2
    return np.float32(plan["rate"] * falling * min(1.0, (number + 1) / WARM_STEPS))


def batches(
    plan: Mapping[str, Any], start: Ints, title: Ints, open_titles: Ints
) -> Iterator[tuple[Ints, NDArray[np.bool_], Ints]]:
    """As many steps as planned: windows and where they are known, batch x (length + 1), and the titles they are held against."""
    dice, size, at_once = np.random.default_rng(plan["seed"] + 1), plan["batch"], plan["negatives"]
    left = plan["steps"]
    while left:
        first, end = cut(dice, start, plan["length"])
        order = dice.permutation(len(first))
        order = np.resize(order, -(-len(order) // size) * size).reshape(-1, size)
        for rows in order[:left]:
            every = len(open_titles) <= at_once
            negatives = open_titles if every else dice.choice(open_titles, at_once)
            windows, known = padded(title, first[rows], end[rows], plan["length"] + 1)
            yield windows, known, negatives
        left -= len(order[:left])


def cut(dice: np.random.Generator, start: Ints, length: int) -> tuple[Ints, Ints]:
    """Windows of at most `length` + 1 titles, cut anew each time, in which every title but a history's first is asked for once."""
    first, end = list[int](), list[int]()
    for begin, stop in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        late = stop
        while late - begin >= 2:
            whole = late - begin <= length + 1
            early = begin if whole else late - 1 - (int(dice.integers(1, length + 1)) if late == stop else length)
            first.append(early)
            end.append(late)
            late = early + 1
    return np.array(first, np.int64), np.array(end, np.int64)


def stepping(jax: Any, plan: Mapping[str, Any], watched: int) -> Callable[..., tuple[Params, Any, Array]]:
    """One step of learning, compiled at its first call: where the parameters and their moments stand after it, and the loss."""
    key = jax.random.key(plan["seed"], impl="rbg")
    apart = np.float32(np.log(max(1.0, watched / plan["negatives"])))

    def step(
        params: Params, moments: Any, about: Array, windows: Array, known: Array, negatives: Array, rate: Array, number: Array
    ) -> tuple[Params, Any, Array]:
        def wrong(those: Params) -> Array:
            return loss_of(jax, plan, those, about, windows, known, negatives, apart, jax.random.fold_in(key, number))

        loss, slopes = jax.value_and_grad(wrong)(params)
        moved = {
            name: adamw(jax, each, slopes[name], *moments[name], rate, number, 0.0 if name in NOT_DECAYED else plan["decay"])
            for name, each in params.items()
        }
        return {name: each[0] for name, each in moved.items()}, {name: each[1:] for name, each in moved.items()}, loss

    return jax.jit(step, donate_argnums=(0, 1))


def loss_of(
    jax: Any,
    plan: Mapping[str, Any],
    params: Params,
    about: Array,
    windows: Array,
    known: Array,
    negatives: Array,
    apart: np.float32,
    key: Array,
) -> Array:
    """Minus the logarithm of how likely the next title was held to be, per title that was asked for."""
    jnp, (rows, places), id_key, drop_key = jax.numpy, windows.shape, *jax.random.split(key)
    titles = jnp.concatenate([windows.ravel(), negatives])
    vectors, bias = params["ids"][titles], params["bias"][titles]
    if about.shape[1]:
        # Now and then a title goes by its description alone, as one that nobody watched yet will have to.
        own = jax.random.bernoulli(id_key, 1 - plan["id_dropout"], (len(titles), 1))
        vectors = jnp.where(own, vectors, 0) + about[titles] @ params["project"]
        bias = jnp.where(own[:, 0], bias, 0) + about[titles] @ params["lean"]
    there = vectors[: rows * places].reshape(rows, places, -1)
    state = read(jnp, params, there[:, :-1], known[:, :-1], dropping(jax, drop_key, plan["dropout"]))
    right = (state * there[:, 1:]).sum(-1) + bias[: rows * places].reshape(rows, places)[:, 1:]
    # Those that were drawn stand for all the others, so each counts for several.
    others = state @ vectors[rows * places :].T + bias[rows * places :] + apart
    others = jnp.where(negatives == windows[:, 1:, None], NEVER, others)
    unlikely = jnp.logaddexp(right, jax.nn.logsumexp(others, axis=-1)) - right
    asked = known[:, :-1] & known[:, 1:]
    return jnp.where(asked, unlikely, 0).sum() / asked.sum()


def dropping(jax: Any, key: Array, part: float) -> Callable[[Array], Array]:
    """Leaves out a part of what it is given, another one each time (N. Srivastava et al., "Dropout", 2014)."""
    keys = iter(jax.random.split(key, 32))

    def drop(state: Array) -> Array:
        return jax.numpy.where(jax.random.bernoulli(next(keys), 1 - part, state.shape), state / (1 - part), 0)

    return drop


def adamw(
    jax: Any, param: Array, slope: Array, mean: Array, square: Array, rate: Array, number: Array, decay: float
) -> tuple[Array, Array, Array]:
    """One parameter after a step, and the moments of its slope."""
    mean = MEAN_KEPT * mean + (1 - MEAN_KEPT) * slope
    square = SQUARE_KEPT * square + (1 - SQUARE_KEPT) * slope * slope
    step = (mean / (1 - MEAN_KEPT ** (number + 1.0))) / (
        jax.numpy.sqrt(square / (1 - SQUARE_KEPT ** (number + 1.0))) + LEAST_SQUARE
    )
    return param - rate * (step + decay * param), mean, square


def proof(jax: Any, plan: Mapping[str, Any], learnt: Params, about: Array | None, start: Ints, title: Ints) -> dict[str, Array]:
    """Some histories, and what JAX knows at the end of each."""
    vectors = learnt["ids"] if about is None else learnt["ids"] + about @ learnt["project"]
    rows = np.flatnonzero(np.diff(start) > 0)[:PROVEN]
    windows, known = padded(title, start[rows], start[rows + 1], plan["length"])
    weights = {name: learnt[name] for name in WEIGHTS}
    state = jax.jit(partial(read, jax.numpy, newest=True))(weights, vectors[windows], known)
    return {"proof_of": rows, "proof": np.asarray(state[:, 0])}


if __name__ == "__main__":
    end_with(int(sys.argv[2]))
    main(Path(sys.argv[1]))
