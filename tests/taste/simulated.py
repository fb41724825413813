"""In a town whose tastes are known, what is recommended is what they would have liked."""

from functools import cache

import numpy as np

from matinee.insight.taste.histories import histories_of
from matinee.insight.taste.model import Model
from matinee.insight.taste.training import fit
from taste.world import GENRES, Town, name_of, town

FEW = 10


@cache
def learnt() -> tuple[Town, Model]:
    there = town(seed=7)
    return there, fit(there.interactions, there.catalog, seed=1)


def shown(model: Model, watched: list[int], k: int = FEW) -> list[int]:
    """The best titles for somebody who watched those, by their number in the town."""
    names = model.titles.tolist()
    history = histories_of([[names.index(name_of(title)) for title in watched]])
    return [int(names[number][1:]) for number in next(model.ranked(history, k))[0]]


def test_a_new_member_is_understood_after_three_picks() -> None:
    """Whoever picks three titles of a genre is shown mostly that genre at once; whoever picks nothing, what is popular."""
    there, model = learnt()
    plays = np.bincount(there.interactions.title)
    parts = list[float]()
    for genre in range(len(GENRES)):
        of_genre = np.flatnonzero(there.genre_of[: len(plays), genre] == 1)
        picks = of_genre[np.argsort(-plays[of_genre])][[0, 2, 4]].tolist()
        parts.append(float(np.mean(there.genre_of[shown(model, picks), genre] > 0)))
    hits = np.argsort(-plays, kind="stable")[:FEW].tolist()
    everybodys = np.mean(there.genre_of[hits] > 0, axis=0)
    assert shown(model, []) == hits
    assert np.mean(parts) > 0.75
    assert np.mean(parts) > 3 * np.mean(everybodys)
    assert min(ours - theirs for ours, theirs in zip(parts, everybodys, strict=True)) > 0.2


def test_a_title_nobody_has_watched_finds_the_right_people() -> None:
    """Of a new title's ten best-placed profiles most would really like it, though not one view of it is known."""
    there, model = learnt()
    scores = model.scores(there.interactions.histories())
    cold = np.flatnonzero(model.learnt.plays == 0)
    assert len(cold) == 20
    place = scores.argsort(axis=1).argsort(axis=1)
    lifts, above = list[float](), list[float]()
    for number in cold:
        likes = there.likes[:, int(model.titles[number][1:])]
        first = np.argsort(-place[:, number], kind="stable")[: len(likes) // 10]
        lifts.append(float(likes[first].mean() / likes.mean()))
        above.append(float(np.mean(place[first, number] / scores.shape[1])))
    assert np.mean(lifts) > 3
    assert np.mean(above) > 0.6


def test_not_everybody_gets_the_hits() -> None:
    """Where some titles are shown far more than others, what is recommended is hardly more popular than what people choose."""
    there = town(seed=3, loud=1.5)
    model = fit(there.interactions, seed=1)
    histories = there.interactions.histories()
    rows = [row for row, _ in model.ranked(histories, FEW)]
    plays = model.learnt.plays
    chosen = plays[there.interactions.title].mean()
    assert np.mean([plays[row].mean() for row in rows]) < 1.3 * chosen < 1.9 * chosen < np.sort(plays)[-FEW:].mean()
    assert len(np.unique(np.concatenate(rows))) > 0.5 * len(plays)
    wished = np.mean([there.likes[user][[int(model.titles[n][1:]) for n in row]].mean() for user, row in enumerate(rows)])
    best = np.argsort(-plays)[:FEW]
    popular = there.likes[:, [int(model.titles[n][1:]) for n in best]].mean()
    assert wished > 2 * popular
