"""An examination asks fairly, and its figures are what they say."""

import numpy as np
import pytest

from matinee.insight.taste.examination import examine
from matinee.insight.taste.interactions import Interactions, gathered, numbered
from matinee.insight.taste.intervals import difference, interval
from matinee.insight.taste.measures import coverage, measured, miscalibration, popularity_lift
from matinee.insight.taste.protocols import PROTOCOLS, CannotExamine, held_out, suggested
from taste.world import town


def rows(text: str, times: list[float] | None = None) -> Interactions:
    """Interactions from words like `a1`: profile a watched title 1."""
    users, items = zip(*((word[0], word[1:]) for word in text.split()), strict=True)
    return gathered(numbered(np.array(users)), numbered(np.array(items)), None if times is None else np.array(times, float))


def test_leave_one_out_asks_for_the_last_title() -> None:
    """Of each profile the latest title is asked, all before it is given, and nobody learns from what is asked."""
    exam = held_out(rows("a1 a2 a3 b3 b1 c2", [3, 1, 2, 1, 2, 1]), "leave-one-out", seed=0)
    assert [exam.given[n].tolist() for n in range(2)] == [[1, 2], [2]]
    assert [exam.asked[n].tolist() for n in range(2)] == [[0], [0]]
    assert len(exam.training) == 4


def test_under_strong_generalisation_who_is_asked_was_never_met() -> None:
    """Nothing is learnt from a profile that is asked, and about a fifth of what it watched is asked for."""
    there = town(seed=5).interactions
    exam = held_out(there, "strong-generalisation", seed=1)
    assert len(exam.asked) == 80
    assert set(exam.asked.length) == {5}
    assert set(exam.given.length) == {20}
    assert len(np.unique(exam.training.user)) == 320
    for number in range(len(exam.asked)):
        assert not set(exam.asked[number]) & set(exam.given[number])


def test_a_time_split_knows_nothing_of_the_future() -> None:
    """All that is learnt and given happened before all that is asked."""
    there = town(seed=5).interactions
    assert there.time_s is not None
    exam = held_out(there, "time-split", seed=0)
    hour = np.quantile(there.time_s, 0.9)
    assert exam.training.time_s is not None
    assert exam.training.time_s.max() <= hour
    asked = sum(int((there.time_s[there.user == user] > hour).sum()) for user in range(len(there.users)))
    assert len(exam.asked.title) == asked


def test_the_protocol_follows_from_the_times() -> None:
    """Times that say nothing are no reason to ask for the next title."""
    assert suggested(rows("a1 a2 b1 b2", [1, 2, 3, 4])) == "leave-one-out"
    assert suggested(rows("a1 a2 b1 b2", [1, 1, 1, 1])) == "strong-generalisation"
    assert suggested(rows("a1 a2 b1 b2")) == "strong-generalisation"


def test_of_a_long_tail_the_most_watched_are_looked_at() -> None:
    """Where there are too many titles to choose by, the most watched stand for all, under their own names."""
    fewer, these = rows("a1 a2 a3 b2 b3 c3 c4").most_watched(2)
    assert fewer.titles.tolist() == ["2", "3"]
    assert these.tolist() == [1, 2]
    assert [fewer.titles[each].tolist() for each in fewer.histories()] == [["2", "3"], ["2", "3"], ["3"]]


def test_what_cannot_be_asked_is_said() -> None:
    """Without times there is no hour to split at, and one view each leaves nothing to ask."""
    with pytest.raises(CannotExamine, match="no times"):
        held_out(rows("a1 a2"), "time-split", seed=0)
    for protocol in ("leave-one-out", "strong-generalisation"):
        with pytest.raises(CannotExamine, match="more interactions"):
            held_out(rows("a1 b2"), protocol, seed=0)


def test_the_measures_are_those_of_the_books() -> None:
    """Found at the first and third place of three, of two asked: worked out by hand."""
    found = measured([np.array([4, 7, 2])], [np.array([2, 4])], (1, 3))
    assert found["recall@1"] == [1.0]
    assert found["recall@3"] == [1.0]
    assert found["hit@3"] == [1.0]
    assert found["ndcg@3"][0] == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
    nothing = measured([np.array([], np.int64)], [np.array([1])], (5,))
    assert {name: values[0] for name, values in nothing.items()} == {"recall@5": 0, "hit@5": 0, "ndcg@5": 0}


def test_breadth_bias_and_mix_are_seen() -> None:
    """Two of four titles shown; twice as popular as what was chosen; comedies only, where half was crime."""
    ranked, history = [np.array([0, 1])], [np.array([2, 3])]
    assert coverage(ranked, 4, 2) == 0.5
    assert popularity_lift(ranked, history, np.array([4.0, 4.0, 2.0, 2.0]), 2) == 2
    genres = np.array([[1, 0], [1, 0], [1, 0], [0, 1.0]])
    assert miscalibration([np.array([2, 3])], history, genres, 2) == pytest.approx(0)
    assert miscalibration(ranked, history, genres, 2) > 1


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    """About 95 of a hundred intervals hold the mean they were drawn around, and pairs are told apart far sooner."""
    dice = np.random.default_rng(1)
    held = 0
    for sample in range(200):
        found = interval(dice.normal(3, 1, 80), seed=sample)
        held += found.low <= 3 <= found.high
    assert 180 <= held <= 199
    hard = dice.normal(0, 5, 200)
    lead = difference(hard + dice.normal(0.3, 0.5, 200), hard, seed=0)
    assert lead.low > 0
    alone = interval(hard, seed=0)
    assert alone.high - alone.low > 5 * (lead.high - lead.low)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_in_a_town_with_tastes_every_protocol_sees_them(protocol: str) -> None:
    """The blend beats popularity beyond its interval, whichever way it is asked, and is the same again with the same seed."""
    there = town(seed=9, profiles=250, titles=160)
    found = examine(there.interactions, there.catalog, lambda: 0.0, protocol, ks=(10,), seed=2)
    blend = found.results[-1]
    assert (blend.model, found.protocol) == ("blend", protocol)
    assert blend.lead.low > 0
    assert blend.miscalibration is not None
    popular = found.results[0]
    assert popular.miscalibration is not None
    assert blend.miscalibration < popular.miscalibration
    assert blend.coverage > popular.coverage
    if protocol == "time-split":
        again = examine(there.interactions, there.catalog, lambda: 0.0, protocol, ks=(10,), seed=2)
        assert again.results == found.results
