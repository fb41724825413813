"""One child of the supervisor: started, watched, started again with back-off, and ended with all it started.

A child that hangs is as bad as one that died, and is made into one: once it was well, it is asked every two seconds, and
three times without an answer in a row end it.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from matinee.up.state import WILL_NOT_START, WillNotStart

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
STEADY_S = 30.0
ASK_EVERY_S = 0.05
WATCH_EVERY_S = 2.0
HUNG_AFTER = 3
COMES_UP_WITHIN_S = 60.0
LARGEST_LOG_BYTES = 20_000_000

log: structlog.stdlib.BoundLogger = structlog.get_logger("supervisor")


@dataclass(frozen=True)
class Child:
    """What to run and how to tell that it is well, itself and not what it depends on: who says no too often is ended.

    `dies_with_us` is the signal the kernel sends it when the supervisor is killed; `leave` asks it to go by itself.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    is_well: Callable[[], Awaitable[bool]]
    before: Callable[[], None] = lambda: None
    dies_with_us: str = "KILL"
    leave: signal.Signals = signal.SIGTERM


class Kept:
    """A child that is kept alive until `end`."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending = False

    def begin(self) -> None:
        self._task = asyncio.create_task(self._keep(), name=self.child.name)

    async def well(self, within_s: float) -> bool:
        """Whether it became well in time."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            if self._task is not None and self._task.done():
                self._task.result()
            if self._process is not None and self._process.returncode is None and await self.child.is_well():
                return True
            await asyncio.sleep(ASK_EVERY_S)
        return False

    async def end(self, within_s: float) -> None:
        """Asks it to leave, and after `within_s` seconds makes it, together with everything it started."""
        self._ending = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.child.leave)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), within_s)
            _kill_group(process.pid)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._ending:
            began_s = time.monotonic()
            try:
                self._process = await self._start()
                status: int | str = await self._watched(self._process)
                _kill_group(self._process.pid)
            except OSError as error:
                status = f"could not be started: {error}"
            if self._ending:
                return
            if status == WILL_NOT_START:
                log.error("child refuses", child=self.child.name, log=str(self.child.log))
                raise WillNotStart(f"{self.child.name} does not start: {_last_words(self.child.log)}")
            if time.monotonic() - began_s > STEADY_S:
                wait_s = FIRST_WAIT_S
            log.warning("child died", child=self.child.name, status=status, again_in_s=wait_s, log=str(self.child.log))
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _watched(self, process: asyncio.subprocess.Process) -> int:
        """Waits for the child's end, and brings it about when it hangs."""
        watch = asyncio.create_task(self._watch(process), name=f"watch {self.child.name}")
        try:
            return await process.wait()
        finally:
            watch.cancel()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        unanswered = 0 if await self.well(COMES_UP_WITHIN_S) else HUNG_AFTER
        while unanswered < HUNG_AFTER:
            asked_s = time.monotonic()
            await asyncio.to_thread(turn_over, self.child.log)
            unanswered = 0 if await self.child.is_well() else unanswered + 1
            await asyncio.sleep(asked_s + WATCH_EVERY_S - time.monotonic())
        if process.returncode is None and not self._ending:
            log.warning("child hangs", child=self.child.name, unanswered=HUNG_AFTER)
            _kill_group(process.pid)

    async def _start(self) -> asyncio.subprocess.Process:
        child = self.child
        child.before()
        with child.log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                # The kernel ends the child when the supervisor dies, however it dies.
                "setpriv",
                "--pdeathsig",
                child.dies_with_us,
                "--",
                *child.argv,
                cwd=child.folder,
                env=dict(child.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # What it writes is its owner's business alone.
                umask=0o077,
            )


def turn_over(log_file: Path) -> None:
    """A log that has grown large becomes the last one, and begins anew: there are never more than the two.

    The child keeps writing into the same file, which is opened to append; what it writes between copy and cut is lost.
    """
    if not log_file.exists() or log_file.stat().st_size <= LARGEST_LOG_BYTES:
        return
    # A full disk takes no copy, and has all the more need of the cut.
    with contextlib.suppress(OSError):
        shutil.copyfile(log_file, log_file.with_suffix(".log.1"))
    os.truncate(log_file, 0)


def _last_words(log_file: Path) -> str:
    return log_file.read_text(errors="replace").strip().rpartition("\n")[2].removeprefix("matinee: ")


def _kill_group(pid: int) -> None:
    """Ends what a child has left behind: it led a process group of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
