"""When somebody is called, and when they are left to sleep: the house's rules on made-up evenings."""

import pytest

from matinee.insight import alarm_rules as rules
from matinee.insight.alarm_rules import HOUR_MS, MINUTE_MS, BoxSaid, Counted, Found, Standing

NOW_MS = 500 * HOUR_MS


def evening(minutes: int, *, bad: float, before: float = 0.0, until: int = 0, plays: int = 100) -> list[Counted]:
    """Six hours of so many plays a minute; of those of the last `minutes`, but for the last `until`, a share fails."""
    counted = list[Counted]()
    for ago in range(1, 361):
        share = bad if until < ago <= minutes else before
        starts = round(plays * (1 - share))
        counted.append(Counted(NOW_MS - ago * MINUTE_MS, MINUTE_MS, attempts=plays, starts=starts, playing_ms=plays * 60_000))
    return counted


GOOD_DAYS = [Counted(NOW_MS - ago * HOUR_MS, HOUR_MS, attempts=6000, starts=6000) for ago in range(7, 73)]
"""Before that evening."""


def names(counted: list[Counted]) -> dict[str, str]:
    return {each.name: each.severity for each in rules.burning(counted, NOW_MS)}


def test_a_good_evening_calls_nobody() -> None:
    """One start in two hundred fails: half of what is allowed."""
    assert names(evening(360, bad=0.005)) == {}
    assert names([]) == {}


def test_a_sudden_outage_calls_somebody_within_minutes() -> None:
    """All starts fail from now on: after nine minutes a seventh of the hour is bad, and the alarm goes off."""
    assert names(GOOD_DAYS + evening(5, bad=1.0)) == {}
    assert names(GOOD_DAYS + evening(9, bad=1.0)) == {"starts": rules.CRITICAL}


def test_what_is_over_no_longer_alarms_though_the_hour_was_bad() -> None:
    """The short window forgets after five minutes; the long one alone would alarm for the rest of the hour."""
    assert names(GOOD_DAYS + evening(25, bad=0.8)) == {"starts": rules.CRITICAL}
    assert names(GOOD_DAYS + evening(25, bad=0.8, until=6)) == {}


def test_a_slow_leak_is_for_the_day() -> None:
    """Two in a hundred fail, for three days: a tenth of a month's budget is gone, and nobody is woken for it."""
    hours = [Counted(NOW_MS - ago * HOUR_MS, HOUR_MS, attempts=6000, starts=5880) for ago in range(7, 73)]
    assert names([*hours, *evening(360, bad=0.02)]) == {"starts": rules.WARNING}


def test_one_bad_view_of_a_quiet_night_wakes_nobody() -> None:
    """Four plays in all, and none came: a share of one, and too few to mean anything. Five are told."""
    lonely = [Counted(NOW_MS - ago * MINUTE_MS, MINUTE_MS, attempts=1) for ago in range(1, 6)]
    assert names(lonely[:4]) == {}
    assert names(lonely) == {"starts": rules.CRITICAL}


def test_a_play_of_this_minute_may_still_begin() -> None:
    """What was pressed a moment ago and has no picture yet is not counted."""
    assert names([Counted(NOW_MS, MINUTE_MS, attempts=1000)]) == {}


@pytest.mark.parametrize(
    ("counted", "name"),
    [
        (Counted(NOW_MS - MINUTE_MS, MINUTE_MS, attempts=100, starts=100, playing_ms=700_000, stalled_ms=300_000), "rebuffering"),
        (Counted(NOW_MS - MINUTE_MS, MINUTE_MS, attempts=100, starts=100, fatal=30), "errors"),
    ],
)
def test_each_objective_has_its_alarm(counted: Counted, name: str) -> None:
    """Pictures that stand still, and views that end by a fault."""
    found = list(rules.burning([counted], NOW_MS))
    assert [each.name for each in found] == [name]
    assert "30.0 %" in found[0].summary


def test_a_box_is_down_when_it_says_so_or_says_nothing() -> None:
    """The one that serves is not told of."""
    well, broken = BoxSaid("a", True, "", NOW_MS - 5_000), BoxSaid("b", False, "no key", NOW_MS)
    silent = BoxSaid("c", True, "", NOW_MS - 31_000)
    found = list(rules.boxes_down([well, broken, silent], NOW_MS))
    assert [each.name for each in found] == ["box b", "box c"]
    assert "no key" in found[0].summary


LOOKS = frozenset({"boxes"})
DOWN = Found("box a", "boxes", rules.CRITICAL, "Box a does not serve.", "See its log.", 30_000)


def looked_at(*looks: tuple[int, bool]) -> list[str]:
    """What the alarm is after each look: when, and whether the box was down."""
    known, states = dict[str, Standing](), list[str]()
    for at_s, down in looks:
        changed = rules.looked(known, [DOWN] if down else [], LOOKS, at_s * 1000)
        known = {name: each for name, each in (known | changed).items() if each.state != "gone"}
        states.append(known["box a"].state if "box a" in known else "")
    return states


def test_an_alarm_waits_stands_and_ends() -> None:
    """A box that restarts calls nobody; one that stays away does, once, until it was back for two minutes."""
    assert looked_at((0, True), (15, True), (25, False)) == ["pending", "pending", ""]
    assert looked_at((0, True), (30, True), (45, False), (60, True)) == ["pending", "firing", "firing", "firing"]
    assert looked_at((0, True), (30, True), (100, False), (150, False)) == ["pending", "firing", "firing", "resolved"]
    assert looked_at((0, True), (30, True), (150, False), (200, True)) == ["pending", "firing", "resolved", "pending"]


def test_who_could_not_be_looked_at_stays_as_it_was() -> None:
    """While the figures are away, no alarm about them ends by that."""
    standing = {"box a": Standing(DOWN, "firing", 0, 0)}
    assert rules.looked(standing, [], frozenset({"figures"}), 10_000_000) == {}
