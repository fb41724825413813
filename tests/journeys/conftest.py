"""What the journeys through money share: one house with a till of its own, and the mail server that its letters go to."""

from collections.abc import Iterator

import pytest

from films import short_film
from postbox import Postbox, mailed_topology, open_postbox
from running import OPERATOR, House, first_rung_topology
from visiting import Visitor


@pytest.fixture(scope="session")
def mail() -> Iterator[tuple[Postbox, int]]:
    """A mail server, and the port that it listens on."""
    with open_postbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def postbox(mail: tuple[Postbox, int]) -> Postbox:
    return mail[0]


@pytest.fixture(scope="session")
def cinema(tmp_path_factory: pytest.TempPathFactory, mail: tuple[Postbox, int], standing: list[House]) -> Iterator[House]:
    """A house that shows one short film, takes money at its own till, and sends its letters by a mail server."""
    folder = tmp_path_factory.mktemp("cinema")
    short_film(folder / "films", "Clock")
    topology = mailed_topology(first_rung_topology(folder), mail[1])
    house = House(folder / "state", flags=("--library", str(folder / "films"), "--topology", str(topology), "--billing", "till"))
    house.up()
    standing.append(house)
    Visitor(house).sign_up(OPERATOR)
    yield house
    house.down()
