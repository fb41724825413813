"""The service that hears what players tell, on a log of its own: asked in this process, or run in one that may be killed.

`python tests/screen/telling_house.py FOLDER N` serves at FOLDER/beacons.sock, and kills itself once its log has appended the
ledger N times, before anybody is told; 0: never.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.types import Message

from matinee.contracts.events_pb2 import PlayerFact
from matinee.contracts.identity_pb2 import AccountId, CountryAnswer
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.system_clock import SystemClock
from matinee.ports.clock import Clock
from matinee.ports.log import Entry, Log, LogUnavailable
from matinee.ports.rpc import Call
from matinee.screen.beacons import Beacons, BeaconsSettings

ACCOUNT, PROFILE, PRODUCER = "account-of-ann", "profile-of-ann", "a-tab-of-anns-browser"
SOCKET, LOG = "beacons.sock", "log.db"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


class Identity:
    """Knows where everybody is at home."""

    async def get_country(self, request: AccountId, call: Call) -> CountryAnswer:
        return CountryAnswer(country="DE")


class FrailLog(SqliteLog):
    """Goes away when it is told to; a process may die with it right after an append."""

    away = False
    appends_left = 0

    async def append(self, topic: str, entries: Sequence[Entry]) -> None:
        if self.away:
            raise LogUnavailable("the log is away")
        await super().append(topic, entries)
        if topic == "ledger" and self.appends_left:
            self.appends_left -= 1
            if self.appends_left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def beacons_on(log: Log, clock: Clock) -> Beacons:
    return Beacons(log=log, clock=clock, identity=Identity(), settings=BeaconsSettings("test"))  # pyright: ignore[reportArgumentType] # all of identity that is asked


@dataclass
class TellingHouse:
    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    log: FrailLog = field(init=False)
    beacons: Beacons = field(init=False)

    def __post_init__(self) -> None:
        self.log = FrailLog(self.folder / LOG)
        self.beacons = beacons_on(self.log, self.clock)

    async def tell(self, body: object, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        """One batch, as the front door hands it on; a dictionary is a batch of Ann's."""
        if isinstance(body, dict):
            body = msgspec.json.encode({"producer": PRODUCER, "profile": PROFILE, "sentAt": self.clock.now_ms(), **body})
        said = {"x-matinee-account": ACCOUNT, "x-matinee-profile": PROFILE, "user-agent": FIREFOX, **(headers or {})}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/beacons",
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.beacons.app()(scope, receive, send)
        return sent[0]["status"], msgspec.json.decode(sent[1]["body"])

    async def logged(self, topic: str) -> list[PlayerFact]:
        return await facts_on(self.log, topic)

    def watched(self, seq: int, **fact: object) -> dict[str, object]:
        return {"seq": seq, "at": self.clock.now_ms(), "view": "view-1", "title": "title-1", **_watched(), **fact}


def _watched() -> dict[str, object]:
    return {"watched": {"positionMs": 20_000, "runtimeMs": 90_000, "watchedMs": 10_000}}


async def facts_on(log: Log, topic: str) -> list[PlayerFact]:
    """All there are, as often as they are there."""
    found: list[PlayerFact] = []
    after = None
    while reads := await log.look(topic, after):
        found += [PlayerFact.FromString(read.entry.value) for read in reads]
        after = reads[-1].position
    return found


def start(folder: Path, dies_at: int) -> subprocess.Popen[bytes]:
    argv = [sys.executable, __file__, str(folder), str(dies_at)]
    return subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])})


async def _serve(folder: Path, dies_at: int) -> None:
    log = FrailLog(folder / LOG)
    log.appends_left = dies_at
    socket = folder / SOCKET
    socket.unlink(missing_ok=True)
    app = beacons_on(log, SystemClock()).app()
    await uvicorn.Server(uvicorn.Config(app, uds=str(socket), log_config=None, lifespan="off", interface="asgi3")).serve()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
