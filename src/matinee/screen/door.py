"""Door: what a browser talks to behind Envoy: the GraphQL API, signing in and out, and the web app's files.

Envoy has checked the passport before a request comes here and says who it is in `x-matinee-account`, `x-matinee-profile`
and `x-matinee-role`, which it strips from what people send. So this service listens on a unix socket in the private state
directory only.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.home_rpc import HomeClient
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.contracts.steering_pb2 import SteerRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.contracts.studio_rpc import StudioClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused, Unavailable
from matinee.screen.asking import SameOriginWrites, call_of, host_of, refusal, scheme_of
from matinee.screen.documents import Documents
from matinee.screen.graphql import GraphqlEndpoint
from matinee.screen.pages import Assets, Pages
from matinee.screen.playing import Playing
from matinee.screen.schema.viewing import Desks
from matinee.screen.signing_in import SigningIn


@dataclass(frozen=True)
class DoorSettings:
    instance: str  # part of the cookies' names: cookies ignore ports, and two houses may share a host
    web: Path  # the built web app
    box_ports: tuple[int, ...]
    box_origins: tuple[str, ...]  # boxes with an address of their own
    screens: int  # of one account at once
    any_question: bool  # false: only those our own pages ask


class Door:
    def __init__(
        self,
        *,
        clock: Clock,
        identity: IdentityClient,
        catalog: CatalogClient,
        playback: PlaybackClient,
        steering: SteeringClient,
        home: HomeClient,
        studio: StudioClient,
        settings: DoorSettings,
    ) -> None:
        desks = Desks(identity, catalog, playback, steering, home, studio, settings.screens)
        documents = Documents(settings.web / "documents.json", any_text=settings.any_question)
        self._clock = clock
        self._steering = steering
        self._signing_in = SigningIn(identity, clock, settings.instance)
        self._graphql = GraphqlEndpoint(clock, desks, documents)
        self._playing = Playing(playback, clock)
        self._pages = Pages(settings.web, settings.box_ports, settings.box_origins)
        self._assets = Assets(settings.web)

    async def start(self) -> None:
        return

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return ()

    async def close(self) -> None:
        return

    def app(self) -> ASGIApp:
        """The ASGI application Envoy proxies to."""
        return Starlette(
            routes=[
                Route("/graphql", self._graphql.answer, methods=["POST"]),
                Route("/auth/welcome", self._signing_in.welcome, methods=["GET"]),
                Route("/auth/sign-up", self._signing_in.sign_up, methods=["POST"]),
                Route("/auth/sign-in", self._signing_in.sign_in, methods=["POST"]),
                Route("/auth/pick", self._signing_in.pick, methods=["POST"]),
                Route("/auth/renew", self._signing_in.renew, methods=["POST"]),
                Route("/auth/sign-out", self._signing_in.sign_out, methods=["POST"]),
                Route("/play/{view}/manifest.mpd", self._playing.dash, methods=["GET"]),
                Route("/play/{view}/master.m3u8", self._playing.hls, methods=["GET"]),
                Route("/play/{view}/steering.json", self._playing.steering, methods=["GET"]),
                Route("/ready", self._ready, methods=["GET"]),
                Mount("/assets", self._assets),
                Route("/{path:path}", self._pages.page, methods=["GET"]),
            ],
            middleware=[Middleware(SameOriginWrites)],
            exception_handlers={Refused: refusal, Unavailable: refusal},
        )

    async def _ready(self, request: Request) -> Response:
        """200 once a film could be played: the stores answer and a box serves."""
        probe = SteerRequest(edition_id="readiness", view_id="readiness", scheme=scheme_of(request), host=host_of(request))
        await self._steering.steer(probe, call_of(request, self._clock))
        return JSONResponse({"ready": True})
