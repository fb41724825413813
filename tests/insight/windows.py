"""The small ideas that jobs are made of: once only, decay that adds up, histograms that add up."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.insight.streams import buckets, decay
from matinee.insight.streams.counts import added
from matinee.insight.streams.once import WINDOW, Window

DAY_MS = 86_400_000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), max_size=200))
def test_a_number_is_taken_once(heard: list[int]) -> None:
    """Within the window every number is taken the first time it comes, in any order, and never again."""
    window, known = Window(), set[int]()
    for sequence in heard:
        assert window.takes(sequence) == (sequence not in known)
        known.add(sequence)


def test_what_lies_behind_the_window_is_not_taken() -> None:
    """A number further back than a thousand cannot be told from one that was heard, and so is not heard again."""
    window = Window()
    assert [window.takes(each) for each in (5, 5000, 5000 - WINDOW + 1, 5000 - WINDOW, 4999, 4999)] == [
        True,
        True,
        True,
        False,
        True,
        False,
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60 * DAY_MS), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_decay_is_the_same_in_any_order(times_ms: list[int], dice: random.Random) -> None:
    """A count halves with each half-life, to a millionth, and does not depend on who came first."""

    def total(order: list[int]) -> decay.Decayed:
        whole = decay.Decayed()
        for at_ms in order:
            whole = decay.merged(whole, decay.one_at(at_ms, 7 * DAY_MS))
        return whole

    now_ms = 61 * DAY_MS
    mixed = dice.sample(times_ms, len(times_ms))
    assert total(times_ms) == total(mixed)
    wanted = sum(0.5 ** ((now_ms - at_ms) / (7 * DAY_MS)) for at_ms in times_ms)
    assert abs(decay.worth(total(mixed), now_ms, 7 * DAY_MS) / wanted - 1) < 1e-5


def test_a_percentile_is_within_a_twentieth() -> None:
    """Of thousands of join times the histogram knows the median and the ninety-fifth as nearly as an operator needs."""
    dice = random.Random(1)
    joins = sorted(dice.lognormvariate(6.5, 0.8) for _ in range(5000))
    halves = [dict[int, int](), dict[int, int]()]
    for number, each in enumerate(joins):
        half = halves[number % 2]
        half[buckets.bucket_of(each)] = half.get(buckets.bucket_of(each), 0) + 1
    whole = added(*halves)
    for percent in (5, 50, 95, 99):
        true = joins[len(joins) * percent // 100]
        assert abs(buckets.percentile(whole, percent) / true - 1) < 0.05
