"""What stands on the page one comes home to, and in which order."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from matinee.screen.next_up import Episode, Watched
from matinee.screen.shelves import MOST_GENRES, MOST_IN_ROW, Card, Facts, Kind, compose, hero, keep_watching


def cards(*ids: str, playable: bool = True, has_art: bool = True) -> list[Card]:
    return [Card(each, "", playable, has_art) for each in ids]


def facts(
    newest: Sequence[Card] = (),
    series: Sequence[Card] = (),
    genres: Mapping[str, Sequence[Card]] | None = None,
    kept: Sequence[Card] = (),
    watched: Mapping[str, Watched] | None = None,
    known: Sequence[Card] = (),
    episodes: Mapping[str, Sequence[Episode]] | None = None,
) -> Facts:
    known_cards = {card.title_id: card for card in known}
    return Facts(newest, series, genres or {}, kept, watched or {}, known_cards, episodes or {})


SHOW = {"show": [Episode(f"e{number}", 1, number, playable=True) for number in (1, 2, 3)]}
EPISODES = [Card(f"e{number}", "show", playable=True, has_art=True) for number in (1, 2, 3)]
HALF, DONE = Watched(1, finished=False), Watched(1, finished=True)


def test_the_rows_come_in_their_order_and_none_is_empty() -> None:
    """What I am in the middle of, what I wanted to see, what is new, series, then genres."""
    page = compose(
        facts(
            newest=cards("a", "b", "c"),
            series=cards("c"),
            genres={"Drama": cards("a", "b"), "Lonely": cards("a")},
            kept=cards("b"),
            watched={"a": HALF},
            known=cards("a", "b"),
        )
    )
    assert [(shelf.kind, shelf.name, shelf.title_ids) for shelf in page] == [
        (Kind.KEEP_WATCHING, "Keep watching", ("a",)),
        (Kind.MY_LIST, "My list", ("b",)),
        (Kind.NEW, "New", ("a", "b", "c")),
        (Kind.SERIES, "Series", ("c",)),
        (Kind.GENRE, "Drama", ("a", "b")),
    ]
    assert compose(facts()) == []


def test_a_row_that_would_repeat_the_newest_is_left_out() -> None:
    """In a small library one does not read the same row three times."""
    page = compose(facts(newest=cards("a", "b"), series=cards("a", "b"), genres={"Nature": cards("a", "b")}))
    assert [shelf.kind for shelf in page] == [Kind.NEW]


def test_what_cannot_be_played_yet_stands_in_no_row_of_offers() -> None:
    """New, series and genres offer what can be watched now; what I put on my list stays there."""
    unready = cards("soon", playable=False)
    page = compose(facts(newest=[*unready, *cards("a", "b", "c")], kept=unready, genres={"Drama": [*unready, *cards("a", "b")]}))
    assert {shelf.kind: shelf.title_ids for shelf in page} == {
        Kind.MY_LIST: ("soon",),
        Kind.NEW: ("a", "b", "c"),
        Kind.GENRE: ("a", "b"),
    }


def test_a_series_is_kept_watching_by_one_episode() -> None:
    """Of a series there is the episode to go on with; a finished one makes place for the next, the last one for none."""

    def of(watched: dict[str, Watched]) -> list[str]:
        return keep_watching(facts(watched=watched, known=[*EPISODES, *cards("film")], episodes=SHOW))

    assert of({"e2": HALF, "e1": DONE}) == ["e2"]
    assert of({"e2": Watched(3, finished=True), "film": Watched(2, finished=False)}) == ["e3", "film"]
    assert of({"film": Watched(3, finished=False), "e2": Watched(2, finished=True)}) == ["film", "e3"]
    assert of({"e3": DONE, "film": DONE}) == []
    assert of({"gone": HALF}) == []


def test_the_hero_is_the_newest_that_was_not_seen_whole() -> None:
    """The page opens with something to watch: it has a picture, can be played, and I am not through with it."""
    newest = [*cards("soon", playable=False), *cards("bare", has_art=False), *cards("seen", "show", "old")]
    assert hero(facts(newest=newest)) == "seen"
    assert hero(facts(newest=newest, watched={"seen": DONE})) == "show"
    assert hero(facts(newest=newest, watched={"seen": DONE, "e1": DONE}, episodes=SHOW)) == "show"
    assert hero(facts(newest=newest, watched={"seen": DONE, "e3": DONE}, episodes=SHOW)) == "old"
    assert hero(facts(newest=newest[:2])) is None


IDS = st.lists(st.integers(0, 60).map(str), max_size=80)


@given(newest=IDS, series=IDS, kept=IDS, genres=st.dictionaries(st.sampled_from("ABCDEFGHIJKL"), IDS))
def test_no_row_is_empty_too_long_or_repeats_itself(
    newest: list[str], series: list[str], kept: list[str], genres: dict[str, list[str]]
) -> None:
    """Whatever the library holds, the page stays a page."""
    by_genre = {name: cards(*ids) for name, ids in genres.items()}
    page = compose(facts(newest=cards(*newest), series=cards(*series), kept=cards(*kept), genres=by_genre))
    for shelf in page:
        assert 1 <= len(shelf.title_ids) == len(set(shelf.title_ids)) <= MOST_IN_ROW
    assert sum(shelf.kind is Kind.GENRE for shelf in page) <= MOST_GENRES


def test_a_short_is_the_hero_only_where_nothing_longer_is() -> None:
    """What opens the page is worth sitting down for; a library of shorts opens with its newest."""
    shorts = [Card(each, "", playable=True, has_art=True, short=True) for each in ("newest", "newer")]
    assert hero(facts(newest=[*shorts, *cards("feature")])) == "feature"
    assert hero(facts(newest=shorts)) == "newest"
