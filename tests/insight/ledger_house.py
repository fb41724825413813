"""The part of a house that hears facts of the ledger and keeps them: two real processes, which are killed, and their stores."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from matinee.contracts.events_pb2 import PlayerFact
from matinee.engines.sqlite_rows import SqliteRows
from matinee.engines.sqlite_sql import SqliteSql
from matinee.insight.history import History
from matinee.insight.streams.views import View
from matinee.ports.log import Log
from matinee.topology import LAPTOP

HEARING, KEEPING = "hearing", "keeping"
PROCESSES = f"""
[process.{HEARING}]
services = ["beacons", "identity"]

[process.{KEEPING}]
services = ["collect"]

[process.front]
"""
LOG = "sqlite:///{state}/log.db"
RUN = "watching.1"
PAGE = 50


@dataclass
class LedgerHouse:
    """On small engines, and the log at that address."""

    folder: Path
    log_url: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def socket(self) -> Path:
        return self.state / "run" / f"{HEARING}.beacons.sock"

    def start(self, *names: str) -> None:
        topology = self.folder / "ledger.toml"
        topology.write_text(LAPTOP.read_text().replace("\n[process.front]\n", PROCESSES).replace(LOG, self.log_url))
        for name in names:
            argv = [sys.executable, "-m", "matinee", "run", name, "--state", str(self.state), "--topology", str(topology)]
            with (self.folder / f"{name}.log").open("a") as output:
                self.running[name] = subprocess.Popen(argv, stdout=output, stderr=output)

    def kill(self, name: str) -> None:
        """As the kernel kills what eats its memory."""
        process = self.running.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def check(self) -> None:
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} ended by itself: {(self.folder / f'{name}.log').read_text()[-3000:]}"

    def end(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(60)

    async def history(self, profile_id: str) -> list[View]:
        """All its pages."""
        rows, views, after = SqliteRows(self.state / "rows.db"), list[View](), ""
        while page := await History(rows).page(profile_id, PAGE, after):
            views, after = views + page[0], page[1]
            if not after:
                break
        await rows.close()
        return views

    def tables(self) -> SqliteSql:
        return SqliteSql(self.state / "insight.db")


async def facts_of(log: Log) -> AsyncIterator[PlayerFact]:
    """All on the ledger, as often as they are there."""
    after = None
    while reads := await log.look("ledger", after):
        for each in reads:
            yield PlayerFact.FromString(each.entry.value)
        after = reads[-1].position


async def read_by_runner(log: Log) -> int:
    """How many entries the runner is done with."""
    return sum((await log.standings("ledger")).get(RUN, {}).values())


async def all_read(log: Log, within_s: float) -> None:
    """Waits until the runner has come to the end of the log."""
    ends, after = dict[int, int](), None
    while reads := await log.look("ledger", after):
        ends |= {each.position.partition: each.position.offset + 1 for each in reads}
        after = reads[-1].position
    async with asyncio.timeout(within_s):
        while (await log.standings("ledger")).get(RUN, {}) != ends:
            await asyncio.sleep(0.05)
