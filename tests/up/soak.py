"""The long proof of recovery: kill after kill, at random, in one house. A twentieth of it runs with every other test."""

import os
import random
import signal
from pathlib import Path

import pytest

from films import short_film
from running import House, wait_until
from visiting import Visitor

KILLS_IN_A_SOAK = 100
VICTIMS = ("front", "worker", "envoy", "nginx-master", "nginx-worker", "supervisor")


@pytest.mark.xdist_group("kills")
def test_five_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    """A short run of the proof below."""
    survive(tmp_path, KILLS_IN_A_SOAK // 20, seed=20)


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("MATINEE_SOAK"), reason="long: type make soak")
def test_a_hundred_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    """However often and wherever the house is hit, it mends itself; the film, the account and the title stay what they were."""
    survive(tmp_path, KILLS_IN_A_SOAK, seed=100)


def survive(folder: Path, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    short_film(folder / "films", "Clock", seconds=8)
    house = House(folder / "state", flags=("--library", str(folder / "films")))
    house.up()
    try:
        visitor = Visitor(house)
        visitor.sign_up("soak@example.org")
        title = visitor.wait_for_film("Clock")
        counted, order = dict.fromkeys(VICTIMS, 0), list(VICTIMS)
        for number in range(kills):
            if number % len(VICTIMS) == 0:
                order = dice.sample(VICTIMS, len(VICTIMS))
            victim = order[number % len(VICTIMS)]
            counted[victim] += 1
            hit(house, victim)
            wait_until(lambda: visitor.gets_bytes_of("Clock"), 60, f"a film plays again after {victim} was killed: {counted}")
        assert visitor.titles()["Clock"]["id"] == title["id"]
        assert visitor.graphql("{ viewer { email } }") == {"viewer": {"email": "soak@example.org"}}
        print(f"{kills} kills survived: {counted}")
    finally:
        house.down()
    assert house.pids() == {}


def hit(house: House, victim: str) -> None:
    assert house.supervisor is not None
    if victim == "supervisor":
        house.supervisor.kill()
        house.supervisor.wait()
        house.up()
        return
    wait_until(lambda: bool(house.pids().get(victim)), 60, f"{victim} runs")
    os.kill(house.pids()[victim][0], signal.SIGKILL)
