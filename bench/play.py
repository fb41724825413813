"""What a tap on Play costs: CPU of the process that answers it, against an empty GraphQL mutation that writes the same two
things (a screen's place in sql, a fact on the log); and what deciding alone costs, against its promise.

Both mutations go the whole way through ASGI: a request is read, a question answered, JSON written. Without Envoy, which
would cost both the same.
"""

import asyncio
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import strawberry
from bench.row import Row
from bench.stage import CALL, asked, open_front, signed_in
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from films import short_film
from matinee.contracts.catalog_pb2 import Audience, Edition, ListTitlesRequest
from matinee.contracts.events_pb2 import PlayFact, PlayGranted, TitleFact, TitlePublished
from matinee.contracts.ids import BoxId, EditionId
from matinee.contracts.steering_pb2 import BoxReport
from matinee.edge import choose
from matinee.edge.tokens import lifetime_ms, mint
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.library import rights
from matinee.ports.log import Entry
from matinee.screen import leases
from matinee.screen.asking import SameOriginWrites, json_object
from matinee.screen.migrations import MIGRATIONS
from matinee.screen.next_up import Episode, Watched, after, next_up
from matinee.screen.resume import begins_at_ms
from matinee.screen.telling import Telling

ROUNDS, EACH = 12, 25
DECISIONS = 2000
PURE_US = 100.0
SCREEN = "bench-screen"
PLAY = """mutation Play($title: ID!, $screen: String!) { play(title: $title, screen: $screen) { __typename
  ... on Play { id dash hls edition token until positionMs heartbeatSeconds title { id name runtimeMs kind art { card glow }
    audio { language name } subtitles { language name } } next { id name } chapters { startMs name } }
  ... on Refused { headline reason kind } } }"""
EMPTY = "mutation Play($title: ID!, $screen: String!) { play(title: $title, screen: $screen) }"

Ask = Callable[[], Awaitable[dict[str, Any]]]


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        film = short_film(Path(folder) / "films", "Clock", seconds=2)
        ours, anchor = asyncio.run(_measured(Path(folder), film.stat().st_mtime_ns))
    yield Row("play, against an empty mutation with the same two writes", ours, anchor, "requests a second of CPU")
    yield Row("deciding a play, against its promise", _deciding_us(), PURE_US, "us")


async def _measured(folder: Path, film_ns: int) -> tuple[float, float]:
    """Requests per second of CPU, ours and the anchor's, in turns."""
    furnished = await open_front(folder)
    fronts: dict[str, Any] = furnished.fronts
    play = await _ours(fronts, film_ns)
    sql, log = SqliteSql(folder / "anchor.db"), SqliteLog(folder / "anchor-log.db")
    await sql.install(MIGRATIONS)
    empty = _anchor(sql, log)
    kept, facts = SqliteSql(folder / "state" / "playback.db"), SqliteLog(folder / "state" / "log.db")
    telling = Telling(kept, facts, SystemClock())
    assert (await play())["play"]["__typename"] == "Play"
    assert (await empty())["play"] is True
    spent = {play: 0.0, empty: 0.0}
    for _ in range(ROUNDS):
        for ask in spent:
            before_s = time.process_time()
            for _ in range(EACH):
                await ask()
            if ask is play:
                await telling.tell()
            spent[ask] += time.process_time() - before_s
    for store in (*reversed(fronts.values()), *furnished.stores, sql, log, kept, facts):
        await store.close()
    return ROUNDS * EACH / spent[play], ROUNDS * EACH / spent[empty]


async def _ours(fronts: dict[str, Any], film_ns: int) -> Ask:
    """A member with one film that can be played, and boxes that said a moment ago that they serve."""
    app = fronts["door"].app()
    headers = (await signed_in(fronts, app)).headers
    catalog = fronts["catalog"]
    await catalog.scan()
    await catalog.scan()
    everything = ListTitlesRequest(audience=Audience(operator=True))
    title_id = (await catalog.list_titles(everything, CALL)).titles[0].title_id
    edition = Edition(edition_id="ed1", complete=True, heights_px=[360])
    await catalog.learn([TitleFact(title_id=title_id, modified_ns=film_ns, published=TitlePublished(edition=edition))])

    async def play() -> dict[str, Any]:
        for box_id in ("a", "b"):
            await fronts["steering"].report(BoxReport(box_id=box_id, serving=True), CALL)
        return await _post(app, PLAY, title_id, headers)

    return play


def _anchor(sql: SqliteSql, log: SqliteLog) -> Ask:
    """As little as a mutation can be that writes what Play writes."""

    @strawberry.type
    class Query:
        nothing: bool = True

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        async def play(self, title: strawberry.ID, screen: str) -> bool:
            now_ms = time.time_ns() // 1_000_000
            who = ("account", "profile", title, "ed1", 2000, screen, "A browser")
            lease = leases.Lease(uuid.uuid4().hex, *who, now_ms, now_ms + 45_000)
            await sql.transact(lambda db: leases.take(db, lease, 2, now_ms))
            fact = PlayFact(granted=PlayGranted(view_id=lease.view_id, title_id=title, at_ms=now_ms))
            await log.append("plays", [Entry(lease.view_id, fact.SerializeToString())])
            return True

    schema = strawberry.Schema(query=Query, mutation=Mutation)

    async def answer(request: Request) -> Response:
        asked = await json_object(request)
        result = await schema.execute(str(asked["query"]), variable_values=dict(asked["variables"]))  # type: ignore[call-overload]
        return JSONResponse({"data": result.data})

    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], middleware=[Middleware(SameOriginWrites)])
    return lambda: _post(app, EMPTY, "a-title", {})


async def _post(app: ASGIApp, query: str, title_id: str, headers: dict[str, str]) -> dict[str, Any]:
    return await asked(app, {"query": query, "variables": {"title": title_id, "screen": SCREEN}}, headers)


def _deciding_us() -> float:
    """A play of a series of 24 episodes: may they, whose turn is it, from where on, which of four boxes, with what token."""
    episodes = [Episode(f"e{number}", 1 + number // 8, number % 8, True) for number in range(24)]
    watched = {f"e{number}": Watched(number, True) for number in range(12)}
    places = [choose.BoxPlace(BoxId(name), 9000 + number) for number, name in enumerate("abcd")]
    words = {place.box_id: choose.Word(heard_s=99.0, serving=True, busy=0.4) for place in places}
    who = rights.Audience(maturity_limit=12, country="DE")
    terms = [rights.Terms(years=6)] * len(episodes)
    before_s = time.process_time()
    for number in range(DECISIONS):
        may = rights.may(who, terms, 1_800_000_000_000)
        seen = [episode for episode, is_for_them in zip(episodes, may, strict=True) if is_for_them]
        turn = next_up(seen, watched)
        assert turn is not None
        after(seen, turn.title_id)
        begins_at_ms(number, 3_600_000)
        order = choose.ranked(places, words, EditionId(f"edition-{number}"), 100.0)
        for place in order.serving:
            choose.base_url(place, "http", "localhost")
        exp_s = 1_800_000_000 + lifetime_ms(3_600_000, 43_200_000) // 1000
        mint("a secret of thirty-two characters or more", "k1", exp_s, "view-0001", f"films/edition-{number}")
    return (time.process_time() - before_s) / DECISIONS * 1e6
