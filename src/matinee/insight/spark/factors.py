"""The trainer for what one machine cannot hold: MLlib's implicit ALS in place of ours (`taste/ials.py`), behind the same `fit`.

Ours weighs what was not watched with a, what was with a + w; MLlib's with 1 and 1 + alpha w. Divided by a it is the same loss
with alpha = 1/a, but for the pull of what was watched, which MLlib counts 1 + alpha w times rather than alpha w times. Its
penalty grows with the number n of titles watched, ours with n + a titles; it is told the one that is ours for a history of
middling length. A profile is folded in by `taste/ials.py` whoever learnt the titles' factors.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from matinee.insight.spark.engine import Spark
from matinee.insight.taste.arrow import pa, pa_parquet
from matinee.insight.taste.ials import FACTORS, PENALTY, SWEEPS, UNWATCHED
from matinee.insight.taste.sparse import Sparse, Table


def spark_factors(spark: Spark, watched: Sparse, seed: int) -> Table:
    """titles x factors, from profiles x titles. Titles that nobody watched stand at the origin. Raises NoSpark."""
    owner = np.repeat(np.arange(watched.rows), np.diff(watched.start)).astype(np.int32)
    with TemporaryDirectory(prefix="matinee-factors-") as folder:
        given, found = Path(folder, "watched.parquet"), Path(folder, "factors")
        columns: Any = {"user": owner, "item": watched.column.astype(np.int32), "worth": watched.value.astype(np.float32)}
        pa_parquet.write_table(pa.table(columns), given)
        task = {
            "watched": str(given),
            "out": str(found),
            "rank": FACTORS,
            "sweeps": SWEEPS,
            "penalty": PENALTY / UNWATCHED * (1 + UNWATCHED * watched.columns * watched.rows / len(owner)),
            "alpha": 1 / UNWATCHED,
            "seed": seed,
        }
        spark.run({"factors": task})
        learnt = pa_parquet.read_table(found)
    factors = np.zeros((watched.columns, FACTORS), np.float32)
    factors[learnt["id"].to_numpy()] = np.array(learnt["features"].to_pylist(), np.float32)
    return factors
