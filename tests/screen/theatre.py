"""Playback on its small engines, with a steering of its own, a shelf of titles and a door-keeper: a theatre for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matinee.contracts import playback_pb2 as pb
from matinee.contracts.cashier_pb2 import Entitlement, Standing
from matinee.contracts.catalog_pb2 import (
    EPISODE,
    FILM,
    PLAYABLE,
    PREPARING,
    SERIES,
    Edition,
    GetTitleRequest,
    ListTitlesRequest,
    Title,
    TitleList,
)
from matinee.contracts.events_pb2 import PlayFact
from matinee.contracts.identity_pb2 import AccountId, Profile, ProfileId
from matinee.contracts.ids import BoxId
from matinee.contracts.steering_pb2 import BoxReport
from matinee.edge.choose import BoxPlace
from matinee.edge.steering import Steering, SteeringSettings
from matinee.engines.directory_blobs import DirectoryBlobs
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.ports.rpc import Call, Refused, Unavailable
from matinee.screen.playback import Playback, PlaybackSettings

CALL = Call("trace", "test", 1e9)
LEASE_S = 45
HOUR_MS = 3_600_000
HERE = {"scheme": "http", "host": "localhost:8080"}


class Shelf:
    """A catalog of what a test puts there."""

    def __init__(self) -> None:
        self.titles: dict[str, Title] = {}

    def put(
        self, title_id: str, edition_id: str = "ed1", runtime_ms: int = HOUR_MS, heights: Sequence[int] = (), **more: object
    ) -> None:
        title = Title(title_id=title_id, name=title_id, runtime_ms=runtime_ms, state=PREPARING, **{"kind": FILM, **more})
        if edition_id:
            title.state = PLAYABLE
            title.edition.CopyFrom(Edition(edition_id=edition_id, heights_px=heights))
        self.titles[title_id] = title

    def put_series(self, series_id: str, episodes: Sequence[tuple[int, int]]) -> None:
        self.titles[series_id] = Title(title_id=series_id, name=series_id, kind=SERIES, state=PLAYABLE)
        for season, number in episodes:
            numbers = {"series_id": series_id, "season_number": season, "episode_number": number}
            self.put(f"{series_id}-{season}-{number}", kind=EPISODE, **numbers)

    async def get_title(self, request: GetTitleRequest, call: Call) -> Title:
        title = self.titles.get(request.title_id)
        limit = 18 if request.audience.operator else request.audience.maturity_limit
        if title is None or title.maturity_years > limit:
            raise Refused("missing", "We do not have that title.", "Go back home.")
        return title

    async def list_titles(self, request: ListTitlesRequest, call: Call) -> TitleList:
        limit = request.audience.maturity_limit
        found = [each for each in self.titles.values() if each.series_id == request.series_id and each.maturity_years <= limit]
        return TitleList(titles=found)


class DoorKeeper:
    """Knows every account; the profile "kid" may see what is rated up to six."""

    async def get_profile(self, request: ProfileId, call: Call) -> Profile:
        if not request.profile_id:
            raise Refused("no_profile", "Who is watching?", "Pick somebody.")
        limit = 6 if request.profile_id == "kid" else 18
        return Profile(profile_id=request.profile_id, maturity_limit=limit, seen_limit=limit)


class CashDesk:
    """A cashier who says what a test puts there; `None`: he is away."""

    def __init__(self) -> None:
        self.says: Entitlement | None = Entitlement(standing=Standing.WELCOME)

    async def entitled(self, request: AccountId, call: Call) -> Entitlement:
        if self.says is None:
            raise Unavailable("the cashier is away")
        return self.says


@dataclass
class Theatre:
    folder: Path
    boxes: tuple[str, ...] = ("a", "b")
    screens: int = 2
    clock: ManualClock = field(default_factory=ManualClock)
    shelf: Shelf = field(default_factory=Shelf)
    cash_desk: CashDesk | None = None

    async def open(self) -> "Theatre":
        places = tuple(BoxPlace(BoxId(name), 9001 + number) for number, name in enumerate(self.boxes))
        self.steering = Steering(sql=SqliteSql(self.folder / "steering.db"), clock=self.clock, settings=SteeringSettings(places))
        await self.steering.start()
        self.blobs = DirectoryBlobs(self.folder / "blobs")
        self.log = SqliteLog(self.folder / "log.db")
        self.rows = SqliteRows(self.folder / "rows.db")
        self.playback = await self.another()
        await self.boxes_report()
        return self

    async def another(self) -> Playback:
        """One more process with this service, on the same stores."""
        playback = Playback(
            sql=SqliteSql(self.folder / "playback.db"),
            rows=self.rows,
            log=self.log,
            blobs=self.blobs,
            clock=self.clock,
            identity=DoorKeeper(),
            catalog=self.shelf,
            steering=self.steering,
            cashier=self.cash_desk,  # pyright: ignore[reportArgumentType] # it has no other method
            settings=PlaybackSettings(self.screens, LEASE_S),
        )
        await playback.start()
        return playback

    async def boxes_report(self) -> None:
        for name in self.boxes:
            await self.steering.report(BoxReport(box_id=name, serving=True), CALL)

    async def wait(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.boxes_report()

    async def play(self, title: str = "film", screen: str = "", device: str = "", profile: str = "me") -> pb.PlayGrant:
        asked = pb.PlayRequest(
            account_id="acc", profile_id=profile, title_id=title, screen_id=screen and f"screen-{screen}", device=device, **HERE
        )
        return await self.playback.play(asked, CALL)

    async def heartbeat(
        self, view_id: str, position_ms: int = 0, account: str = "acc", profile: str = "me"
    ) -> pb.HeartbeatAnswer:
        asked = pb.HeartbeatRequest(view_id=view_id, account_id=account, profile_id=profile, position_ms=position_ms, **HERE)
        return await self.playback.heartbeat(asked, CALL)

    async def stop(self, view_id: str, position_ms: int = 0, account: str = "acc") -> None:
        await self.playback.stop(pb.StopRequest(view_id=view_id, account_id=account, position_ms=position_ms), CALL)

    async def manifest(self, view_id: str, form: int = pb.DASH, account: str = "acc", profile: str = "me") -> str:
        asked = pb.ManifestRequest(view_id=view_id, account_id=account, profile_id=profile, format=form, **HERE)
        return (await self.playback.manifest(asked, CALL)).text

    async def bookmarks(self, *titles: str, profile: str = "me") -> list[pb.Bookmark]:
        asked = pb.BookmarksRequest(profile_id=profile, title_ids=titles)
        return list((await self.playback.bookmarks(asked, CALL)).bookmarks)

    async def watching(self) -> list[str]:
        screens = (await self.playback.list_screens(pb.ListScreensRequest(account_id="acc"), CALL)).screens
        return [screen.device for screen in screens]

    async def told(self) -> list[tuple[str, str]]:
        """What the log knows of views, in its order: (granted | ended, view)."""
        told: list[tuple[str, str]] = []
        subscription = await self.log.subscribe("plays", f"test-{self.clock.now_ms()}")
        while found := await subscription.poll(100, 0):
            for read in found:
                fact = PlayFact.FromString(read.entry.value)
                what = fact.WhichOneof("what") or ""
                told.append((what, getattr(fact, what).view_id))
        return told
