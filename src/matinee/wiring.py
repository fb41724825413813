"""THE TABLE: every service, how it speaks, the ports it needs and whom it calls; and every engine, by its URL's scheme.

Read it top to bottom and the film walks by: members at the door, a film arrives, is known, is near, is watched.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from matinee.by_name import named
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Channel, Service
from matinee.settings import settings_of
from matinee.topology import BadTopology, Process, Topology


@dataclass(frozen=True)
class Room:
    """One service: `speaks` rpc, http or with nobody (none); `front` is its class; one instance per box if `per_box`.

    What it `calls` is answered by one of the processes that run the called service; what it `tells`, all of them hear.
    It may run in several processes, unless `once` says why not.
    """

    speaks: Literal["rpc", "http", "none"]
    front: str
    ports: tuple[str, ...]
    calls: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()  # who writes its operators' acts down, before they are done
    per_box: bool = False
    keeps: str = ""  # whose `sql` it uses, when not its own
    once: str = ""


HOUSE: Mapping[str, Room] = {
    # Keeps all in sql; that a profile left is told by whoever comes first, perhaps twice, which harms nobody.
    "identity": Room("rpc", "matinee.members.identity:Identity", ports=("sql", "log", "clock")),
    # Adds lines to sql, each once by its id.
    "audit": Room("rpc", "matinee.members.audit:Audit", ports=("sql",)),
    # All in sql; what is due is claimed there by one conditional write, and every charge has a name.
    "cashier": Room(
        "rpc", "matinee.members.cashier:Cashier", ports=("sql", "log", "clock"), calls=("identity",), acts=("audit",)
    ),
    # Keeps all in sql; a delivery is claimed there before it is made.
    "till": Room("http", "matinee.members.till.till:Till", ports=("sql", "clock")),
    # Keeps all in sql; whose turn which signing key is follows from the time.
    "oauth": Room("rpc", "matinee.members.oauth:Oauth", ports=("sql", "clock"), calls=("identity",)),
    # A letter is taken up by one conditional write; facts are shared out among them by the log.
    "notices": Room(
        "rpc", "matinee.members.notices:Notices", ports=("sql", "log", "clock"), calls=("identity",), acts=("audit",)
    ),
    # A step belongs to the worker that took it from the queue, and to another when that one dies.
    "pipeline": Room("none", "matinee.studio.pipeline:Pipeline", ports=("sql", "log", "blobs", "clock"), keeps="studio"),
    # Reads the ledger.
    "studio": Room("rpc", "matinee.studio.office:Office", ports=("sql", "clock"), acts=("audit",)),
    # One at a time looks at the libraries (library/duty.py); each has a shelf and an index of its own, made from sql.
    "catalog": Room("rpc", "matinee.library.catalog:Catalog", ports=("sql", "log", "clock")),
    # What boxes say is told to each; the keys are in sql, turned in one transaction.
    "steering": Room("rpc", "matinee.edge.steering:Steering", ports=("sql", "clock")),
    "box": Room(
        "none",
        "matinee.edge.box:Box",
        ports=("clock",),
        tells=("steering",),
        per_box=True,
        once="a box with two agents would be given its keys in turns, and count its load twice",
    ),
    # A place is one conditional write in sql; ends are told and profiles forgotten by whoever comes first.
    "playback": Room(
        "rpc",
        "matinee.screen.playback:Playback",
        ports=("sql", "rows", "log", "blobs", "clock"),
        calls=("identity", "catalog", "steering", "cashier"),
    ),
    # They share a topic's partitions; states, tables and offsets change in one transaction, by whoever stood where it begins.
    "collect": Room("none", "matinee.insight.collect:Collect", ports=("sql", "log", "rows", "clock"), keeps="insight"),
    # Reads what collect found out.
    "figures": Room("rpc", "matinee.insight.figures:Figures", ports=("sql", "rows", "clock"), keeps="insight"),
    # Keeps what stands in sql; an alarm moves on by one conditional write, and who is told of it is claimed there.
    "alarms": Room("rpc", "matinee.insight.alarms:Alarms", ports=("sql", "log", "clock"), calls=("figures", "steering")),
    # Keeps nothing; who counts facts counts each once, whichever process heard it.
    "beacons": Room("http", "matinee.screen.beacons:Beacons", ports=("log", "clock"), calls=("identity",)),
    # Has a process of its own load what is new; the tables take a fact once, whoever brings it.
    "warehouse": Room("rpc", "matinee.insight.warehouse.room:Warehouse", ports=("clock",)),
    # Keeps models in blobs and which is live in sql; one of all fits the next, claimed there.
    "recommend": Room(
        "rpc", "matinee.insight.recommend:Recommend", ports=("sql", "log", "blobs", "clock"), calls=("catalog", "figures")
    ),
    # Keeps nothing but what is in the cache, which they share.
    "home": Room(
        "rpc",
        "matinee.screen.home:Home",
        ports=("rows", "cache", "clock"),
        calls=("identity", "catalog", "playback", "recommend"),
    ),
    # Keeps nothing.
    "door": Room(
        "http",
        "matinee.screen.door:Door",
        ports=("clock",),
        calls=(
            *("identity", "audit", "oauth", "cashier", "notices", "studio"),
            *("catalog", "steering", "playback", "figures", "recommend", "home", "alarms", "warehouse"),
        ),
    ),
}

MANY = tuple(name for name, room in HOUSE.items() if not room.once)
CACHING = tuple(name for name, room in HOUSE.items() if "cache" in room.ports)

ENGINES: Mapping[str, Mapping[str, str]] = {
    "sql": {
        "sqlite": "matinee.engines.sqlite_sql:SqliteSql",
        "postgresql": "matinee.engines.postgres_sql:PostgresSql",
        "cockroachdb": "matinee.engines.postgres_sql:PostgresSql",
    },
    "rows": {"sqlite": "matinee.engines.sqlite_rows:SqliteRows", "cassandra": "matinee.engines.cassandra_rows:CassandraRows"},
    "log": {"sqlite": "matinee.engines.sqlite_log:SqliteLog", "kafka": "matinee.engines.kafka_log:KafkaLog"},
    "blobs": {"file": "matinee.engines.directory_blobs:DirectoryBlobs", "s3": "matinee.engines.s3_blobs:S3Blobs"},
    "cache": {"memory": "matinee.engines.memory_cache:MemoryCache", "memcached": "matinee.engines.memcached_cache:Memcached"},
}

READ_BY: Mapping[str, str] = {"kafka": "matinee.engines.kafka_place:place_of"}
"""What reads an address, where the engine itself begins to speak as soon as it is made."""

ON_DISK = ("sqlite", "file")
"""The schemes of the small engines, which are told a path; the large ones are told the whole URL."""


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
    connections: Mapping[str, Any] = field(default_factory=dict[str, Any])  # by the names of the processes at the other end


def furnish(topology: Topology, process: str) -> Furnished:
    """Builds the services of one process on the engines its topology names."""
    placed = next((each for each in topology.processes if each.name == process), None)
    if placed is None:
        names = ", ".join(each.name for each in topology.processes)
        raise BadTopology(f"there is no process '{process}' in this topology: it has {names}")
    clock = SystemClock()
    exchange = LocalExchange(clock, named("matinee.engines.passports:of_the_house")(topology.state / "run", topology.door.url))
    ways = _Ways(topology, placed, exchange, clock)
    furnished = Furnished(connections=ways.connections)
    shared: dict[str, object] = {"clock": clock}
    for name in placed.services:
        room = HOUSE[name]
        needs = {port: _engine(topology, port, room.keeps or name, shared) for port in room.ports}
        needs |= {callee: _client(callee, ways.to_one(callee)) for callee in room.calls}
        needs |= {callee: _client(callee, ways.to_all(callee)) for callee in room.tells}
        front_class = named(room.front)
        for box in topology.boxes if room.per_box else (None,):
            settings = settings_of(name, topology, process, box)
            front = cast(Front, front_class(**needs, **({"settings": settings} if settings else {})))
            furnished.fronts[f"{name}.{box.box_id}" if box else name] = front
            if room.speaks == "rpc":
                exchange.mount(_service(name), front)
            elif room.speaks == "http":
                furnished.http.append(name)
        for book in room.acts:
            exchange.write_acts_into(named("matinee.engines.act_book:ActBook")(_client(book, ways.to_one(book)), clock))
    furnished.stores = [shared[port] for port in ("log", "rows", "cache") if port in shared]
    furnished.answering = tuple(_service(name) for name in asked_from_outside(topology, placed))
    if furnished.answering:
        furnished.server = named("matinee.engines.grpc_rpc:GrpcServer")(_address(placed), exchange, clock)
    return furnished


def alone(topology: Topology, name: str) -> Front:
    """One service by itself, for a command: it must call no other."""
    room = HOUSE[name]
    shared: dict[str, object] = {"clock": SystemClock()}
    return cast(Front, named(room.front)(**{port: _engine(topology, port, room.keeps or name, shared) for port in room.ports}))


def store(topology: Topology, port: str, service: str = "") -> Any:
    """One engine by itself, for whoever carries a house elsewhere."""
    return _engine(topology, port, service, {})


def check_engines(topology: Topology) -> None:
    """Refuses what an engine would refuse of its address, before anything starts. Opens nothing."""
    for port, known in ENGINES.items():
        url, scheme = _address_of_engine(topology, port, "jobs")
        if scheme not in (*ON_DISK, "memory"):
            _told(port, READ_BY.get(scheme, known[scheme]), url)


def asked_from_outside(topology: Topology, process: Process) -> list[str]:
    """The services of a process that are called by services in others, which do not run them themselves, or told by them."""
    asked: set[str] = set()
    for other in topology.processes:
        if other.name != process.name:
            for room in (HOUSE[name] for name in other.services):
                asked |= {callee for callee in (*room.calls, *room.acts) if callee not in other.services}
            asked |= {callee for name in other.services for callee in HOUSE[name].tells}
    return [name for name in process.services if name in asked]


@dataclass
class _Ways:
    """How the services of one process reach those they call."""

    topology: Topology
    process: Process
    exchange: LocalExchange
    clock: SystemClock
    connections: dict[str, Any] = field(default_factory=dict[str, Any])

    def to_one(self, service: str) -> Channel:
        """Within a process by hand, else over gRPC to one of those that run it."""
        if service in self.process.services:
            return self.exchange.channel(service.title())
        return self._over_grpc(service, *(each for each in self.topology.processes if service in each.services))

    def to_all(self, service: str) -> Channel:
        ways = {
            each.name: self.to_one(service) if each == self.process else self._over_grpc(service, each)
            for each in self.topology.processes
            if service in each.services
        }
        return cast(Channel, named("matinee.engines.telling_all:ChannelToAll")(ways))

    def _over_grpc(self, service: str, *there: Process) -> Channel:
        names = " ".join(each.name for each in there)
        if names not in self.connections:
            connection = named("matinee.engines.grpc_connection:GrpcConnection")
            self.connections[names] = connection(*(_address(each) for each in there))
        return cast(Channel, named("matinee.engines.grpc_rpc:GrpcChannel")(service.title(), self.clock, self.connections[names]))


def _client(service: str, way: Channel) -> object:
    return named(f"matinee.contracts.{service}_rpc:{service.title()}Client")(way)


def _address(process: Process) -> str:
    """Where a process is asked by others: a socket in the state directory, in which all of them work."""
    return f"unix:run/{process.name}.rpc.sock"


def _engine(topology: Topology, port: str, service: str, shared: dict[str, object]) -> object:
    """The engine behind a port. A process has one of each, but for `sql`, of which each service has its own."""
    if port in shared:
        return shared[port]
    url, scheme = _address_of_engine(topology, port, service)
    engine = _told(port, ENGINES[port][scheme], Path(url.partition("://")[2].removeprefix("/")) if scheme in ON_DISK else url)
    if port != "sql":
        shared[port] = engine
    return engine


def _address_of_engine(topology: Topology, port: str, service: str) -> tuple[str, str]:
    """An engine's URL, and its scheme, which is one that we have."""
    url = topology.engine_url(port, service)
    scheme, _, place = url.partition("://")
    if scheme not in ENGINES[port] or (scheme in ON_DISK and not place):
        known = ", ".join(f"{each}://…" for each in ENGINES[port])
        raise BadTopology(f'[engines] {port} = "{url}" names no engine: known are {known}')
    if port == "sql" and "{service}" not in topology.engines.sql:
        why = "every service keeps tables of its own: put {service} into the file's or the schema's name"
        raise BadTopology(f'[engines] sql = "{url}": {why}')
    return url, scheme


def _told(port: str, name: str, place: Path | str) -> object:
    """The engine, or whatever else `name` makes of the address."""
    maker = named(name)
    try:
        return maker(place)
    except ValueError as error:
        where = "" if str(place) in str(error) else f' = "{place}"'
        raise BadTopology(f"[engines] {port}{where}: {error}") from error


def _service(name: str) -> Service:
    return cast(Service, named(f"matinee.contracts.{name}_rpc:{name.upper()}"))
