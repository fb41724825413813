"""What the page one comes home to costs: the app's own trusted document through GraphQL, against the same page, from the same
services, built of msgspec structs and written as JSON. CPU of the one process that answers both.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import msgspec
from bench.row import Row
from bench.stage import CALL, Member, asked, open_front, signed_in
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.contracts import catalog_pb2 as pb
from matinee.contracts.events_pb2 import TitleFact, TitlePublished
from matinee.contracts.home_pb2 import KeptRequest, ListChange, PageRequest
from matinee.contracts.identity_pb2 import ProfileId
from matinee.contracts.playback_pb2 import BookmarksRequest
from matinee.ports.rpc import Call
from matinee.screen.asking import SameOriginWrites, json_object
from matinee.topology import REPOSITORY

FILMS, GENRES = 200, 8
ROUNDS, EACH = 8, 5

Ask = Callable[[], Awaitable[object]]


class Card(msgspec.Struct):
    """What a card of the app shows."""

    id: str
    kind: int
    name: str
    year: int
    plot: str
    tagline: str
    genres: list[str]
    maturity_label: str
    runtime_ms: int
    state: int
    problem: str
    complete: bool
    heights_px: list[int]
    card: str
    backdrop: str
    glow: str
    season_count: int
    episode_count: int
    in_my_list: bool
    position_ms: int | None


class Shelf(msgspec.Struct):
    id: str
    kind: int
    name: str
    titles: list[Card]


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        written_ns = _library(Path(folder) / "films")
        ours, anchor = asyncio.run(_measured(Path(folder), written_ns))
    yield Row("home by a trusted document, against the page as plain JSON", ours, anchor, "requests a second of CPU")


def _library(films: Path) -> dict[str, int]:
    """Films by name only, for nobody plays them here; when each was written, in Unix nanoseconds."""
    films.mkdir()
    for number in range(FILMS):
        film = films / f"Film {number} (2026).mp4"
        film.write_bytes(b"film")
        plot = f"What happens in film {number}, told in a sentence of some length."
        notes = f"<title>Film {number}</title><plot>{plot}</plot><genre>Genre {number % GENRES}</genre>"
        film.with_suffix(".nfo").write_text(f"<movie>{notes}</movie>")
    return {film.stem.removesuffix(" (2026)"): film.stat().st_mtime_ns for film in films.glob("*.mp4")}


async def _measured(folder: Path, written_ns: dict[str, int]) -> tuple[float, float]:
    """Requests per second of CPU, ours and the anchor's, in turns."""
    furnished = await open_front(folder)
    fronts: dict[str, Any] = furnished.fronts
    app = fronts["door"].app()
    member = await signed_in(fronts, app)
    who = PageRequest(account_id=member.account_id, profile_id=member.profile_id)
    await _ready(fronts, written_ns, member)
    ours, anchor = _ours(app, member), _anchor(fronts, who, member.call)
    spent = {ours: 0.0, anchor: 0.0}
    for ask in spent:
        await ask()
    for _ in range(ROUNDS):
        for ask in spent:
            before_s = time.process_time()
            for _ in range(EACH):
                await ask()
            spent[ask] += time.process_time() - before_s
    for store in (*reversed(fronts.values()), *furnished.stores):
        await store.close()
    return ROUNDS * EACH / spent[ours], ROUNDS * EACH / spent[anchor]


async def _ready(fronts: dict[str, Any], written_ns: dict[str, int], member: Member) -> None:
    """Every film can be played, and five are on the list."""
    catalog = fronts["catalog"]
    await catalog.scan()
    await catalog.scan()
    found = (await catalog.list_titles(pb.ListTitlesRequest(audience=pb.Audience(operator=True)), CALL)).titles
    edition = pb.Edition(edition_id="ed1", complete=True, heights_px=[1080, 720, 360])
    published = TitlePublished(edition=edition)
    await catalog.learn(
        TitleFact(title_id=each.title_id, modified_ns=written_ns[each.name], published=published) for each in found
    )
    for title in found[:5]:
        await fronts["home"].keep_title(
            ListChange(account_id=member.account_id, profile_id=member.profile_id, title_id=title.title_id), member.call
        )


def _ours(app: ASGIApp, member: Member) -> Ask:
    documents: dict[str, str] = json.loads((REPOSITORY / "web" / "dist" / "documents.json").read_text())
    digest = next(digest for digest, text in documents.items() if text.startswith("query Home"))

    async def ask() -> object:
        answer = await asked(app, {"documentId": f"sha256:{digest}"}, member.headers)
        assert len(answer["home"]["rows"]) == GENRES + 2
        return answer

    return ask


def _anchor(fronts: dict[str, Any], who: PageRequest, call: Call) -> Ask:
    async def answer(request: Request) -> Response:
        await json_object(request)
        await fronts["identity"].get_profile(ProfileId(account_id=who.account_id, profile_id=who.profile_id), call)
        page = await fronts["home"].page(who, call)
        ids = list({title.title_id for row in page.rows for title in row.titles})
        kept = set((await fronts["home"].kept(KeptRequest(profile_id=who.profile_id, title_ids=ids), call)).title_ids)
        marks = (await fronts["playback"].bookmarks(BookmarksRequest(profile_id=who.profile_id, title_ids=ids), call)).bookmarks
        places = {mark.title_id: mark.position_ms for mark in marks}
        shelves = [
            Shelf(row.row_id, row.kind, row.name, [_card(title, kept, places) for title in row.titles]) for row in page.rows
        ]
        home = {"hero": _card(page.hero, kept, places), "rows": shelves}
        return Response(msgspec.json.encode({"data": home}), media_type="application/json")

    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], middleware=[Middleware(SameOriginWrites)])
    return lambda: asked(app, {}, {})


def _card(title: pb.Title, kept: set[str], places: dict[str, int]) -> Card:
    return Card(
        id=title.title_id,
        kind=title.kind,
        name=title.name,
        year=title.year,
        plot=title.plot,
        tagline=title.tagline,
        genres=list(title.genres),
        maturity_label=title.maturity_label,
        runtime_ms=title.runtime_ms,
        state=title.state,
        problem=title.problem,
        complete=title.edition.complete,
        heights_px=list(title.edition.heights_px),
        card=f"/art/{title.art.art_id}/card.webp",
        backdrop=f"/art/{title.art.art_id}/backdrop.webp",
        glow=title.art.glow,
        season_count=title.season_count,
        episode_count=title.episode_count,
        in_my_list=title.title_id in kept,
        position_ms=places.get(title.title_id),
    )
