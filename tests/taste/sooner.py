"""What is found by a shorter way is what the long way finds."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.insight.taste.experts import Learnt, nearest, nearness, place_of, standing
from matinee.insight.taste.foremost import foremost
from matinee.insight.taste.histories import histories_of
from matinee.insight.taste.sparse import Sparse, sparse_from


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 80), st.integers(1, 2000), st.integers(0, 1000))
def test_the_foremost_are_those_that_sorting_puts_first(length: int, most: int, different: int, seed: int) -> None:
    """However many are equal: of those the first come first."""
    worth = np.random.default_rng(seed).integers(0, different, length).astype(np.float32)
    assert foremost(worth, most).tolist() == np.argsort(-worth, kind="stable")[:most].tolist()


def learnt(dice: np.random.Generator, titles: int) -> Learnt:
    factors = dice.normal(0, 1, (titles, 8)).astype(np.float32) * dice.random((titles, 1)).astype(np.float32)
    none: Any = np.zeros(titles)
    return Learnt(none, none.astype(np.float32), np.arange(0), {}, factors, described=False)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.integers(1, 40), st.integers(0, 1000))
def test_the_title_closest_to_a_history_without_one_of_its_titles_is_found(titles: int, length: int, seed: int) -> None:
    """As if all were asked, for long histories, of which one title is little, and for short ones, of which it is much."""
    dice = np.random.default_rng(seed)
    of, history = learnt(dice, titles), dice.integers(0, titles, length).tolist()
    parts = histories_of([[each for each in history if each != left_out] for left_out in dict.fromkeys(history)])
    points = standing(of, parts)
    found = nearest(of, points, place_of(of, histories_of([history])))
    assert np.allclose(found, nearness(of, points).max(axis=1), rtol=1e-5, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 200), st.integers(0, 1000))
def test_a_product_of_few_rows_is_the_product(rows: int, cells: int, seed: int) -> None:
    """Whether the few are alike or not, and where a row has nothing in it."""
    dice = np.random.default_rng(seed)
    few = table(dice, rows, 30, min(cells, 20))
    other = table(dice, 30, 50, cells)
    assert np.allclose(few.few_through(other), few.through(other), atol=1e-4)
    assert np.allclose(few.together_through(other), few.through(other), atol=1e-4)


def table(dice: np.random.Generator, rows: int, columns: int, cells: int) -> Sparse:
    value = dice.random(cells).astype(np.float32)
    return sparse_from(dice.integers(0, rows, cells), dice.integers(0, columns, cells), value, rows, columns)
