"""Where a film goes on: on this screen or another, today or tomorrow; and which episode is next."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.screen.resume import begins_at_ms, is_finished, is_opening
from screen.theatre import HOUR_MS, LEASE_S, Theatre

MINUTE_MS = 60_000
runtimes = st.integers(1_000, 12 * HOUR_MS)


@pytest.fixture
async def theatre(tmp_path: Path) -> Theatre:
    theatre = await Theatre(tmp_path).open()
    theatre.shelf.put("film")
    return theatre


async def test_a_film_goes_on_where_it_was_left(theatre: Theatre) -> None:
    """Stop on one screen, play on another: it begins at the same place, and another profile's begins at the start."""
    view = await theatre.play(screen="one")
    assert view.position_ms == 0
    await theatre.stop(view.view_id, 20 * MINUTE_MS)
    assert (await theatre.play(screen="two")).position_ms == 20 * MINUTE_MS
    assert (await theatre.play(screen="three", profile="somebody-else")).position_ms == 0


async def test_a_browser_that_was_killed_costs_one_heartbeat_at_most(theatre: Theatre) -> None:
    """What the last heartbeat said is where the film goes on, though nobody said goodbye."""
    view = await theatre.play(screen="one")
    await theatre.heartbeat(view.view_id, 7 * MINUTE_MS)
    await theatre.wait(LEASE_S)
    assert (await theatre.play(screen="two")).position_ms == 7 * MINUTE_MS


async def test_a_player_that_has_not_found_its_place_yet_loses_nobodys(theatre: Theatre) -> None:
    """The first heartbeat of a player says 0; the bookmark stays until something was really watched."""
    view = await theatre.play(screen="one")
    await theatre.stop(view.view_id, 20 * MINUTE_MS)
    again = await theatre.play(screen="one")
    await theatre.heartbeat(again.view_id, 0)
    await theatre.heartbeat(again.view_id, -5)
    assert [mark.position_ms for mark in await theatre.bookmarks()] == [20 * MINUTE_MS]
    await theatre.wait(1)
    await theatre.heartbeat(again.view_id, 2 * MINUTE_MS)
    assert [mark.position_ms for mark in await theatre.bookmarks()] == [2 * MINUTE_MS]


async def test_a_late_goodbye_does_not_undo_another_screens_progress(theatre: Theatre) -> None:
    """A tab closed long after it was stopped says where it was; what was seen since on another screen stays."""
    first = await theatre.play(screen="one")
    await theatre.stop(first.view_id, 5 * MINUTE_MS)
    second = await theatre.play(screen="two")
    await theatre.wait(10)
    await theatre.heartbeat(second.view_id, 30 * MINUTE_MS)
    await theatre.wait(10)
    await theatre.stop(first.view_id, 5 * MINUTE_MS)
    assert (await theatre.play(screen="three")).position_ms == 30 * MINUTE_MS


async def test_a_film_that_was_seen_begins_anew(theatre: Theatre) -> None:
    """Who left in the credits has finished the film; pressing Play again starts it over."""
    view = await theatre.play(screen="one")
    await theatre.stop(view.view_id, HOUR_MS - MINUTE_MS)
    assert [mark.finished for mark in await theatre.bookmarks()] == [True]
    assert (await theatre.play(screen="one")).position_ms == 0


async def test_a_position_beyond_the_end_is_the_end(theatre: Theatre) -> None:
    """Whatever a player says, a bookmark lies within its film."""
    view = await theatre.play()
    await theatre.stop(view.view_id, HOUR_MS * 99)
    assert [(mark.position_ms, mark.finished) for mark in await theatre.bookmarks()] == [(HOUR_MS, True)]


async def test_bookmarks_come_latest_first(theatre: Theatre) -> None:
    """What was watched last stands first, also what was watched before."""
    for title in ("one", "two", "three"):
        theatre.shelf.put(title)
        view = await theatre.play(title, screen="tv--")
        await theatre.stop(view.view_id, 5 * MINUTE_MS)
        await theatre.wait(1)
    assert [mark.title_id for mark in await theatre.bookmarks()] == ["three", "two", "one"]
    assert [mark.title_id for mark in await theatre.bookmarks("one", "three", "unknown")] == ["three", "one"]
    await theatre.wait(1)
    view = await theatre.play("two")
    await theatre.stop(view.view_id, 9 * MINUTE_MS)
    assert [mark.title_id for mark in await theatre.bookmarks()] == ["two", "three", "one"]


async def test_a_profile_may_have_more_bookmarks_than_one_page_holds(theatre: Theatre) -> None:
    """Somebody who has watched for years finds everything again."""
    for number in range(1005):
        await theatre.rows.put("bookmarks", "me", f"t{number}", {"mark": mark(number)}, number)
    found = await theatre.bookmarks()
    assert [each.title_id for each in found] == [f"t{number}" for number in reversed(range(1005))]
    assert len(await theatre.bookmarks(*(f"t{number}" for number in range(1005)))) == 1005


def mark(at_ms: int) -> bytes:
    return b'{"position_ms":600000,"runtime_ms":3600000,"at_ms":%d}' % at_ms


async def test_play_on_a_series_starts_the_episode_whose_turn_it_is(theatre: Theatre) -> None:
    """The first; the one left unfinished; after a finished one the next, over the season's end; each knows its follower."""
    theatre.shelf.put_series("show", [(1, 2), (2, 1), (1, 1), (0, 1)])
    first = await theatre.play("show", screen="tv--")
    assert (first.title.title_id, first.next.title_id) == ("show-1-1", "show-1-2")
    await theatre.stop(first.view_id, HOUR_MS)
    await theatre.wait(1)
    second = await theatre.play("show", screen="tv--")
    assert second.title.title_id == "show-1-2"
    await theatre.stop(second.view_id, 5 * MINUTE_MS)
    again = await theatre.play("show", screen="tv--")
    assert (again.title.title_id, again.position_ms, again.next.title_id) == ("show-1-2", 5 * MINUTE_MS, "show-2-1")
    await theatre.wait(1)
    await theatre.stop(again.view_id, HOUR_MS)
    last = await theatre.play("show", screen="tv--")
    assert (last.title.title_id, last.HasField("next")) == ("show-2-1", False)
    await theatre.wait(1)
    await theatre.stop(last.view_id, HOUR_MS)
    assert (await theatre.play("show", screen="tv--")).title.title_id == "show-1-1"


@given(runtimes, st.integers(0, 12 * HOUR_MS))
def test_every_position_is_the_opening_the_film_or_the_credits(runtime_ms: int, position_ms: int) -> None:
    """A film begins where it was left unless that was its opening or its credits, which never meet."""
    opening, finished = is_opening(position_ms, runtime_ms), is_finished(position_ms, runtime_ms)
    assert not (opening and finished)
    assert begins_at_ms(position_ms, runtime_ms) == (0 if opening or finished else position_ms)
    if 15_000 <= position_ms < runtime_ms - 90_000:
        assert begins_at_ms(position_ms, runtime_ms) == position_ms
    assert is_finished(runtime_ms, runtime_ms)
    assert is_opening(0, runtime_ms)


@pytest.mark.parametrize(
    ("runtime_ms", "from_ms", "finished_ms"), [(2 * HOUR_MS, 15_000, 2 * HOUR_MS - 90_000), (20_000, 1_000, 19_000)]
)
def test_a_long_films_margins_are_short_and_a_short_films_shorter(runtime_ms: int, from_ms: int, finished_ms: int) -> None:
    """Two hours: 15 s of opening and 90 s of credits; twenty seconds: one second each."""
    assert begins_at_ms(from_ms, runtime_ms) == from_ms
    assert begins_at_ms(from_ms - 1, runtime_ms) == 0
    assert is_finished(finished_ms, runtime_ms)
    assert not is_finished(finished_ms - 1, runtime_ms)


async def test_a_film_of_unknown_length_is_never_called_finished(theatre: Theatre) -> None:
    """Where nobody knows how long it is, it goes on where it was left."""
    theatre.shelf.put("endless", runtime_ms=0)
    view = await theatre.play("endless")
    await theatre.stop(view.view_id, 5 * HOUR_MS)
    assert (await theatre.play("endless")).position_ms == 5 * HOUR_MS
