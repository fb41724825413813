"""What the parts of the house write down does not fill the disk."""

import asyncio
import os
from pathlib import Path

from matinee.up.children import LARGEST_LOG_BYTES, Child, Kept

TALKATIVE = f"yes a line | head -c {LARGEST_LOG_BYTES + 1}; while sleep 0.05; do echo later; done"


async def test_a_log_begins_anew_when_it_has_grown_large(tmp_path: Path) -> None:
    """A part that goes on for months keeps what it said last, twice as much at most, and goes on writing."""
    file, last = tmp_path / "part.log", tmp_path / "part.log.1"

    async def is_well() -> bool:
        return last.exists() or (file.exists() and file.stat().st_size > LARGEST_LOG_BYTES)

    kept = Kept(Child("part", ("sh", "-c", TALKATIVE), tmp_path, os.environ, file, is_well))
    kept.begin()
    async with asyncio.timeout(60):
        while not last.exists() or file.stat().st_size > 1000 or b"later" not in file.read_bytes():
            await asyncio.sleep(0.05)
    assert last.stat().st_size > LARGEST_LOG_BYTES
    await kept.end(0.1)
