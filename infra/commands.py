"""Commands that prepare a server: they end by themselves, and with us."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from infra.server import EngineError

LAST_LINES = 12
WITHIN_S = 120.0


async def run(who: str, argv: Sequence[str], folder: Path, *, told: str = "", within_s: float = WITHIN_S) -> None:
    """Runs a command to its end; what it said is in the error if it fails."""
    process = await asyncio.create_subprocess_exec(
        # The kernel ends it when we die, however we die.
        *("setpriv", "--pdeathsig", "KILL", "--", *argv),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(told.encode()), within_s)
    except TimeoutError:
        raise EngineError(f"{who}: {' '.join(argv[:3])} … did not end within {within_s:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        last = "\n".join(said.decode(errors="replace").splitlines()[-LAST_LINES:])
        raise EngineError(f"{who}: {' '.join(argv[:3])} … failed with {process.returncode}. Its last lines:\n{last}")


async def succeeds(argv: Sequence[str], folder: Path) -> bool:
    """Whether a command that only looks says yes."""
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=dict(os.environ)
    )
    return await process.wait() == 0
