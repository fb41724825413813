"""A town whose tastes are known: profiles that like some genres and not others, and titles that have them.

Each profile has a mix of genres, each title is of one or two, and some titles are shown to everybody more than others. A
profile watches what is shown to it and what it likes, one title after the other. So what a model should have found out can
be asked of the town itself. Everything follows from a seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.insight.taste.features import About
from matinee.insight.taste.interactions import Interactions, gathered, numbered

GENRES = ("comedy", "crime", "documentary", "drama", "horror", "romance", "space", "western")
HOUR_S = 3600.0


@dataclass(frozen=True)
class Town:
    """`likes` is profiles x titles, the chance of each title by taste alone; the rest is what a house would know."""

    interactions: Interactions
    catalog: dict[str, About]
    likes: NDArray[np.float64]
    genre_of: NDArray[np.float64]


def town(seed: int, profiles: int = 400, titles: int = 240, views: int = 25, new: int = 20, loud: float = 1.0) -> Town:
    """A town where the last `new` titles have not been shown to anybody yet; `loud` is how unequally titles are shown."""
    dice = np.random.default_rng(seed)
    genre_of = np.eye(len(GENRES))[dice.integers(0, len(GENRES), titles)]
    second = np.eye(len(GENRES))[dice.integers(0, len(GENRES), titles)]
    genre_of = genre_of + 0.5 * second * (genre_of == 0)
    mix = dice.dirichlet(np.full(len(GENRES), 0.15), profiles)
    likes = (mix @ genre_of.T) ** 2 + 1e-4
    shown = dice.pareto(2.0, titles) ** loud + 0.2
    shown[titles - new :] = 0
    rows = list[tuple[int, int, float]]()
    for profile in range(profiles):
        chance = likes[profile] * shown
        watched = dice.choice(titles, size=views, replace=False, p=chance / chance.sum())
        rows += [(profile, title, step * HOUR_S + dice.random()) for step, title in enumerate(watched)]
    user, item, time_s = (np.array(column) for column in zip(*rows, strict=True))
    names = np.array([name_of(title) for title in item])
    interactions = gathered(numbered(user), numbered(names), time_s.astype(float))
    catalog = {
        name_of(title): About(genres=[genre for genre, has in zip(GENRES, genre_of[title], strict=True) if has])
        for title in range(titles)
    }
    return Town(interactions, catalog, likes, genre_of)


def name_of(title: int) -> str:
    return f"t{title:04d}"
