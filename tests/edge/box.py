"""The agent, between a real nginx and a real steering."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from edge.stage import NewBox, wait_until
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_pb2 import BoxOrders, BoxReport, SteerRequest
from matinee.contracts.steering_rpc import STEERING, SteeringClient
from matinee.edge.agent import put_keys
from matinee.edge.box import Box, BoxSettings
from matinee.edge.choose import BoxPlace
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Call, Refused, Unavailable

KEYS = {"k1": "a secret of thirty-two characters or more"}


class Desk:
    """A steering that writes down what it is told; `down` makes it one that does not answer."""

    def __init__(self) -> None:
        self.heard: list[BoxReport] = []
        self.keys = dict(KEYS)
        self.down = False

    async def report(self, request: BoxReport, call: Call) -> BoxOrders:
        if self.down:
            raise Unavailable("steering is away")
        self.heard.append(request)
        return BoxOrders(token_keys=self.keys)

    async def steer(self, request: SteerRequest, call: Call) -> BoxOrders:
        raise Unavailable("nobody is sent anywhere by this desk")

    rank = list_boxes = steer

    @property
    def words(self) -> list[bool]:
        return [report.serving for report in self.heard]


def agent_of(desk: Desk, folder: Path) -> Box:
    clock = SystemClock()
    exchange = LocalExchange(clock)
    exchange.mount(STEERING, desk)
    return Box(
        clock=clock, steering=SteeringClient(exchange.channel("Steering")), settings=BoxSettings(BoxId("a"), folder, 10**6)
    )


@asynccontextmanager
async def running(agent: Box) -> AsyncGenerator[None]:
    await agent.start()
    tasks = [asyncio.ensure_future(body()) for _, body in agent.loops()]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await agent.close()


async def test_a_new_box_serves_within_one_round(new_box: NewBox):
    """A box that has just started gets its keys and is known to serve at once: first a no, then a yes."""
    staged = new_box()
    await asyncio.to_thread(staged.start)
    desk = Desk()
    assert await agent_of(desk, staged.folder).round()
    assert desk.words == [False, True]
    assert desk.heard[0].problem == "it does not hold its keys yet"


async def test_a_box_without_its_keys_is_never_said_to_serve(new_box: NewBox):
    """When somebody takes a box's keys away, the agent says so before it gives them back."""
    staged = new_box()
    await asyncio.to_thread(staged.start)
    desk = Desk()
    agent = agent_of(desk, staged.folder)
    await agent.round()
    desk.heard.clear()
    assert await agent.round()
    await put_keys(staged.folder, {"k9": "a key that nobody ordered, long enough for one"})
    assert await agent.round()
    assert desk.words == [True, False, True]


async def test_keys_forgotten_while_steering_was_away_are_fetched_before_serving(new_box: NewBox):
    """After a silence the old orders count for nothing: the box may be out of date, and says no until it has heard anew."""
    staged = new_box()
    await asyncio.to_thread(staged.start)
    desk = Desk()
    agent = agent_of(desk, staged.folder)
    await agent.round()
    desk.down = True
    with pytest.raises(Unavailable):
        await agent.round()
    desk.down, desk.keys = False, {"k2": "the key of the day after, as long as the others"}
    desk.heard.clear()
    assert await agent.round()
    assert desk.words == [False, True]


async def test_a_box_that_is_down_is_said_to_be_down_and_why(tmp_path: Path):
    """No nginx, an empty folder or one that is not there: the reason names the place."""
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        desk = Desk()
        assert not await agent_of(desk, folder).round()
        assert desk.words == [False]
        assert str(folder) in desk.heard[0].problem and "is its nginx running?" in desk.heard[0].problem


async def test_whoever_watches_over_the_house_sees_how_its_boxes_do(new_box: NewBox):
    """Among the figures for Prometheus each box says by its name whether it serves and what it is asked."""
    staged = new_box()
    await asyncio.to_thread(staged.start)
    agent = agent_of(Desk(), staged.folder)
    await agent.round()
    assert REGISTRY.get_sample_value("matinee_box_serving", {"box": "a"}) == 1
    await asyncio.to_thread(staged.ask, "/films/none")
    await agent.round()
    assert (REGISTRY.get_sample_value("matinee_box_requests_per_second", {"box": "a"}) or 0) > 0


async def test_a_box_that_hangs_is_said_to_be_down(tmp_path: Path):
    """An nginx that takes the question and never answers holds nobody up for longer than a second or so."""
    hanging = await asyncio.start_unix_server(lambda reader, writer: asyncio.sleep(60), str(tmp_path / "agent.sock"))
    desk = Desk()
    async with asyncio.timeout(20):
        assert not await agent_of(desk, tmp_path).round()
    assert "did not answer within 1 s" in desk.heard[0].problem
    hanging.close()


async def test_the_agent_follows_its_box_through_death_and_return(new_box: NewBox):
    """Viewers are sent to a box soon after it starts, no longer when it is killed, and again when it is back."""
    staged, desk = new_box(name="a" * 60 + "/" + "b" * 60), Desk()
    async with running(agent_of(desk, staged.folder)):
        await asyncio.to_thread(wait_until, lambda: desk.words[:2] == [False] * 2)
        await asyncio.to_thread(staged.start)
        await asyncio.to_thread(wait_until, lambda: desk.words[-1:] == [True])
        await asyncio.to_thread(staged.stop, 9)
        await asyncio.to_thread(wait_until, lambda: desk.words[-1:] == [False])
        (staged.folder / "keys.json").unlink(missing_ok=True)
        await asyncio.to_thread(staged.start)
        await asyncio.to_thread(wait_until, lambda: desk.words[-1:] == [True])


async def test_a_film_goes_on_while_keys_turn(new_box: NewBox):
    """From Play to the end, past a change of keys: the address given at first is good for as long as was promised."""
    staged = new_box()
    await asyncio.to_thread(staged.start)
    clock = ManualClock(start_ms=SystemClock().now_ms())
    place = BoxPlace(BoxId("a"), staged.port)
    steering = Steering(sql=SqliteSql(staged.folder.parent / "steering.db"), clock=clock, settings=SteeringSettings((place,)))
    exchange = LocalExchange(clock)
    exchange.mount(STEERING, steering)
    client = SteeringClient(exchange.channel("Steering"))
    agent = Box(clock=clock, steering=client, settings=BoxSettings(BoxId("a"), staged.folder, 10**6))
    await steering.start()
    request = SteerRequest(edition_id="ed1", view_id="view-0001", runtime_ms=0, scheme="http", host="127.0.0.1")
    with pytest.raises(Refused):
        await steering.steer(request, Call("trace", "test", 1e9))
    assert await agent.round()
    first = (await steering.steer(request, Call("trace", "test", 1e9))).bases[0].partition(str(staged.port))[2]
    seen: list[int] = []
    for _ in range(39):
        seen.append((await asyncio.to_thread(staged.ask, first + "v720/1.m4s")).status)
        await clock.advance(3600)
        await steering.turn_keys()
        assert await agent.round()
    assert (seen[:36], seen[-1]) == ([200] * 36, 403)
