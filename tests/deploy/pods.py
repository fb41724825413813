"""What the pods of the manifests run, run here: the same script with the same arguments, in folders instead of volumes."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from matinee.topology import LAPTOP, REPOSITORY
from matinee.topology_file import Changes, read_topology
from matinee.up.http_get import Place, status_of
from matinee.up.kubernetes import render
from matinee.up.kubernetes_parts import CONFIG, FILMS, KEYS, SECRETS, SHARED, STATE, socket_answers
from matinee.wiring import CACHING, HOUSE, MANY
from running import free_ports

WITHIN_S = 90


class Pod:
    """One container, with a folder for each volume; `shared` is what several have in common."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.places = {SHARED: shared, STATE: folder / "volume", FILMS: folder / "films", KEYS: folder / "keys"}
        self.places |= {SECRETS: folder / "secrets", CONFIG: folder / "config"}
        for place in self.places.values():
            place.mkdir(parents=True, exist_ok=True)
        # As on a fresh disk.
        (self.places[STATE] / "lost+found").mkdir()
        self.places[CONFIG].joinpath("topology.toml").write_text(LAPTOP.read_text())
        self.port = 0
        self.running: list[subprocess.Popen[bytes]] = []

    def here(self, argument: str) -> str:
        for there, here in self.places.items():
            if argument == there or argument.startswith(f"{there}/"):
                return str(here) + argument.removeprefix(there)
        return argument

    def start(self, arguments: list[str]) -> None:
        self.port = self.port or free_ports()
        environment = {**os.environ, "MATINEE_SECRETS": self.here(SECRETS), "MATINEE_KEYS": self.here(KEYS)}
        environment |= {"MATINEE_SHARED": self.here(SHARED), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        argv = [str(REPOSITORY / "deploy" / "start"), *map(self.here, arguments), "--port", str(self.port)]
        # A port of its own beside all others on this machine, and this machine's loopback only.
        argv = [word if word != "0.0.0.0" else "127.0.0.1" for word in argv]
        self.running.append(subprocess.Popen(argv, env=environment))

    def ready(self) -> None:
        until_s = time.monotonic() + WITHIN_S
        while asyncio.run(status_of(Place(port=self.port), "/ready")) != 200:
            assert time.monotonic() < until_s, "the house did not become ready"
            time.sleep(0.2)

    def leave(self) -> list[int]:
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(WITHIN_S) for process in self.running]


@pytest.fixture
def two_pods() -> Iterator[list[Pod]]:
    """In a folder with a short path: curl takes a socket's path up to 107 bytes, and pytest's folders may be longer."""
    with TemporaryDirectory(prefix="pods-", ignore_cleanup_errors=True) as folder:
        made = [Pod(Path(folder, name), Path(folder, "shared")) for name in ("one", "two")]
        yield made
        for pod in made:
            for process in pod.running:
                if process.poll() is None:
                    process.kill()


def test_two_houses_of_one_region_know_each_others_viewers(two_pods: list[Pod]) -> None:
    """Who signed in at one house is known at the other: the passports' key and the cookie's name are the same."""
    topology = read_topology(LAPTOP, Path(STATE) / "state", tuple(HOUSE), Changes(), MANY, CACHING)
    house = render(topology, LAPTOP.read_text(), "matinee:0.3.0").files["house.yaml"][0]
    arguments: list[str] = house["spec"]["template"]["spec"]["containers"][0]["args"]
    one, two = two_pods
    (Path(one.here(SECRETS)) / "postgres").write_text("a password")
    (Path(one.here(SECRETS)) / "postgres").chmod(0o440)
    one.start([*arguments, "--without", "worker"])
    one.ready()
    two.start([*arguments, "--without", "worker"])
    two.ready()
    copy = Path(one.here(KEYS)) / "postgres"
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == ("a password", 0o600)
    passports = [Path(pod.here(f"{STATE}/state/run/jwks.json")).read_text() for pod in two_pods]
    assert passports[0] == passports[1]
    cookies = [
        re.findall(r"matinee-[0-9a-f]{8}", Path(pod.here(f"{STATE}/state/run/envoy.json")).read_text()) for pod in two_pods
    ]
    assert cookies[0] == cookies[1] != []
    one.start([*(word for word in ["run", "worker", *arguments[1:]] if word not in {"--host", "0.0.0.0"})])
    probe = socket_answers(f"{STATE}/state/run/worker.health.sock")["exec"]["command"]
    until_s = time.monotonic() + WITHIN_S
    while subprocess.run([*map(one.here, probe)], check=False).returncode:
        assert time.monotonic() < until_s, "the worker's probe never passed"
        time.sleep(0.2)
    assert [one.leave(), two.leave()] == [[0, 0], [0]]
