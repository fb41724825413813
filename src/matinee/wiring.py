"""THE TABLE: every service, how it speaks, the ports it needs and whom it calls; and every engine, by its URL's scheme.

Read it top to bottom and the film walks by: members at the door, a film arrives, is known, is near, is watched.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from matinee.engines.local_rpc import LocalExchange
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Channel, Service
from matinee.topology import REPOSITORY, BadTopology, BoxPlace, Process, Topology


@dataclass(frozen=True)
class Room:
    """One service: `speaks` rpc, http or with nobody (none); `front` is its class; one instance per box if `per_box`."""

    speaks: Literal["rpc", "http", "none"]
    front: str
    ports: tuple[str, ...]
    calls: tuple[str, ...] = ()
    per_box: bool = False
    keeps: str = ""  # whose `sql` it uses, when not its own
    many: bool = False  # may run in several processes, which share its work


HOUSE: Mapping[str, Room] = {
    "identity": Room("rpc", "matinee.members.identity:Identity", ports=("sql", "log", "clock")),
    "pipeline": Room(
        "none", "matinee.studio.pipeline:Pipeline", ports=("sql", "log", "blobs", "clock"), keeps="studio", many=True
    ),
    "studio": Room("rpc", "matinee.studio.office:Office", ports=("sql", "clock")),
    "catalog": Room("rpc", "matinee.library.catalog:Catalog", ports=("sql", "log", "clock")),
    "steering": Room("rpc", "matinee.edge.steering:Steering", ports=("clock",)),
    "box": Room("none", "matinee.edge.box:Box", ports=("clock",), calls=("steering",), per_box=True),
    "playback": Room(
        "rpc",
        "matinee.screen.playback:Playback",
        ports=("sql", "rows", "log", "blobs", "clock"),
        calls=("identity", "catalog", "steering"),
    ),
    "home": Room("rpc", "matinee.screen.home:Home", ports=("rows", "cache", "clock"), calls=("identity", "catalog", "playback")),
    "door": Room(
        "http",
        "matinee.screen.door:Door",
        ports=("clock",),
        calls=("identity", "studio", "catalog", "steering", "playback", "home"),
    ),
}

MANY = tuple(name for name, room in HOUSE.items() if room.many)
CACHING = tuple(name for name, room in HOUSE.items() if "cache" in room.ports)

ENGINES: Mapping[str, Mapping[str, str]] = {
    "sql": {"sqlite": "matinee.engines.sqlite_sql:SqliteSql", "postgresql": "matinee.engines.postgres_sql:PostgresSql"},
    "rows": {"sqlite": "matinee.engines.sqlite_rows:SqliteRows", "cassandra": "matinee.engines.cassandra_rows:CassandraRows"},
    "log": {"sqlite": "matinee.engines.sqlite_log:SqliteLog"},
    "blobs": {"file": "matinee.engines.directory_blobs:DirectoryBlobs", "s3": "matinee.engines.s3_blobs:S3Blobs"},
    "cache": {"memory": "matinee.engines.memory_cache:MemoryCache", "memcached": "matinee.engines.memcached_cache:Memcached"},
}

ON_DISK = ("sqlite", "file")
"""The schemes of the small engines, which are told a path; the large ones are told the whole URL."""

FILMS = "films"
"""The folder in the state directory where `matinee studio add` puts films; every house watches it as a library."""


class Front(Protocol):
    """What every service's front class has."""

    async def start(self) -> None: ...

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]: ...

    async def close(self) -> None: ...


@dataclass
class Furnished:
    """One process's services, built and not yet started; `fronts` in the order of the table."""

    fronts: dict[str, Front] = field(default_factory=dict[str, Front])
    http: list[str] = field(default_factory=list[str])
    stores: list[Any] = field(default_factory=list[Any])  # to be closed after the services
    answering: tuple[Service, ...] = ()  # what other processes ask of this one
    server: Any = None
    connections: Mapping[str, Any] = field(default_factory=dict[str, Any])  # by the name of the process at the other end


def furnish(topology: Topology, process: str) -> Furnished:
    """Builds the services of one process on the engines its topology names."""
    placed = next((each for each in topology.processes if each.name == process), None)
    if placed is None:
        names = ", ".join(each.name for each in topology.processes)
        raise BadTopology(f"there is no process '{process}' in this topology: it has {names}")
    clock = SystemClock()
    exchange = LocalExchange(clock)
    ways = _Ways(topology, placed, exchange, clock)
    furnished = Furnished(connections=ways.connections)
    shared: dict[str, object] = {"clock": clock}
    for name in placed.services:
        room = HOUSE[name]
        needs = {port: _engine(topology, port, room.keeps or name, shared) for port in room.ports}
        needs |= {callee: ways.client(callee) for callee in room.calls}
        front_class = _named(room.front)
        for box in topology.boxes if room.per_box else (None,):
            settings = _settings(name, topology, process, box)
            front = cast(Front, front_class(**needs, **({"settings": settings} if settings else {})))
            furnished.fronts[f"{name}.{box.box_id}" if box else name] = front
            if room.speaks == "rpc":
                exchange.mount(_service(name), front)
            elif room.speaks == "http":
                furnished.http.append(name)
    furnished.stores = [shared[port] for port in ("log", "rows", "cache") if port in shared]
    furnished.answering = tuple(_service(name) for name in asked_from_outside(topology, placed))
    if furnished.answering:
        furnished.server = _named("matinee.engines.grpc_rpc:GrpcServer")(_address(placed), exchange, clock)
    return furnished


def alone(topology: Topology, name: str) -> Front:
    """One service by itself, for a command: it must call no other."""
    room = HOUSE[name]
    shared: dict[str, object] = {"clock": SystemClock()}
    return cast(Front, _named(room.front)(**{port: _engine(topology, port, room.keeps or name, shared) for port in room.ports}))


def asked_from_outside(topology: Topology, process: Process) -> list[str]:
    """The services of a process that are called by services in others."""
    others = {name for each in topology.processes if each != process for name in each.services}
    called = {callee for name in others for callee in HOUSE[name].calls}
    return [name for name in process.services if name in called]


@dataclass
class _Ways:
    """How the services of one process reach those they call."""

    topology: Topology
    process: Process
    exchange: LocalExchange
    clock: SystemClock
    connections: dict[str, Any] = field(default_factory=dict[str, Any])

    def client(self, service: str) -> object:
        return _named(f"matinee.contracts.{service}_rpc:{service.title()}Client")(self._channel(service))

    def _channel(self, service: str) -> Channel:
        """Within a process by hand, to another one over gRPC."""
        if service in self.process.services:
            return self.exchange.channel(service.title())
        there = next(each for each in self.topology.processes if service in each.services)
        if there.name not in self.connections:
            self.connections[there.name] = _named("matinee.engines.grpc_rpc:GrpcConnection")(_address(there))
        return cast(
            Channel, _named("matinee.engines.grpc_rpc:GrpcChannel")(service.title(), self.clock, self.connections[there.name])
        )


def _address(process: Process) -> str:
    """Where a process is asked by others: a socket in the state directory, in which all of them work."""
    return f"unix:run/{process.name}.rpc.sock"


def _engine(topology: Topology, port: str, service: str, shared: dict[str, object]) -> object:
    """The engine behind a port. A process has one of each, but for `sql`, of which each service has its own."""
    if port in shared:
        return shared[port]
    url = topology.engine_url(port, service)
    scheme, _, place = url.partition("://")
    if scheme not in ENGINES[port] or (scheme in ON_DISK and not place):
        known = ", ".join(f"{each}://…" for each in ENGINES[port])
        raise BadTopology(f'[engines] {port} = "{url}" names no engine: known are {known}')
    engine = _named(ENGINES[port][scheme])(Path(place.removeprefix("/")) if scheme in ON_DISK else url)
    if port != "sql":
        shared[port] = engine
    return engine


def _service(name: str) -> Service:
    return cast(Service, _named(f"matinee.contracts.{name}_rpc:{name.upper()}"))


def _named(where: str) -> Any:
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)


def box_folder(topology: Topology, box: BoxPlace) -> Path:
    return topology.state / "boxes" / box.box_id


def films_folder(topology: Topology) -> Path:
    """The directory the boxes read from."""
    url = topology.engine_url("blobs", "box")
    if not url.startswith("file:///"):
        raise BadTopology(f'[engines] blobs = "{url}": the boxes read from file:///… only')
    return Path(url.removeprefix("file:///"))


def _settings(name: str, topology: Topology, process: str, box: BoxPlace | None) -> object | None:
    """The frozen settings of one service. Its module is imported here, so that a process loads only what it runs."""
    settings = _SETTINGS.get(name)
    return settings(topology, process, box) if settings else None


def _identity_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.members.identity import IdentitySettings

    return IdentitySettings(
        key=topology.state / "secrets" / "passport.pem",
        jwks=topology.state / "run" / "jwks.json",
        country=topology.viewing.country,
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
        tools=tools,
        slot=process,
        demo=demo,
        all_rungs=topology.all_rungs,
        at_once=math.ceil(CORES / workers),
    )


def _catalog_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.library.catalog import CatalogSettings

    return CatalogSettings(libraries=(*topology.libraries, topology.state / FILMS), index=topology.state / "search")


def _steering_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.contracts.ids import BoxId
    from matinee.edge import choose
    from matinee.edge.steering import SteeringSettings

    places = tuple(
        choose.BoxPlace(box_id=BoxId(each.box_id), port=each.port, public=each.public, limit_bps=each.limit_bps)
        for each in topology.boxes
    )
    return SteeringSettings(state=topology.state, boxes=places, token_s=topology.viewing.token_s)


def _box_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.contracts.ids import BoxId
    from matinee.edge.box import BoxSettings

    if box is None:
        raise BadTopology("the service 'box' runs once for each [box.…]: name at least one")
    return BoxSettings(box_id=BoxId(box.box_id), folder=box_folder(topology, box), cache_bytes=box.cache_bytes)


def _playback_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.screen.playback import PlaybackSettings

    return PlaybackSettings(screens=topology.viewing.screens, lease_s=topology.viewing.lease_s)


def _door_settings(topology: Topology, process: str, box: BoxPlace | None) -> object:
    from matinee.screen.door import DoorSettings

    return DoorSettings(
        instance=topology.instance,
        web=REPOSITORY / "web" / "dist",
        box_ports=tuple(each.port for each in topology.boxes if not each.public),
        box_origins=tuple(each.public for each in topology.boxes if each.public),
        screens=topology.viewing.screens,
        any_question=topology.viewing.documents == "any",
    )


_SETTINGS: Mapping[str, Callable[[Topology, str, BoxPlace | None], object]] = {
    "identity": _identity_settings,
    "pipeline": _pipeline_settings,
    "catalog": _catalog_settings,
    "steering": _steering_settings,
    "box": _box_settings,
    "playback": _playback_settings,
    "door": _door_settings,
}
