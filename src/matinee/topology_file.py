"""Reads a topology file, and checks it wholly before the first socket opens: a typo dies with its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from matinee.alarms_table import BadAlarms, alarm_places
from matinee.members.letter_mail import address_of
from matinee.members.smtp_way import BadSmtpUrl, smtp_way
from matinee.topology import (
    NOT_IN_A_URL,
    AlarmPlaces,
    BadTopology,
    Billing,
    BoxPlace,
    Door,
    Engines,
    Mail,
    Process,
    ToolPaths,
    Topology,
    Viewing,
)

MOST_SELLER = 500
PROVIDERS = ("none", "till", "stripe")
CURRENCIES = ("EUR", "USD", "GBP", "INR")
PORTS = ("sql", "rows", "log", "blobs", "cache")


@dataclass(frozen=True)
class Changes:
    """What the command line says over the file; None keeps the file's word."""

    host: str | None = None
    port: int | None = None
    billing: str | None = None
    elsewhere: bool = False  # it is another machine's house: key files are not looked for on this one


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
    reader = _Reader(path, text, changes.elsewhere)
    reader.only(tables, "", {"door", "engines", "process", "box", "viewing", "billing", "mail", "alarms", "studio", "tools"})
    door = _door(reader, tables, changes)
    processes = _processes(reader, tables, services, many)
    engines = _engines(reader, tables, [each.name for each in processes if set(caching) & set(each.services)])
    return Topology(
        state=state,
        door=door,
        engines=engines,
        processes=processes,
        boxes=_boxes(reader, tables, door.port),
        viewing=_viewing(reader, tables),
        tools=ToolPaths(**reader.strings(tables, "tools", ("envoy", "nginx", "ffmpeg", "ffprobe", "packager"))),
        all_rungs=_all_rungs(reader, tables),
        billing=_billing(reader, tables, changes),
        mail=_mail(reader, tables, engines.keys) if "mail" in tables else Mail(),
        alarms=_alarms(reader, tables),
    )


@dataclass(frozen=True)
class _Reader:
    path: Path
    text: str
    elsewhere: bool

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
    reader.only(table, "door", {"host", "port", "metrics_port", "trusted_hops", "public"})
    port = changes.port if changes.port is not None else reader.number(table, "door", "port", 1, 65535)
    if not 1 <= port <= 65535:
        raise BadTopology(f"--port {port}: give a whole number from 1 to 65535")
    host = changes.host or reader.string(table, "door", "host")
    try:
        address = str(ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise reader.wrong("door", "host", f"host {host} is no IP address: give one of this machine's, or 127.0.0.1") from None
    hops = reader.number(table, "door", "trusted_hops", 0, 10) if "trusted_hops" in table else 0
    public = _public(reader, table, "door") if "public" in table else ""
    return Door(address, port, reader.number(table, "door", "metrics_port", 0, 65535), hops, public)


def _engines(reader: _Reader, tables: Mapping[str, object], caching: Sequence[str]) -> Engines:
    """`caching` are the processes that use the cache."""
    table = reader.table(tables, "engines")
    reader.only(table, "engines", {*PORTS, "keys"})
    urls = {port: reader.string(table, "engines", port) for port in PORTS}
    if urls["cache"].startswith("memory:") and len(caching) > 1:
        why = f"the processes {', '.join(caching)} would not hear of what the others forget: give memcached://…"
        raise reader.wrong("engines", "cache", f'cache = "{urls["cache"]}" is for one process, and {why}')
    keys = (reader.path.parent / reader.string(table, "engines", "keys")).resolve() if "keys" in table else None
    if keys and re.search(NOT_IN_A_URL, str(keys)):
        raise reader.wrong("engines", "keys", f"{keys} cannot stand in an address: give a path without ? # % {{ or }}")
    for port, url in urls.items():
        if "{keys}" in url and not keys:
            raise reader.wrong("engines", port, f'[engines] {port} asks for {{keys}}: say keys = "the folder of the passwords"')
    return Engines(**urls, keys=str(keys or ""))


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


def _billing(reader: _Reader, tables: Mapping[str, object], changes: Changes) -> Billing:
    table = reader.table(tables, "billing") if "billing" in tables else dict[str, object]()
    reader.only(table, "billing", {"provider", "currency", "seller", "key", "hooks_key"})
    named = {key: reader.string(table, "billing", key) for key in table}
    for key in ("key", "hooks_key"):
        if named.get(key):
            named[key] = str((reader.path.parent / named[key]).resolve())
    billing = Billing(**{**named, **({"provider": changes.billing} if changes.billing else {})})
    if billing.provider not in PROVIDERS:
        said = f'provider = "{billing.provider}": say one of {", ".join(PROVIDERS)}'
        raise BadTopology(f"--billing: {said}") if changes.billing else reader.wrong("billing", "provider", said)
    if billing.currency not in CURRENCIES:
        raise reader.wrong("billing", "currency", f'currency = "{billing.currency}": say one of {", ".join(CURRENCIES)}')
    if len(billing.seller) > MOST_SELLER:
        raise reader.wrong("billing", "seller", f"[billing] seller has {MOST_SELLER} letters at most")
    if billing.provider == "stripe" and not (billing.key and billing.hooks_key):
        raise reader.wrong("billing", "provider", 'with "stripe", say where its secrets are: key = "FILE" and hooks_key = "FILE"')
    return billing


def _mail(reader: _Reader, tables: Mapping[str, object], keys: str) -> Mail:
    told = reader.strings(tables, "mail", ("smtp", "from", "reply_to"))
    url, sender = told["smtp"].replace("{keys}", keys), told["from"]
    if "{keys}" in told["smtp"] and not keys:
        raise reader.wrong("mail", "smtp", '[mail] smtp asks for {keys}: say [engines] keys = "the folder of the passwords"')
    try:
        way = smtp_way(url)
    except BadSmtpUrl as error:
        raise reader.wrong("mail", "smtp", f'[mail] smtp = "{told["smtp"]}": {error}') from error
    if missing := [each for each in way.files if not Path(each).is_file()] if way and not reader.elsewhere else []:
        raise reader.wrong("mail", "smtp", f"[mail] smtp names {missing[0]}, which is no file: make it, or name another")
    for key in ("from", "reply_to"):
        if (told[key] and not address_of(told[key])) or (key == "from" and way and not told[key]):
            raise reader.wrong("mail", key, f'[mail] {key} = "{told[key]}": give an address, as "Matinee <films@example.org>"')
    return Mail(url, sender or Mail.sender, told["reply_to"])


def _alarms(reader: _Reader, tables: Mapping[str, object]) -> AlarmPlaces:
    table = reader.table(tables, "alarms") if "alarms" in tables else dict[str, object]()
    try:
        return alarm_places(table, reader.path.parent, elsewhere=reader.elsewhere)
    except BadAlarms as error:
        raise reader.wrong("alarms", error.key, f"[alarms] {error}") from error


def _all_rungs(reader: _Reader, tables: Mapping[str, object]) -> bool:
    rungs = reader.strings(tables, "studio", ("rungs",))["rungs"]
    if rungs not in {"all", "first"}:
        raise reader.wrong("studio", "rungs", f'[studio] rungs = "{rungs}": say "all" or "first"')
    return rungs == "all"


def _processes(
    reader: _Reader, tables: Mapping[str, object], services: Sequence[str], many: Sequence[str]
) -> tuple[Process, ...]:
    """Every process by name; of `count = 2` of a NAME, NAME-1 and NAME-2."""
    placed: dict[str, str] = {}
    wanted: dict[str, tuple[list[str], int]] = {}
    for name, value in reader.table(tables, "process").items():
        section = f"process.{name}"
        names, count = _process(reader, section, reader.table({name: value}, name, of="process"))
        wanted[name] = names, count
        for service in names:
            if service != "*" and service not in services:
                raise reader.wrong(section, "services", f"there is no service '{service}': `matinee services` lists them")
            if service in placed and service not in many:
                raise reader.wrong(section, "services", f"'{service}' is placed twice: also in [process.{placed[service]}]")
            placed[service] = name
    rest = [service for service in services if service not in placed]
    if rest and "*" not in placed:
        raise reader.wrong("process", "process", f'no process runs {", ".join(rest)}: place each, or put "*" into one process')
    processes: list[Process] = []
    for name, (names, count) in wanted.items():
        runs = tuple(service for service in services if service in names or ("*" in names and service in rest))
        alone = next((service for service in runs if count > 1 and service not in many), "")
        if alone:
            elsewhere = f'move it into a process of its own, as [process.{alone}] services = ["{alone}"]'
            raise reader.wrong(f"process.{name}", "count", f"'{alone}' is placed {count} times and may run once: {elsewhere}")
        processes += [Process(each, runs) for each in ([name] if count == 1 else [f"{name}-{n}" for n in range(1, count + 1)])]
    twice = next((each.name for at, each in enumerate(processes) if each.name in {other.name for other in processes[:at]}), "")
    if twice:
        raise reader.wrong(f"process.{twice}", f"process.{twice}", f"there are two processes '{twice}': give one another name")
    return tuple(processes)


def _process(reader: _Reader, section: str, table: Mapping[str, object]) -> tuple[list[str], int]:
    reader.only(table, section, {"services", "count"})
    names = table.get("services")
    if not isinstance(names, list) or not all(isinstance(each, str) for each in cast("list[object]", names)):
        raise reader.wrong(section, "services", f"[{section}] services must be a list of service names")
    return cast("list[str]", names), reader.number(table, section, "count", 1, 64) if "count" in table else 1


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
