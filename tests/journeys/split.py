"""The same house with every service in a process of its own: nobody who watches can tell."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from films import short_film
from matinee.topology import REPOSITORY
from running import House, first_rung_topology, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("kills")

SPLIT = REPOSITORY / "topology" / "split.toml"
ALONE = ("identity", "catalog", "steering", "playback")
WITHIN_S = 30.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All but the catalog is kept by `matinee up`; the catalog is run by hand."""
    folder = tmp_path_factory.mktemp("split")
    short_film(folder / "films", "Clock", seconds=8)
    topology = first_rung_topology(folder, SPLIT)
    told = ("--library", str(folder / "films"), "--topology", str(topology))
    house = House(folder / "state", flags=(*told, "--without", "catalog"))
    argv = [sys.executable, "-m", "matinee", "run", "catalog", "--state", str(house.state), "--port", str(house.port), *told]
    with (folder / "catalog.log").open("w") as log, subprocess.Popen(argv, stdout=log, stderr=log) as catalog:
        try:
            house.up()
            yield house
        finally:
            catalog.terminate()
        assert catalog.wait(60) == 0
        assert house.down() == 0


@pytest.fixture(scope="module")
def visitor(house: House) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up("split@example.org")
    visitor.wait_for_film("Clock")
    return visitor


def test_a_film_plays_through_five_processes(house: House, visitor: Visitor) -> None:
    """Found by one process, prepared by a second, granted by a third and steered by a fourth: it plays."""
    assert visitor.gets_bytes_of("Clock")
    for name in ALONE:
        assert (house.state / "run" / f"{name}.rpc.sock").is_socket(), name


@pytest.mark.parametrize("victim", ["identity", "steering", "playback"])
def test_a_killed_service_comes_back_and_the_others_find_it(house: House, visitor: Visitor, victim: str) -> None:
    """Kill one of them with no warning: it is started again, its callers reach it again, and films play."""
    before = house.pids()[victim]
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: house.pids().get(victim, []) not in ([], before), WITHIN_S, f"a new {victim}")
    wait_until(lambda: visitor.gets_bytes_of("Clock"), WITHIN_S, "a film plays again")


def test_a_process_runs_once(house: House) -> None:
    """A second hand that would run the same process is told so, and does no harm."""
    argv = [sys.executable, "-m", "matinee", "run", "catalog", "--state", str(house.state), "--topology", str(SPLIT)]
    second = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode != 0
    assert "process catalog runs already" in second.stderr
