"""The rows that might stand on a page: what each is about, and its titles in their order, many more than will be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from matinee.insight.rows.calibrated import calibrated, mix_of
from matinee.insight.rows.charts import Charts, top_ten, trending
from matinee.insight.rows.mind import Mind, Scores
from matinee.insight.rows.shelf import Flags, Ints, Shelf
from matinee.insight.rows.viewer import Viewer
from matinee.insight.taste.foremost import foremost
from matinee.insight.taste.sparse import Table

DEEP = 60
"""So many titles of each row are known, of which those above may take most."""
POOL = 200
SEEDS = 3
GENRES = 6
NEW_MS = 30 * 86_400_000
MORE_LIKE_THAN = 0.7
SAMPLED = 4096


class Kind(Enum):
    TOP_TEN = "top-ten"
    TRENDING = "trending"
    BECAUSE = "because"
    FOR_YOU = "for-you"
    FOR_YOU_GENRE = "for-you-genre"
    NEWCOMERS = "newcomers"
    POPULAR = "popular"


@dataclass(frozen=True)
class Candidate:
    """`about` is the number of the title or of the genre it is about, or -1; `places` and `viewers` are a chart's."""

    kind: Kind
    titles: Sequence[int]
    about: int = -1
    places: dict[int, int] = field(default_factory=dict[int, int])
    viewers: dict[int, int] = field(default_factory=dict[int, int])


def candidates(mind: Mind, viewer: Viewer, scores: Scores, worth: Table, charts: Charts, now_ms: int) -> Iterator[Candidate]:
    """All that have anything to show. `scores` are the viewer's own, `worth` the relevance that follows from them."""
    shelf, offered = mind.shelf, offered_to(viewer, mind.shelf)
    chart = [each for each in top_ten(shelf, charts) if not viewer.shut[each.number]]
    if chart:
        places = {each.number: each.place for each in chart}
        yield Candidate(Kind.TOP_TEN, list(places), -1, places, {each.number: each.viewers for each in chart})
    yield Candidate(Kind.TRENDING, [number for number in trending(shelf, charts) if offered[number]][:DEEP])
    if (mind.popular > 0).any():
        yield Candidate(Kind.POPULAR, best(mind.popular, offered & (mind.popular > 0), DEEP))
    if not viewer.known:
        return
    for seed in seeds(viewer):
        yield Candidate(Kind.BECAUSE, _because(mind, seed, worth, offered), seed)
    mix = mix_of(shelf.genres[viewer.history], viewer.weight)
    pool = np.array(best(worth, offered, POOL), np.int64)
    yield Candidate(Kind.FOR_YOU, calibrated(pool, worth[pool], shelf.genres[pool], mix, DEEP))
    most: list[int] = np.argsort(-mix, kind="stable")[:GENRES].tolist()
    for genre in most:
        if mix[genre] > 0:
            yield Candidate(Kind.FOR_YOU_GENRE, best_of(shelf.of_genre[genre], worth, offered, DEEP), genre)
    if mind.model is not None:
        yield Candidate(Kind.NEWCOMERS, _newcomers(mind, scores.like, offered, now_ms))


def relevance(scores: Table, offered: Flags) -> Table:
    """titles: 1 for the best of those offered, and in proportion to their chance for the others."""
    most = float(scores[offered].max(initial=-np.inf)) if offered.any() else 0.0
    return np.where(offered, np.exp(np.minimum(scores - most, 0)), 0).astype(np.float32, copy=False)


def offered_to(viewer: Viewer, shelf: Shelf) -> Flags:
    """titles: whether it may be offered as something to watch now."""
    return viewer.open & shelf.playable


def best(worth: Table, among: Flags, most: int) -> list[int]:
    """The numbers of the most worth, the best first, of equals the lower number."""
    return _first(np.flatnonzero(among), worth[among], most)


def best_of(some: Ints, worth: Table, among: Flags, most: int) -> list[int]:
    """The same, of some titles."""
    there = some[among[some]]
    return _first(there, worth[there], most)


def _first(there: Ints, worth: Table, most: int) -> list[int]:
    """`worth` is that of the titles `there`, which are in their order."""
    return there[foremost(worth, most)].tolist()


def seeds(viewer: Viewer) -> list[int]:
    """What a row may be about: what was watched last and liked."""
    liked = [int(n) for n, weight in zip(viewer.history[::-1], viewer.weight[::-1], strict=True) if weight > 0]
    return liked[:SEEDS]


def _because(mind: Mind, seed: int, worth: Table, offered: Flags) -> list[int]:
    """What speaks for it by the links of the model, or else by description, times how much the viewer would like it."""
    close = alike(mind, seed)
    near = np.flatnonzero((close > 0) & offered)
    near = near[near != seed]
    return _first(near, close[near] * np.sqrt(worth[near]), DEEP)


def _newcomers(mind: Mind, like: Table, offered: Flags, now_ms: int) -> list[int]:
    """Of what the model has not met, or came lately, that which is more like the history than most of what there is."""
    fresh = offered & (~mind.met | (mind.shelf.added_ms >= now_ms - NEW_MS))
    numbers = np.flatnonzero(offered)
    some = like[numbers[:: max(1, len(numbers) // SAMPLED)]]
    bar = float(np.quantile(some, MORE_LIKE_THAN)) if len(some) else 0.0
    return best(like, fresh & (like > 0) & (like >= bar), DEEP)


def alike(mind: Mind, number: int) -> Table:
    """titles: how much one speaks for each, 0 to 1."""
    like = mind.shelf.like(number)
    if mind.model is None or mind.there[number] < 0:
        return like
    titles, spoken = mind.model.spoken_by(int(mind.there[number]))
    found, here = np.asarray(like / 2, np.float32), mind.here[titles]
    some = (here >= 0) & (spoken > 0)
    found[here[some]] += spoken[some] / (2 * max(float(spoken.max(initial=0)), 1e-9))
    return found


def more_like(mind: Mind, number: int, viewer: Viewer, most: int) -> Ints:
    """For a title's page: what is like it and may be offered, seen or not, the title itself left out."""
    close = alike(mind, number)
    among = mind.shelf.playable & ~viewer.shut & (close > 0)
    among[number] = False
    return np.array(best(close, among, most), np.int64)
