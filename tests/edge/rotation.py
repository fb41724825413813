"""How signing keys follow each other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.edge.rotation import AHEAD_MS, Fresh, SigningKey, rotated, signing
from matinee.edge.tokens import LONGEST_MS

MINUTE_MS = 60 * 1000
HOUR_MS = 60 * MINUTE_MS
START_MS = 1_800_000_000_000


def fresh(number: int) -> Fresh:
    return Fresh(f"k{number}", f"secret {number}")


def test_a_key_signs_for_a_day_and_is_dropped_thirteen_hours_later():
    """Keys turn daily; the old one goes when its last token has run out."""
    first = rotated((), START_MS, fresh(1))
    both = rotated(first, START_MS + 24 * HOUR_MS - AHEAD_MS, fresh(2))
    assert [key.kid for key in both] == ["k1", "k2"]
    assert signing(both, START_MS + 24 * HOUR_MS - 1).kid == "k1"
    assert signing(both, START_MS + 24 * HOUR_MS).kid == "k2"
    assert rotated(both, START_MS + 37 * HOUR_MS - 1, fresh(3)) == both
    assert [key.kid for key in rotated(both, START_MS + 37 * HOUR_MS, fresh(3))] == ["k2"]


def test_a_key_that_is_not_due_changes_nothing():
    """Asking often costs nothing: the ring stays the same until its hour."""
    first = rotated((), START_MS, fresh(1))
    assert rotated(first, START_MS + 23 * HOUR_MS, fresh(2)) == first


def test_a_clock_set_back_by_years_does_not_stop_the_keys():
    """After the machine's clock was wrong and was mended, keys go on turning daily."""
    ring = (SigningKey("late", "x", START_MS + 9000 * HOUR_MS),)
    assert signing(ring, START_MS).kid == "late"
    mended = rotated(ring, START_MS, fresh(2))
    assert signing(mended, START_MS + AHEAD_MS).kid == "k2"
    assert [key.kid for key in rotated(mended, START_MS + 14 * HOUR_MS, fresh(3))] == ["k2"]


@settings(deadline=None)
@given(st.lists(st.integers(1, 20 * MINUTE_MS), min_size=300, max_size=400))
def test_no_token_outlives_its_key_and_no_key_signs_before_the_boxes_hold_it(steps_ms: list[int]):
    """Whenever a viewer presses Play, the token is good from that moment until it expires."""
    ring, now_ms = rotated((), START_MS, fresh(0)), START_MS
    known_ms = {"k0": START_MS - AHEAD_MS}
    until_ms: dict[str, int] = {}
    for number, step_ms in enumerate(steps_ms, 1):
        now_ms += step_ms
        ring = rotated(ring, now_ms, fresh(number))
        for key in ring:
            known_ms.setdefault(key.kid, now_ms)
        signer = signing(ring, now_ms)
        assert now_ms - known_ms[signer.kid] >= min(AHEAD_MS, step_ms)
        until_ms[signer.kid] = now_ms + LONGEST_MS
        assert {kid for kid, end_ms in until_ms.items() if end_ms > now_ms} <= {key.kid for key in ring}
        assert len(ring) <= 2


def test_a_ring_never_holds_two_keys_of_one_name():
    """However unlikely the dice, a new key never replaces one that viewers still use."""
    first = rotated((), START_MS, fresh(1))
    assert rotated(first, START_MS + 30 * HOUR_MS, fresh(1)) == first


def test_a_secret_is_not_shown_when_a_key_is_printed():
    """A key that strays into a log does not give itself away."""
    assert "hush" not in repr(Fresh("k1", "hush")) + repr(SigningKey("k1", "hush", 0))
