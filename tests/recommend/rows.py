"""What stands on a page of one's own: no title twice, charts that count true, reasons that hold when they are tried."""

from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matinee.insight.rows.calibrated import calibrated, mix_of
from matinee.insight.rows.candidates import Candidate, Kind
from matinee.insight.rows.charts import Charts, Counted, popularity, top_ten, trending
from matinee.insight.rows.composing import Composed, composed, with_popularity
from matinee.insight.rows.mind import Mind, mind_of, scored
from matinee.insight.rows.page import LEAST_IN_ROW, MOST_IN_ROW, page_of
from matinee.insight.rows.shelf import Shelf, Traits, shelf_of
from matinee.insight.rows.viewer import DOWN, LIKED, UP, Taste, Viewer, Watched, viewer_of
from matinee.insight.taste.model import Model
from matinee.insight.taste.training import fit
from taste.world import GENRES, Town, name_of, town

NOW_MS = 1_700_000_000_000
ALL = 260


@cache
def there() -> tuple[Town, Model]:
    """A town of 240 titles, twenty of them watched by nobody, and a model that knows no more than the first 240."""
    place = town(seed=7)
    return place, fit(place.interactions, place.catalog, seed=1)


def shelf(titles: int = ALL, playable: bool = True) -> Shelf:
    """The town's titles, and some that came later."""
    place, _ = there()
    extra = np.random.default_rng(5).integers(0, len(GENRES), max(0, titles - len(place.genre_of)))
    rows = np.vstack([place.genre_of, np.eye(len(GENRES))[extra]])[:titles]
    which = [np.flatnonzero(row) for row in rows]
    genres = Traits(np.array([len(each) for each in which]), np.concatenate(which))
    nobody = Traits(np.zeros(titles, np.int64), np.zeros(0, np.int64))
    ids = [name_of(number) for number in range(titles)]
    return shelf_of("mark", ids, [playable] * titles, [0] * titles, GENRES, genres, nobody, {"e1": 3})


def somebody(on: Shelf, *titles: int, taste: Taste | None = None) -> Viewer:
    seen = [Watched(name_of(each), 1.0, NOW_MS - 60_000 * (len(titles) - step)) for step, each in enumerate(titles)]
    return viewer_of(on, taste or Taste(), seen, (), NOW_MS)


def mind(model: bool = True) -> Mind:
    on = shelf()
    popular = np.random.default_rng(1).random(len(on)).astype(np.float32)
    return mind_of(on, "blend-1", there()[1] if model else None, popular)


def page(mind: Mind, viewer: Viewer, charts: Charts | None = None) -> Composed:
    return composed(mind, viewer, charts or Charts(), NOW_MS)


@pytest.mark.parametrize("with_model", [True, False])
def test_a_cited_title_really_speaks_for_what_it_is_cited_for(with_model: bool) -> None:
    """Take away the title that a card names, rank anew from the start, and the card's title scores less: for every card."""
    how = mind(with_model)
    told = 0
    for seed in range(4):
        watched = np.random.default_rng(seed).choice(ALL, 12, replace=False).tolist()
        viewer = somebody(how.shelf, *watched)
        found = page(how, viewer)
        whole = scored(how, viewer)
        left_out = {each: scored(how, viewer.without(each)) for each in set(found.because_of.values())}
        for title, because_of in found.because_of.items():
            assert because_of in watched
            without = left_out[because_of]
            # A title the model has not met is placed by its likeness, and that must fall.
            ours, theirs = (whole.all, without.all) if how.met[title] or not with_model else (whole.like, without.like)
            assert theirs[title] < ours[title], (seed, title, because_of)
            told += 1
        because = [row for row in found.rows if row.candidate.kind is Kind.BECAUSE]
        assert all(found.because_of[title] == row.candidate.about for row in because for title in row.titles)
    assert told > 200


def test_a_thumb_up_on_what_was_not_watched_is_a_true_reason() -> None:
    """Of three films watched and three only liked, each that is cited speaks: without it, the card's title scores less."""
    how = mind()
    liked = [Watched(name_of(each), LIKED, NOW_MS - 1000 * each) for each in (3, 17, 42)]
    taste = Taste(thumbs={each.title_id: UP for each in liked}, liked=liked)
    viewer = somebody(how.shelf, 60, 81, 130, taste=taste)
    assert viewer.liked == {3, 17, 42} and set(viewer.watched.tolist()) == {60, 81, 130}
    found, whole = page(how, viewer), scored(how, viewer)
    told = [(title, cited) for title, cited in found.because_of.items() if cited in viewer.liked and how.met[title]]
    assert len(told) > 5
    assert all(scored(how, viewer.without(cited)).all[title] < whole.all[title] for title, cited in told)
    assert not {3, 17, 42} & {title for row in found.rows for title in row.titles}
    dropped = somebody(how.shelf, taste=Taste(thumbs={name_of(3): DOWN}, liked=liked[:1]))
    assert not dropped.known and dropped.shut[3]


def test_nothing_is_offered_twice_nor_seen_nor_with_its_thumb_down_nor_hidden() -> None:
    """A page of rows shows a title once; what was watched, disliked or hidden is not there, and never a reason."""
    how = mind()
    taste = Taste(thumbs={name_of(5): DOWN, name_of(9): DOWN}, hidden=frozenset({name_of(11), name_of(2)}))
    viewer = somebody(how.shelf, 1, 2, 3, 9, 40, taste=taste)
    chart = Charts(week=[Counted(name_of(number), 50 - number) for number in range(20)])
    found = page(how, viewer, chart)
    shown = [title for row in found.rows for title in row.titles]
    assert len(shown) == len(set(shown)) > 60
    assert not {5, 9, 11, 2} & set(shown)
    charted = {title for row in found.rows if row.candidate.kind is Kind.TOP_TEN for title in row.titles}
    assert not {1, 3, 40} & (set(shown) - charted)
    assert not {2, 9} & set(found.because_of.values())


def test_the_top_ten_is_the_weeks_count_and_its_numbers_are_true() -> None:
    """The chart follows from a count anybody can do; a hidden title leaves its number free, and of nine there is none."""
    on = shelf()
    week = Charts(week=[Counted(name_of(number), 100 - number) for number in range(30)] + [Counted("e1", 500)])
    places = top_ten(on, week)
    assert [(each.number, each.place) for each in places][:3] == [(3, 1), (0, 2), (1, 3)]
    assert places[0].viewers == 500 and len(places) == 10
    assert top_ten(on, Charts(week=week.week[:9])) == []
    viewer = somebody(on, taste=Taste(hidden=frozenset({name_of(0)})))
    row = next(each for each in page(mind(), viewer, week).rows if each.candidate.kind is Kind.TOP_TEN)
    assert [row.candidate.places[title] for title in row.titles] == [1, 3, 4, 5, 6, 7, 8, 9, 10]


def test_what_trends_is_beyond_the_usual_and_chance() -> None:
    """What rose most comes first, however popular others are; what may be chance, or has gone, does not trend."""
    on = shelf()
    charts = Charts(
        trending=[Counted("t0001", 2.5), Counted("t0002", 0.3), Counted("t0003", 1.9), Counted("t0004", 9.0), Counted("gone", 99)]
    )
    assert trending(on, charts) == [4, 1]
    assert popularity(on, Charts(popular=[Counted("t0001", 2), Counted("e1", 3)]))[[1, 3]].tolist() == [2, 3]


def test_a_calibrated_list_has_the_viewers_own_mix() -> None:
    """Who watched seven dramas for three comedies is shown both, though every drama is liked a little better."""
    genres = np.repeat(np.eye(2, dtype=np.float32), 50, axis=0)
    relevance = np.concatenate([np.linspace(1, 0.9, 50), np.linspace(0.8, 0.7, 50)]).astype(np.float32)
    wanted = mix_of(genres[[0] * 7 + [60] * 3], np.ones(10))
    shown = calibrated(np.arange(100), relevance, genres, wanted, 20)
    assert Counter(number >= 50 for number in shown) == {False: 15, True: 5}
    assert apart(wanted, genres[shown].mean(axis=0)) < 0.02
    assert apart(wanted, genres[np.argsort(-relevance)[:20]].mean(axis=0)) > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_each_title_of_a_calibrated_list_is_the_one_that_raises_it_most(seed: int) -> None:
    """By the whole formula, worked out for every title that could come next."""
    dice = np.random.default_rng(seed)
    genres = (dice.multinomial(2, np.full(8, 1 / 8), 40) / 2).astype(np.float32)
    relevance, wanted = dice.random(40).astype(np.float32), mix_of(genres[:5], np.ones(5))
    shown = calibrated(np.arange(40), relevance, genres, wanted, 12)
    for place, title in enumerate(shown):
        gains = {
            other: relevance[[*shown[:place], other]].mean()
            - apart(wanted[wanted > 0], genres[[*shown[:place], other]].mean(axis=0)[wanted > 0])
            for other in set(range(40)) - set(shown[:place])
        }
        assert gains[title] > max(gains.values()) - 1e-5


def apart(wanted: NDArray[np.float64], shown: NDArray[np.float32]) -> float:
    """Kullback and Leibler's distance of one mix from another, the second smoothed by a hundredth of the first."""
    smooth = 0.99 * shown + 0.01 * wanted
    return float(wanted @ np.log(wanted / smooth))


LISTS = st.lists(st.lists(st.integers(0, 59), unique=True, max_size=40), max_size=12)


@settings(max_examples=60, deadline=None)
@given(lists=LISTS, chart=st.permutations(list(range(60))), seed=st.integers(0, 100))
def test_whatever_rows_there_are_no_title_stands_in_two(lists: list[list[int]], chart: list[int], seed: int) -> None:
    """No row is too short or too long, none repeats what stands above, and the chart keeps its ten."""
    kinds = [Kind.BECAUSE, Kind.FOR_YOU_GENRE, Kind.FOR_YOU, Kind.TRENDING, Kind.POPULAR]
    offered = [Candidate(kinds[number % len(kinds)], titles, number) for number, titles in enumerate(lists)]
    offered.append(Candidate(Kind.TOP_TEN, chart[:10], -1, {title: place for place, title in enumerate(chart[:10], 1)}))
    rows = page_of(offered, np.random.default_rng(seed).random(60).astype(np.float32))
    shown = [title for row in rows for title in row.titles]
    assert len(shown) == len(set(shown))
    assert all(LEAST_IN_ROW <= len(row.titles) <= MOST_IN_ROW for row in rows)
    assert [row.titles for row in rows if row.candidate.kind is Kind.TOP_TEN] == [chart[:10]]


def test_both_models_have_as_many_titles_in_the_row_they_draft() -> None:
    """Also when much of what one of them would show stands in a row of its own already: it picks the next best instead."""
    ours, theirs = mind(), mind(model=False)
    viewer = somebody(ours.shelf, 3, 50, 100)
    tosses = [True, False] * 30
    plain = composed(ours, viewer, Charts(), NOW_MS, theirs, tosses)
    picked = [title for title in plain.rows[0].titles if plain.teams[title] == "challenger"]
    charts = Charts(trending=[Counted(name_of(title), 9.0) for title in picked[:8]])
    found = composed(ours, viewer, charts, NOW_MS, theirs, tosses)
    for each in (plain, found):
        teams = Counter(each.teams[title] for title in each.rows[0].titles)
        assert teams == {"base": MOST_IN_ROW // 2, "challenger": MOST_IN_ROW // 2}


def test_one_hidden_episode_does_not_take_its_series_away() -> None:
    """What else was watched of it counts on; when nothing else was, the series is as hidden as the episode."""
    on = shelf()
    other = Taste(watched=[Watched(name_of(3), 1.0, NOW_MS)], hidden=frozenset({"e1"}))
    viewer = viewer_of(on, other, (), (), NOW_MS)
    assert viewer.watched.tolist() == [3] and not viewer.shut[3] and viewer.seen[3]
    assert viewer_of(on, Taste(hidden=frozenset({"e1"})), (), (), NOW_MS).shut[3]
    nothing_else = Taste(watched=[Watched("e1", 1.0, NOW_MS)], hidden=frozenset({"e1"}))
    assert viewer_of(on, nothing_else, (), (), NOW_MS).shut[3]
    itself = Taste(
        watched=[Watched(name_of(4), 1.0, NOW_MS), Watched("e1", 1.0, NOW_MS)], hidden=frozenset({name_of(3), name_of(4)})
    )
    assert viewer_of(on, itself, (), (), NOW_MS).shut[[3, 4]].all()


def test_a_row_stands_higher_for_whom_it_is_worth_more() -> None:
    """Of two genres the one that is liked more comes first, and what stands above is not shown again to fill the next."""
    worth = np.zeros(30, np.float32)
    worth[:10], worth[10:20] = 0.2, 0.9
    low, high = Candidate(Kind.FOR_YOU_GENRE, list(range(12)), 0), Candidate(Kind.FOR_YOU_GENRE, list(range(8, 20)), 1)
    rows = page_of([low, high], worth)
    assert [row.candidate.about for row in rows] == [1, 0]
    assert list(rows[1].titles) == list(range(8))


def test_who_is_unknown_is_shown_what_is_popular() -> None:
    """Without a history there are charts and what many watch, and no title is said to be there because of another."""
    how = with_popularity(mind(), np.arange(ALL, dtype=np.float32))
    found = page(how, somebody(how.shelf))
    assert [row.candidate.kind for row in found.rows] == [Kind.POPULAR]
    assert list(found.rows[0].titles[:3]) == [ALL - 1, ALL - 2, ALL - 3]
    assert found.because_of == {}
