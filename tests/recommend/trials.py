"""Trials: fair drafts, verdicts that may be looked at every day without fooling anybody, and a gate for worse models."""

from dataclasses import replace

import numpy as np
import pytest

from matinee.insight.trials.assignment import AB, INTERLEAVE, Trial, assigned, tosses
from matinee.insight.trials.drafting import BASE, CHALLENGER, drafted
from matinee.insight.trials.gate import Figures, faults
from matinee.insight.trials.verdicts import ALPHA, Arm, compared, interleaved, profiles_needed

TRIAL = Trial("blend-2.ab.1", AB, "blend-2", "blend-1", 0.3)


def won(share: float, votes: int, seed: int) -> tuple[str, int]:
    """What a trial came to that was looked at after every vote, and at which one it was decided, if ever."""
    heads = np.cumsum(np.random.default_rng(seed).random(votes) < share)
    for number in range(1, votes + 1):
        outcome = interleaved(int(heads[number - 1]), number - int(heads[number - 1])).outcome
        if outcome != "undecided":
            return outcome, number
    return "undecided", votes


def test_looking_after_every_vote_declares_a_winner_among_equals_hardly_ever() -> None:
    """Of a hundred trials of a model against its like, each looked at after every page, no more than one in twenty is won."""
    wrong = sum(won(0.5, 300, seed)[0] != "undecided" for seed in range(100))
    assert wrong <= ALPHA * 100


def test_a_better_model_is_found_with_few_pages() -> None:
    """A model whose titles are played six times of ten wins within a thousand pages, nearly always, and never loses."""
    outcomes = [won(0.62, 1000, seed) for seed in range(40)]
    assert sum(outcome == CHALLENGER for outcome, _ in outcomes) >= 38
    assert all(outcome != BASE for outcome, _ in outcomes)
    assert np.median([number for _, number in outcomes]) < 400


def test_the_interval_holds_the_truth_and_closes_on_it() -> None:
    """At the end of a trial the interval has the true part of the votes in it nineteen times of twenty, and is narrow."""
    inside = 0
    for seed in range(100):
        heads = int((np.random.default_rng(seed).random(2000) < 0.55).sum())
        verdict = interleaved(heads, 2000 - heads)
        inside += verdict.low <= 0.55 <= verdict.high
        assert verdict.high - verdict.low < 0.1
    assert inside >= 95
    assert (interleaved(0, 0).low, interleaved(0, 0).high) == (0, 1)


def test_an_ab_trial_is_decided_at_its_horizon_and_only_if_it_was_split_as_planned() -> None:
    """Before the planned number there is no verdict, however clear it looks; a lopsided split spoils it."""
    clear = Arm(1000, 400), Arm(1000, 300)
    assert compared(*clear, 0.5, 2000).outcome == "undecided"
    assert compared(*clear, 0.5, 1000).outcome == "challenger"
    assert compared(*reversed(clear), 0.5, 1000).outcome == "base"
    assert compared(Arm(1000, 305), Arm(1000, 300), 0.5, 1000).outcome == "undecided"
    assert compared(Arm(1300, 400), Arm(1000, 300), 0.5, 1000).outcome == "invalid"
    low, high = compared(*clear, 0.5, 1000).low, compared(*clear, 0.5, 1000).high
    # Newcombe (1998), method 10, worked by hand.
    assert (low, high) == pytest.approx((0.0581, 0.1413), abs=2e-3)
    needed = profiles_needed(0.3, 0.03)
    dice = np.random.default_rng(3)
    found = sum(
        compared(Arm(needed, int(dice.binomial(needed, 0.33))), Arm(needed, int(dice.binomial(needed, 0.3))), 0.5, needed).outcome
        == "challenger"
        for _ in range(200)
    )
    assert 0.7 < found / 200 < 0.9


def test_a_draft_favours_neither_ranking() -> None:
    """Whatever two rankings say, each team has half of every place over many pages, and nobody's titles stand twice."""
    base, challenger = list(range(40)), list(range(20, 60))
    first = np.zeros(20)
    for page in range(400):
        row = drafted(base, challenger, tosses(TRIAL, "me", str(page), 60), 20)
        assert len(set(row.titles)) == 20
        first += [team == CHALLENGER for team in row.teams]
    assert np.all(np.abs(first / 400 - 0.5) < 0.1)
    same = drafted(base, base, tosses(TRIAL, "me", "1", 60), 20)
    assert list(same.titles) == base[:20]


def test_who_takes_part_is_drawn_once_and_with_the_chance_that_is_told() -> None:
    """Every profile stays in its arm; the arms are as large as planned; another trial draws anew."""
    arms = [assigned(TRIAL, f"profile-{number}") for number in range(5000)]
    assert arms == [assigned(TRIAL, f"profile-{number}") for number in range(5000)]
    challengers = np.array([each.arm == CHALLENGER for each in arms])
    assert abs(challengers.mean() - 0.3) < 0.02
    assert {(each.arm, each.propensity) for each in arms} == {(CHALLENGER, 0.3), (BASE, 0.7)}
    other = np.array([assigned(replace(TRIAL, trial_id="x"), f"profile-{n}").arm == CHALLENGER for n in range(5000)])
    assert abs((challengers & other).mean() - 0.09) < 0.02
    some = [assigned(replace(TRIAL, form=INTERLEAVE), f"profile-{number}") for number in range(2000)]
    assert {each.arm for each in some} == {"", INTERLEAVE}


GOOD = Figures("blend-1", 500, 0.002, -0.004, 0.008, 0.4, 1.2, 0.4, 1.2)


@pytest.mark.parametrize(
    ("figures", "word"),
    [
        (GOOD, ""),
        (replace(GOOD, lead=-0.003, low=-0.009, high=0.003), ""),
        (replace(GOOD, lead=-0.01, low=-0.02, high=-0.001), "worse"),
        (replace(GOOD, coverage=0.1), "10%"),
        (replace(GOOD, lift=2.0), "2.0 times"),
    ],
)
def test_a_model_that_is_worse_beyond_chance_is_not_blessed(figures: Figures, word: str) -> None:
    """What may be chance is let through; what is worse, narrower or louder than it may be is refused, and told why."""
    assert [word in each for each in faults(figures)] == [True] * bool(word)
