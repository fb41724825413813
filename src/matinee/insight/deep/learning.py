"""A transformer of these histories: what JAX is given to learn from, and what comes back, checked and ready to serve.

Weights that numpy, which serves, reads otherwise than JAX, which learnt them, are refused.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.insight.deep.engine import Jax, NoJax
from matinee.insight.deep.plan import Plan
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.sparse import Table
from matinee.insight.taste.transformer import Transformer, folded

EPOCHS = 20
LEAST_STEPS = 500
MOST_ASKED = 40_000_000
"""So many titles are asked for at most, all epochs together: twenty minutes of CPU, by what MovieLens-100k took."""
ALIKE = 1e-3


def learnt(jax: Jax, histories: Histories, about: Table | None, titles: int, seed: int, plan: Plan | None = None) -> Transformer:
    """A transformer over so many titles; `about` is titles x directions, if they are described. Raises NoJax."""
    if not (histories.length > 1).any():
        raise NoJax("a transformer learns what follows what, and nobody has watched two titles: learn without --deep")
    plan = plan or Plan(steps=steps(histories), seed=seed)
    plan = replace(plan, length=min(plan.length, int(histories.length.max())))
    watched = np.zeros(titles, np.bool_)
    watched[histories.title] = True
    with TemporaryDirectory(prefix="matinee-deep-") as place:
        folder = Path(place)
        given: dict[str, Any] = {"start": histories.start, "title": histories.title, "watched": watched}
        if about is not None:
            given["about"] = about.astype(np.float32)
        np.savez(folder / "histories.npz", **given)
        (folder / "plan.json").write_text(json.dumps(asdict(plan)))
        jax.run(folder)
        with np.load(folder / "learnt.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = {**asdict(plan), **json.loads((folder / "told.json").read_text())}
    found = folded(arrays, about, watched, facts)
    _check(found, histories, arrays["proof_of"], arrays["proof"])
    return found


def steps(histories: Histories) -> int:
    """So many epochs, or fewer where there is much to learn from, and more where there is little."""
    plan, asked = Plan(), np.maximum(histories.length - 1, 0)
    epochs = max(1, min(EPOCHS, MOST_ASKED // max(1, int(asked.sum()))))
    windows = int(np.ceil(asked / plan.length).sum())
    return max(LEAST_STEPS, epochs * -(-windows // plan.batch))


def _check(found: Transformer, histories: Histories, rows: NDArray[np.int64], proof: Table) -> None:
    apart = np.abs(found.state(histories.some(rows)) - proof).max(initial=0)
    if not apart <= ALIKE or not np.isfinite(found.vectors).all():
        raise NoJax(f"what was learnt is read differently by numpy, by {apart:.3g}: it is not kept")
