"""What hearing a fact costs: CPU of the process that hears batches of them, against one that only reads the same bodies.

Both stand behind the same server on a unix socket, in a process set up as the front is; ours writes its line and figures for
each request as there, and both its lanes to a log of its own. A film that plays tells two facts every ten seconds; a browser that
was offline, or several pages at once, tell twenty and more. Screens know nothing of each other: batches come when they come, to
both at the same hours. In the last row 64 are under way at any time, each told as soon as one is answered.

`python -m bench.beacons ours|bare SOCKET FOLDER` is one of the two.
"""

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop
from bench.door import used_s
from bench.load import Load
from bench.row import Row
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.contracts.identity_pb2 import AccountId, CountryAnswer
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Call
from matinee.screen.beacons import Beacons, BeaconsSettings
from matinee.up import rim

ROUNDS = 10
TELLS_EVERY_S = 10
"""Each screen, and each turn is a second: it tells once in so many of them."""
LEFT_BY_THEN_S = 0.5
"""Telemetry waits for less than that in memory, and is to be paid by who heard it."""
BATCHES_PER_S = ((2, 1_000), (2, 3_000), (20, 300))
"""Facts in each, and batches in a second: a thousand are of ten thousand screens that play, each its own account's."""
UNDER_WAY, EACH = 64, 1_000

Tell = Callable[[Load, Sequence[bytes], int], Awaitable[None]]
"""Tells these batches to one of the two; told the number of the turn."""


class _Identity:
    async def get_country(self, request: AccountId, call: Call) -> CountryAnswer:
        return CountryAnswer(country="DE")


def rows() -> Iterator[Row]:
    for facts, per_s in BATCHES_PER_S:
        what = f"facts heard, {facts} a batch, {per_s:,} batches a second, against only reading the body"
        yield _row(what, facts, per_s, lambda load, requests, turn, per_s=per_s: load.open_loop(requests, per_s, seed=turn))
    what = f"facts heard, 2 a batch, {UNDER_WAY} batches under way, against only reading the body"
    yield _row(what, 2, EACH, lambda load, requests, _: load.closed_loop(requests, UNDER_WAY))


def _row(what: str, facts: int, each: int, tell: Tell) -> Row:
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ours_s, bare_s = runner.run(_measured(Path(folder), facts, each, tell))
    told = ROUNDS * each * facts
    return Row(what, told / ours_s, told / bare_s, "facts per s of CPU")


async def _measured(folder: Path, facts: int, each: int, tell: Tell) -> tuple[float, float]:
    spent_s = {"ours": 0.0, "bare": 0.0}
    with _serving(folder, "ours") as ours, _serving(folder, "bare") as bare:
        processes = {"ours": ours, "bare": bare}
        loads = {name: Load(folder / f"{name}.sock") for name in spent_s}
        # All screens have told once before any is counted.
        for turn in range(1 - TELLS_EVERY_S, ROUNDS + 1):
            for name in spent_s if turn % 2 else reversed(spent_s):
                requests = [_request(turn % TELLS_EVERY_S * each + number, facts) for number in range(each)]
                before_s = used_s(processes[name])
                await tell(loads[name], requests, turn)
                await asyncio.sleep(LEFT_BY_THEN_S)
                spent_s[name] += (used_s(processes[name]) - before_s) * (turn > 0)
    return spent_s["ours"], spent_s["bare"]


def _request(account: int, facts: int) -> bytes:
    at = time.time_ns() // 1_000_000
    of = {"at": at, "view": f"{account:032x}", "title": "6f1d4b1ea0f34b76b9f2e2c0f5f1a111"}
    watched = {"positionMs": 1_234_567, "runtimeMs": 5_400_000, "watchedMs": 10_000}
    measured = {"playingMs": 600_000, "joinMs": 812, "bits": 2_400_000_000, "rungs": [{"height": 720, "playingMs": 600_000}]}
    batch = {
        "producer": f"{account:020x}",
        "profile": f"{account:032x}",
        "app": "web 0.6.0",
        "network": "wifi",
        "sentAt": at,
        "ledger": [{"seq": number, **of, "watched": watched} for number in range(1, facts // 2 + 1)],
        "telemetry": [{"seq": number, **of, "measured": {**measured, "boxId": "a"}} for number in range(1, facts // 2 + 1)],
    }
    body = json.dumps(batch, separators=(",", ":")).encode()
    head = (
        f"POST /beacons HTTP/1.1\r\nhost: localhost:8080\r\norigin: http://localhost:8080\r\nsec-fetch-site: same-origin\r\n"
        f"user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0\r\n"
        f"content-type: application/json\r\nx-request-id: {account:032x}\r\nx-matinee-address: 127.0.0.1\r\n"
        f"x-matinee-account: {account:032x}\r\nx-matinee-profile: {account:032x}\r\nx-matinee-role: member\r\n"
        f"cookie: matinee-bench=x\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def _serving(folder: Path, which: str) -> Generator[int]:
    """Its process, once it answers."""
    socket = folder / f"{which}.sock"
    process = subprocess.Popen([sys.executable, "-m", "bench.beacons", which, str(socket), str(folder)])
    try:
        until_s = time.monotonic() + 20
        while not socket.exists():
            if time.monotonic() > until_s or process.poll() is not None:
                raise RuntimeError(f"{which} does not listen: nothing can be measured")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _serve(which: str, socket: str, folder: Path) -> None:
    app: ASGIApp = _bare
    if which == "ours":
        log = SqliteLog(folder / "log.db")
        beacons = Beacons(log=log, clock=SystemClock(), identity=_Identity(), settings=BeaconsSettings("bench"))
        loops = [asyncio.create_task(rim.keep_running(rim.Loop(name), body)) for name, body in beacons.loops()]
        assert loops
        app = rim.logged(beacons)
    rim.collect_rarely()
    await rim.Quiet(app, socket).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
