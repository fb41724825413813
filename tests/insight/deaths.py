"""A runner may be killed at any instant: no fact is lost and none counts twice."""

import asyncio
import os
import sys
from pathlib import Path

from insight.dying_runner import KILLS
from matinee.topology import REPOSITORY


async def test_killed_at_every_step_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """At each question to a store, and a dozen times at any instant, a process is killed; another goes on, and all is right."""
    path = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'tests'}:{REPOSITORY}"}
    mortal = await asyncio.create_subprocess_exec(
        sys.executable,
        "-u",
        str(REPOSITORY / "tests" / "insight" / "dying_runner.py"),
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        env=path,
    )
    told = (await mortal.communicate())[0].decode().splitlines()
    assert mortal.returncode == 0
    by_step = [line for line in told if line.startswith("died ") and "chance" not in line]
    assert len(by_step) > 20
    assert all(line.endswith(" same") for line in told), told
    assert told[-1] == f"died by chance {KILLS} same"
