"""How large a transformer is, and how it learns: what `learning.py` asks of `job.py`, written between them as JSON."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Of a history `length` titles are read; `negatives` are drawn for each batch of `batch` windows.

    `decay` is that of the weights. The chance that a number is left out in a step is `dropout`, that a title's own vector is
    `id_dropout`.
    """

    size: int = 64
    blocks: int = 2
    length: int = 50
    negatives: int = 512
    batch: int = 32
    rate: float = 2e-3
    decay: float = 0.01
    dropout: float = 0.3
    id_dropout: float = 0.1
    steps: int = 500
    seed: int = 0
