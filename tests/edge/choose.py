"""Which boxes, in which order, by which address."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.contracts.ids import BoxId, EditionId
from matinee.edge.choose import BadViewerAddress, BoxPlace, base_url, best_boxes

PLACES = [BoxPlace(BoxId(name), 9000 + number) for number, name in enumerate("abcdefgh")]

ages_s = st.dictionaries(st.sampled_from([place.box_id for place in PLACES]), st.floats(0, 20))
editions = st.text(min_size=1).map(EditionId)


@given(ages_s, editions)
def test_exactly_the_boxes_heard_of_in_ten_seconds_are_offered(ages: dict[BoxId, float], edition: EditionId):
    """Nobody is sent to a box that fell silent, and none that serves is left out."""
    offered = best_boxes(PLACES, {box: 100 - age for box, age in ages.items()}, edition, 100)
    assert sorted(place.box_id for place in offered) == sorted(box for box, age in ages.items() if 100 - (100 - age) <= 10)


@given(editions, st.sampled_from(PLACES))
def test_a_lost_box_moves_no_other_viewer(edition: EditionId, lost: BoxPlace):
    """When a box goes, the others keep their order for every film."""
    everybody = {place.box_id: 0.0 for place in PLACES}
    before = best_boxes(PLACES, everybody, edition, 0)
    after = best_boxes(PLACES, {box: at_s for box, at_s in everybody.items() if box != lost.box_id}, edition, 0)
    assert after == [place for place in before if place != lost]


@given(editions, st.permutations(PLACES))
def test_the_order_does_not_depend_on_how_boxes_are_listed(edition: EditionId, shuffled: list[BoxPlace]):
    """Two steering processes send the viewers of one film to the same box."""
    everybody = {place.box_id: 0.0 for place in PLACES}
    assert best_boxes(shuffled, everybody, edition, 0) == best_boxes(PLACES, everybody, edition, 0)


def test_films_spread_evenly_over_the_boxes():
    """No box gets more than its share of films: within a third of an eighth, over 8000."""
    everybody = {place.box_id: 0.0 for place in PLACES}
    firsts = [best_boxes(PLACES, everybody, EditionId(f"edition-{number}"), 0)[0].box_id for number in range(8000)]
    assert all(667 < firsts.count(place.box_id) < 1333 for place in PLACES)


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
