"""What each service is told beside its ports: its frozen settings, drawn from the topology."""

import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from matinee.contracts.s3_url import BadS3Url
from matinee.edge.origin import S3Origin, s3_origin
from matinee.members.paying import Payments
from matinee.ports.clock import Clock
from matinee.topology import REPOSITORY, BadTopology, BoxPlace, Topology, encode_topology, socket_of

FILMS = "films"
"""The folder in the state directory where `matinee studio add` puts films; every house watches it as a library."""


def box_folder(topology: Topology, box: BoxPlace) -> Path:
    return topology.state / "boxes" / box.box_id


def origin_of(topology: Topology) -> Path | S3Origin:
    """What the boxes read from: a directory, or S3 with a key of their own."""
    url = topology.engine_url("blobs", "box")
    if url.startswith("file:///"):
        return Path(url.removeprefix("file:///"))
    if not url.startswith("s3://"):
        raise BadTopology(f'[engines] blobs = "{url}": the boxes read from file:///… or s3://… only')
    try:
        return s3_origin(url)
    except BadS3Url as error:
        raise BadTopology(f"[engines] blobs: {error}") from error


def settings_of(name: str, topology: Topology, process: str, box: BoxPlace | None) -> object | None:
    """The frozen settings of one service. Its module is imported here, so that a process loads only what it runs."""
    settings = _SETTINGS.get(name)
    return settings(topology, process, box) if settings else None


def _identity_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.identity import IdentitySettings

    return IdentitySettings(
        key=topology.state / "secrets" / "passport.pem",
        jwks=topology.state / "run" / "jwks.json",
        url=topology.door.url.rstrip("/"),
        country=topology.viewing.country,
    )


def _cashier_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.cashier import CashierSettings
    from matinee.members.counter import House

    billing = topology.billing
    house = House(billing.currency, billing.seller, topology.door.url)
    return CashierSettings(house, _payments(topology, process))


def _payments(topology: Topology, process: str) -> Callable[[Clock], Payments] | None:
    """How the house's payment provider is opened; None when it has none."""
    from matinee.members.payments import NoKey, PaymentsSettings, open_payments, till_payments

    billing, back_to = topology.billing, f"{topology.door.url}/account"
    if billing.provider == "none":
        return None
    if billing.provider == "till":
        # Its own process's first, when that runs one.
        sockets = sorted(topology.sockets("till"), key=lambda socket: socket != socket_of("till", process))
        settings = till_payments(topology.state / "secrets", tuple(sockets), back_to)
    else:
        settings = PaymentsSettings(Path(billing.key), Path(billing.hooks_key), back_to)

    def opened(clock: Clock) -> Payments:
        try:
            return open_payments(settings, clock)
        except NoKey as error:
            raise BadTopology(f"[billing] {error}") from error

    return opened


def _till_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.till.till import TillSettings

    return TillSettings(
        is_open=topology.has_till,
        house=topology.door.url,
        secrets=topology.state / "secrets",
        web=REPOSITORY / "web" / "dist",
        doors=topology.sockets("door"),
    )


def _notices_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.letter_mail import Sender
    from matinee.members.notices import NoticesSettings
    from matinee.members.smtp_way import smtp_way

    mail = topology.mail
    return NoticesSettings(house=topology.door.url, sender=Sender(mail.sender, mail.reply_to), smtp=smtp_way(mail.smtp))


def _oauth_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.oauth import OauthSettings

    return OauthSettings(
        issuer=topology.door.url, keys=topology.state / "secrets" / "oauth", jwks=topology.state / "run" / "oauth-jwks.json"
    )


def _pipeline_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.studio.demo import DemoSettings
    from matinee.studio.pipeline import CORES, PipelineSettings
    from matinee.studio.tools import Tools, default_tools

    found, named = default_tools(), topology.tools
    tools = Tools(
        ffmpeg=Path(named.ffmpeg or found.ffmpeg),
        ffprobe=Path(named.ffprobe or found.ffprobe),
        packager=Path(named.packager or found.packager),
    )
    demo = DemoSettings(folder=topology.state / "demo", cache=topology.demo_cache) if topology.demo else None
    workers = sum("pipeline" in each.services for each in topology.processes)
    return PipelineSettings(
        state=topology.state,
        # DBOS keeps its tables as a service does: a file or a schema of its own.
        account=topology.engine_url("sql", "jobs"),
        tools=tools,
        slot=topology.one(process),
        demo=demo,
        all_rungs=topology.all_rungs,
        at_once=math.ceil(CORES / workers),
    )


def _catalog_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.library.catalog import CatalogSettings

    alone = sum("catalog" in each.services for each in topology.processes) == 1
    return CatalogSettings(
        libraries=(*topology.libraries, topology.state / FILMS),
        # An index is open in one process only.
        index=topology.state / "search" if alone else topology.state / "search" / process,
        name=topology.one(process),
    )


def _steering_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.contracts.ids import BoxId
    from matinee.edge import choose
    from matinee.edge.steering import SteeringSettings

    places = tuple(
        choose.BoxPlace(box_id=BoxId(each.box_id), port=each.port, public=each.public, limit_bps=each.limit_bps)
        for each in topology.boxes
    )
    return SteeringSettings(boxes=places, token_s=topology.viewing.token_s)


def _box_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.contracts.ids import BoxId
    from matinee.edge.box import BoxSettings

    if box is None:
        raise BadTopology("the service 'box' runs once for each [box.…]: name at least one")
    return BoxSettings(box_id=BoxId(box.box_id), folder=box_folder(topology, box), cache_bytes=box.cache_bytes)


def _playback_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.screen.playback import PlaybackSettings

    return PlaybackSettings(screens=topology.viewing.screens, lease_s=topology.viewing.lease_s)


def _beacons_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.screen.beacons import BeaconsSettings

    return BeaconsSettings(instance=topology.instance)


def _warehouse_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.insight.warehouse.room import WarehouseSettings

    file = topology.state / "run" / f"{process}.warehouse.json"
    insight = (sys.executable, "-m", "matinee", "insight")
    load = (*insight, "load", "--house", str(file))
    retention = (*insight, "made", "retention_by_month", "--house", str(file))
    return WarehouseSettings(load, retention, encode_topology(topology), file)


def _recommend_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.insight.recommend import RecommendSettings

    return RecommendSettings(models=topology.state / "models")


def _alarms_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.insight.alarm_ways import Way
    from matinee.insight.alarms import AlarmsSettings

    told = topology.alarms
    ways = [Way("pagerduty", told.pagerduty, told.pagerduty_key)] if told.pagerduty else []
    ways += [Way("webhook", each, told.webhook_key) for each in told.webhooks]
    return AlarmsSettings(house=topology.instance, link=f"{topology.door.url}/operator/figures", ways=tuple(ways))


def _door_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.screen.door import DoorSettings

    return DoorSettings(
        url=topology.door.url,
        instance=topology.instance,
        web=REPOSITORY / "web" / "dist",
        box_ports=tuple(each.port for each in topology.boxes if not each.public),
        box_origins=tuple(each.public for each in topology.boxes if each.public),
        screens=topology.viewing.screens,
        any_question=topology.viewing.documents == "any",
    )


_SETTINGS: Mapping[str, Callable[[Topology, str, BoxPlace | None], object]] = {
    "identity": _identity_settings,
    "till": _till_settings,
    "cashier": _cashier_settings,
    "notices": _notices_settings,
    "oauth": _oauth_settings,
    "pipeline": _pipeline_settings,
    "catalog": _catalog_settings,
    "steering": _steering_settings,
    "box": _box_settings,
    "playback": _playback_settings,
    "beacons": _beacons_settings,
    "warehouse": _warehouse_settings,
    "recommend": _recommend_settings,
    "alarms": _alarms_settings,
    "door": _door_settings,
}
