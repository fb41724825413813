"""A whole house whose films lie on S3."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.s3 import S3, url_of
from films import short_film
from infra.keys import S3_READER, s3_keys_file
from infra.place import DEFAULT_DATA
from running import OPERATOR, House, first_rung_topology, wait_until
from visiting import Visitor

pytestmark = pytest.mark.engines


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The boxes' key, in a file that the test may change."""
    file = tmp_path / "reader"
    shutil.copyfile(s3_keys_file(DEFAULT_DATA, S3_READER), file)
    file.chmod(0o600)
    return file


@pytest.fixture
def house(tmp_path: Path, reader: Path) -> Iterator[House]:
    short_film(tmp_path / "films", "Clock")
    topology = first_rung_topology(tmp_path)
    topology.write_text(topology.read_text().replace("file:///{state}/blobs", url_of(tmp_path / "films", S3[1], reader)))
    made = House(tmp_path / "state", flags=("--library", str(tmp_path / "films"), "--topology", str(topology)))
    made.up()
    yield made
    made.down()


def test_a_film_made_on_s3_plays_and_its_key_can_be_changed(house: House, reader: Path):
    """What the studio put on S3 plays from both boxes, with its picture. A box whose key file is gone tries until it is back."""
    visitor = Visitor(house)
    visitor.sign_up(OPERATOR)
    visitor.wait_for_film("Clock")
    wait_until(lambda: visitor.gets_bytes_of("Clock"), 30, "the film plays from every box")
    wait_until(lambda: card_of(visitor)[:4] == b"RIFF", 60, "its picture is shown")
    assert not [path for path in (house.state / "blobs").rglob("*") if path.is_file()]

    key, log = reader.read_bytes(), house.state / "logs" / "box-a.log"
    reader.unlink()
    os.kill(int((house.state / "boxes" / "a" / "nginx.pid").read_text()), signal.SIGTERM)
    errors = house.state.with_suffix(".err")
    wait_until(lambda: f"there is no file {reader}" in errors.read_text(), 30, "the owner is told")
    reader.write_bytes(key)
    reader.chmod(0o600)
    wait_until(lambda: visitor.gets_bytes_of("Clock"), 60, "the film plays from every box again")
    assert "X-Amz" not in log.read_text()


def card_of(visitor: Visitor) -> bytes:
    art = visitor.titles()["Clock"]["art"]
    return visitor.ask(art["card"])[1] if art and art["card"] else b""
