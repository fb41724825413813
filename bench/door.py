"""What a passport costs at the front door: CPU of Envoy per request, with the check and without, in turns.

It is the house's own configuration with one path more, which Envoy answers by itself, and a second listener that differs only in
asking nobody for a passport. One is shown for ten minutes, with every request: those of a thousand members in turn are known to
the door, and each of another lot comes for the first time.
"""

import copy
import json
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.edge import free_port
from bench.row import Row

from matinee.members.passport import open_passports
from matinee.topology import LAPTOP, Topology
from matinee.topology_file import Changes, read_topology
from matinee.up.envoy import envoy_config
from matinee.up.plan import envoy_child
from matinee.wiring import HOUSE

CHECKED_US = 50.0
ROUNDS, EACH = 10, 1000
MEMBERS = 1000
PATH = "/graphql/bench"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        topology = _topology(Path(folder) / "state")
        members = _passports(topology, MEMBERS + (ROUNDS + 1) * EACH)
        with _envoy(topology) as (envoy, port, anchor_port):
            ask = {
                "new": _Asker(port, members[MEMBERS:]),
                "known": _Asker(port, members[:MEMBERS]),
                "nobody": _Asker(anchor_port, members[:MEMBERS]),
            }
            assert _Asker(port, ["forged"]).ask(1) == {401}
            assert ask["known"].ask(4 * MEMBERS) == {204}
            spent_s = dict.fromkeys(ask, 0.0)
            for number in range(ROUNDS + 1):
                for name, asker in ask.items() if number % 2 else reversed(ask.items()):
                    before_s = used_s(envoy)
                    assert asker.ask(EACH) == {204}
                    spent_s[name] += (used_s(envoy) - before_s) * (number > 0)
    times = ROUNDS * EACH
    per_s = {name: times / cpu_s for name, cpu_s in spent_s.items()}
    yield Row(
        "requests with a passport, against ones that nobody checks", per_s["known"], per_s["nobody"], "per s of Envoy's CPU"
    )
    for name, which in (("known", "known"), ("new", "never seen")):
        added_us = (spent_s[name] - spent_s["nobody"]) / times * 1e6
        yield Row(f"checking a passport, {which}, against its promise", added_us, CHECKED_US, "us of Envoy's CPU")


class _Asker:
    """A viewer on one connection, who shows these passports in turn."""

    def __init__(self, port: int, passports: list[str]) -> None:
        cookies = (f"cookie: matinee-bench={passport}\r\n" for passport in passports)
        self._requests = [f"GET {PATH} HTTP/1.1\r\nhost: localhost\r\n{cookie}\r\n".encode() for cookie in cookies]
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._at = 0

    def ask(self, times: int) -> set[int]:
        """The statuses that came back."""
        statuses = set[int]()
        for _ in range(times):
            self._socket.sendall(self._requests[self._at % len(self._requests)])
            self._at += 1
            head = b""
            while b"\r\n\r\n" not in head:
                head += self._socket.recv(4096)
            statuses.add(int(head[9:12]))
        return statuses


def _topology(state: Path) -> Topology:
    for name in ("secrets", "run", "logs"):
        (state / name).mkdir(parents=True)
    return replace(read_topology(LAPTOP, state, tuple(HOUSE), Changes(port=free_port())), instance="bench")


def _passports(topology: Topology, members: int) -> list[str]:
    """As identity makes them, which leaves its public key where Envoy reads it."""
    passports = open_passports(topology.state / "secrets" / "passport.pem")
    (topology.state / "run" / "jwks.json").write_text(json.dumps(passports.public_keys()))
    now_ms = time.time_ns() // 1_000_000
    return [passports.mint(f"{member:032x}", f"{member:032x}", operator=False, now_ms=now_ms)[0] for member in range(members)]


@contextmanager
def _envoy(topology: Topology) -> Generator[tuple[int, int, int]]:
    """Its process, and where it asks for a passport and where it does not."""
    anchor_port, state = free_port(), topology.state
    child = envoy_child(topology)
    (state / "run" / "envoy.json").write_text(json.dumps(_with_anchor(json.loads(envoy_config(topology)), anchor_port)))
    with (state / "logs" / "door.log").open("w") as log:
        envoy = subprocess.Popen(child.argv, cwd=state, stdout=log, stderr=log)
    try:
        for port in (topology.door.port, anchor_port):
            _wait_for(port)
        yield envoy.pid, topology.door.port, anchor_port
    finally:
        envoy.send_signal(signal.SIGTERM)
        envoy.wait()


def _with_anchor(config: dict[str, Any], anchor_port: int) -> dict[str, Any]:
    listeners = config["static_resources"]["listeners"]
    _manager(listeners[0])["route_config"]["virtual_hosts"][0]["routes"].insert(
        0, {"match": {"path": PATH}, "direct_response": {"status": 204}}
    )
    anchor = copy.deepcopy(listeners[0])
    anchor["name"] = "anchor"
    anchor["address"]["socket_address"]["port_value"] = anchor_port
    _manager(anchor)["http_filters"] = [each for each in _manager(anchor)["http_filters"] if "jwt_authn" not in each["name"]]
    listeners.append(anchor)
    return config


def _manager(listener: dict[str, Any]) -> dict[str, Any]:
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def _wait_for(port: int) -> None:
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Envoy does not listen on port {port}: nothing can be measured")


def used_s(pid: int) -> float:
    """User and system time of all its threads, by the kernel's scheduler."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9
