"""Every process may be killed at any instant: the house mends itself and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from films import foreign_film, short_film
from running import House, wait_until
from visiting import Visitor

pytestmark = pytest.mark.xdist_group("kills")

MENDED_WITHIN_S = 30.0
GONE_WITHIN_S = 10.0
OPEN_WITHIN_S = 25.0  # five times the promise
HUNG_WITHIN_S = 50.0  # five times what it takes


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("kills")
    short_film(folder / "films", "Clock", seconds=8)
    house = House(folder / "state", flags=("--library", str(folder / "films")))
    house.up()
    yield house
    house.down()


@pytest.fixture(scope="module")
def visitor(house: House) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up("kills@example.org")
    visitor.wait_for_film("Clock")
    return visitor


@pytest.mark.parametrize("victim", ["front", "worker", "envoy", "nginx-master", "nginx-worker"])
def test_a_killed_process_is_replaced_and_films_play_again(house: House, visitor: Visitor, victim: str) -> None:
    """Kill any one of them with no warning: soon another stands there, and Play is answered with bytes of film."""
    before = house.pids()
    assert len(before[victim]) >= 1, before
    os.kill(before[victim][0], signal.SIGKILL)
    wait_until(lambda: house.pids().get(victim, []) not in ([], before[victim]), MENDED_WITHIN_S, f"a new {victim}")
    wait_until(lambda: visitor.gets_bytes_of("Clock"), MENDED_WITHIN_S, "a film plays again")
    wait_until(
        lambda: _census(house) == {kind: len(pids) for kind, pids in before.items() if kind != "other"},
        MENDED_WITHIN_S,
        "nobody too many",
    )


def test_a_film_survives_the_worker_that_made_it(house: House, visitor: Visitor, tmp_path: Path) -> None:
    """Kill the worker in the middle of a chunk: its ffmpeg goes with it, and another worker finishes the film."""
    foreign_film(tmp_path, "Foreign", seconds=30).rename(house.state.parent / "films" / "Foreign (2026).mkv")
    wait_until(lambda: house.tools("libx264"), 90, "a chunk is being made")
    orphans, worker = house.tools("ffmpeg"), house.pids()["worker"]
    os.kill(worker[0], signal.SIGKILL)
    wait_until(lambda: not set(orphans) & set(house.tools("ffmpeg")), GONE_WITHIN_S, "what it had started is gone")
    wait_until(lambda: house.pids().get("worker", []) not in ([], worker), MENDED_WITHIN_S, "another worker")
    visitor.wait_for_film("Foreign", within_s=90)
    assert visitor.gets_bytes_of("Foreign")


@pytest.mark.parametrize("victim", ["front", "worker", "envoy", "nginx-worker"])
def test_a_process_that_hangs_is_replaced_and_nobody_else(house: House, visitor: Visitor, victim: str) -> None:
    """Stop any one of them, so that it takes questions and never answers: soon another stands there, and no other was touched."""
    if victim in {"front", "worker"}:
        wait_until(lambda: house.is_well(victim), MENDED_WITHIN_S, f"the {victim} takes questions")
        time.sleep(1)  # the supervisor, which asks twenty times a second until then, has seen that too
    before = house.pids()
    os.kill(before[victim][0], signal.SIGSTOP)
    wait_until(lambda: before[victim][0] not in house.pids().get(victim, []), HUNG_WITHIN_S, f"the hanging {victim} is gone")
    wait_until(
        lambda: _census(house) == {kind: len(pids) for kind, pids in before.items() if kind != "other"},
        MENDED_WITHIN_S,
        f"a new {victim}",
    )
    wait_until(lambda: visitor.gets_bytes_of("Clock"), MENDED_WITHIN_S, "a film plays again")
    others = {kind for kind in before if kind != victim and (victim, kind) != ("nginx-worker", "nginx-master")} - {"other"}
    assert {kind: house.pids()[kind] for kind in others} == {kind: before[kind] for kind in others}


def test_pictures_come_though_a_box_hangs(house: House, visitor: Visitor) -> None:
    """While one box hangs, every picture asked of the front door comes, from the other box, within moments."""
    wait_until(lambda: visitor.titles()["Clock"]["art"] is not None, MENDED_WITHIN_S, "the pictures are cut")
    address = visitor.titles()["Clock"]["art"]["card"]
    stopped = house.pids()["nginx-worker"][0]
    os.kill(stopped, signal.SIGSTOP)
    for _ in range(4):
        asked_s = time.monotonic()
        assert visitor.ask(address)[0] == 200
        assert time.monotonic() - asked_s < 5  # sooner than a hanging box is replaced
    wait_until(lambda: stopped not in house.pids()["nginx-worker"], HUNG_WITHIN_S, "the hanging box is replaced")


def test_a_killed_supervisor_takes_everybody_along_and_the_next_up_opens(house: House, visitor: Visitor) -> None:
    """Kill the supervisor: nobody is left behind, the next `up` opens the same house, accounts and films included."""
    assert house.supervisor is not None
    house.supervisor.kill()
    house.supervisor.wait()
    wait_until(lambda: not house.pids(), GONE_WITHIN_S, f"all gone, but {house.pids()}")
    assert house.up() < OPEN_WITHIN_S
    wait_until(lambda: visitor.gets_bytes_of("Clock"), MENDED_WITHIN_S, "a film plays again")


def test_the_worst_case_leaves_orphans_that_the_next_up_ends(house: House, visitor: Visitor) -> None:
    """Supervisor and nginx master killed at once: nginx's workers stay, and the next `up` ends them and opens."""
    assert house.supervisor is not None
    master = house.pids()["nginx-master"][0]
    os.kill(house.supervisor.pid, signal.SIGSTOP)
    os.kill(master, signal.SIGKILL)
    house.supervisor.kill()
    house.supervisor.wait()
    wait_until(lambda: set(house.pids()) <= {"nginx-worker", "other"}, GONE_WITHIN_S, f"only nginx's are left: {house.pids()}")
    assert house.pids().get("nginx-worker"), "an orphan was expected here: without one this test shows nothing"
    house.up()
    wait_until(lambda: visitor.gets_bytes_of("Clock"), MENDED_WITHIN_S, "a film plays again")


def test_a_second_up_on_the_same_state_is_refused(house: House) -> None:
    """Two supervisors never share a state directory: the second says so and harms nothing."""
    argv = [sys.executable, "-m", "matinee", "up", "--state", str(house.state), "--port", "9"]
    second = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "another `matinee up` runs on" in second.stderr
    assert house.pids().get("front")


def test_a_directory_full_of_other_things_is_left_alone(tmp_path: Path) -> None:
    """Whoever mistypes --state keeps their files as they were, rights included."""
    (tmp_path / "diary.txt").write_text("private")
    tmp_path.chmod(0o755)
    argv = [sys.executable, "-m", "matinee", "up", "--state", str(tmp_path)]
    refused = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "give --state an empty or a new directory" in refused.stderr
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_a_port_that_is_taken_is_named(house: House, tmp_path: Path) -> None:
    """A second house on the same port says which port is taken and what to do, and starts nothing."""
    argv = [sys.executable, "-m", "matinee", "up", "--state", str(tmp_path / "state"), "--port", str(house.port)]
    refused = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert f"port {house.port} cannot be listened on" in refused.stderr
    assert "--port" in refused.stderr


def test_leaving_is_clean(house: House) -> None:
    """SIGTERM drains: the exit status is 0, nobody is left, and the ports are free for the next `up`."""
    assert house.down() == 0
    assert house.pids() == {}
    house.up()


def test_the_state_directory_is_its_owners_alone(house: House) -> None:
    """No file of the house can be read by anybody else, whatever the umask of who started it."""
    assert house.state.stat().st_mode & 0o077 == 0
    for secret in (house.state / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0, secret


def test_a_house_before_which_no_proxy_stands_believes_nobody(house: House) -> None:
    """A visitor who says that he came by https is sent to boxes by the way that he really came."""
    claims = urllib.request.Request(house.address, headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(claims, timeout=10) as page:
        policy = page.headers["content-security-policy"]
    assert f"http://localhost:{house.port + 1}" in policy
    assert "https:" not in policy


def _census(house: House) -> dict[str, int]:
    """How many there are of each kind, but for what the worker starts and ends as its work goes."""
    return {kind: len(pids) for kind, pids in house.pids().items() if kind != "other"}
