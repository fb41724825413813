"""A whole house in one process, over a library with every rating, and a family that has been at home in it for a while.

Asha and the child watched and kept everything while the child's profile was a grown-up's. Then it became a kids' one.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from library.place import CALL, LONG_AGO_NS, Place
from matinee.contracts import catalog_pb2 as catalog_pb
from matinee.contracts import identity_pb2 as pb
from matinee.contracts.alarms_rpc import AlarmsClient
from matinee.contracts.audit_rpc import AUDIT, AuditClient
from matinee.contracts.cashier_rpc import CASHIER, CashierClient
from matinee.contracts.catalog_rpc import CATALOG, CatalogClient
from matinee.contracts.events_pb2 import ArtCut, TitleFact
from matinee.contracts.figures_rpc import FIGURES, FiguresClient
from matinee.contracts.home_pb2 import ListChange
from matinee.contracts.home_rpc import HOME, HomeClient
from matinee.contracts.identity_rpc import IDENTITY, IdentityClient
from matinee.contracts.ids import BoxId
from matinee.contracts.notices_rpc import NOTICES, NoticesClient
from matinee.contracts.oauth_rpc import OAUTH, OauthClient
from matinee.contracts.playback_pb2 import HeartbeatRequest, PlayRequest
from matinee.contracts.playback_rpc import PLAYBACK, PlaybackClient
from matinee.contracts.recommend_rpc import RECOMMEND, RecommendClient
from matinee.contracts.steering_pb2 import BoxReport
from matinee.contracts.steering_rpc import STEERING, SteeringClient
from matinee.contracts.studio_rpc import STUDIO, StudioClient
from matinee.contracts.warehouse_rpc import WarehouseClient
from matinee.edge.choose import BoxPlace
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.memory_cache import MemoryCache
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.figures import Figures
from matinee.insight.recommend import Recommend, RecommendSettings
from matinee.members.audit import Audit
from matinee.members.cashier import Cashier, CashierSettings
from matinee.members.counter import House
from matinee.members.identity import Identity, IdentitySettings
from matinee.members.letter_mail import Sender
from matinee.members.notices import Notices, NoticesSettings
from matinee.members.oauth import Oauth, OauthSettings
from matinee.ports.rpc import Call, Service
from matinee.screen.door import Door, DoorSettings
from matinee.screen.home import Home
from matinee.screen.playback import Playback, PlaybackSettings
from matinee.studio.office import Office
from passes import Desk

URL = "http://localhost"
CLIENTS: tuple[Any, ...] = (
    AlarmsClient,
    AuditClient,
    CashierClient,
    CatalogClient,
    FiguresClient,
    HomeClient,
    IdentityClient,
    NoticesClient,
    OauthClient,
    PlaybackClient,
    RecommendClient,
    SteeringClient,
    StudioClient,
    WarehouseClient,
)
PASSWORD, PIN = "a quiet evening", "2468"
KIDS_LIMIT = 7
EVERYTHING = catalog_pb.Audience(operator=True, maturity_limit=18)
RATED = {
    "Meadow": "G",
    "Brook": "FSK 6",
    "Kite": "TV-Y7",
    "Thicket": "PG",
    "Harbour": "FSK 12",
    "Rapids": "PG-13",
    "Gallows": "FSK 16",
    "Cellar": "R",
    "Abattoir": "NC-17",
    "Ledger": "",
    "Riddle": "Banana",
}
FOR_THE_CHILD = {"Meadow", "Brook", "Kite"}
EPISODES = {
    "Orchard (2020)/Orchard S01E01 Blossom": "TV-Y",
    "Orchard (2020)/Orchard S01E02 Wasps": "TV-MA",
    "Orchard (2020)/Orchard S01E03 Frost": "",
    "Orchard (2020)/Orchard S02E01 Cider": "R",
    "Orchard (2020)/Orchard S02E02 Apples": "G",
    "Dungeon (2021)/Dungeon S01E01 Chains": "TV-Y",
    "Dungeon (2021)/Dungeon S01E02 Keys": "TV-Y",
}
SERIES = {"Orchard (2020)": ("Orchard", ""), "Dungeon (2021)": ("Dungeon", "TV-MA")}
EPISODES_FOR_THE_CHILD = {"Blossom", "Apples"}
NOTES = """<{kind}><title>{name}</title><plot>Plotof{name}</plot><tagline>Lineof{name}</tagline><genre>Genreof{name}</genre>
<genre>Drama</genre><actor><name>Actorof{name}</name></actor><director>Directorof{name}</director><mpaa>{rated}</mpaa></{kind}>"""


@dataclass
class KidsHouse:
    folder: Path
    account: str = ""
    secret: str = ""
    asha: str = ""
    kid: str = ""
    ids: dict[str, str] = field(default_factory=dict[str, str])  # of titles, by their names
    views: dict[str, str] = field(default_factory=dict[str, str])  # that run, by who watches

    async def open(self) -> "KidsHouse":
        self.place = Place(self.folder)
        self.clock, self.log = self.place.clock, self.place.log
        self.desk = Desk(self.folder, self.clock.now_ms())  # with identity's own key
        self.exchange = LocalExchange(self.clock, self.desk.passports)
        self.rows = SqliteRows(self.folder / "rows.db")
        clients = {each.__name__.removesuffix("Client").lower(): each for each in CLIENTS}
        self.asked = {name: each(self.exchange.channel(name.title())) for name, each in clients.items()}
        self.identity, self.catalog = self.asked["identity"], self.asked["catalog"]
        self.playback, self.home = self.asked["playback"], self.asked["home"]
        fronts = self._members() | self._screens()
        for service, front in fronts.items():
            self.exchange.mount(service, front)
            await front.start()
        self._fronts = list(fronts.values())
        await self.asked["steering"].report(BoxReport(box_id="a", serving=True), CALL)
        settings = DoorSettings(URL, "test", self.folder / "web", (9001,), (), screens=9, any_question=True)
        self.door = Door(clock=self.clock, **self.asked, settings=settings).app()
        transport = httpx.ASGITransport(self.door, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        await self._shelve()
        await self._move_in()
        return self

    def _members(self) -> dict[Service, Any]:
        told = {"log": self.log, "clock": self.clock}
        asks = told | {"identity": self.identity}
        keys = IdentitySettings(self.folder / "passport.pem", self.folder / "jwks.json", country="DE")
        money = CashierSettings(House("EUR", "", URL))
        letters = NoticesSettings(URL, Sender("matinee@localhost", ""), None)
        apps = OauthSettings(URL, self.folder / "oauth", self.folder / "oauth-jwks.json")
        return {
            IDENTITY: Identity(**told, sql=self._sql("identity"), settings=keys),
            CASHIER: Cashier(**asks, sql=self._sql("cashier"), settings=money),
            NOTICES: Notices(**asks, sql=self._sql("notices"), settings=letters),
            OAUTH: Oauth(sql=self._sql("oauth"), clock=self.clock, identity=self.identity, settings=apps),
            AUDIT: Audit(sql=self._sql("audit")),
        }

    def _screens(self) -> dict[Service, Any]:
        boxes = SteeringSettings((BoxPlace(BoxId("a"), 9001),))
        stored = {"rows": self.rows, "clock": self.clock, "identity": self.identity, "catalog": self.catalog}
        return {
            CATALOG: self.place.catalog,
            STEERING: Steering(sql=self._sql("steering"), clock=self.clock, settings=boxes),
            STUDIO: Office(sql=self._sql("studio"), clock=self.clock),
            PLAYBACK: Playback(
                **stored,
                sql=self._sql("playback"),
                log=self.log,
                blobs=DirectoryBlobs(self.folder / "blobs"),
                steering=self.asked["steering"],
                cashier=self.asked["cashier"],
                settings=PlaybackSettings(screens=9, lease_s=3600),
            ),
            FIGURES: Figures(sql=self._sql("insight"), rows=self.rows, clock=self.clock),
            RECOMMEND: Recommend(
                sql=self._sql("recommend"),
                log=self.log,
                blobs=DirectoryBlobs(self.folder / "blobs"),
                clock=self.clock,
                catalog=self.catalog,
                figures=FiguresClient(self.exchange.channel("Figures")),
                settings=RecommendSettings(self.folder / "models"),
            ),
            HOME: Home(**stored, cache=MemoryCache("memory://"), playback=self.playback, recommend=self.asked["recommend"]),
        }

    async def close(self) -> None:
        await self._client.aclose()
        for front in self._fronts:
            await front.close()
        await self.place.log.close()
        await self.rows.close()

    async def told_of(self, topic: str, least: int) -> list[bytes]:
        """The facts that playback leaves to the log, once there are so many."""
        playback = next(each for each in self._fronts if isinstance(each, Playback))
        telling = asyncio.create_task(dict(playback.loops())["playback.ends"]())
        try:
            async with asyncio.timeout(20):
                while len(found := await self.log.look(topic, None)) < least:
                    await asyncio.sleep(0.02)
        finally:
            telling.cancel()
            await asyncio.wait([telling])
        return [each.entry.value for each in found]

    async def ask(self, path: str, body: Any = None, *, method: str = "POST", as_: str = "") -> httpx.Response:
        """As Envoy passes it on: with who asks in the headers that nobody else can set."""
        headers = {"x-matinee-account": self.account, "x-matinee-profile": as_ or self.kid, "x-matinee-role": "member"}
        passport = self.desk.passport(self.account, as_ or self.kid)
        cookie = {"cookie": f"matinee-test={passport}; matinee-test-session={self.secret}"}
        return await self._client.request(method, path, json=body, headers=headers | cookie)

    @property
    def call(self) -> Call:
        """Asha's own."""
        return self.desk.call(self.account, self.asha)

    async def graphql(self, query: str, variables: Mapping[str, Any] | None = None, *, as_: str = "") -> str:
        return (await self.ask("/graphql", {"query": query, "variables": variables or {}}, as_=as_)).text

    async def data(self, query: str, variables: Mapping[str, Any] | None = None, *, as_: str = "") -> dict[str, Any]:
        return json.loads(await self.graphql(query, variables, as_=as_))["data"]

    async def limit_asha(self, years: int) -> None:
        """She asks for her PIN above it."""
        asha = pb.Profile(account_id=self.account, profile_id=self.asha, name="Asha", avatar="sun", maturity_limit=years)
        await self.identity.change_profile(pb.ProfileChange(profile=asha, asked_by=self.asha), self.call)

    async def take_out(self, names: set[str]) -> None:
        """These films and episodes are gone, as if nobody had ever brought them."""
        for path in self.place.films.rglob("*.mkv"):
            if path.stem in names or path.stem.rpartition(" ")[2] in names:
                path.unlink()
                path.with_suffix(".nfo").unlink()
        await self.place.catalog.scan()
        await self.place.catalog.index()

    def _sql(self, name: str) -> SqliteSql:
        return SqliteSql(self.folder / f"{name}.db")

    async def _shelve(self) -> None:
        for name, rated in RATED.items():
            self.place.film(f"{name}.mkv", notes=NOTES.format(kind="movie", name=name, rated=rated))
        for path, rated in EPISODES.items():
            name = path.rpartition(" ")[2]
            self.place.film(f"{path}.mkv", notes=NOTES.format(kind="episodedetails", name=name, rated=rated))
        for folder, (name, rated) in SERIES.items():
            (self.place.films / folder / "tvshow.nfo").write_text(NOTES.format(kind="tvshow", name=name, rated=rated))
        await self.place.catalog.scan()
        for kind in (None, catalog_pb.EPISODE):
            asked = catalog_pb.ListTitlesRequest(audience=EVERYTHING, kind=kind)
            for title in (await self.place.catalog.list_titles(asked, CALL)).titles:
                self.ids[title.name] = title.title_id
                if title.kind != catalog_pb.SERIES and title.name != "Riddle":
                    await self.place.publish(title, f"Editionof{title.name}")
                    art = ArtCut(art=catalog_pb.Art(art_id=f"Artof{title.name}", glow="#112233"))
                    await self.place.catalog.learn([TitleFact(title_id=title.title_id, modified_ns=LONG_AGO_NS, art_cut=art)])
        await self.place.catalog.index()

    async def _move_in(self) -> None:
        session = await self.identity.sign_up(pb.Credentials(email="asha@example.org", password=PASSWORD), CALL)
        self.account, self.secret = session.account.account_id, session.session_secret
        (asha,) = (await self.identity.list_profiles(pb.AccountId(account_id=self.account), self.call)).profiles
        self.asha = asha.profile_id
        new = pb.NewProfile(account_id=self.account, name="Mila", avatar="moon", maturity_limit=18, asked_by=self.asha)
        self.kid = (await self.identity.create_profile(new, self.call)).profile_id
        for profile_id in (self.asha, self.kid):
            for title_id in self.ids.values():
                change = ListChange(account_id=self.account, profile_id=profile_id, title_id=title_id)
                await self.home.keep_title(change, self.desk.call(self.account, profile_id))
            for name in (*RATED, *(path.rpartition(" ")[2] for path in EPISODES)):
                if name != "Riddle":
                    await self._watch(profile_id, name)
        kids = pb.Profile(account_id=self.account, profile_id=self.kid, name="Mila", avatar="moon", kids=True)
        kids.maturity_limit = KIDS_LIMIT
        await self.identity.change_profile(pb.ProfileChange(profile=kids, asked_by=self.asha), self.call)
        pin = pb.PinChange(
            account_id=self.account, profile_id=self.asha, password=PASSWORD, pin=PIN, asks_above=True, asked_by=self.asha
        )
        await self.identity.set_pin(pin, self.call)
        await self.identity.set_pin(pb.PinChange(**{**_fields(pin), "profile_id": self.kid}), self.call)
        pick = pb.Pick(session_secret=self.secret, profile_id=self.kid, pin=PIN)
        self.secret = (await self.identity.pick_profile(pick, CALL)).session_secret

    async def _watch(self, profile_id: str, name: str) -> None:
        """Asha's last view goes on; she is in the middle of everything."""
        await self.place.clock.advance(0.1)
        here = {"account_id": self.account, "profile_id": profile_id, "scheme": "http", "host": "localhost"}
        call = self.desk.call(self.account, profile_id)
        play = PlayRequest(title_id=self.ids[name], screen_id=f"screen-{profile_id}", device="A browser", **here)
        self.views[profile_id] = (await self.playback.play(play, call)).view_id
        beat = HeartbeatRequest(view_id=self.views[profile_id], position_ms=60_000, **here)
        await self.playback.heartbeat(beat, call)


def _fields(message: pb.PinChange) -> dict[str, Any]:
    return {each.name: value for each, value in message.ListFields()}
