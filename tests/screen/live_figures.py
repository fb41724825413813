"""The operator's live figures: one gathering for all who look, in which a part that is away blanks only itself."""

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message

from matinee.contracts.alarms_pb2 import AlarmList
from matinee.contracts.catalog_pb2 import Title, TitleList
from matinee.contracts.figures_pb2 import QualityPoint, QualitySeries
from matinee.contracts.playback_pb2 import Screen, ScreenList
from matinee.contracts.steering_pb2 import BoxList, BoxLoad, BoxState
from matinee.engines.manual_clock import ManualClock
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Unavailable
from matinee.screen.figures_told import egress, per_second
from matinee.screen.live_figures import ANSWERS_WITHIN_S, LOOKED_AGAIN_S, MOST_LOOKING, LiveFigures, Sources


class House:
    """Everybody whom a gathering asks; `away` are those that do not answer."""

    def __init__(self, clock: ManualClock) -> None:
        self.away, self.asked, self._clock = set[str](), list[str](), clock
        self.boxes_take_s = 0.0

    def _asked(self, what: str) -> None:
        self.asked.append(what)
        if what in self.away:
            raise Unavailable(f"{what}: gone")

    async def list_screens(self, request: object, call: Call) -> ScreenList:
        self._asked("screens")
        return ScreenList(screens=[Screen(view_id="v", title_id="heat"), Screen(view_id="w", title_id="heat")])

    async def get_titles(self, request: object, call: Call) -> TitleList:
        return TitleList(titles=[Title(title_id="heat", name="Heat")])

    async def quality(self, request: object, call: Call) -> QualitySeries:
        self._asked("figures")
        return QualitySeries(points=[QualityPoint(at_ms=self._clock.now_ms() // 60_000 * 60_000, starts=3, join_p50_ms=800)])

    async def breakdown(self, request: object, call: Call) -> QualitySeries:
        return QualitySeries(points=[QualityPoint(value="heat" if "title" in str(request) else "720", bits=10**9)])

    async def list_boxes(self, request: object, call: Call) -> BoxList:
        self._asked("boxes")
        if "hangs" in self.away:
            await asyncio.Event().wait()
        await self._clock.sleep(self.boxes_take_s)
        return BoxList(boxes=[BoxState(box_id="a", serving=True, load=BoxLoad(hit_ratio=0.9))])

    async def standing(self, request: object, call: Call) -> AlarmList:
        return AlarmList(looked_ms=5)


class Looker:
    """A browser with the page open."""

    def __init__(self, live: LiveFigures) -> None:
        self.live, self.told = live, list[dict[str, Any]]()

    async def look(self) -> "Looker":
        answer = await self.live.answer(asking("operator"))
        assert isinstance(answer, StreamingResponse)
        self.task = asyncio.ensure_future(answer.stream_response(self._hear))
        await asyncio.sleep(0)
        return self

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _hear(self, message: Message) -> None:
        text: str = message.get("body", b"").decode()
        self.told += [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def asking(role: str, account: str = "me") -> Request:
    who = [(b"x-matinee-account", account.encode()), (b"x-matinee-role", role.encode())]
    app = type("App", (), {"state": type("State", (), {"passport_cookie": "passport"})})
    return Request({"type": "http", "method": "GET", "path": "/", "headers": who if account else [], "app": app})


class Watch:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.house = House(self.clock)
        every: Any = self.house
        self.live = LiveFigures(Sources(every, every, every, every, every), self.clock)


async def test_all_who_look_share_one_gathering_a_second() -> None:
    """Three look for ten seconds: each part was asked about ten times, and not thirty; when they have left, never."""
    watch = Watch()
    keeping = asyncio.ensure_future(watch.live.keep_gathering())
    lookers = [await Looker(watch.live).look() for _ in range(3)]
    await watch.clock.advance(10)
    assert 9 <= watch.house.asked.count("screens") <= 11
    assert all(len(each.told) >= 9 for each in lookers)
    told = lookers[2].told[-1]["parts"]
    assert told["watching"]["data"] == {"screens": 2, "titles": [{"id": "heat", "name": "Heat", "screens": 2}]}
    assert told["boxes"]["data"][0]["hitRatio"] == 0.9
    for each in lookers:
        await each.leave()
    await watch.clock.advance(2)
    asked = len(watch.house.asked)
    await watch.clock.advance(10)
    assert len(watch.house.asked) == asked
    keeping.cancel()


@pytest.mark.parametrize("how", ["figures", "hangs"])
async def test_a_part_that_is_away_keeps_its_last_words(how: str) -> None:
    """It says of when they are; the others go on each second."""
    watch = Watch()
    keeping = asyncio.ensure_future(watch.live.keep_gathering())
    looker = await Looker(watch.live).look()
    await watch.clock.advance(3)
    before = looker.told[-1]["parts"]
    watch.house.away.add(how)
    await watch.clock.advance(5)
    after, part = looker.told[-1]["parts"], "quality" if how == "figures" else "boxes"
    assert after[part]["data"] == before[part]["data"]
    assert after[part]["away"] != "" and after[part]["asOf"] < after["watching"]["asOf"]
    assert {name for name, each in after.items() if each["away"]} == {part}
    watch.house.away.clear()
    await watch.clock.advance(ANSWERS_WITHIN_S + 2)
    assert looker.told[-1]["parts"][part]["away"] == ""
    await looker.leave()
    keeping.cancel()


async def test_a_part_that_is_slow_holds_nobody_up() -> None:
    """It answers after a second and a half each time: what it says comes late and says so, the others come each second."""
    watch = Watch()
    watch.house.boxes_take_s = 1.5
    keeping = asyncio.ensure_future(watch.live.keep_gathering())
    looker = await Looker(watch.live).look()
    await watch.clock.advance(10)
    assert len(looker.told) >= 9
    assert all(each["at"] - each["parts"]["watching"]["asOf"] <= 500 for each in looker.told)
    boxes = [each["parts"]["boxes"] for each in looker.told]
    assert len({each["asOf"] for each in boxes}) >= 4, "it is heard all the same"
    assert any("slow" in each["away"] for each in boxes)
    await looker.leave()
    keeping.cancel()


async def test_who_leaves_ends_what_is_open() -> None:
    """A process that is told to leave waits for no stream."""
    watch = Watch()
    looker = await Looker(watch.live).look()
    await watch.live.end()
    await asyncio.wait_for(looker.task, 20)
    late = await Looker(watch.live).look()
    await asyncio.wait_for(late.task, 20)


async def test_who_looks_is_asked_again_each_minute() -> None:
    """The stream ends, and the browser comes again with the passport it has by then."""
    watch = Watch()
    keeping = asyncio.ensure_future(watch.live.keep_gathering())
    looker = await Looker(watch.live).look()
    await watch.clock.advance(LOOKED_AGAIN_S + 2)
    assert looker.task.done()
    keeping.cancel()


async def test_only_operators_look_and_not_too_many_at_once() -> None:
    """A stranger, a member, and the one too many are each told why not."""
    watch = Watch()
    for request, kind in ((asking("", ""), "unauthenticated"), (asking("member"), "forbidden")):
        with pytest.raises(Refused) as refused:
            await watch.live.answer(request)
        assert refused.value.kind == kind
    lookers = [await Looker(watch.live).look() for _ in range(MOST_LOOKING)]
    with pytest.raises(Refused) as refused:
        await watch.live.answer(asking("operator"))
    assert refused.value.kind == "busy"
    for each in lookers:
        await each.leave()


def test_starts_and_egress_are_rates() -> None:
    """Of this minute and the one before, and of the five minutes that were asked for."""
    assert per_second([(0, 100), (60_000, 9), (120_000, 3)], 150_000) == pytest.approx(12 / 90, abs=0.001)
    points = [QualityPoint(value="360", bits=3_000_000), QualityPoint(value="720", bits=6_000_000), QualityPoint(value="240")]
    assert egress(points, 0, 300_000) == [{"rung": "720", "bitsPerSecond": 20_000}, {"rung": "360", "bitsPerSecond": 10_000}]
