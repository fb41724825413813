"""What a player tells is taken or refused by plain rules, and stands on the log before anybody is told that it does."""

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from matinee.engines.manual_clock import ManualClock
from matinee.ports.log import Entry, LogUnavailable
from matinee.screen import beacon_rules
from matinee.screen.beacon_lanes import LedgerLane, TelemetryLane
from screen.telling_house import ACCOUNT, PROFILE, FrailLog, TellingHouse

DAY_MS = 24 * 3_600_000
NOW_MS = ManualClock().now_ms()
LOST = b'{"producer": "a-tab-of-anns-browser", "profile": "profile-of-ann", "ledger": ['


@pytest.fixture
def house(tmp_path: Path) -> TellingHouse:
    return TellingHouse(tmp_path)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_fact_comes_onto_the_log_with_who_told_it_and_when(house: TellingHouse) -> None:
    """What stands there says who watched what and how far, by which browser, in which country, at which hour of the house."""
    await house.clock.advance(5)  # which the teller's clock is slow by
    fact = house.watched(7, at=NOW_MS - 2000)
    status, said = await house.tell({"sentAt": NOW_MS, "app": "web 0.6.0", "network": "wifi", "ledger": [fact]})
    assert (status, said) == (200, {"ledger": 7, "telemetry": 0, "refused": {}})
    (there,) = await house.logged("ledger")
    assert (there.account_id, there.profile_id, there.sequence) == (ACCOUNT, PROFILE, 7)
    assert (there.view_id, there.title_id) == ("view-1", "title-1")
    assert (there.watched.position_ms, there.watched.watched_ms, there.watched.runtime_ms) == (20_000, 10_000, 90_000)
    assert (there.at_ms, there.heard_ms) == (NOW_MS + 3000, NOW_MS + 5000)
    teller = there.teller
    told = (teller.browser, teller.system, teller.app, teller.network, teller.country)
    assert told == ("Firefox 142", "Linux", "web 0.6.0", "wifi", "DE")


def fact(**changed: object) -> dict[str, object]:
    whole = {"at": NOW_MS, "view": "v", "title": "t", "watched": {"positionMs": 1, "watchedMs": 1}}
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("malformed", fact(watched={"positionMs": -1, "watchedMs": 1})),
        ("malformed", fact(watched={"positionMs": 49 * 3_600_000, "watchedMs": 1})),
        ("malformed", fact(watched={"positionMs": 1, "watchedMs": 60_001})),
        ("malformed", fact(watched={"positionMs": 1.5, "watchedMs": 1})),
        ("malformed", fact(watched={"positionMs": 1})),
        ("malformed", fact(watched=[])),
        ("malformed", fact(at="noon")),
        ("malformed", fact(title="a title")),
        ("malformed", fact(view="v" * 41)),
        ("malformed", fact(watched=None, thumbed={"thumb": "SIDEWAYS"})),
        ("unknown", fact(watched=None)),
        ("unknown", fact(watched=None, dreamt={"of": "sheep"})),
        ("ambiguous", fact(thumbed={"thumb": "UP"})),
        ("ambiguous", fact(title="a title", thumbed={"thumb": "UP"})),
        ("nameless", fact(view=None)),
        ("nameless", fact(title=None)),
        ("nameless", fact(title=None, watched=None, thumbed={"thumb": "UP"})),
        ("old", fact(at=NOW_MS - 7 * DAY_MS - 1)),
    ],
)
async def test_a_fact_that_cannot_be_taken_is_refused_by_its_reason_and_keeps_no_other_waiting(
    house: TellingHouse, reason: str, wrong: dict[str, object]
) -> None:
    """It is counted under one word, acknowledged so that it is not told for ever, and those beside it are taken."""
    before = counted("matinee_beacons_refused_total", reason=reason)
    facts = [fact(seq=1), {"seq": 2, **wrong}, fact(seq=3), {"seq": 4, **wrong}]
    status, said = await house.tell({"ledger": facts})
    assert (status, said) == (200, {"ledger": 4, "telemetry": 0, "refused": {reason: 2}})
    assert [each.sequence for each in await house.logged("ledger")] == [1, 3]
    assert counted("matinee_beacons_refused_total", reason=reason) == before + 2
    assert reason in beacon_rules.REASONS


async def test_a_box_is_called_what_boxes_may_be_called(house: TellingHouse) -> None:
    """A fact of a box by any other name is refused, whatever it tells; of no box at all it may be."""
    of = {"at": NOW_MS, "view": "v", "title": "t"}
    stalled = {"stalledMs": 1, "positionMs": 1}
    facts = [
        {"seq": 1, **of, "stalled": {**stalled, "boxId": "box-1"}},
        {"seq": 2, **of, "stalled": {**stalled, "boxId": "a box"}},
        {"seq": 3, **of, "failed": {"code": "1002", "boxId": "b" * 41}},
        {"seq": 4, **of, "measured": {}},
    ]
    _, said = await house.tell({"telemetry": facts})
    assert (said["telemetry"], said["refused"]) == (4, {"malformed": 2})


async def test_a_fact_without_a_readable_number_stands_where_it_stands(house: TellingHouse) -> None:
    """Its neighbours say which number it has: it is acknowledged with them."""
    _, said = await house.tell({"ledger": [fact(seq="one"), fact(seq=5), {"seq": "six"}]})
    assert (said["ledger"], said["refused"]) == (6, {"malformed": 2})


async def test_newer_pages_may_say_more(house: TellingHouse) -> None:
    """What a house does not know of is not looked at, whether it stands in the batch, a fact or what the fact says."""
    more = {"watched": {"positionMs": 1, "watchedMs": 1, "mood": "merry"}, "weather": "rain"}
    status, said = await house.tell({"season": "spring", "ledger": [house.watched(1, **more)]})
    assert (status, said["refused"]) == (200, {})


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "JSON object"),
        (b"[]", "JSON object"),
        (b'{"producer": "\xff"}', "JSON"),
        (LOST, "JSON object"),
        ({"producer": "short"}, "producer"),
        ({"ledger": [fact(seq=1), fact(seq=3)]}, "gap"),
        ({"ledger": [fact(seq=2), fact(seq=1)]}, "gap"),
        ({"ledger": [fact(seq=1), {"seq": 3, "at": "noon"}]}, "gap"),
        ({"telemetry": [{"seq": 1}, {"seq": 1}]}, "gap"),
        ({"telemetry": [{"seq": number} for number in range(1, 502)]}, "500"),
        ({"ledger": {}}, "lists"),
    ],
)
async def test_a_batch_that_cannot_be_understood_is_refused_whole_and_in_words(
    house: TellingHouse, body: object, word: str
) -> None:
    """Who writes a teller reads what to send instead; nothing of it is taken."""
    status, said = await house.tell(body)
    assert status == 400
    assert word in said["reason"]
    assert await house.logged("ledger") == []


async def test_who_does_not_watch_tells_nothing(house: TellingHouse) -> None:
    """A stranger is sent to sign in, another profile's facts wait for it, another site's page is turned away."""
    batch = {"ledger": [house.watched(1)]}
    assert (await house.tell(batch, {"x-matinee-account": ""}))[0] == 401
    assert (await house.tell(batch, {"x-matinee-profile": "profile-of-bob"}))[0] == 409
    assert (await house.tell(batch, {"origin": "http://evil.example", "host": "localhost"}))[0] == 403
    assert (await house.tell(batch, {"sec-fetch-site": "same-site"}))[0] == 403
    assert (await house.tell(b"{" + b" " * 64_000))[0] == 413
    assert await house.logged("ledger") == []
    assert (await house.tell(batch, {"origin": "http://localhost", "host": "localhost"}))[0] == 200


async def test_hours_are_put_right(house: TellingHouse) -> None:
    """A teller's clock may be wrong by years; what it says of the future happened now, and a week ago is the oldest."""
    years_ms = 3 * 365 * DAY_MS
    wrong = [
        house.watched(1, at=years_ms - 7 * DAY_MS),
        house.watched(2, at=years_ms - 60_000),
        house.watched(3, at=years_ms + 1),
    ]
    await house.tell({"sentAt": years_ms, "ledger": wrong})
    assert [each.at_ms - NOW_MS for each in await house.logged("ledger")] == [-7 * DAY_MS, -60_000, 0]


async def test_what_the_log_did_not_take_is_not_acknowledged(house: TellingHouse) -> None:
    """While the log is away the page hears so and keeps its facts; told again, each stands there once."""
    batch = {"ledger": [house.watched(1)], "telemetry": [{"seq": 1, "at": NOW_MS, "view": "v", "left": {}}]}
    house.log.away = True
    assert (await house.tell(batch))[0] == 503
    house.log.away = False
    assert (await house.tell(batch))[1]["ledger"] == 1
    await house.beacons.close()
    assert [len(await house.logged(topic)) for topic in ("ledger", "telemetry")] == [1, 1]


async def test_telemetry_keeps_nobody_waiting_and_drops_its_oldest(tmp_path: Path) -> None:
    """While the log is away what fits is kept, the oldest makes room, each one that went is counted, and the rest arrives."""
    log, clock = FrailLog(tmp_path / "log.db"), ManualClock()
    lane = TelemetryLane(log, clock, most=10)
    before = counted("matinee_beacons_dropped_total")
    log.away = True
    for number in range(25):
        lane.put([Entry("view", b"%d" % number)])
        with pytest.raises(LogUnavailable):
            await lane.leave()
    log.away = False
    await lane.leave()
    assert [int(read.entry.value) for read in await log.look("telemetry")] == list(range(15, 25))
    assert counted("matinee_beacons_dropped_total") - before == 15
    assert counted("matinee_beacons_queued") == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["seq", "at", "positionMs"]), inner, max_size=3),
    max_leaves=5,
)
any_fact = st.fixed_dictionaries(
    {},
    optional={name: json_values for name in ("at", "view", "title", "watched", "thumbed", "measured", "rowSeen", "left")},
)


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(any_fact | st.just(fact()), max_size=6), st.integers(1, 2**40))
def test_every_fact_is_either_taken_or_refused(told: list[dict[str, Any]], first: int) -> None:
    """Whatever stands in a fact: it is taken or counted as refused, and its number acknowledged; nothing breaks."""
    facts = [{"seq": number, **each} for number, each in enumerate(told, first)]
    for which in ("ledger", "telemetry"):
        body = msgspec.json.encode({"producer": "p" * 16, "profile": "p", "sentAt": NOW_MS, which: facts})
        heard = beacon_rules.hear(body, NOW_MS)
        assert len(getattr(heard, which)) + sum(heard.answer.refused.values()) == len(told)
        assert getattr(heard.answer, which) == (first + len(told) - 1 if told else 0)


async def test_who_picked_no_profile_tells_nothing(house: TellingHouse) -> None:
    """What nobody watched belongs to nobody's history: it is refused, and the page is told to have somebody picked."""
    batch = {"profile": "", "ledger": [house.watched(1)]}
    status, said = await house.tell(batch, {"x-matinee-profile": ""})
    assert (status, said["title"]) == (409, "Who is watching?")
    assert await house.logged("ledger") == []


async def test_a_batch_that_is_nested_without_end_is_refused(house: TellingHouse) -> None:
    """It cannot be read, in whatever part of it that is, and is no error of ours."""
    deep = b"[" * 20_000 + b"]" * 20_000
    head = b'{"producer": "a-tab-of-anns-browser", "profile": "profile-of-ann", '
    assert (await house.tell(head + b'"more": ' + deep + b"}"))[0] == 400
    assert (await house.tell(head + b'"ledger": [{"seq": 1, "more": ' + deep + b"}]}"))[0] == 400


async def test_who_comes_while_the_log_fails_in_an_unheard_of_way_is_answered_too(house: TellingHouse) -> None:
    """Nobody waits for ever: both are told that it did not work, and tell it again."""

    class Broken:
        async def append(self, topic: str, entries: Sequence[Entry]) -> None:
            await asyncio.sleep(0.05)
            raise ZeroDivisionError(topic)

    lane = LedgerLane(Broken())  # pyright: ignore[reportArgumentType] # all it is asked for
    first = lane.append([Entry("ann", b"1")])
    await asyncio.sleep(0.03)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(first, lane.append([Entry("ben", b"2")]), return_exceptions=True)
    assert [type(each) for each in answers] == [LogUnavailable, LogUnavailable]
    # What broke is told as the lane is forgotten: here, and not while another test is read.
    del lane, first, answers
    gc.collect()
