"""The times we promise, on a real house: until `ready`, and from a film's arrival until it can be played."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.row import Row

from running import BIG_BUCK_BUNNY, House, first_rung_topology
from visiting import Visitor

READY_S = 5.0
PLAYABLE_S = 10.0


def rows() -> Iterator[Row]:
    """Two rows in seconds of wall time; the anchor is the promise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "films").mkdir()
        flags = ("--library", str(folder / "films"), "--topology", str(first_rung_topology(folder)))
        house = House(folder / "state", flags=flags)
        ready_s = house.up()
        try:
            visitor = Visitor(house)
            visitor.sign_up("bench@example.org")
            arrived_s = time.monotonic()
            (folder / "films" / "Big Buck Bunny (2008).mp4").symlink_to(BIG_BUCK_BUNNY)
            visitor.wait_for_film("Big Buck Bunny", 10 * PLAYABLE_S)
            playable_s = time.monotonic() - arrived_s
        finally:
            house.down()
    yield Row("`matinee up` until ready, against the promise", ready_s, READY_S, "s")
    yield Row("Big Buck Bunny put in the folder until playable, against the promise", playable_s, PLAYABLE_S, "s")
