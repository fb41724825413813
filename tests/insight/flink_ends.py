"""A Flink that was begun by hand ends when whoever began it gives up; here a program stands in its place."""

import asyncio
import os
import signal
import sys
from pathlib import Path

PROGRAM = """#!/bin/sh
if [ "$1" = "-c" ]; then exit 0; fi
sleep 600 &
echo $! > "$FOUND.new" && mv "$FOUND.new" "$FOUND"
wait
"""


def is_there(pid: int) -> bool:
    """Neither gone nor a zombie that nobody has fetched yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_ctrl_c_leaves_no_flink_behind(tmp_path: Path) -> None:
    """Neither the program nor what it began; and whoever waited is free at once."""
    program, facts, found = tmp_path / "python", tmp_path / "facts", tmp_path / "found"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    facts.touch()
    words = ("insight", "flink", "watching", "--facts", str(facts), "--out", str(tmp_path / "out"))
    ours = {**os.environ, "MATINEE_FLINK_PYTHON": str(program), "JAVA_HOME": str(tmp_path), "FOUND": str(found)}
    waiting = await asyncio.create_subprocess_exec(sys.executable, "-m", "matinee", *words, env=ours)
    async with asyncio.timeout(60):
        while not found.exists():
            await asyncio.sleep(0.05)
        waiting.send_signal(signal.SIGINT)
        assert await waiting.wait() == 130
        while is_there(int(found.read_text())):
            await asyncio.sleep(0.05)
