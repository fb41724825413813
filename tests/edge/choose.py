"""Which boxes, in which order, by which address."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.contracts.ids import BoxId, EditionId
from matinee.edge.choose import BadViewerAddress, BoxPlace, Word, base_url, ranked, smoothed

PLACES = [BoxPlace(BoxId(name), 9000 + number) for number, name in enumerate("abcdefgh")]

ages_s = st.dictionaries(st.sampled_from([place.box_id for place in PLACES]), st.floats(0, 20))
editions = st.text(min_size=1).map(EditionId)
CALM = {place.box_id: Word(heard_s=0, serving=True) for place in PLACES}


def first(words: dict[BoxId, Word], edition: EditionId) -> BoxId:
    return ranked(PLACES, words, edition, 0).serving[0].box_id


def busy(box: str, part: float) -> dict[BoxId, Word]:
    """Everybody serves, and one is this busy."""
    return CALM | {BoxId(box): Word(heard_s=0, serving=True, busy=part)}


FILMS = [EditionId(f"edition-{number}") for number in range(4000)]


@given(ages_s, st.sets(st.sampled_from([place.box_id for place in PLACES])), editions)
def test_exactly_the_boxes_that_said_yes_in_ten_seconds_serve(ages: dict[BoxId, float], ill: set[BoxId], edition: EditionId):
    """Nobody is sent to a box in trouble or to one that fell silent; none that serves is left out; the others come last."""
    words = {box: Word(heard_s=100 - age, serving=box not in ill) for box, age in ages.items()}
    order = ranked(PLACES, words, edition, 100)
    well = sorted(box for box, age in ages.items() if 100 - (100 - age) <= 10 and box not in ill)
    assert sorted(place.box_id for place in order.serving) == well
    assert sorted(place.box_id for place in order.serving + order.others) == sorted(place.box_id for place in PLACES)


@given(editions, st.sampled_from(PLACES))
def test_a_lost_box_moves_no_other_viewer(edition: EditionId, lost: BoxPlace):
    """When a box goes, the others keep their order for every film."""
    before = ranked(PLACES, CALM, edition, 0).serving
    after = ranked(PLACES, CALM | {lost.box_id: Word(0, serving=False)}, edition, 0)
    assert after.serving == tuple(place for place in before if place != lost)
    assert after.others == (lost,)


@given(editions, st.permutations(PLACES))
def test_the_order_does_not_depend_on_how_boxes_are_listed(edition: EditionId, shuffled: list[BoxPlace]):
    """Two steering processes send the viewers of one film to the same box."""
    assert ranked(shuffled, CALM, edition, 0) == ranked(PLACES, CALM, edition, 0)


def test_films_spread_evenly_over_the_boxes():
    """No box gets more than its share of films: within a third of an eighth, over 8000."""
    firsts = [first(CALM, EditionId(f"edition-{number}")) for number in range(8000)]
    assert all(667 < firsts.count(place.box_id) < 1333 for place in PLACES)


@given(editions, st.dictionaries(st.sampled_from([place.box_id for place in PLACES]), st.floats(0, 0.7)))
def test_boxes_with_room_to_spare_move_nobody(edition: EditionId, loads: dict[BoxId, float]):
    """However load sways below seven tenths of what a box can give, no viewer changes boxes."""
    swaying = CALM | {box: Word(heard_s=0, serving=True, busy=part) for box, part in loads.items()}
    assert ranked(PLACES, swaying, edition, 0) == ranked(PLACES, CALM, edition, 0)


@pytest.mark.parametrize(
    ("part", "kept_from", "kept_to"), [(0.76, 0.75, 0.88), (0.85, 0.45, 0.62), (1.0, 0.06, 0.16), (9.0, 0.06, 0.16)]
)
def test_a_busy_box_gives_some_films_away_and_keeps_the_rest(part: float, kept_from: float, kept_to: float):
    """The nearer a box is to its limit the fewer films are begun there; films of other boxes stay where they were."""
    before, after = ({film: first(words, film) for film in FILMS} for words in (CALM, busy("a", part)))
    mine = [film for film in FILMS if before[film] == "a"]
    assert kept_from < sum(after[film] == "a" for film in mine) / len(mine) < kept_to
    assert all(after[film] == before[film] for film in FILMS if before[film] != "a")


@given(editions)
def test_the_last_box_that_serves_is_the_best_however_busy(edition: EditionId):
    """Too many viewers are no reason to send them to nobody."""
    words = {place.box_id: Word(heard_s=0, serving=False) for place in PLACES} | {BoxId("c"): Word(0, serving=True, busy=3.0)}
    assert [place.box_id for place in ranked(PLACES, words, edition, 0).serving] == ["c"]


@given(st.floats(0, 3), st.floats(0, 3), st.floats(0, 100))
def test_load_is_averaged(before: float, now: float, passed_s: float):
    """A load counts for what it was over some time: the average lies between old and new, and moves on as time passes."""
    word = Word(heard_s=50, serving=True, busy=before)
    average = smoothed(word, 50 + passed_s, now)
    assert min(before, now) - 1e-9 <= average <= max(before, now) + 1e-9
    assert abs(now - smoothed(word, 51 + passed_s, now)) <= abs(now - average)
    assert abs(now - smoothed(word, 50 + 200, now)) < 0.001
    assert smoothed(None, 50, now) == now


@pytest.mark.parametrize(
    ("scheme", "host", "url"),
    [
        ("http", "localhost", "http://localhost:9000"),
        ("https", "films.example.org", "https://films.example.org:9000"),
        ("http", "192.0.2.7", "http://192.0.2.7:9000"),
        ("http", "2001:db8::7", "http://[2001:db8::7]:9000"),
        ("http", "[2001:db8:0:0::7]", "http://[2001:db8::7]:9000"),
    ],
)
def test_a_viewer_reaches_a_box_by_the_host_they_came_by(scheme: str, host: str, url: str):
    """Whoever opened Matinee by a name or an address gets the film from there, too."""
    assert base_url(PLACES[0], scheme, host) == url


def test_a_public_address_is_used_as_it_is():
    """A box that is known by another address is named by that."""
    assert base_url(BoxPlace(BoxId("a"), 9000, "https://a.example.org/"), "http", "localhost") == "https://a.example.org"


@pytest.mark.parametrize(
    "host", ["", "a/b", "a@b", "evil.example/?", "a b", "a:80", "fe80::1%eth0", "[x]", "a\n", "é.example", "-a"]
)
def test_an_address_that_could_mean_another_place_is_refused(host: str):
    """A forged Host header cannot send a viewer's token elsewhere."""
    with pytest.raises(BadViewerAddress, match="host"):
        base_url(PLACES[0], "http", host)


@given(st.text(max_size=30), st.text(max_size=6))
def test_an_address_is_the_viewers_host_or_none(host: str, scheme: str):
    """Whatever is sent as host and scheme, the box's address has that host, that scheme and the box's port."""
    try:
        url = urlsplit(base_url(PLACES[0], scheme, host))
    except BadViewerAddress:
        return
    assert (url.scheme, url.port, url.path, url.username) == (scheme, 9000, "", None)
    assert url.hostname == host.lower() or ":" in host
