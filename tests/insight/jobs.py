"""What jobs make of facts: the same in whatever order keys come, and however often a fact is told."""

import pickle
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.evening import NOW_MS, RUNTIME_MS, fact, ledger, mixed, telemetry, worked_out
from matinee.contracts import events_pb2 as pb
from matinee.insight.streams import hiding
from matinee.insight.streams.hours import DAY_MS
from matinee.insight.streams.job import Job, parted, path
from matinee.insight.streams.likings import MOST_TITLES, weight
from matinee.insight.streams.playing import PLAYING
from matinee.insight.streams.popular import trend
from matinee.insight.streams.reading import read
from matinee.insight.streams.watching import WATCHING

Dealt = Callable[[random.Random], list[list[pb.PlayerFact]]]
BOTH = pytest.mark.parametrize(("job", "dealt"), [(WATCHING, ledger), (PLAYING, telemetry)], ids=["watching", "playing"])
MINUTE_MS = 60_000
SEED = st.integers(0, 2**32)


@BOTH
@settings(max_examples=15, deadline=None)
@given(seed=SEED)
def test_order_and_repetition_change_nothing(job: Job, dealt: Dealt, seed: int) -> None:
    """However profiles or views take turns, and whatever is told again, the tables come out the same, late facts included."""
    dice = random.Random(seed)
    told = dealt(dice)
    plain = worked_out(job, [each for one in told for each in one])
    assert worked_out(job, mixed(dice, told)) == plain
    assert sum(plain["late"].values()) == sum(each.heard_ms - each.at_ms > 900_000 for one in told for each in one)


@BOTH
@settings(max_examples=10, deadline=None)
@given(seed=SEED)
def test_what_is_added_to_a_table_adds_up_in_any_order(job: Job, dealt: Dealt, seed: int) -> None:
    """An engine may add things up by halves, in twos and from behind: a row is the same in the end."""
    dice = random.Random(seed)
    states, added = dict[str, Any](), dict[tuple[str, str], list[Any]]()
    for each in mixed(dice, dealt(dice)):
        known = read(each.SerializeToString())
        assert known
        states[job.key(known)], deltas = job.step(states.get(job.key(known)), known)
        for delta in deltas:
            added.setdefault((delta.table, delta.key), []).append(delta.value)
    for (table, _), values in added.items():
        merge = job.tables[table].merge
        assert _tree(merge, values) == _tree(merge, dice.sample(values, len(values))) == _line(merge, values)


def _line(merge: Callable[[Any, Any], Any], values: Sequence[Any]) -> Any:
    whole = values[0]
    for value in values[1:]:
        whole = merge(whole, value)
    return whole


def _tree(merge: Callable[[Any, Any], Any], values: Sequence[Any]) -> Any:
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    return merge(_tree(merge, values[:half]), _tree(merge, values[half:]))


@BOTH
def test_a_job_can_be_sent_elsewhere(job: Job, dealt: Dealt) -> None:
    """A job travels to other machines by the names of its functions, its states and facts as they are, at any time."""
    there = pickle.loads(pickle.dumps(job))
    facts = [known for one in dealt(random.Random(7)) for each in one if (known := read(each.SerializeToString()))]
    states = dict[str, Any]()
    for known in pickle.loads(pickle.dumps(facts)):
        key = there.key(known)
        states[key], _ = there.step(pickle.loads(pickle.dumps(states.get(key))), known)
    at_once = dict[str, Any]()
    for known in facts:
        at_once[job.key(known)], _ = job.step(at_once.get(job.key(known)), known)
    assert states == at_once


def watched(sequence: int, minute: int, title: str = "heat", view: str = "v1", **more: Any) -> pb.PlayerFact:
    """A minute of a film that lasts ten, told at its end."""
    what = {"position_ms": minute * MINUTE_MS, "runtime_ms": RUNTIME_MS, "watched_ms": MINUTE_MS} | more.pop("what", {})
    about = {"view_id": view, "title_id": title, "watched": pb.Watched(**what)}
    return fact(more.pop("tab", "tab"), sequence, NOW_MS + sequence * MINUTE_MS, **about, **more)


def test_two_minutes_make_a_view_that_counts() -> None:
    """Whoever looks in for a minute has not watched a film; after two it counts, once for a profile however often it watches."""
    first = [watched(1, 1)]
    assert worked_out(WATCHING, first)["top_ten"] == {}
    facts = [*first, watched(2, 2), watched(3, 3), watched(4, 1, view="v2"), watched(5, 2, view="v2")]
    facts += [watched(1, 1, profile="ben", view="v3", tab="his"), watched(2, 2, profile="ben", view="v3", tab="his")]
    tables = worked_out(WATCHING, facts)
    assert {key.split("\x1f", 1)[1]: count for key, count in tables["top_ten"].items()} == {
        path("", "heat"): 2,
        path("DE", "heat"): 2,
    }
    assert tables["popular"][path("DE", "heat")].views == 2
    tomorrow = [watched(1500, 1, view="v4"), watched(1501, 2, view="v4")]
    assert worked_out(WATCHING, [*facts, *tomorrow])["popular"][path("DE", "heat")].views == 3
    assert tables["completion"]["heat"].tenths == {3: 1, 2: 2}


def test_the_top_ten_can_be_counted_again_from_the_views() -> None:
    """Each figure of a week's top ten is the number of profiles in the table of views that watched for two minutes."""
    facts = [each for one in ledger(random.Random(3), profiles=8, facts=80) for each in one]
    tables = worked_out(WATCHING, facts)
    by_title = dict[str, set[str]]()
    for view in tables["views"].values():
        if view.watched_ms >= 2 * MINUTE_MS or view.finished:
            by_title.setdefault(view.title_id, set()).add(view.profile_id)
    counted = {key.split("\x1f")[2]: count for key, count in tables["top_ten"].items() if key.split("\x1f")[1] == "DE"}
    assert counted == {title: len(profiles) for title, profiles in by_title.items()}
    assert len(counted) == 5


def test_nobody_counts_for_more_titles_than_can_be_watched() -> None:
    """A page that tells of a thousand titles in a day counts for a hundred of them, and the day after for others."""
    told = list[pb.PlayerFact]()
    for number in range(1, 301):
        first_ms = NOW_MS + number * MINUTE_MS + (number > 150) * 2 * DAY_MS
        made_up = fact("tab", number, first_ms, view_id=f"v{number}", title_id=f"t{number}")
        made_up.watched.CopyFrom(pb.Watched(watched_ms=MINUTE_MS, finished=True))
        told.append(made_up)
    tables = worked_out(WATCHING, told)
    counted = {parted(key)[1] for key in tables["popular"]}
    assert counted == {f"t{number}" for number in (*range(1, 101), *range(151, 251))}
    assert {parted(key)[2] for key in tables["top_ten"]} == counted
    assert len(tables["completion"]) == 300


def test_what_is_watched_next_follows() -> None:
    """From one film that was watched to the next that was; who looked into a third on the way did not watch it."""
    facts = [watched(1, 1), watched(2, 2), watched(3, 1, "up", "v2"), watched(4, 1, "ran", "v3"), watched(5, 2, "ran", "v3")]
    assert worked_out(WATCHING, facts)["followers"] == {path("heat", "ran"): 1}


def test_taste_is_how_far_one_came_times_what_one_said() -> None:
    """A film watched to its half weighs half; loved, the whole; and thumbed down, nothing. The last word holds."""
    half = watched(1, 5)
    loved = fact("tab", 2, NOW_MS + 10, title_id="heat", thumbed=pb.Thumbed(thumb=pb.Thumbed.LOVE))
    earlier = fact("other", 1, NOW_MS + 5, title_id="heat", thumbed=pb.Thumbed(thumb=pb.Thumbed.DOWN))
    hated = fact("other", 2, NOW_MS + 20, title_id="heat", thumbed=pb.Thumbed(thumb=pb.Thumbed.DOWN))
    for facts, weighs in (([half], 0.5), ([half, loved], 1.0), ([half, loved, earlier], 1.0), ([half, loved, hated], 0.0)):
        assert weight(worked_out(WATCHING, facts)["taste"]["asha"]["heat"]) == weighs


def hidden(at_ms: int, *title_ids: str) -> pb.PlayerFact:
    return fact(f"hid at {at_ms}", 1, at_ms, hidden=pb.Hidden(title_ids=title_ids))


def test_what_is_hidden_is_told_no_more_until_it_is_watched_again() -> None:
    """A stretch from before, heard after, brings nothing back; the next one from after does. Told twice it is the same."""
    before, late, after = watched(1, 3), watched(2, 4, what={"over": True}), watched(20, 5)
    out = hidden(NOW_MS + 10 * MINUTE_MS, "heat")
    told = worked_out(WATCHING, [before, out, late, out])
    assert told["hidden"] == {"asha": {"heat": out.at_ms}}
    assert told["history"][path("asha", "v1")].last_ms == before.at_ms < out.at_ms
    assert told["erased"][path("asha", "heat")].at_ms == out.at_ms
    again = worked_out(WATCHING, [before, out, late, after])
    assert again["history"][path("asha", "v1")].last_ms == after.at_ms
    everything = worked_out(WATCHING, [before, hidden(NOW_MS + 10 * MINUTE_MS), late])
    assert everything["hidden"] == {"asha": {hiding.ALL: out.at_ms}}
    assert everything["history"][path("asha", "v1")].last_ms == before.at_ms


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(1, 50)), max_size=12), st.randoms())
def test_what_is_hidden_is_the_same_in_any_order(acts: list[tuple[str, int]], dice: random.Random) -> None:
    """Whoever hears of it first and of the rest later knows the same in the end: of each title the last time."""
    there, back = hiding.Hidden(), hiding.Hidden()
    for title_id, at_ms in acts:
        there = hiding.merged(there, {title_id: at_ms})
    dice.shuffle(acts)
    for title_id, at_ms in acts:
        back = hiding.merged({title_id: at_ms}, back)
    assert there == back == {title_id: max(at for each, at in acts if each == title_id) for title_id, _ in acts}


def test_a_profiles_vote_is_the_first_play_of_its_day() -> None:
    """Plays later that day change nothing, in whatever order they are heard; the next day there is another vote."""
    about = {"row_id": "for-you", "trial": "blend 13"}
    at = [NOW_MS - NOW_MS % DAY_MS + hours * 3_600_000 for hours in (1, 2, 25)]
    plays = [
        fact("tab", number, at_ms, view_id=f"v{number}", title_id="ran", play_asked=pb.PlayAsked(arm=arm, **about))
        for number, (at_ms, arm) in enumerate(zip(at, ("new", "old", "old"), strict=True), 1)
    ]
    for facts in (plays, plays[::-1]):
        assert sorted(each.arm for each in worked_out(PLAYING, facts)["firsts"].values()) == ["new", "old"]


def test_taste_is_of_the_last_two_hundred_titles() -> None:
    """Of a long life only the latest is weighed."""
    facts = [watched(number, 1, f"t{number}", f"v{number}") for number in range(1, 251)]
    taste = worked_out(WATCHING, facts)["taste"]["asha"]
    assert set(taste) == {f"t{number}" for number in range(251 - MOST_TITLES, 251)}


def test_what_is_new_trends_before_what_is_always_popular() -> None:
    """A film that ten people watched this hour trends over one that a hundred watched in each of many weeks."""
    facts, day_ms = list[pb.PlayerFact](), 86_400_000
    for number in range(400):
        classic = fact(
            f"a{number}", 1, NOW_MS + number * day_ms // 4, profile=f"a{number}", view_id=f"a{number}", title_id="classic"
        )
        classic.watched.CopyFrom(pb.Watched(watched_ms=MINUTE_MS, finished=True))
        facts.append(classic)
    now_ms = NOW_MS + 100 * day_ms
    for number in range(10):
        hit = fact(f"b{number}", 1, now_ms - number * MINUTE_MS, profile=f"b{number}", view_id=f"b{number}", title_id="hit")
        hit.watched.CopyFrom(pb.Watched(watched_ms=MINUTE_MS, finished=True))
        facts.append(hit)
    popular = worked_out(WATCHING, facts)["popular"]
    assert trend(popular[path("DE", "hit")], now_ms) > 5 > 2 > trend(popular[path("DE", "classic")], now_ms)
    assert trend(popular[path("DE", "hit")], now_ms + 7 * day_ms) < 0


@settings(max_examples=10, deadline=None)
@given(seed=SEED)
def test_windows_and_sessions_say_the_same(seed: int) -> None:
    """What is heard in time stands in the windows as in the sessions, to the millisecond; a view has one place in a minute."""
    dice = random.Random(seed)
    facts = mixed(dice, telemetry(dice, views=4))
    for each in facts:
        each.heard_ms = each.at_ms + 500
    tables = worked_out(PLAYING, facts)
    for windows in ("minutes", "hours"):
        whole = [quality for key, quality in tables[windows].items() if parted(key)[0] == "all"]
        for sums in ("playing_ms", "stalled_ms", "stalls", "bits"):
            told = sum(getattr(session, sums) for session in tables["sessions"].values())
            assert sum(getattr(quality, sums) for quality in whole) == told
        assert sum(quality.attempts for quality in whole) == sum(quality.starts for quality in whole) == 4
        for quality in tables[windows].values():
            assert sum(quality.rebuffering.values()) == quality.view_minutes
            assert all(count > 0 for count in quality.rebuffering.values())


def test_a_trial_counts_what_was_seen_and_played_by_arm() -> None:
    """Of an interleaved row both teams were seen; the play goes to the team whose title it was; nobody's name stands there."""
    about = {"row_id": "for-you", "trial": "blend 13"}
    seen = pb.RowSeen(page="home", arm="", teams=["old", "new", "old"], title_ids=["heat", "ran", "up"], **about)
    facts = [fact("tab", 1, NOW_MS, row_seen=seen), fact("tab", 1, NOW_MS, row_seen=seen)]
    facts.append(fact("tab", 2, NOW_MS + 5, view_id="v", title_id="ran", play_asked=pb.PlayAsked(arm="new", **about)))
    tables = worked_out(PLAYING, facts)
    votes = {tuple(parted(key)[:2]): (sight.seen, sight.plays) for key, sight in tables["votes"].items()}
    assert votes == {("blend 13", "old"): (1, 0), ("blend 13", "new"): (1, 1)}
    assert not any("asha" in key for key in tables["votes"])
    assert [(parted(key)[1], sight.seen, sight.plays) for key, sight in tables["sights"].items()] == [("for-you", 1, 1)]
