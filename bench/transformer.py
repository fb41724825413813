"""What learning a transformer costs: a step by JAX, as `matinee recs fit --deep` takes it, against one written for PyTorch.

Each in a Python of its own, with one thread, over the same batches of the same histories, as many as MovieLens-100k's; both begin
with the same numbers, and have to find the same loss. JAX lies in `.venv-deep` (`make .venv-deep/done`), a Python with torch is
named in `MATINEE_TORCH_PYTHON` (and numpy and scipy); without either nothing is measured.

`python -m bench.transformer jax|torch` is one of the two.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from bench.row import Row

from matinee.insight.deep.engine import BESIDE, ONE_THREAD
from matinee.insight.deep.job import MEAN_KEPT, NOT_DECAYED, SQUARE_KEPT, Batch, Learner, Params, batches, beginning, rate_at
from matinee.insight.deep.plan import Plan
from matinee.insight.other_pythons import has
from matinee.insight.taste.attention import NEVER

TORCH = "MATINEE_TORCH_PYTHON"
PROFILES, TITLES, VIEWS, DIRECTIONS = 943, 1_682, 100_000, 64
WARM, COUNTED, TURNS = 20, 100, 3
ALIKE = 1e-3
Step = Callable[[Batch, int], float]
"""Learns from one batch; the loss before."""


def rows() -> Iterator[Row]:
    torch = Path(os.environ.get(TORCH, "/nowhere"))
    if not has(BESIDE, "jax") or not has(torch, "torch"):
        print(f"The transformer is not measured: `make .venv-deep/done`, and name a Python with torch and scipy in {TORCH}.")
        return
    found = [(_measured(BESIDE, "jax"), _measured(torch, "torch")) for _ in range(TURNS)]
    for what, unit in (("compile", "s of CPU"), ("step", "ms of CPU")):
        jax, other = (float(np.median([each[which][what] for each in found])) for which in (0, 1))
        yield Row(f"transformer by JAX, against PyTorch: {NAMES[what]}", jax, other, unit)
    first = [each["loss"] for turn in found for each in turn]
    if max(first) - min(first) > ALIKE:
        raise RuntimeError(f"the two learn different things: their first losses are {first}")


NAMES = {"compile": "import and the first step", "step": "a step of 32 windows of 50 titles"}


def _measured(python: Path, which: str) -> dict[str, float]:
    ours = {**os.environ, **ONE_THREAD, "JAX_PLATFORMS": "cpu", "PYTHONPATH": os.pathsep.join(("src", "."))}
    done = subprocess.run([str(python), "-m", "bench.transformer", which], env=ours, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(which: str) -> None:
    began = time.process_time()
    library = importlib.import_module(which)
    step = (by_jax if which == "jax" else by_torch)(library)
    plan, (start, title) = replace(Plan(), steps=1 + WARM + COUNTED), _histories()
    loss = compiled = warm = 0.0
    for number, batch in enumerate(batches(plan, start, title, np.arange(TITLES))):
        told = step(batch, number)
        if number == 0:
            loss, compiled = told, time.process_time() - began
        if number == WARM:
            warm = time.process_time()
    print(json.dumps({"loss": loss, "compile": compiled, "step": (time.process_time() - warm) / COUNTED * 1e3}))


def _histories() -> tuple[Any, Any]:
    """Views as many as MovieLens-100k's, of titles as unequally popular; where each profile's begin."""
    dice = np.random.default_rng(0)
    ends = np.sort(dice.choice(np.arange(20, VIEWS - 20), PROFILES - 1, replace=False))
    popular = 1 / np.arange(1, TITLES + 1) ** 0.8
    return np.array([0, *ends, VIEWS]), dice.choice(TITLES, VIEWS, p=popular / popular.sum())


def _described() -> Any:
    return np.random.default_rng(1).normal(0, DIRECTIONS**-0.5, (TITLES, DIRECTIONS)).astype(np.float32)


def by_jax(jax: Any) -> Step:
    plan, about = Plan(), _described()
    params = beginning(plan, *about.shape)
    learner = Learner(jax, plan, list(params.items()), TITLES)
    step = jax.jit(learner.step, donate_argnums=(0, 1))
    flat = learner.flat(params)
    state = [flat, np.zeros((2, len(flat)), np.float32)]

    def learn(batch: Batch, number: int) -> float:
        state[0], state[1], loss = step(*state, about, batch, rate_at(plan, number), np.float32(number + 1))
        return float(loss)

    return learn


def by_torch(torch: Any) -> Step:
    """As one would write it for PyTorch: its own norms, attention and AdamW."""
    torch.set_num_threads(1)
    plan, about = Plan(), torch.tensor(_described())
    params = {name: torch.tensor(each, requires_grad=True) for name, each in beginning(plan, *about.shape).items()}
    plain = [each for name, each in params.items() if name in NOT_DECAYED]
    decayed = [each for name, each in params.items() if name not in NOT_DECAYED]
    groups = [{"params": plain, "weight_decay": 0.0}, {"params": decayed, "weight_decay": plan.decay}]
    adam = torch.optim.AdamW(groups, lr=plan.rate, betas=(MEAN_KEPT, SQUARE_KEPT), fused=True)

    def learn(batch: Batch, number: int) -> float:
        for group in adam.param_groups:
            group["lr"] = float(rate_at(plan, number))
        adam.zero_grad()
        loss = _torch_loss(torch, plan, params, about, batch)
        loss.backward()
        adam.step()
        return float(loss.detach())

    return learn


def _torch_loss(torch: Any, plan: Plan, params: Params, about: Any, batch: Batch) -> Any:
    titles, known, others, kept, own = (torch.from_numpy(np.asarray(each)) for each in batch)
    every = torch.cat([titles.ravel(), others])
    described = about[every]
    vectors = params["ids"][every] * own[:, None] + described @ params["project"]
    bias = params["bias"][every] * own + described @ params["lean"]
    there, those = vectors[: titles.numel()].view(*titles.shape, -1), vectors[titles.numel() :]
    state = _torch_read(torch, plan, params, there[:, :-1], known[:, :-1], iter(kept))
    right = (state * there[:, 1:]).sum(-1) + bias[: titles.numel()].view(titles.shape)[:, 1:]
    held = state @ those.T + bias[titles.numel() :] + float(np.log(max(1.0, TITLES / len(those))))
    held = held.masked_fill(others == titles[:, 1:, None], NEVER)
    unlikely = torch.logaddexp(right, held.logsumexp(-1)) - right
    return unlikely[known[:, :-1] & known[:, 1:]].mean()


def _torch_read(torch: Any, plan: Plan, params: Params, vectors: Any, known: Any, kept: Iterator[Any]) -> Any:
    functional, size = torch.nn.functional, (plan.size,)

    def drop(state: Any) -> Any:
        return state * next(kept) / (1 - plan.dropout)

    places = vectors.shape[1]
    may_look = torch.ones(places, places, dtype=torch.bool).tril() & known[:, None, :]
    # Where nothing may be looked at, softmax has no answer; whatever stands there is asked by nobody.
    may_look = may_look | torch.eye(places, dtype=torch.bool)
    state = drop(vectors + params["places"][-places:])
    for number in range(plan.blocks):
        block = {name: each[number] for name, each in params.items() if len(each) == plan.blocks}
        inside = functional.layer_norm(state, size, block["look_gain"], block["look_shift"], 1e-6)
        asked = (inside @ block[name] for name in ("query", "key", "value"))
        found = functional.scaled_dot_product_attention(*asked, attn_mask=may_look)
        state = state + drop(found @ block["gather"])
        inside = functional.layer_norm(state, size, block["think_gain"], block["think_shift"], 1e-6)
        wide = functional.gelu(inside @ block["wide"] + block["wide_shift"], approximate="tanh")
        state = state + drop(wide @ block["narrow"])
    return functional.layer_norm(state, size, params["last_gain"], params["last_shift"], 1e-6)


if __name__ == "__main__":
    main(sys.argv[1])
