"""Door: what a browser talks to behind Envoy: the GraphQL API, signing in and out, and the web app's files.

Envoy has checked the passport before a request comes here and says who it is in `x-matinee-account`, `x-matinee-profile`
and `x-matinee-role`, which it strips from what people send. The passport itself goes on with every call, and whoever is
asked reads it again. So this service listens on a unix socket in the private state
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

from matinee.contracts.alarms_rpc import AlarmsClient
from matinee.contracts.audit_rpc import AuditClient
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.figures_rpc import FiguresClient
from matinee.contracts.home_rpc import HomeClient
from matinee.contracts.identity_rpc import IdentityClient
from matinee.contracts.notices_rpc import NoticesClient
from matinee.contracts.oauth_rpc import OauthClient
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.contracts.recommend_rpc import RecommendClient
from matinee.contracts.steering_pb2 import SteerRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.contracts.studio_rpc import StudioClient
from matinee.contracts.warehouse_rpc import WarehouseClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused, Unavailable
from matinee.ports.unavailable import Fallback
from matinee.screen.activity_csv import ActivityCsv
from matinee.screen.asking import HOOKS, SameOriginWrites, call_of, host_of, refusal, scheme_of
from matinee.screen.cookies import Cookies
from matinee.screen.documents import Documents
from matinee.screen.graphql import GraphqlEndpoint
from matinee.screen.keys import Keys
from matinee.screen.leaving_apps import LeavingApps
from matinee.screen.letters import Letters
from matinee.screen.letting_in import LettingIn
from matinee.screen.live_figures import LiveFigures, Sources
from matinee.screen.oauth import OauthDoor
from matinee.screen.pages import Assets, Pages
from matinee.screen.paying import Paying
from matinee.screen.playing import Playing
from matinee.screen.recommended import Recommended
from matinee.screen.schema.viewing import Desks
from matinee.screen.shop_window import ShopWindow
from matinee.screen.signing_in import SigningIn


@dataclass(frozen=True)
class DoorSettings:
    url: str  # by which people know the house
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
        cashier: CashierClient,
        notices: NoticesClient,
        oauth: OauthClient,
        catalog: CatalogClient,
        playback: PlaybackClient,
        steering: SteeringClient,
        figures: FiguresClient,
        recommend: RecommendClient,
        home: HomeClient,
        alarms: AlarmsClient,
        warehouse: WarehouseClient,
        studio: StudioClient,
        audit: AuditClient,
        settings: DoorSettings,
    ) -> None:
        places = Fallback("pages: without places and list", clock)
        recommended = Recommended(recommend, clock, "pages: without recommendations")
        asked = (identity, notices, catalog, playback, steering, home, studio, settings.screens, places, cashier, audit)
        desks = Desks(*asked, recommended, recommend, figures, Fallback("pages: without thumbs", clock), warehouse)
        self._clock = clock
        self._steering = steering
        self._cookies = Cookies(clock, settings.instance)
        self._signing_in = SigningIn(identity, clock, self._cookies)
        self._keys = Keys(identity, clock, self._cookies)
        self._graphql = GraphqlEndpoint(clock, desks, Documents(settings.web / "documents.json", any_text=settings.any_question))
        self._paying = Paying(cashier, clock)
        self._shop_window = ShopWindow(cashier, clock)
        self._playing = Playing(playback, clock)
        self._letters = Letters(notices, clock)
        self._activity_csv = ActivityCsv(playback, clock)
        self._live = LiveFigures(Sources(playback, catalog, figures, steering, alarms), clock)
        self._pages, self._assets = Pages(settings.web, settings.box_ports, settings.box_origins), Assets(settings.web)
        self._oauth = OauthDoor(oauth, clock, settings.url)
        self._letting_in = LettingIn(oauth, identity, clock, self._pages, self._cookies)
        self._leaving_apps = LeavingApps(oauth, identity, clock, self._pages, self._cookies)

    async def start(self) -> None:
        return

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("figures: live", self._live.keep_gathering),)

    async def end_streams(self) -> None:
        await self._live.end()

    async def close(self) -> None:
        return

    def app(self) -> ASGIApp:
        """The ASGI application Envoy proxies to."""
        app = Starlette(
            routes=[
                Route("/graphql", self._graphql.answer, methods=["POST"]),
                Route("/auth/welcome", self._signing_in.welcome, methods=["GET"]),
                Route("/auth/plans", self._shop_window.plans, methods=["GET"]),
                Route("/auth/sign-up", self._signing_in.sign_up, methods=["POST"]),
                Route("/auth/sign-in", self._signing_in.sign_in, methods=["POST"]),
                Route("/auth/pick", self._signing_in.pick, methods=["POST"]),
                Route("/auth/renew", self._signing_in.renew, methods=["POST"]),
                Route("/auth/sign-out", self._signing_in.sign_out, methods=["POST"]),
                *self._keys.routes(),
                *self._letting_in.routes(),
                *self._leaving_apps.routes(),
                *self._oauth.routes(),
                Route("/play/{view}/manifest.mpd", self._playing.dash, methods=["GET"]),
                Route("/play/{view}/master.m3u8", self._playing.hls, methods=["GET"]),
                Route("/play/{view}/steering.json", self._playing.steering, methods=["GET"]),
                Route(HOOKS, self._paying.hook, methods=["POST"]),
                Route("/account/invoices/{number}.{form}", self._paying.invoice, methods=["GET"]),
                Route("/letters/unsubscribe", self._letters.unsubscribe, methods=["POST"]),
                Route("/letters/read/{letter}", self._letters.read, methods=["GET"]),
                Route("/account/activity.csv", self._activity_csv.answer, methods=["GET"]),
                Route("/operator/figures/live", self._live.answer, methods=["GET"]),
                Route("/ready", self._ready, methods=["GET"]),
                Mount("/assets", self._assets),
                Route("/{path:path}", self._pages.page, methods=["GET"]),
            ],
            middleware=[Middleware(SameOriginWrites)],
            exception_handlers={Refused: refusal, Unavailable: refusal},
        )
        app.state.passport_cookie = self._cookies.passport
        return app

    async def _ready(self, request: Request) -> Response:
        """200 once a film could be played: the stores answer and a box serves."""
        probe = SteerRequest(edition_id="readiness", view_id="readiness", scheme=scheme_of(request), host=host_of(request))
        await self._steering.steer(probe, call_of(request, self._clock).by_house("door"))
        return JSONResponse({"ready": True})
