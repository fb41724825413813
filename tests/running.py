"""A whole house, run as a user runs it, for tests to visit."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from matinee.edge.nginx import default_nginx
from matinee.topology import LAPTOP, REPOSITORY
from matinee.up.http_get import Place, status_of
from matinee.up.leftovers import belongs

OPERATOR = "operator@example.org"  # the first account of the session's house, with `visiting.Visitor`'s password
READY_WITHIN_S = 60.0  # so long the supervisor waits for each of its own; a machine that tests keep busy took 18 s
ONE_REGION = REPOSITORY / "topology" / "one-region.toml"
BIG_BUCK_BUNNY = REPOSITORY / ".cache" / "demo" / "big-buck-bunny.mp4"


def free_ports(count: int = 3) -> int:
    """The first of `count` neighbouring ports that nobody listens on.

    Below those that the kernel gives to whoever calls out: these may be taken before the house has them, or while it is down.
    """
    outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    last = outgoing if outgoing > 24_000 else 60_000
    for first in range(20_000 + (os.getpid() * 37) % (last - 22_000), last - count, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no neighbouring ports are free")


@dataclass
class House:
    state: Path
    port: int = field(default_factory=free_ports)
    flags: tuple[str, ...] = ()
    supervisor: subprocess.Popen[str] | None = None
    ready_within_s: float = READY_WITHIN_S

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def up(self) -> float:
        """Starts it and waits for its `ready` line; the seconds it took."""
        began_s = time.monotonic()
        self.state.parent.mkdir(parents=True, exist_ok=True)
        errors = self.state.with_suffix(".err")
        flags = self.flags if "--topology" in self.flags else (*self.flags, "--topology", str(asked_freely(self.state.parent)))
        argv = [sys.executable, "-m", "matinee", "up", "--state", str(self.state), "--port", str(self.port), *flags]
        with errors.open("a") as output:
            self.supervisor = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=output, text=True)
        assert self.supervisor.stdout is not None
        line = self.supervisor.stdout.readline()
        took_s = time.monotonic() - began_s
        if line.strip() != f"ready {self.address}" or took_s > self.ready_within_s:
            self.down()
            raise AssertionError(f"said {line!r} after {took_s:.1f} s; {errors}:\n{errors.read_text()[-3000:]}\n{self.logs()}")
        return took_s

    def down(self) -> int:
        """Asks it to leave, as Ctrl-C does; its exit status."""
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGTERM)
        try:
            return self.supervisor.wait(60)
        finally:
            self.supervisor.kill()
            assert self.supervisor.stdout is not None
            self.supervisor.stdout.close()

    def pids(self) -> dict[str, list[int]]:
        """The house's processes by what they are: front, worker, envoy, nginx-master, nginx-worker, other."""
        ours = [int(proc.name) for proc in Path("/proc").iterdir() if proc.name.isdecimal()]
        parents = {pid: parent for pid in ours if belongs(pid, self.state, default_nginx()) and (parent := _parent_of(pid))}
        kinds = {pid: _kind(pid) for pid in parents}
        found: dict[str, list[int]] = {}
        for pid, kind in kinds.items():
            # For a moment a program being started is still a copy of who starts it; and it may be over by now.
            is_copy = kinds.get(parents[pid]) == kind
            found.setdefault("other" if is_copy else kind, []).append(pid)
        return found

    def is_well(self, process: str) -> bool:
        """Whether a process of ours says of itself that it is."""
        return asyncio.run(status_of(Place(socket=f"{self.state}/run/{process}.health.sock"), "/health")) == 200

    def tools(self, word: str) -> list[int]:
        """What the studio runs right now and was told this word: `ffmpeg` is any work, `libx264` a chunk."""
        return [pid for pid in self.pids().get("other", []) if word in _command_of(pid)]

    def logs(self) -> str:
        files = sorted(self.state.glob("logs/*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-2000:]}" for file in files)


def asked_freely(folder: Path, file: Path = LAPTOP) -> Path:
    """The laptop, but answering any question: tests ask what no page of ours does."""
    text = file.read_text().replace('documents = "trusted"', 'documents = "any"')
    assert tomllib.loads(text)["viewing"]["documents"] == "any"
    written = folder / "asked-freely.toml"
    written.write_text(text)
    return written


def first_rung_topology(folder: Path, file: Path = LAPTOP) -> Path:
    """The same, and with a studio that stops at the first edition: tests have no time for whole ladders."""
    text = asked_freely(folder, file).read_text().replace('rungs = "all"', 'rungs = "first"')
    assert tomllib.loads(text)["studio"]["rungs"] == "first"
    written = folder / "first-rung.toml"
    written.write_text(text)
    return written


def region_topology(folder: Path, house: str) -> Path:
    """topology/one-region.toml on the engines that run here, with schemas of its own in their database, for one `house`."""
    from infra.place import DEFAULT_DATA
    from infra.ports import SHIPPED_PORTS, read_ports

    shipped, ours = (map(str, ports.addresses()) for ports in (read_ports(SHIPPED_PORTS), read_ports()))
    here_of = dict(zip(shipped, ours, strict=True))
    shipped_text = first_rung_topology(folder, ONE_REGION).read_text()
    text = re.sub(r"127\.[\d.]+:\d+", lambda found: here_of[found[0]], shipped_text)
    for there, here in {
        'keys = "../.cache/engines/data/keys"': f'keys = "{DEFAULT_DATA}/keys"',
        "schema={service}": f"schema={house}_{{service}}",
        # Partitions are named by profiles, which are ours alone; a keyspace for each test would soon be too many.
        "/matinee?dc=": "/exam?dc=",
        "house=matinee": f"house={house}",
        "prefix=matinee": f"prefix={house}",
        "s3://matinee/house?": f"s3://exam/{house}?",
    }.items():
        assert there in text, there
        text = text.replace(there, here)
    written = folder / "region.toml"
    written.write_text(text)
    return written


def wait_until(true: object, within_s: float, what: str) -> None:
    """Asks a function again and again until it says yes."""
    assert callable(true)
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.1)


def _kind(pid: int) -> str:
    words = _command_of(pid)
    if named := re.search(r"matinee process ([\w-]+)", words):
        return named[1]
    for mark, kind in {
        "nginx: master": "nginx-master",
        "nginx: worker": "nginx-worker",
        "run/envoy.json": "envoy",
    }.items():
        if mark in words:
            return kind
    return "other"


def _command_of(pid: int) -> str:
    """Its words; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _parent_of(pid: int) -> int | None:
    """Nobody's, when it is gone or only waits to be buried."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state == "Z" else int(parent)
