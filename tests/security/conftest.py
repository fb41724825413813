"""One house for all who try to break in: it has a film, and a till, so that money's doors are there, too."""

from collections.abc import Iterator

import pytest

from films import short_film
from running import OPERATOR, House, first_rung_topology
from security.stage import Stage, come_in
from visiting import Visitor


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, standing: list[House]) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("safe")
    short_film(folder / "films", "Clock", seconds=4)
    flags = ("--library", str(folder / "films"), "--topology", str(first_rung_topology(folder)), "--billing", "till")
    house = House(folder / "state", flags=flags)
    house.up()
    standing.append(house)
    people = [come_in(house, email) for email in (OPERATOR, "ann@example.org", "bob@example.org")]
    yield Stage(house, *people, stranger=Visitor(house))
    assert house.down() == 0
