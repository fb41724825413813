"""How good a ranking is, profile by profile.

With the titles asked for being `asked` and the best k of the ranking looked at:

- recall: how many of the asked are among them, of as many as could be (min(k, asked)), as Liang et al. (2018) count it;
- hit rate: whether any is;
- NDCG: each found at place p (from 1) counts 1 / log2(p + 1), as part of the most that could be had (K. Järvelin and J.
  Kekäläinen, 2002).

Always over all titles: a ranking among sampled ones tells another story (W. Krichene and S. Rendle, "On Sampled Metrics for
Item Recommendation", KDD 2020).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ranks = Sequence[NDArray[np.int64]]


def measured(ranked: Ranks, asked: Ranks, ks: Sequence[int]) -> Mapping[str, NDArray[np.float64]]:
    """Recall, hit rate and NDCG at each k, one number per profile."""
    discount = 1 / np.log2(np.arange(max(ks)) + 2)
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    found = {f"{name}@{k}": np.zeros(len(ranked)) for name in ("recall", "hit", "ndcg") for k in ks}
    for number, (row, wanted) in enumerate(zip(ranked, asked, strict=True)):
        right = np.isin(row, wanted)
        for k in ks:
            most, hits = min(k, len(wanted)), right[:k]
            found[f"recall@{k}"][number] = hits.sum() / most
            found[f"hit@{k}"][number] = hits.any()
            found[f"ndcg@{k}"][number] = hits @ discount[: len(hits)] / ideal[most]
    return found


def coverage(ranked: Ranks, titles: int, k: int) -> float:
    """Which part of all titles is among the best k of anybody."""
    shown = np.unique(np.concatenate([row[:k] for row in ranked]))
    return len(shown) / titles


def popularity_lift(ranked: Ranks, given: Ranks, plays: NDArray[np.float64], k: int) -> float:
    """How many more views the titles shown have than those the same profiles chose: 1 is no bias (H. Abdollahpouri, 2019)."""
    chosen = np.mean([plays[row].mean() for row in given if len(row)])
    shown = np.mean([plays[row[:k]].mean() for row in ranked if len(row)])
    return float(shown / max(float(chosen), 1e-9))


def miscalibration(ranked: Ranks, given: Ranks, genres: NDArray[np.float64], k: int) -> float:
    """How far the genres shown are from those watched: mean KL divergence, 0 is the same mix (H. Steck, RecSys 2018).

    `genres` is titles x genres. The shown mix is smoothed by a hundredth of the watched one, as there.
    """
    apart = list[float]()
    for row, history in zip(ranked, given, strict=True):
        watched, shown = genres[history].sum(0), genres[row[:k]].sum(0)
        if watched.sum() > 0 and shown.sum() > 0:
            p, q = watched / watched.sum(), shown / shown.sum()
            q = 0.99 * q + 0.01 * p
            apart.append(float((p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum()))
    return float(np.mean(apart)) if apart else 0.0
