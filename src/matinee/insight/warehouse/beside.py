"""Work done beside this process, each piece by a process of its own, at the lowest priority; none outlives this one."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

LEAVES_WITHIN_S = 2.0


@dataclass(frozen=True)
class Ended:
    status: int
    answer: str
    said: str  # on its standard error

    @property
    def why(self) -> str:
        """The last line it said."""
        return (self.said.strip().splitlines() or [f"it ended with {self.status}"])[-1]


class Beside:
    def __init__(self) -> None:
        self._running = set[asyncio.subprocess.Process]()

    async def run(self, command: Sequence[str]) -> Ended:
        """Whoever gives up waiting ends it."""
        process = await asyncio.create_subprocess_exec(
            *_wrapping(),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._running.add(process)
        try:
            answer, said = await process.communicate()
            return Ended(await process.wait(), answer.decode(errors="replace"), said.decode(errors="replace"))
        finally:
            self._running.discard(process)
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def close(self) -> None:
        """All are told to leave; what one has not committed comes again."""
        await asyncio.gather(*(_end(each) for each in self._running))


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), LEAVES_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def _wrapping() -> list[str]:
    wrapping = list[str]()
    if setpriv := shutil.which("setpriv"):
        # The kernel kills it when this process is gone.
        wrapping += [setpriv, "--pdeathsig", "KILL", "--"]
    if nice := shutil.which("nice"):
        # Viewers come first.
        wrapping += [nice, "-n", "19"]
    return wrapping
