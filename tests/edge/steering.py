"""Steering: where a viewer is sent, and with what."""

import asyncio
import json
from pathlib import Path

import pytest

from edge.oracle import deserved
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_pb2 import BoxReport, SteerRequest
from matinee.edge.choose import BoxPlace
from matinee.edge.keys import BadKeyFile
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.manual_clock import ManualClock
from matinee.ports.rpc import Call, Refused

CALL = Call("trace", "test", 1e9)
BOXES = (BoxPlace(BoxId("a"), 9001), BoxPlace(BoxId("b"), 9002, "https://b.example.org"))
HOUR_S = 3600
RUNTIME_MS = 596_000


def ask(edition: str = "ed1", host: str = "localhost", view: str = "view-0001") -> SteerRequest:
    return SteerRequest(edition_id=edition, view_id=view, runtime_ms=RUNTIME_MS, scheme="http", host=host)


async def opened(clock: ManualClock, state: Path) -> Steering:
    steering = Steering(clock=clock, settings=SteeringSettings(state, BOXES))
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
        await asyncio.sleep(0.01)  # the key file is written by a thread
    assert len(signers) == 3
    for task in turning:
        task.cancel()


async def test_a_restart_keeps_the_keys(tmp_path: Path):
    """Boxes need no new keys and viewers no new tokens when steering starts again."""
    clock = ManualClock()
    before = await (await opened(clock, tmp_path)).report(BoxReport(box_id="a"), CALL)
    after = await (await opened(clock, tmp_path)).report(BoxReport(box_id="a"), CALL)
    assert before == after
    (tmp_path / "secrets" / "box-keys.json").write_text(json.dumps({"not": "a ring"}))
    with pytest.raises(BadKeyFile):
        await opened(clock, tmp_path)


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
