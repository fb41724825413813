"""Alarms are told to PagerDuty and to webhooks, whoever dies and however slowly they answer; here to a sink on this machine."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from matinee.alarms_table import BadAlarms, alarm_places
from matinee.contracts import alarms_pb2 as pb
from matinee.contracts.figures_pb2 import QualityPoint, QualityRequest, QualitySeries
from matinee.contracts.steering_pb2 import BoxList, BoxState, ListBoxesRequest
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.alarm_rules import MINUTE_MS
from matinee.insight.alarm_ways import Way, signature
from matinee.insight.alarms import Alarms, AlarmsSettings
from matinee.ports.log import Entry
from matinee.ports.rpc import Call
from matinee.ports.unavailable import Unavailable

CALL = Call("trace", "test", 1e9, house=True)
NO_ADDRESSES = ("ftp://a.example", "https://[::1/hook", "https://a..b/hook", "https://a b.example/", "https://a.example/\x01")
LINK = "http://localhost:8080/operator/figures"


@dataclass
class Sink:
    """Hears what is posted to it, and answers as it is told; 0: not at all."""

    answers: list[int] = field(default_factory=list[int])
    heard: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list[tuple[dict[str, str], dict[str, Any]]])
    bodies: list[bytes] = field(default_factory=list[bytes])

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._hear, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((headers, json.loads(body)))
        self.bodies.append(body)
        status = self.answers.pop(0) if self.answers else 202
        if status:
            writer.write(f"HTTP/1.1 {status} Well\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()

    def told(self) -> list[tuple[str, str]]:
        """What of which alarm."""
        return [(each.get("event_action") or each["event"], each.get("dedup_key") or each["dedupKey"]) for _, each in self.heard]


class House:
    """What alarms ask: figures and boxes that a test makes good or bad."""

    def __init__(self) -> None:
        self.points, self.serving, self.away = list[QualityPoint](), True, False

    async def quality(self, request: QualityRequest, call: Call) -> QualitySeries:
        if self.away:
            raise Unavailable("figures: gone")
        return QualitySeries(points=[] if request.hourly else self.points)

    async def list_boxes(self, request: ListBoxesRequest, call: Call) -> BoxList:
        return BoxList(boxes=[BoxState(box_id="a", serving=self.serving, problem="no key", heard_ms=2**53)])


class Watch:
    """Alarms over that house, with a manual clock and real exchanges."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.house, self.clock = folder, House(), ManualClock()
        for name in ("routing", "signing"):
            (folder / name).write_text(f"the-{name}-key\n")
        pagerduty = Way("pagerduty", f"http://127.0.0.1:{port}/v2/enqueue", str(folder / "routing"))
        self.ways = (pagerduty, Way("webhook", f"http://127.0.0.1:{port}/hook", str(folder / "signing")))
        self.log = SqliteLog(folder / "log.db")
        self.alarms = self.opened()

    def opened(self, *ways: Way) -> Alarms:
        settings = AlarmsSettings("house-1", LINK, ways or self.ways)
        sql = SqliteSql(self.folder / "alarms.db")
        return Alarms(sql=sql, log=self.log, clock=self.clock, figures=self.house, steering=self.house, settings=settings)  # pyright: ignore[reportArgumentType]

    async def pass_by(self, seconds: float) -> None:
        """Time passes, with a look every fifteen seconds and a round of telling."""
        while seconds > 0:
            await self.clock.advance(min(15, seconds))
            seconds -= 15
            await self.alarms.look()
            await self.alarms.tell()

    async def standing(self) -> list[pb.Alarm]:
        return list((await self.alarms.standing(pb.StandingRequest(), CALL)).alarms)


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, int]]:
    opened = Sink()
    port = await opened.open()
    yield opened, port
    await opened.close()


@pytest.fixture
async def watch(tmp_path: Path, sink: tuple[Sink, int]) -> AsyncIterator[Watch]:
    opened = Watch(tmp_path, sink[1])
    await opened.alarms.start()
    yield opened
    await opened.alarms.close()
    await opened.log.close()


async def test_a_box_that_is_down_is_told_once_and_that_it_is_back(watch: Watch, sink: tuple[Sink, int]) -> None:
    """To PagerDuty as one incident, opened and resolved; to the webhook in our own words; and shown on the page."""
    watch.house.serving = False
    await watch.pass_by(120)
    assert sorted(sink[0].told()) == [("firing", "matinee house-1 box a"), ("trigger", "matinee house-1 box a")]
    page = next(each for _, each in sink[0].heard if "payload" in each)
    assert page["routing_key"] == "the-routing-key"
    assert page["payload"]["severity"] == "critical"
    assert "no key" in page["payload"]["summary"]
    assert page["client_url"] == LINK
    assert [(each.name, each.resolved_ms, each.told) for each in await watch.standing()] == [("box a", 0, 2)]
    watch.house.serving = True
    await watch.pass_by(150)
    assert sorted(sink[0].told()[2:]) == [("resolve", "matinee house-1 box a"), ("resolved", "matinee house-1 box a")]
    assert (await watch.standing())[0].resolved_ms > 0


async def test_a_webhook_is_signed_so_that_nobody_else_can_tell(watch: Watch, sink: tuple[Sink, int]) -> None:
    """By the key of the file, over the time and the body as they were sent."""
    watch.house.serving = False
    await watch.pass_by(60)
    number = next(n for n, (headers, _) in enumerate(sink[0].heard) if "matinee-signature" in headers)
    given = sink[0].heard[number][0]["matinee-signature"]
    at_ms = int(given.split(",")[0].removeprefix("t=")) * 1000
    assert given == signature(sink[0].bodies[number], "the-signing-key", at_ms)
    assert given != signature(sink[0].bodies[number], "another", at_ms)


async def test_who_does_not_hear_is_told_again_and_in_order(watch: Watch, sink: tuple[Sink, int]) -> None:
    """Two answers of 500, then a good one: the same incident each time, and its end only after its beginning."""
    sink[0].answers = [500, 503]
    watch.alarms = watch.opened(watch.ways[0])
    watch.house.serving = False
    await watch.pass_by(45)
    watch.house.serving = True
    await watch.pass_by(600)
    assert [action for action, _ in sink[0].told()] == ["trigger", "trigger", "trigger", "resolve"]
    assert len({key for _, key in sink[0].told()}) == 1


async def test_a_no_is_not_asked_again_and_shown(watch: Watch, sink: tuple[Sink, int]) -> None:
    """A wrong key stays wrong: the operator reads why nobody was called."""
    sink[0].answers = [400] * 9
    watch.alarms = watch.opened(watch.ways[0])
    watch.house.serving = False
    await watch.pass_by(300)
    assert len(sink[0].heard) == 1
    assert [(each.told, each.untold) for each in await watch.standing()] == [(0, "pagerduty answered 400")]


async def test_a_listener_that_never_answers_holds_nobody_up(watch: Watch, sink: tuple[Sink, int]) -> None:
    """The exchange as a whole has its time; then it is tried again later."""
    sink[0].answers = [0]
    watch.alarms = watch.opened(watch.ways[0])
    watch.house.serving = False
    await watch.pass_by(30)
    telling = asyncio.ensure_future(watch.pass_by(15))
    while not telling.done():
        await asyncio.sleep(0.05)
        await watch.clock.advance(1)
    await watch.pass_by(60)
    assert len(sink[0].heard) == 2
    assert [each.told for each in await watch.standing()] == [1]


async def test_who_never_ends_an_answer_keeps_no_other_waiting(watch: Watch, sink: tuple[Sink, int]) -> None:
    """A webhook that hears and never answers; meanwhile another is told of everything, as soon as it is due."""
    silent = Sink(answers=[0] * 99)
    deaf = Way("webhook", f"http://127.0.0.1:{await silent.open()}/hook")
    watch.alarms = watch.opened(deaf, watch.ways[0])
    telling = asyncio.ensure_future(dict(watch.alarms.loops())["alarms: telling"]())
    for watch.house.serving in (False, True):
        for _ in range(12):
            await watch.clock.advance(15)
            await watch.alarms.look()
        async with asyncio.timeout(20):
            while len(sink[0].heard) < (2 if watch.house.serving else 1):
                await asyncio.sleep(0.02)
                await watch.clock.advance(0.2)
    assert [action for action, _ in sink[0].told()] == ["trigger", "resolve"]
    assert {action for action, _ in silent.told()} == {"firing"}, "it was never told, so nobody tells it that it is over"
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    await silent.close()


async def test_whoever_goes_on_after_a_death_tells_what_was_not_told(watch: Watch, sink: tuple[Sink, int]) -> None:
    """The alarm and its news are written together, and taken up by another who knows nothing but what is written."""
    watch.house.serving = False
    for _ in range(4):
        await watch.clock.advance(15)
        await watch.alarms.look()
    assert sink[0].heard == []
    watch.alarms = watch.opened()
    await watch.pass_by(15)
    assert len(sink[0].heard) == 2
    await asyncio.gather(watch.alarms.look(), watch.opened().look(), watch.alarms.tell(), watch.opened().tell())
    assert len(sink[0].heard) == 2


async def test_nobody_stays_unaware_that_the_figures_are_away(watch: Watch, sink: tuple[Sink, int]) -> None:
    """For a minute it may pass; then it is an alarm of its own, and what stood before still stands."""
    now_ms = watch.clock.now_ms()
    bad = QualityPoint(at_ms=now_ms // MINUTE_MS * MINUTE_MS - MINUTE_MS, attempts=100, starts=10)
    watch.house.points = [bad]
    await watch.pass_by(15)
    watch.house.away = True
    await watch.pass_by(150)
    assert {each.name for each in await watch.standing() if not each.resolved_ms} == {"figures", "starts"}


async def test_facts_that_nobody_counts_are_an_alarm(watch: Watch, sink: tuple[Sink, int]) -> None:
    """Told after five minutes, though the figures answer; over when what was told then is counted, whatever came since."""
    await watch.log.append("ledger", [Entry("ann", b"watched"), Entry("ann", b"watched on")])
    await watch.pass_by(285)
    assert await watch.standing() == []
    await watch.pass_by(30)
    (alarm,) = await watch.standing()
    assert (alarm.name, alarm.severity, alarm.told) == ("facts", "critical", 2)
    assert "2 for watching" in alarm.summary
    reader = await watch.log.subscribe("ledger", "watching.1")
    await reader.commit((await reader.poll(10, 0))[-1])
    for _ in range(30):
        await watch.log.append("ledger", [Entry("ann", b"watched on and on")])
        await watch.pass_by(15)
        for read in await reader.poll(10, 0):
            await reader.commit(read)
    assert [each.resolved_ms > 0 for each in await watch.standing()] == [True]
    assert sink[0].told()[-1][1] == "matinee house-1 facts"


async def test_who_has_just_come_does_not_say_that_facts_are_counted_again(watch: Watch) -> None:
    """Alarms that are started anew while facts wait cannot know it yet: what stood still stands."""
    await watch.log.append("telemetry", [Entry("view", b"stalled")])
    await watch.pass_by(330)
    watch.alarms = watch.opened()
    await watch.pass_by(270)
    assert [(each.name, each.resolved_ms) for each in await watch.standing()] == [("facts", 0)]


async def test_an_address_that_leads_nowhere_keeps_nobody_from_hearing(watch: Watch, sink: tuple[Sink, int]) -> None:
    """One that names no machine is told so on the page; the others hear, and go on hearing."""
    watch.alarms = watch.opened(Way("webhook", "https://xn--/hook"), watch.ways[0])
    watch.house.serving = False
    await watch.pass_by(60)
    watch.house.serving = True
    await watch.pass_by(150)
    assert [action for action, _ in sink[0].told()] == ["trigger", "resolve"]
    assert [each.told for each in await watch.standing()] == [1]
    assert "topology" in (await watch.standing())[0].untold


def keyed(folder: Path, mode: int = 0o600, content: str = "a-key") -> dict[str, object]:
    (folder / "key").write_text(content)
    (folder / "key").chmod(mode)
    return {"pagerduty": "https://events.pagerduty.com/v2/enqueue", "pagerduty_key": "key"}


def test_who_is_told_is_checked_before_the_house_opens(tmp_path: Path) -> None:
    """Each mistake is told by its key, with what to do; a file that others read is refused."""
    assert alarm_places(keyed(tmp_path), tmp_path).pagerduty_key == str(tmp_path / "key")
    wrong: list[tuple[dict[str, object], str, str]] = [
        ({"pager": ""}, "pager", "it knows pagerduty"),
        ({"webhooks": "https://a.example"}, "webhooks", "list"),
        ({"webhooks": ["http://a.example/hook"]}, "webhooks", "https://"),
        *(({"webhooks": [each]}, "webhooks", "https://") for each in NO_ADDRESSES),
        ({"pagerduty": "https://events.pagerduty.com/v2/enqueue"}, "pagerduty", "pagerduty_key"),
        ({"webhook_key": "nowhere"}, "webhook_key", "make that file"),
    ]
    for table, key, says in wrong:
        with pytest.raises(BadAlarms, match=says) as refused:
            alarm_places(table, tmp_path)
        assert refused.value.key == key
    for table in (keyed(tmp_path, 0o644), keyed(tmp_path, 0o600, " ")):
        with pytest.raises(BadAlarms, match=r"chmod 600|holds no key"):
            alarm_places(table, tmp_path)
