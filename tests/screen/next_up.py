"""Which episode comes next, for one who watches in order, one who hops about, and one who is through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.screen.next_up import Episode, Watched, after, first, in_order, next_up


def episodes(*names: str, waiting: str = "") -> list[Episode]:
    """Named season-episode: "1-2"; those in `waiting` are still being prepared."""
    return [Episode(name, int(name[0]), int(name[2:]), playable=name not in waiting.split()) for name in names]


SHOW = episodes("1-1", "1-2", "2-1", "2-10", "2-9", "0-1")


def name(found: Episode | None) -> str | None:
    return found.title_id if found else None


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, "1-1"),
        ({"1-1": Watched(5, finished=False)}, "1-1"),
        ({"1-1": Watched(5, finished=True)}, "1-2"),
        ({"1-2": Watched(5, finished=True)}, "2-1"),
        ({"2-9": Watched(5, finished=True)}, "2-10"),
        ({"2-10": Watched(5, finished=True)}, None),
        ({"1-1": Watched(9, finished=False), "2-1": Watched(5, finished=True)}, "1-1"),
        ({"0-1": Watched(5, finished=True)}, None),
        ({"another-show": Watched(5, finished=False)}, "1-1"),
    ],
)
def test_one_goes_on_where_one_was_last(seen: dict[str, Watched], expected: str | None) -> None:
    """The episode left unfinished, the one after a finished one, or the first; after the last there is none."""
    assert name(next_up(SHOW, seen)) == expected


def test_specials_come_last_and_follow_nothing_by_themselves() -> None:
    """Nobody begins with the outtakes, or is shown them unasked after the last episode."""
    assert [each.title_id for each in in_order(SHOW)] == ["1-1", "1-2", "2-1", "2-9", "2-10", "0-1"]
    assert name(after(SHOW, "2-10")) is None
    assert name(after(SHOW, "elsewhere")) is None


def test_an_episode_that_cannot_be_played_yet_is_passed_over() -> None:
    """What is still being prepared does not stand in the way of what is ready."""
    show = episodes("1-1", "1-2", "1-3", waiting="1-1 1-2")
    assert name(first(show)) == "1-3"
    assert name(after(show, "1-1")) == "1-3"
    assert name(next_up(show, {"1-1": Watched(1, finished=False)})) == "1-3"
    assert first(episodes("1-1", waiting="1-1")) is None


@given(
    st.dictionaries(
        st.sampled_from([each.title_id for each in SHOW]), st.builds(Watched, st.integers(0, 5), st.booleans()), max_size=6
    )
)
def test_what_comes_next_can_always_be_played(seen: dict[str, Watched]) -> None:
    """Play never starts an episode that is not there, nor one that was just finished."""
    found = next_up(SHOW, seen)
    assert found is None or (found in SHOW and found.playable)
    if found and seen:
        latest = max(seen, key=lambda each: (seen[each].at_ms, each))
        assert found.title_id != latest or not seen[latest].finished
