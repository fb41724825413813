"""Two real boxes and one origin: each serves alone, counts alone and hangs alone."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge.stage import FILM_BYTES, NewBox, StagedBox, put, serving, token, wait_until
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_pb2 import BoxState, ListBoxesRequest, RankRequest, SteerRequest
from matinee.contracts.steering_rpc import STEERING, SteeringClient
from matinee.edge.agent import counts_of
from matinee.edge.box import Box, BoxSettings
from matinee.edge.choose import BoxPlace
from matinee.edge.load import Counts, load_between
from matinee.edge.shelf import shelf_of
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Call

SEGMENT = FILM_BYTES * 10_000
CALL = Call("trace", "test", 1e9)


@pytest.fixture
def two(new_box: NewBox) -> list[StagedBox]:
    """Both serve the same films, each from a folder of its own."""
    return [serving(new_box(name)) for name in ("a", "b")]


def test_both_boxes_open_the_same_film_to_the_same_token(two: list[StagedBox]):
    """The address that a viewer got is good at either box, whole and in part, and each keeps a copy of its own."""
    mine = token()
    for box in two:
        assert [box.ask(mine + "v720/1.m4s").status for _ in range(2)] == [200, 200]
        for first in (10, 20):
            part = box.ask(mine + "sound/main.m3u8", headers=f"Range: bytes={first}-\r\n")
            assert (part.status, part.body) == (206, (FILM_BYTES * 100)[first:])
    (two[0].films / "films" / "ed1" / "v720" / "1.m4s").unlink()
    assert [len(box.ask(mine + "v720/1.m4s").body) for box in two] == [len(FILM_BYTES) * 100] * 2


def test_each_box_fetches_a_new_segment_once(new_box: NewBox):
    """Twenty viewers of something new, ten at each box: the origin of each is asked once."""
    boxes = [serving(new_box(name, origin_also="limit_rate 4m; access_log origin.log;")) for name in ("a", "b")]
    put(boxes[0].films / "films" / "ed1" / "v720" / "2.m4s", SEGMENT)
    asked = [(box, token(view=f"viewer-{number}") + "v720/2.m4s") for number in range(10) for box in boxes]
    with ThreadPoolExecutor(20) as viewers:
        assert all(viewers.map(lambda each: each[0].ask(each[1]).body == SEGMENT, asked))
    assert [(box.folder / "origin.log").read_text().count("/v720/2.m4s") for box in boxes] == [1, 1]


def test_a_cache_stays_within_its_bound(new_box: NewBox):
    """A box that is asked for more than it may keep throws the oldest away within seconds, and goes on serving."""
    box = serving(new_box(cache_bytes=1_000_000))
    for number in range(30):
        put(box.films / "films" / "ed1" / "v720" / f"{number + 10}.m4s", SEGMENT)
        assert box.ask(token() + f"v720/{number + 10}.m4s").body == SEGMENT
    assert shelf_of(box.folder / "cache").bytes > 2_000_000, "nothing had to go: this shows nothing"
    wait_until(lambda: 0 < shelf_of(box.folder / "cache").bytes <= 1_000_000, 25)
    assert box.ask(token() + "v720/10.m4s").body == SEGMENT


def test_a_box_counts_what_it_gave_and_to_nobodys_name(new_box: NewBox):
    """Hits, misses, refusals and bytes are added up when a request is over, and all that is told of them are five sums."""
    box = serving(new_box())
    before = asyncio.run(counts_of(box.folder))
    mine = token(view="counted-view")
    put(box.films / "films" / "ed1" / "v720" / "77.m4s", SEGMENT)
    for _ in range(3):
        box.ask(mine + "v720/77.m4s")
    box.ask("/films/ed1/v720/77.m4s")
    box.ask(token(left_s=-5) + "v720/77.m4s")
    after = asyncio.run(counts_of(box.folder))
    load = load_between(before, after, 2)
    assert load
    assert (after.misses - before.misses, after.hits - before.hits, after.refused - before.refused) == (1, 2, 2)
    assert (load.requests_per_s, load.refused_per_s, load.hit_ratio) == (2.5, 1, pytest.approx(2 / 3))
    assert 3 * len(SEGMENT) * 8 / 2 <= load.bits_per_s < 3 * len(SEGMENT) * 8 / 2 + 20_000
    assert set(box.line("agent.sock").ask("/load").body.decode()) <= set('{"requests":bytes,hits,misses,refused0123456789}')


def test_a_box_that_began_to_count_anew_has_no_load_yet():
    """After a restart sums are smaller than before: that is no negative load, and no time passed is no load either."""
    many, few = Counts(requests=9, bytes=900, hits=5), Counts(requests=1, bytes=10, hits=1)
    assert load_between(many, few, 2) is None
    assert load_between(few, many, 0) is None
    idle = load_between(many, many, 2)
    assert idle and (idle.bits_per_s, idle.hit_ratio) == (0, 0)


async def test_a_hanging_box_is_told_within_seconds_and_the_other_goes_on(two: list[StagedBox], tmp_path: Path):
    """Stop one nginx: soon viewers are sent to the other first, whose agent reported all the while; then it is welcome back."""
    house = Edge(two, tmp_path)
    await house.open()
    try:
        await until(house, lambda states: [state.serving for state in states.values()] == [True, True])
        victim = two[0].worker
        os.kill(victim, signal.SIGSTOP)
        state = (await until(house, lambda states: not states["a"].serving))["a"]
        assert "did not answer within 1 s" in state.problem and "silent" not in state.problem
        for number in range(8):
            edition = f"edition-{number}"
            assert list((await house.steering.rank(RankRequest(edition_id=edition), CALL)).box_ids) == ["b"]
            request = SteerRequest(edition_id=edition, view_id="view-0001", scheme="http", host="127.0.0.1")
            assert [pathway.box_id for pathway in (await house.steering.steer(request, CALL)).pathways] == ["b", "a"]
        heard_ms = (await house.states())["b"].heard_ms
        await until(house, lambda states: states["b"].heard_ms > heard_ms and states["b"].serving)
        os.kill(victim, signal.SIGCONT)
        await until(house, lambda states: states["a"].serving)
    finally:
        await house.close()


async def test_the_operator_sees_load_and_cache_of_each_box(two: list[StagedBox], tmp_path: Path):
    """Bits, hits and what lies in the cache are told of each box by itself, with its address."""
    put(two[0].films / "films" / "ed1" / "v720" / "8.m4s", SEGMENT)
    await asyncio.to_thread(two[1].ask, token() + "v720/8.m4s")
    house = Edge(two, tmp_path)
    await house.open()
    try:
        await until(house, lambda states: states["b"].serving)
        request = SteerRequest(edition_id="ed1", view_id="view-0001", scheme="http", host="127.0.0.1")
        address = f"/{(await house.steering.steer(request, CALL)).token}/films/ed1/v720/8.m4s"
        seen, states = await asyncio.gather(
            asyncio.to_thread(lambda: [two[1].ask(address).status for _ in range(2000)]),
            until(house, lambda states: states["b"].load.hit_ratio > 0),
        )
        assert set(seen) == {200}
        assert states["b"].load.hit_ratio == 1.0 and states["b"].load.bits_per_s > len(SEGMENT)
        assert states["a"].load.bits_per_s == 0
        assert (states["b"].inventory.files, states["b"].inventory.capacity_bytes) == (1, 50_000_000)
        assert states["b"].inventory.cached_bytes >= len(SEGMENT)
        assert states["a"].inventory.files == 0
        assert [state.address for state in states.values()] == [f":{box.port}" for box in two]
    finally:
        await house.close()


class Edge:
    """Steering and an agent for each box, on the system's clock."""

    def __init__(self, boxes: list[StagedBox], state: Path) -> None:
        clock = SystemClock()
        names = [BoxId(box.folder.name) for box in boxes]
        places = tuple(BoxPlace(name, box.port) for name, box in zip(names, boxes, strict=True))
        self.steering = Steering(sql=SqliteSql(state / "steering.db"), clock=clock, settings=SteeringSettings(places))
        exchange = LocalExchange(clock)
        exchange.mount(STEERING, self.steering)
        client = SteeringClient(exchange.channel("Steering"))
        self._agents = [
            Box(clock=clock, steering=client, settings=BoxSettings(name, box.folder, box.cache_bytes))
            for name, box in zip(names, boxes, strict=True)
        ]
        self._tasks: list[asyncio.Future[None]] = []

    async def open(self) -> None:
        await self.steering.start()
        bodies = [body for front in (self.steering, *self._agents) for _, body in front.loops()]
        self._tasks = [asyncio.ensure_future(body()) for body in bodies]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def states(self) -> dict[str, BoxState]:
        return {state.box_id: state for state in (await self.steering.list_boxes(ListBoxesRequest(), CALL)).boxes}


async def until(house: Edge, true: object, within_s: float = 30) -> dict[str, BoxState]:
    """The states of which it is true: a moment later the boxes may have said something else."""
    assert callable(true)
    async with asyncio.timeout(within_s):
        while not true(states := await house.states()):
            await asyncio.sleep(0.05)
    return states
