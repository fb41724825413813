"""What the models compute is what their theory says, and what they recommend has true reasons."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.insight.taste.edlae import NotSolvable, edlae, inverted, together
from matinee.insight.taste.features import About, coordinates
from matinee.insight.taste.histories import Histories, decayed, histories_of
from matinee.insight.taste.ials import PENALTY, UNWATCHED, folded_in, ials
from matinee.insight.taste.interactions import gathered, numbered
from matinee.insight.taste.links import KEPT, WHOLE_UP_TO, followed, kept
from matinee.insight.taste.next_title import Order, next_title
from matinee.insight.taste.reasons import explained, reasons
from matinee.insight.taste.sparse import Sparse
from matinee.insight.taste.training import fit
from taste.world import town

TITLES = 12


def some_histories(seed: int, profiles: int = 60) -> Histories:
    dice = np.random.default_rng(seed)
    return histories_of([dice.permutation(TITLES)[: dice.integers(1, 9)].tolist() for _ in range(profiles)])


def test_edlae_predicts_each_title_from_all_others() -> None:
    """Each title's links solve the penalised regression on all other titles, to the digits of float32."""
    histories = some_histories(1)
    watched = decayed(histories, 1.0, 100, TITLES).full().astype(float)
    links = edlae(together(histories, TITLES), dropout=0.3, penalty=5.0)
    for title in range(TITLES):
        others = np.delete(np.arange(TITLES), title)
        gram = watched[:, others].T @ watched[:, others]
        penalty = np.diag(0.3 / 0.7 * np.diag(gram) + 5.0)
        exact = np.linalg.solve(gram + penalty, watched[:, others].T @ watched[:, title])
        assert np.allclose(links[others, title], exact, atol=1e-5)
    assert not links.diagonal().any()


def test_next_title_is_the_regression_it_stands_for() -> None:
    """Counting pairs gives the very links that writing out every source and every target gives."""
    histories, order = some_histories(2), Order(window=3, back=0.7, horizon=4, ahead=0.8)
    sources, targets = list[np.ndarray](), list[np.ndarray]()
    for number in range(len(histories)):
        history = histories[number]
        for cut in range(1, len(history)):
            source, target = np.zeros(TITLES), np.zeros(TITLES)
            for back, title in enumerate(history[:cut][::-1][: order.window]):
                source[title] += order.back**back
            for ahead, title in enumerate(history[cut:][: order.horizon]):
                target[title] += order.ahead**ahead
            sources.append(source)
            targets.append(target)
    s, t = np.array(sources), np.array(targets)
    exact = np.linalg.solve(s.T @ s + 2.0 * np.eye(TITLES), s.T @ t)
    assert np.allclose(next_title(histories, TITLES, order, penalty=2.0), exact, atol=1e-5)


def test_a_profile_is_folded_in_by_its_own_equation() -> None:
    """Where a profile stands among the factors solves its system, whatever batch it was solved in."""
    watched = decayed(some_histories(3, profiles=300), 1.0, 100, TITLES)
    factors = ials(watched, seed=0, factors=4)
    found = folded_in(watched, factors)
    for row in (0, 7, 299):
        seen = factors[watched.column[watched.start[row] : watched.start[row + 1]]]
        system = UNWATCHED * factors.T @ factors + seen.T @ seen + PENALTY * (len(seen) + UNWATCHED * TITLES) * np.eye(4)
        assert np.allclose(found[row], np.linalg.solve(system, seen.sum(0)), atol=1e-4)


def test_a_table_that_cannot_be_solved_says_so() -> None:
    """Nobody gets a model made of nonsense: the way out is named."""
    with pytest.raises(NotSolvable, match="greater penalty"):
        inverted(np.ones((3, 3), np.float32))


def test_a_large_table_keeps_its_strongest_links() -> None:
    """Beyond some thousands of titles each row keeps its strongest entries, and a history is read from those alone."""
    titles = WHOLE_UP_TO + 1
    table = np.zeros((titles, titles), np.float32)
    table[5, : KEPT + 3] = np.arange(KEPT + 3)
    links = kept(table)
    assert isinstance(links, Sparse)
    said = followed(decayed(histories_of([[5]]), 1.0, 10, titles), links)[0]
    assert said[KEPT + 2] == KEPT + 2
    assert np.count_nonzero(said) == KEPT


def test_what_was_watched_last_counts_most() -> None:
    """A title counts less with every one that was watched after it, and nothing beyond the last few."""
    counts = decayed(histories_of([[3, 1, 2]], [[1, 2, 1]]), 0.5, 2, 4).full()
    assert counts.tolist() == [[0, 1, 1, 0]]


def test_titles_of_the_same_people_and_genres_stand_close() -> None:
    """Two films by one director stand closer together than a third that shares a word with them."""
    catalog = [
        About(["Drama"], ["Agnès"], "a beach in the north"),
        About(["Drama"], ["Agnès"], "a widow walks"),
        About(["Horror"], ["Bela"], "a castle in the north"),
        About(["Horror"], ["Bela"], "a bat"),
        About(),
    ]
    about = coordinates(catalog, seed=0)
    near = about @ about.T
    assert near[0, 1] > 0.5 > near[0, 2]
    assert not about[4].any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 399), st.integers(0, 9))
def test_a_reason_that_is_told_is_true(profile: int, rank: int) -> None:
    """What the cited titles give adds up to the score exactly, and the title stands lower without any one of them."""
    model, histories = small_town()
    history = histories.some(np.array([profile]))
    title = int(next(model.ranked(history, 10))[0][rank])
    parts = explained(model, history, title)
    links = model.learnt.tables["liked"]
    said = followed(decayed(history, 1.0, 1000, model.learnt.titles), links)[0, title]
    assert sum(part.gives for part in parts) == pytest.approx(float(said), abs=1e-5)
    for part in reasons(parts):
        without = history.only(history.title != part.watched)
        assert model.scores(without)[0, title] < model.scores(history)[0, title]


def small_town() -> tuple:
    if not TOWN:
        there = town(seed=11, new=0)
        TOWN.append((fit(there.interactions, seed=1), there.interactions.histories()))
    return TOWN[0]


TOWN: list[tuple] = []


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "x")],
        [("a", "x"), ("b", "x"), ("c", "x")],
        [("a", "x"), ("a", "y")],
        [("a", "x"), ("a", "y"), ("b", "y"), ("b", "z"), ("c", "x"), ("c", "z")],
        [("a", "x"), ("a", "x"), ("a", "x"), ("b", "y")],
        [(str(2**70 + n % 5), str(-(2**66) + n % 7)) for n in range(40)],
    ],
)
@pytest.mark.parametrize("timed", ["none", "equal", "ordered"])
@pytest.mark.parametrize("protocol", [None, "leave-one-out", "strong-generalisation", "time-split"])
def test_however_little_there_is_something_is_learnt(rows: list[tuple[str, str]], timed: str, protocol: str | None) -> None:
    """Three views make a model, too: everybody gets all the titles they have not seen, whatever they have watched, best first."""
    users, items = (np.array(column) for column in zip(*rows, strict=True))
    times = {"none": None, "equal": np.full(len(rows), 5.0), "ordered": np.arange(len(rows), dtype=float)}[timed]
    interactions = gathered(numbered(users), numbered(items), times)
    model = fit(interactions, seed=0, protocol=protocol)
    everybody = histories_of([[], [0], list(range(len(model.titles)))])
    found = [row for row, _ in model.ranked(everybody, k=100)]
    assert [len(row) for row in found] == [len(model.titles), len(model.titles) - 1, 0]
    assert sorted(found[0].tolist()) == list(range(len(model.titles)))
    assert np.isfinite(model.scores(everybody)).all()
