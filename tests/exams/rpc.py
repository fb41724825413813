"""The exam of the port `rpc`: a neighbour in the same process is treated as one across the ocean."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exams.sitters import RPC, RpcSitter, sitters_of
from matinee.contracts.catalog_pb2 import GetTitleRequest, ListTitlesRequest, Title, TitleList
from matinee.contracts.catalog_rpc import CATALOG_GET_TITLE, CATALOG_LIST_TITLES, CatalogClient
from matinee.engines.manual_clock import ManualClock
from matinee.ports.rpc import Call, DeadlineExceeded, Refused, Service, Unavailable

CATALOG = Service("Catalog", (CATALOG_GET_TITLE, CATALOG_LIST_TITLES))
CALL = Call("trace-7", "playback", deadline_s=5, house=True)
Answer = Callable[[GetTitleRequest, Call], Awaitable[Title]]


class Catalog:
    """A catalog that answers as the test says."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def get_title(self, request: GetTitleRequest, call: Call) -> Title:
        return await self.answer(request, call)

    async def list_titles(self, request: ListTitlesRequest, call: Call) -> TitleList:
        return TitleList()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=sitters_of(RPC))
async def exchange(request: pytest.FixtureRequest, clock: ManualClock, tmp_path: Path) -> AsyncIterator[RpcSitter]:
    sitter = RPC[request.param](clock, tmp_path, None)
    yield sitter
    await sitter.close()


async def client(exchange: RpcSitter, answer: Answer) -> CatalogClient:
    exchange.mount(CATALOG, Catalog(answer))
    await exchange.open()
    return CatalogClient(exchange.channel("Catalog"))


async def until(true: Callable[[], bool]) -> None:
    """What crosses a wire takes a moment that no clock of ours drives."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


async def test_an_answer_comes_back(exchange: RpcSitter) -> None:
    """Who asks for a title gets it."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        return Title(title_id=request.title_id, name="Big Buck Bunny", year=2008)

    title = await (await client(exchange, answer)).get_title(GetTitleRequest(title_id="t1"), CALL)
    assert title == Title(title_id="t1", name="Big Buck Bunny", year=2008)


async def test_trace_caller_and_deadline_travel_along(exchange: RpcSitter) -> None:
    """The one who answers knows for which viewer, for whom, and until when."""
    met: list[Call] = []

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        met.append(call)
        return Title()

    await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)
    assert met == [CALL]


async def test_a_call_between_processes_can_be_followed_in_their_logs(clock: ManualClock, tmp_path: Path) -> None:
    """Who answers another process writes one line for each call: what, for whom, what came of it, and of which request."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        if not request.title_id:
            raise Refused("missing", "No such title", "It was removed.")
        return Title()

    exchange = RPC["grpc"](clock, tmp_path, None)
    catalog = await client(exchange, answer)
    with capture_logs() as written:
        await catalog.get_title(GetTitleRequest(title_id="t1"), CALL)
        with pytest.raises(Refused):
            await catalog.get_title(GetTitleRequest(), CALL)
    await exchange.close()
    lines = [(line["method"], line["caller"], line["outcome"], line["trace_id"]) for line in written if line["event"] == "rpc"]
    assert lines == [("Catalog.GetTitle", "playback", outcome, "trace-7") for outcome in ("answered", "refused")]


async def test_neither_side_holds_the_others_message(exchange: RpcSitter) -> None:
    """What either side does to a message afterwards is its own business."""
    kept_requests: list[GetTitleRequest] = []
    shelf = Title(title_id="t1", name="as answered")

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        kept_requests.append(request)
        request.title_id = "changed by the callee"
        return shelf

    request = GetTitleRequest(title_id="t1")
    reply = await (await client(exchange, answer)).get_title(request, CALL)
    assert request.title_id == "t1"
    shelf.name = "changed by the callee"
    assert reply.name == "as answered"
    reply.title_id = "changed by the caller"
    assert shelf.title_id == "t1"
    request.title_id = "changed by the caller"
    assert kept_requests[0].title_id == "changed by the callee"


async def test_a_refusal_passes_with_all_its_words(exchange: RpcSitter) -> None:
    """A no arrives as the no it was, with its reason and its way out, and is not the same object."""
    no = Refused("not_yet", "This film is being made.", "It opens on Friday.", 1_700_000_000_000, "title_id")

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        raise no

    with pytest.raises(Refused) as caught:
        await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)
    assert vars(caught.value) == vars(no)
    assert str(caught.value) == str(no)
    assert caught.value is not no


async def test_a_broken_callee_is_unavailable_by_name(exchange: RpcSitter) -> None:
    """A bug over there is not my bug: I hear who could not answer, and the log over there has the details."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        raise KeyError("secret detail")

    with capture_logs() as lines, pytest.raises(Unavailable, match=r"Catalog\.GetTitle broke") as caught:
        await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)
    assert not isinstance(caught.value, DeadlineExceeded)
    assert "secret detail" not in str(caught.value)
    line = lines[0]
    assert (line["method"], line["trace_id"], line["caller"]) == ("Catalog.GetTitle", "trace-7", "playback")
    assert line["exc_info"]


async def test_an_answer_of_nothing_is_unavailable(exchange: RpcSitter) -> None:
    """A callee that forgets to answer has broken its word, and the caller is told as much."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        return None  # type: ignore[return-value]

    with capture_logs(), pytest.raises(Unavailable, match=r"Catalog\.GetTitle"):
        await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)


async def test_a_service_nobody_runs_is_unavailable(exchange: RpcSitter) -> None:
    """Asking a service that is not here fails at once, and the text says where to look."""
    await exchange.open()
    with pytest.raises(Unavailable, match=r"Catalog\.GetTitle.*topology"):
        await CatalogClient(exchange.channel("Catalog")).get_title(GetTitleRequest(), CALL)


async def test_a_question_for_another_service_is_unavailable(exchange: RpcSitter) -> None:
    """What one service can be asked is not asked of another, even if that one happens to have an answer."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        return Title()

    exchange.mount(Service("Identity", CATALOG.methods), Catalog(answer))
    await exchange.open()
    with pytest.raises(Unavailable, match=r"Identity\.GetTitle"):
        await CatalogClient(exchange.channel("Identity")).get_title(GetTitleRequest(), CALL)


async def test_the_deadline_is_kept_and_the_work_stopped(exchange: RpcSitter, clock: ManualClock) -> None:
    """After five seconds I know that there will be no answer, and nobody works on it any longer."""
    fates: list[str] = []

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        fates.append("begun")
        try:
            await clock.sleep(60)
        except asyncio.CancelledError:
            fates.append("stopped")
            raise
        return Title()

    asking = asyncio.create_task((await client(exchange, answer)).get_title(GetTitleRequest(), CALL))
    await until(lambda: fates == ["begun"])
    await clock.advance(4.9)
    assert not asking.done()
    await clock.advance(0.2)
    with pytest.raises(DeadlineExceeded, match=r"Catalog\.GetTitle"):
        await asking
    await until(lambda: fates == ["begun", "stopped"])


async def test_a_call_whose_time_is_up_is_not_made(exchange: RpcSitter, clock: ManualClock) -> None:
    """Nobody is put to work for a viewer who has gone."""
    asked: list[Call] = []

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        asked.append(call)
        return Title()

    await clock.advance(6)
    with pytest.raises(DeadlineExceeded, match="time was already up"):
        await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)
    assert asked == []


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (TimeoutError(), DeadlineExceeded),
        (DeadlineExceeded("Steering.Steer was late"), DeadlineExceeded),
        (Unavailable("Steering.Steer: nobody"), Unavailable),
    ],
)
async def test_what_failed_further_on_arrives_as_what_it_was(
    exchange: RpcSitter, failure: Exception, expected: type[Exception]
) -> None:
    """When the one I ask waited in vain for another, I hear that it was late, or that it was out, not that it broke."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        raise failure

    with capture_logs() as lines, pytest.raises(Unavailable, match=r"Catalog\.GetTitle") as caught:
        await (await client(exchange, answer)).get_title(GetTitleRequest(), CALL)
    assert type(caught.value) is expected
    assert "rpc_broke" not in {line["event"] for line in lines}


async def test_who_hangs_up_stops_the_work(exchange: RpcSitter, clock: ManualClock) -> None:
    """A viewer who closes the page leaves nobody working for him."""
    fates: list[str] = []

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        fates.append("begun")
        try:
            await clock.sleep(3)
        finally:
            fates.append("ended")
        return Title()

    call = replace(CALL, deadline_s=100)
    asking = asyncio.create_task((await client(exchange, answer)).get_title(GetTitleRequest(), call))
    await until(lambda: fates == ["begun"])
    await clock.advance(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: fates == ["begun", "ended"])


async def test_a_service_lacking_a_method_is_not_mounted(exchange: RpcSitter) -> None:
    """A service that could not answer every question is turned away at the door, before anybody asks."""
    with pytest.raises(TypeError, match="get_title"):
        exchange.mount(CATALOG, object())


async def test_a_service_is_mounted_once(exchange: RpcSitter) -> None:
    """Two catalogs in one house would be one too many."""

    async def answer(request: GetTitleRequest, call: Call) -> Title:
        return Title()

    await client(exchange, answer)
    with pytest.raises(ValueError, match="Catalog is mounted already"):
        await client(exchange, answer)
