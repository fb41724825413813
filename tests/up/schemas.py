"""A house whose tables a newer Matinee has changed."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.migrations import MIGRATIONS
from matinee.ports.sql import Migration
from matinee.topology import LAPTOP, BadTopology
from matinee.topology_file import Changes, read_topology
from matinee.up.state import open_state
from matinee.wiring import HOUSE, furnish
from running import free_ports


@pytest.fixture
async def newer_house(tmp_path: Path) -> Path:
    """Its accounts were kept by this Matinee, then by one a step further."""
    state = tmp_path / "state"
    open_state(read_topology(LAPTOP, state, tuple(HOUSE), Changes()))
    sql = SqliteSql(state / "identity.db")
    await sql.install(MIGRATIONS)
    later = f"{len(MIGRATIONS) + 1:04}"
    step = Migration(later, lambda op: op.add_column("accounts", sa.Column("from_tomorrow", sa.Text)))
    await sql.install((*MIGRATIONS, step))
    await sql.close()
    return state


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matinee", *words, "--port", str(free_ports())]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def test_an_older_matinee_says_at_once_why_it_does_not_start(newer_house: Path) -> None:
    """I started last month's version by mistake: I am told in a line, and need not watch it try again for a minute."""
    began_s = time.monotonic()
    up = typed("up", "--state", str(newer_house))
    assert up.returncode == 1
    assert time.monotonic() - began_s < 20
    told = up.stderr.strip().splitlines()[-1]
    assert told.startswith(f"matinee: front does not start: the database {newer_house}/identity.db: a newer Matinee")
    assert f"restore {newer_house}/identity.before-{len(MIGRATIONS) + 1:04}.db" in told
    alone = typed("run", "identity", "--state", str(newer_house))
    assert alone.returncode == 1
    assert alone.stderr.strip().splitlines()[-1] == told.replace("front does not start: ", "")


def test_services_do_not_share_their_tables(tmp_path: Path) -> None:
    """An address that would give two services one database is refused before anything is written there."""
    file = tmp_path / "shared.toml"
    file.write_text(LAPTOP.read_text().replace("{state}/{service}.db", "{state}/all.db"))
    topology = read_topology(file, tmp_path / "state", tuple(HOUSE), Changes())
    with pytest.raises(BadTopology, match=r"all\.db.*put \{service\} into"):
        furnish(topology, "front")
    assert not (tmp_path / "state").exists()
