"""The service `warehouse`: once an hour it has the facts loaded, by a process of its own.

Iceberg, DuckDB and what they need weigh a hundred megabytes and a second of CPU (decisions/0036): they live for as long as the
loading takes, and then the memory is free again. Killed at any instant, the next hour does what is left.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from prometheus_client import Counter

from matinee.ports.clock import Clock

FIRST_AFTER_S = 600
HOUR_S = 3600
PAST_THE_HOUR_S = 120
LEAVES_WITHIN_S = 2.0

RUNS = Counter("matinee_warehouse_runs_total", "Times that facts were loaded into the warehouse, by how it ended", ["outcome"])
log: structlog.stdlib.BoundLogger = structlog.get_logger("warehouse")


@dataclass(frozen=True)
class WarehouseSettings:
    """`command` loads what is new; `house` is the topology that it is told, in the file `file`."""

    command: tuple[str, ...]
    house: bytes
    file: Path


class Warehouse:
    """Speaks with nobody."""

    def __init__(self, *, clock: Clock, settings: WarehouseSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._settings.file.write_bytes(self._settings.house)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("warehouse.loading", self.keep_loading),)

    async def close(self) -> None:
        """Whoever loads is told to leave; what it has not committed comes again."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), LEAVES_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def keep_loading(self) -> None:
        await self._clock.sleep(FIRST_AFTER_S)
        while True:
            await self.load()
            await self._clock.sleep(wait_s(self._clock.now_ms()))

    async def load(self) -> int:
        """The exit status of one loading."""
        began_s = self._clock.monotonic_s()
        self._process = await asyncio.create_subprocess_exec(
            *_wrapping(),
            *self._settings.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await self._process.communicate()
        status = await self._process.wait()
        RUNS.labels("loaded" if status == 0 else "failed").inc()
        last = said.decode(errors="replace").strip().splitlines()[-3:]
        took_s = round(self._clock.monotonic_s() - began_s, 1)
        (log.info if status == 0 else log.error)("loaded", status=status, said=last, s=took_s)
        return status


def wait_s(now_ms: int) -> float:
    """How long it is to the next time."""
    return (PAST_THE_HOUR_S - now_ms / 1000) % HOUR_S or HOUR_S


def _wrapping() -> list[str]:
    wrapping = list[str]()
    if setpriv := shutil.which("setpriv"):
        # The kernel kills it when this process is gone.
        wrapping += [setpriv, "--pdeathsig", "KILL", "--"]
    if nice := shutil.which("nice"):
        # Viewers come first.
        wrapping += [nice, "-n", "19"]
    return wrapping
