"""Moving house onto the large engines, real servers each, and home again."""

import asyncio
import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import acsylla
import pytest

from engines.leaving import forget
from infra.keys import S3_WRITER, password_file, s3_keys_file
from infra.place import DEFAULT_DATA
from infra.ports import LOOPBACK, read_ports
from moving.moving import Old, compared, digest, killed_again_and_again, lives_on, moved
from running import region_topology

# The longest of all these tests is begun first: another worker would have nothing left to do beside it.
pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("region")]

KILLED_AT = (0.3, 0.5, 0.7, 0.9)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Old:
    return Old(tmp_path_factory.mktemp("old"))


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A name for what this test keeps on the servers. A keyspace is dear to small nodes, so it goes."""
    name = f"moved{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:10]}{int(time.time())}"
    yield name
    asyncio.run(forget_keyspaces(f"{name}a", f"{name}b"))
    for house in (f"{name}a", f"{name}b"):
        forget(house)


async def forget_keyspaces(*names: str) -> None:
    cassandra = read_ports().cassandra
    cluster = cast(Any, acsylla).create_cluster([cassandra.dc1], port=cassandra.native, request_timeout=30)
    session = await cluster.create_session()
    for name in names:
        await session.execute(cast(Any, acsylla).create_statement(f"DROP KEYSPACE IF EXISTS {name}", timeout=30))
    await session.close()


def region(old: Old, folder: Path, mark: str) -> Path:
    """The old house's topology on large engines that hold nothing yet."""
    ports = read_ports()
    postgres = f"{LOOPBACK}:{ports.postgres.port}/matinee?schema={mark}_{{service}}&passfile={password_file(DEFAULT_DATA)}"
    s3 = f"endpoint=http://{LOOPBACK}:{ports.seaweed.s3}&region=us-east-1&keys={s3_keys_file(DEFAULT_DATA, S3_WRITER)}"
    engines = {
        "sql": f"postgresql://matinee@{postgres}",
        "rows": f"cassandra://{ports.cassandra.dc1}:{ports.cassandra.native}/{mark}?dc=dc1",
        "log": f"kafka://{LOOPBACK}:{ports.kafka.broker}?prefix={mark}",
        "blobs": f"s3://exam/{mark}?{s3}",
    }
    text = old.topology.read_text()
    for port, url in engines.items():
        text, count = re.subn(rf'(?m)^{port} = ".*"', f'{port} = "{url}"', text)
        assert count == 1
    written = folder / f"{mark}.toml"
    written.write_text(text)
    return written


def one_region(folder: Path, mark: str) -> Path:
    """topology/one-region.toml, with a keyspace of its own that holds nothing yet."""
    folder.mkdir()
    written = region_topology(folder, mark)
    text = written.read_text()
    assert "/exam?dc=" in text
    written.write_text(text.replace("/exam?dc=", f"/{mark}?dc="))
    return written


def test_a_house_moves_to_the_region_and_home_again(old: Old, tmp_path: Path, mark: str) -> None:
    """A library moved onto the large engines, killed on the way or not, is the same there, and lives on in the region: two
    fronts, two workers; and what was moved home again before lives on at home."""
    laptop, state = old.topology, old.house.state
    at_once, killed = region(old, tmp_path, f"{mark}a"), one_region(tmp_path / "region", f"{mark}b")
    began_s = time.monotonic()
    status, said = moved("--from", laptop, "--to", at_once, "--state", state, "--to-state", tmp_path / "at-once")
    took_s = time.monotonic() - began_s
    assert status == 0, said
    words = ("--from", laptop, "--to", killed, "--state", state, "--to-state", tmp_path / "killed")
    status, again = killed_again_and_again(*words, after_s=[part * took_s for part in KILLED_AT])
    assert status == 0, again
    assert compared(again) == compared(said)
    assert len(compared(said)) >= 8
    assert digest(state) == old.before
    status, home = moved("--from", killed, "--to", laptop, "--state", tmp_path / "killed", "--to-state", tmp_path / "home")
    assert status == 0, home
    lives_on(old, tmp_path / "home", laptop)
    lives_on(old, tmp_path / "killed", killed)
