"""A transformer of these histories: what JAX is given to learn from, and what comes back, checked and ready to serve.

Weights that numpy, which serves, reads otherwise than JAX, which learnt them, are refused.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from matinee.insight.deep.engine import Jax, NoJax
from matinee.insight.taste.histories import Histories
from matinee.insight.taste.sparse import Table
from matinee.insight.taste.transformer import Transformer, folded

EPOCHS = 60
LEAST_STEPS = 800
MOST_ASKED = 40_000_000
"""So many titles are asked for at most, all epochs together: an hour or so of CPU."""
ALIKE = 1e-3


@dataclass(frozen=True)
class Shape:
    """How large the transformer is, and how it learns; `length` titles of a history are read, `negatives` drawn for a batch."""

    size: int = 64
    blocks: int = 2
    length: int = 50
    negatives: int = 512
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.01
    dropout: float = 0.3
    id_dropout: float = 0.1


def learnt(
    jax: Jax, histories: Histories, about: Table | None, titles: int, seed: int, shape: Shape | None = None
) -> Transformer:
    """A transformer over so many titles; `about` is titles x directions, if they are described. Raises NoJax."""
    shape = shape or Shape()
    watched = np.zeros(titles, np.bool_)
    watched[histories.title] = True
    if not (histories.length > 1).any():
        raise NoJax("a transformer learns what follows what, and nobody has watched two titles: learn without --deep")
    plan = {
        **asdict(shape),
        "negatives": min(shape.negatives, int(watched.sum())),
        "steps": steps(histories, shape),
        "seed": seed,
    }
    with TemporaryDirectory(prefix="matinee-deep-") as place:
        folder = Path(place)
        described = {} if about is None else {"about": about.astype(np.float32)}
        np.savez(folder / "histories.npz", start=histories.start, title=histories.title, watched=watched, **described)
        (folder / "plan.json").write_text(json.dumps(plan))
        jax.run(folder)
        with np.load(folder / "learnt.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = {**plan, **json.loads((folder / "told.json").read_text())}
    found = folded(arrays, about, watched, facts)
    _check(found, histories, arrays["proof_of"], arrays["proof"])
    return found


def steps(histories: Histories, shape: Shape) -> int:
    """So many epochs, or fewer where there is much to learn from, and more where there is little."""
    asked = np.maximum(histories.length - 1, 0)
    epochs = max(1, min(EPOCHS, MOST_ASKED // max(1, int(asked.sum()))))
    windows = int(np.ceil(asked / shape.length).sum())
    return max(LEAST_STEPS, epochs * -(-windows // shape.batch))


def _check(found: Transformer, histories: Histories, rows: NDArray[np.int64], proof: Table) -> None:
    ours = found.state(histories.some(rows))
    if not np.isfinite(found.vectors).all() or not np.allclose(ours, proof, atol=ALIKE):
        apart = float(np.abs(ours - proof).max(initial=0))
        raise NoJax(f"what was learnt is read differently by numpy, by {apart:.3g}: it is not kept")
