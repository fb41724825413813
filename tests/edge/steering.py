"""Steering: where a viewer is sent, and with what."""

import asyncio
from pathlib import Path

import pytest

from edge.oracle import deserved
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_pb2 import BoxLoad, BoxReport, ListBoxesRequest, RankRequest, SteerRequest
from matinee.edge.choose import BoxPlace
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.rpc import Call, Refused

CALL = Call("trace", "test", 1e9)
BOXES = (BoxPlace(BoxId("a"), 9001), BoxPlace(BoxId("b"), 9002, "https://b.example.org"))
HOUR_S = 3600
RUNTIME_MS = 596_000


def ask(edition: str = "ed1", host: str = "localhost", view: str = "view-0001") -> SteerRequest:
    return SteerRequest(edition_id=edition, view_id=view, runtime_ms=RUNTIME_MS, scheme="http", host=host)


async def opened(clock: ManualClock, state: Path, token_s: int = 12 * HOUR_S) -> Steering:
    steering = Steering(sql=SqliteSql(state / "steering.db"), clock=clock, settings=SteeringSettings(BOXES, token_s))
    await steering.start()
    return steering


async def test_before_any_box_serves_the_answer_is_not_yet(tmp_path: Path):
    """Pressing Play while the house still opens gets friendly words and the time to try again, not an error."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    await steering.report(BoxReport(box_id="a", serving=False, problem="it does not hold its keys yet"), CALL)
    with pytest.raises(Refused, match=r"press Play again\.$") as refused:
        await steering.steer(ask(), CALL)
    assert refused.value.kind == "not_yet"
    assert clock.now_ms() < refused.value.until_ms <= clock.now_ms() + 10_000


async def test_a_viewer_gets_signed_addresses_on_every_serving_box(tmp_path: Path):
    """Each address opens exactly this film with the keys that the boxes were given, until the hour that is promised."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    for box in ("a", "b"):
        keys = dict((await steering.report(BoxReport(box_id=box, serving=True), CALL)).token_keys)
    answer = await steering.steer(ask(), CALL)
    assert {base.split("/k")[0].rpartition("/films")[0].rpartition("/")[0] for base in answer.bases} == {
        "http://localhost:9001",
        "https://b.example.org",
    }
    assert answer.until_ms == clock.now_ms() + RUNTIME_MS + 4 * HOUR_S * 1000
    for base in answer.bases:
        path = "/" + base.split("//")[1].partition("/")[2]
        assert deserved(f"{path}v/1.m4s".encode(), keys, {"films/ed1/v/1.m4s"}, answer.until_ms // 1000) == {200}
        assert deserved(f"{path}v/1.m4s".encode(), keys, {"films/ed1/v/1.m4s"}, answer.until_ms // 1000 + 1) == {410}


async def test_a_manifest_can_name_every_box_and_those_that_serve_come_first(tmp_path: Path):
    """A film begun while one box is away can go on there when it is back: it is named, last, with an address already signed."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    await steering.report(BoxReport(box_id="b", serving=True), CALL)
    answer = await steering.steer(ask(), CALL)
    assert [pathway.box_id for pathway in answer.pathways] == ["b", "a"]
    assert list(answer.bases) == [answer.pathways[0].base]
    assert answer.pathways[1].base == f"http://localhost:9001/{answer.token}/films/ed1/"
    assert answer.pathways[0].base == f"https://b.example.org/{answer.token}/films/ed1/"


async def test_a_house_may_keep_tokens_short(tmp_path: Path):
    """The topology's longest life holds however long the film is, and each new answer brings a fresh one for the same view."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path, token_s=30)
    await steering.report(BoxReport(box_id="a", serving=True), CALL)
    first = await steering.steer(ask(), CALL)
    assert first.until_ms == clock.now_ms() + 30_000
    await clock.advance(5)
    second = await steering.steer(ask(), CALL)
    assert second.until_ms == first.until_ms + 5000
    assert second.token != first.token
    assert second.token.split(".")[2] == first.token.split(".")[2] == "view-0001"


async def test_the_order_is_the_same_at_play_and_after(tmp_path: Path):
    """A player that asks again hears the order it was given at Play, without the box that has gone meanwhile."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    with pytest.raises(Refused) as early:
        await steering.rank(RankRequest(edition_id="ed1"), CALL)
    assert early.value.kind == "not_yet"
    for box in ("a", "b"):
        await steering.report(BoxReport(box_id=box, serving=True), CALL)
    for edition in ("ed1", "ed2", "ed3", "ed4"):
        ranking = await steering.rank(RankRequest(edition_id=edition), CALL)
        assert list(ranking.box_ids) == [pathway.box_id for pathway in (await steering.steer(ask(edition), CALL)).pathways]
        assert 5 <= ranking.ttl_s <= 20
    await steering.report(BoxReport(box_id="a", serving=False, problem="broken"), CALL)
    assert list((await steering.rank(RankRequest(edition_id="ed1"), CALL)).box_ids) == ["b"]


async def test_a_box_at_its_limit_keeps_few_films(tmp_path: Path):
    """After some time at its limit a box is the first choice for few films; a moment's rush changes nothing."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    films = [f"edition-{number}" for number in range(200)]

    async def firsts_of_a() -> int:
        rankings = [await steering.rank(RankRequest(edition_id=film), CALL) for film in films]
        return sum(ranking.box_ids[0] == "a" for ranking in rankings)

    full = BoxLoad(bits_per_s=BOXES[0].limit_bps)
    for report in (BoxReport(box_id="a", serving=True), BoxReport(box_id="b", serving=True)):
        await steering.report(report, CALL)
    calm = await firsts_of_a()
    assert 70 < calm < 130
    await clock.advance(2)
    await steering.report(BoxReport(box_id="a", serving=True, load=full), CALL)
    assert await firsts_of_a() == calm
    for _ in range(40):
        await clock.advance(2)
        for report in (BoxReport(box_id="a", serving=True, load=full), BoxReport(box_id="b", serving=True)):
            await steering.report(report, CALL)
    assert await firsts_of_a() < calm / 3


async def test_the_operator_sees_every_box_and_what_is_wrong_with_it(tmp_path: Path):
    """Each box of the topology is listed with its last word: none yet, serving, in trouble and why, or silent for how long."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)

    async def listed() -> list[tuple[str, bool, str]]:
        boxes = (await steering.list_boxes(ListBoxesRequest(), CALL)).boxes
        assert [box.address for box in boxes] == [":9001", "https://b.example.org"]
        return [(box.box_id, box.serving, box.problem) for box in boxes]

    never = "its agent has not reported yet"
    assert await listed() == [("a", False, never), ("b", False, never)]
    await steering.report(BoxReport(box_id="a", serving=True), CALL)
    await steering.report(BoxReport(box_id="b", serving=False, problem="no keys"), CALL)
    assert await listed() == [("a", True, ""), ("b", False, "no keys")]
    heard_ms = clock.now_ms()
    await clock.advance(12)
    silent = "its agent has been silent for 12 s"
    assert await listed() == [("a", False, silent), ("b", False, silent)]
    assert {box.heard_ms for box in (await steering.list_boxes(ListBoxesRequest(), CALL)).boxes} == {heard_ms}


async def test_a_box_that_falls_silent_or_stops_gets_no_viewers(tmp_path: Path):
    """A box is left out ten seconds after its last word, and at once when it says that it does not serve."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    await steering.report(BoxReport(box_id="a", serving=True), CALL)
    await clock.advance(9)
    await steering.report(BoxReport(box_id="b", serving=True), CALL)
    assert len((await steering.steer(ask(), CALL)).bases) == 2
    await clock.advance(2)
    assert [base[:22] for base in (await steering.steer(ask(), CALL)).bases] == ["https://b.example.org/"]
    await steering.report(BoxReport(box_id="b", serving=False), CALL)
    with pytest.raises(Refused):
        await steering.steer(ask(), CALL)


async def test_keys_turn_by_themselves_and_no_play_is_interrupted(tmp_path: Path):
    """Over three days every token stays good until it ends, with the keys that boxes are given at any time."""
    clock = ManualClock()
    steering = await opened(clock, tmp_path)
    turning = [asyncio.ensure_future(body()) for _, body in steering.loops()]
    given: list[tuple[int, str]] = []
    signers = set[str]()
    for _ in range(72):
        keys = dict((await steering.report(BoxReport(box_id="a", serving=True), CALL)).token_keys)
        answer = await steering.steer(ask(), CALL)
        path = "/" + answer.bases[0].split("//")[1].partition("/")[2] + "x"
        given.append((answer.until_ms // 1000, path))
        signers.add(path.split(".")[0])
        now_s = clock.now_ms() // 1000
        assert all(deserved(path.encode(), keys, {"films/ed1/x"}, now_s) == {200} for until_s, path in given if until_s >= now_s)
        assert len(keys) <= 2
        await clock.advance(HOUR_S)
        await steering.turn_keys()  # a thread keeps them: it is waited for, whenever the loop came to it
    assert len(signers) == 3
    for task in turning:
        task.cancel()


async def test_a_restart_keeps_the_keys(tmp_path: Path):
    """Boxes need no new keys and viewers no new tokens when steering starts again."""
    clock = ManualClock()
    before = await (await opened(clock, tmp_path)).report(BoxReport(box_id="a"), CALL)
    after = await (await opened(clock, tmp_path)).report(BoxReport(box_id="a"), CALL)
    assert before == after


async def test_two_that_turn_the_keys_at_once_agree(tmp_path: Path):
    """Boxes and viewers may be served by either of two steerings: both sign with the keys that the boxes hold, on every day."""
    clock = ManualClock()
    both = await asyncio.gather(opened(clock, tmp_path), opened(clock, tmp_path))
    turning = [asyncio.ensure_future(body()) for steering in both for _, body in steering.loops()]
    for _ in range(5):
        rings = [dict((await each.report(BoxReport(box_id="a", serving=True), CALL)).token_keys) for each in both]
        assert rings[0] == rings[1]
        tokens = [(await each.steer(ask(), CALL)).token.split(".")[0] for each in both]
        assert tokens[0] == tokens[1]
        await clock.advance(12 * HOUR_S)
        # Threads keep them: theirs are waited for, whenever the loops came to it.
        await asyncio.gather(*(each.turn_keys() for each in both))
    assert len(rings[0]) == 2
    for task in turning:
        task.cancel()
    for each in both:
        await each.close()


async def test_what_cannot_be_signed_or_sent_is_refused_in_words(tmp_path: Path):
    """A strange host or edition is refused with a reason; a box nobody planned is told so."""
    steering = await opened(ManualClock(), tmp_path)
    await steering.report(BoxReport(box_id="a", serving=True), CALL)
    for request, reason in [
        (ask(host="evil.example/?"), "usual address"),
        (ask(edition="../ed2"), "edition"),
        (ask(view="x"), "view id"),
        (ask(view="view.0001.0"), "view id"),
    ]:
        with pytest.raises(Refused, match=reason) as refused:
            await steering.steer(request, CALL)
        assert refused.value.kind == "invalid"
    with pytest.raises(Refused, match=r"\[box\.z\]"):
        await steering.report(BoxReport(box_id="z", serving=True), CALL)
