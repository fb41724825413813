"""The rim of one process: builds its services, runs their loops, answers for its health, and leaves when told to."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, runtime_checkable

import prometheus_client
import structlog
import uvicorn
import uvloop
from prometheus_client import Counter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matinee.ports.sql import SchemaTooNew
from matinee.ports.unavailable import Unavailable
from matinee.topology import Topology, socket_of
from matinee.up.envoy_parts import IDLE_S
from matinee.up.http_seconds import seconds
from matinee.up.open_files import open_as_many_as_allowed
from matinee.up.state import WillNotStart, held, open_state
from matinee.wiring import Front, Furnished, furnish

BACK_OFF_S = (0.2, 10.0)
DRAIN_S = 5
RARELY = (20_000, 20, 20)
"""As `gc.set_threshold` takes them: Python's own 700 are passed with every hundred requests, if many are under way at once."""
ASKED_ALL_THE_TIME = ("/steering.json", "/ready", "/beacons")
"""Every player asks again and again which box is best and tells how it fares, and Envoy asks who is ready. A good answer is
counted, and not worth a line."""
LOOP_FAILURES = Counter("matinee_loop_failures_total", "Background loops that failed and were started again", ["loop"])

log: structlog.stdlib.BoundLogger = structlog.get_logger("process")


@dataclass
class Loop:
    """How a background loop is doing."""

    name: str
    failures: int = 0
    last_failure: str = ""


@runtime_checkable
class Streaming(Protocol):
    """A front with answers that never end by themselves: it ends them, and takes up no new ones."""

    async def end_streams(self) -> None: ...


def run_alone(topology: Topology, name: str) -> None:
    """Runs one process of the topology that no supervisor keeps. Raises CannotStart."""
    os.umask(0o077)
    open_as_many_as_allowed()
    settled = open_state(topology)
    os.chdir(settled.state)
    run_process(settled, name)


def log_as_json(stream: TextIO) -> None:
    """A line for each event, as a machine reads it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
    )


def run_process(topology: Topology, name: str) -> None:
    """Runs one process of the topology until SIGTERM or SIGINT; its working directory is the state directory."""
    log_as_json(sys.stderr)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    gc.set_threshold(*RARELY)
    taken = f"process {name} runs already on {topology.state}: stop it, or `matinee up --without {name}`"
    with held(Path("run", f"{name}.lock"), taken), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(topology, name))


async def _run(topology: Topology, name: str) -> None:
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    furnished = furnish(topology, name)
    for service, front in furnished.fronts.items():
        try:
            await front.start()
        except SchemaTooNew as error:
            raise WillNotStart(str(error)) from error
        except Unavailable as error:
            log.error("cannot start", process=name, service=service, why=str(error))
            sys.exit(f"process {name} needs a store that is away; who started it tries again, or start it anew")
    if furnished.server:
        await furnished.server.start(furnished.answering)
    loops = {loop_name: Loop(loop_name) for front in furnished.fronts.values() for loop_name, _ in front.loops()}
    bodies = [(loops[loop_name], body) for front in furnished.fronts.values() for loop_name, body in front.loops()]
    tasks = [asyncio.create_task(keep_running(loop, body)) for loop, body in bodies]
    servers = [Quiet(_health(name, furnished, loops), f"run/{name}.health.sock")]
    servers += [Quiet(logged(furnished.fronts[each]), socket_of(each, name)) for each in furnished.http]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    collect_rarely()
    log.info("open", process=name, services=list(furnished.fronts))
    gone = [asyncio.create_task(leave.wait()), *serving]
    await asyncio.wait(gone, return_when=asyncio.FIRST_COMPLETED)
    await _close(furnished, tasks, servers, serving)
    gone[0].cancel()
    log.info("closed", process=name)
    if not leave.is_set():
        sys.exit(f"process {name}: a socket in {topology.state / 'run'} could not be served; its log says why")


async def _close(
    furnished: Furnished, tasks: list[asyncio.Task[None]], servers: list["Quiet"], serving: list[asyncio.Task[None]]
) -> None:
    for front in furnished.fronts.values():
        if isinstance(front, Streaming):
            await front.end_streams()
    for server in servers:
        server.should_exit = True
    await asyncio.wait(serving, timeout=DRAIN_S)
    if furnished.server:
        await furnished.server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for front in reversed(furnished.fronts.values()):
        await front.close()
    for connection in furnished.connections.values():
        await connection.close()
    for store in furnished.stores:
        await store.close()


def collect_rarely() -> None:
    """What a process has made by the time it opens stays, and is not looked through for garbage again; what comes after mostly
    goes by itself, so rings among it are looked for less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


async def keep_running(loop: Loop, body: Callable[[], Awaitable[None]]) -> None:
    """The task boundary: a loop that fails is logged, counted and started again, a little later each time."""
    wait_s, longest_s = BACK_OFF_S
    while True:
        began_s = time.monotonic()
        try:
            await body()
            failure = "it ended, and should not"
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
            log.exception("loop failed", loop=loop.name)
        loop.failures += 1
        loop.last_failure = failure
        LOOP_FAILURES.labels(loop.name).inc()
        if time.monotonic() - began_s > 60:
            wait_s = BACK_OFF_S[0]
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, longest_s)


class Quiet(uvicorn.Server):
    """A server on a unix socket, closed by its process rather than by signals of its own."""

    def __init__(self, app: ASGIApp, socket: str) -> None:
        Path(socket).unlink(missing_ok=True)
        super().__init__(
            uvicorn.Config(
                app,
                uds=socket,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                # The front door says who the peer is; nobody else reaches this socket.
                proxy_headers=False,
                # Longer than the front door keeps one idle, so that a connection is never closed as a question arrives.
                timeout_keep_alive=2 * IDLE_S,
                timeout_graceful_shutdown=DRAIN_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _health(name: str, furnished: Furnished, loops: dict[str, Loop]) -> ASGIApp:
    async def health(request: Request) -> Response:
        failing = {loop.name: {"failures": loop.failures, "last": loop.last_failure} for loop in loops.values() if loop.failures}
        return JSONResponse({"process": name, "services": list(furnished.fronts), "failing_loops": failing})

    async def metrics(request: Request) -> Response:
        return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health", health), Route("/metrics", metrics)])


def logged(front: Front) -> ASGIApp:
    """The front's app, with one wide log line per request."""
    app: ASGIApp = front.app()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType] # fronts that speak http have one

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        status, began_s = 0, time.monotonic()

        def sent(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        try:
            await app(scope, receive, sent)
        finally:
            if scope["type"] == "http":
                took_s = time.monotonic() - began_s
                seconds(scope["path"], status).observe(took_s)
                _tell(scope, status, took_s)

    return told


def _tell(scope: Scope, status: int, took_s: float) -> None:
    if status == 200 and scope["path"].endswith(ASKED_ALL_THE_TIME):
        return
    headers = dict(scope["headers"])
    log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(took_s * 1000, 1),
        trace_id=headers.get(b"x-request-id", b"").decode("latin-1"),
        account=headers.get(b"x-matinee-account", b"").decode("latin-1"),
    )
