"""Who is at work, as the workers' table has it."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from matinee.engines.sqlite_sql import SqliteSql
from matinee.settings import settings_of
from matinee.studio.crew import beat
from matinee.studio.migrations import MIGRATIONS
from matinee.studio.pipeline import PipelineSettings
from matinee.topology import LAPTOP
from matinee.topology_file import Changes, read_topology
from matinee.up.state import open_state
from matinee.wiring import HOUSE


async def test_workers_of_one_name_in_two_pods_both_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pods each run a `worker`: neither takes over the other's work. One started anew where it was follows itself at once."""
    monkeypatch.setenv("MATINEE_SHARED", str(tmp_path))
    laptop = read_topology(LAPTOP, tmp_path, tuple(HOUSE), Changes())

    def slot(pod: str) -> str:
        house = open_state(replace(laptop, state=tmp_path / pod))
        return cast(PipelineSettings, settings_of("pipeline", house, "worker", None)).slot

    sql = SqliteSql(tmp_path / "studio.db")
    await sql.install(MIGRATIONS)
    await sql.transact(lambda db: beat(db, "first", slot("a"), 1_000))
    assert await sql.transact(lambda db: beat(db, "second", slot("b"), 1_000)) == {"first", "second"}
    assert await sql.transact(lambda db: beat(db, "again", slot("a"), 1_000)) == {"second", "again"}
    await sql.close()
