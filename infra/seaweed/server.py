"""SeaweedFS, an S3 server, from its wheel: master, volume server, filer and S3 gateway in one process."""

import json
import signal
import sys
from pathlib import Path

from infra.asking import http_answer
from infra.keys import write_s3_identities
from infra.ports import LOOPBACK, Address, Ports
from infra.server import Server


def seaweed(ports: Ports, data: Path) -> Server:
    folder = data / "seaweed"
    identities = folder / "s3.json"
    listens = tuple(Address(LOOPBACK, port) for port in ports.seaweed.all())
    s3, master = listens[0], listens[1]

    async def is_well() -> bool:
        """The gateway refuses who has no key, and the master has a volume server to send writers to."""
        volumes = (await http_answer(master, "/dir/status")).partition(b"\r\n\r\n")[2]
        refused = b" 403 " in (await http_answer(s3, "/")).partition(b"\r\n")[0]
        return refused and volumes.startswith(b"{") and _has_room(volumes)

    return Server(
        name="seaweed",
        argv=(str(Path(sys.executable).with_name("weed")), *_flags(folder, ports, identities)),
        folder=folder,
        listens=listens,
        is_well=is_well,
        configure=lambda: write_s3_identities(data, identities),
        # The collector works harder rather than let memory grow to three times as much.
        environment={"GOMEMLIMIT": "400MiB"},
        # It takes 17 s over a SIGTERM, if it heeds it at all; what it has acknowledged outlives a SIGKILL.
        leave=signal.SIGKILL,
    )


def _has_room(status: bytes) -> bool:
    try:
        return json.loads(status)["Topology"]["Max"] > 0
    except (json.JSONDecodeError, KeyError):
        return False


def _flags(folder: Path, ports: Ports, identities: Path) -> tuple[str, ...]:
    return (
        # Logs and sockets stay in its folder rather than in the system's temporary one.
        f"-logdir={folder}",
        "server",
        f"-dir={folder}",
        # Loopback only, for all four and their gRPC.
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        f"-master.port={ports.seaweed.master}",
        # One master needs no other's vote: back from the dead it waits this long before it takes the lead again, not ten seconds.
        "-master.electionTimeout=1s",
        # It would tell its makers about us.
        "-master.telemetry=false",
        # Each bucket takes seven volumes: many small ones, or the second bucket finds no room.
        "-master.volumeSizeLimitMB=256",
        "-volume.max=60",
        f"-volume.port={ports.seaweed.volume}",
        "-filer",
        f"-filer.port={ports.seaweed.filer}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3",
        f"-s3.port={ports.seaweed.s3}",
        # Without it anyone may write.
        f"-s3.config={identities}",
        f"-s3.localSocket={folder / 's3.sock'}",
        # Two more services nobody asked for, each with a port of its own.
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        # Its caches grow to hundreds of megabytes otherwise.
        "-s3.cacheCapacityMB=32",
        "-s3.readerCacheSizeMB=64",
    )
