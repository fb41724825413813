"""The processes that take money, as files and sockets in one folder, to be killed: two cashiers and a till.

`python mortal_money.py FOLDER` reads names from its input; each is a process that it forks off, so that a new one is there in
milliseconds, and whose id it prints. Their clock is ahead by as much as a file says, and runs twenty times as fast.
"""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matinee.contracts import cashier_pb2 as pb
from matinee.contracts.cashier_rpc import CASHIER
from matinee.engines.sqlite_log import SqliteLog
from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.members import invoice_paper as invoice_paper  # loaded here, rather than by each of them
from matinee.members.cashier import Cashier, CashierSettings
from matinee.members.counter import House
from matinee.members.payments import open_payments, till_payments
from matinee.members.till.till import Till, TillSettings
from matinee.ports.rpc import Refused
from matinee.ports.unavailable import Unavailable
from members.money_house import BOSS, CALL, DoorKeeper

CASHIERS = ("cashier-0", "cashier-1")
TILL = "till"
AHEAD, SECRETS = "ahead_ms", "secrets"
FAST = 20
PR_SET_PDEATHSIG = 1
METHODS = {method.name: method for method in CASHIER.methods}
REFUSED, AWAY = 409, 503


class AheadClock(SystemClock):
    """The machine's own, moved on by hand."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / AHEAD

    def now_ms(self) -> int:
        return super().now_ms() + int(self._file.read_text())

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / FAST)


class Desk:
    """A cashier, asked over a socket; where the provider's webhooks come, too."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    def app(self) -> Starlette:
        hooks = Route("/hooks/payments", self._hear, methods=["POST"])
        return Starlette(routes=[hooks, Route("/ask/{name}", self._ask, methods=["POST"])])

    async def _ask(self, request: Request) -> Response:
        method = METHODS[request.path_params["name"]]
        call = BOSS if "operator" in request.query_params else CALL
        try:
            answer = await getattr(self._cashier, method.attribute)(method.parse_request(await request.body()), call)
        except Refused as no:
            return Response(json.dumps([no.kind, no.title, no.reason]), REFUSED)
        except Unavailable as why:
            return Response(str(why), AWAY)
        return Response(answer.SerializeToString())

    async def _hear(self, request: Request) -> Response:
        signature = request.headers.get("stripe-signature", "")
        try:
            await self._cashier.hear(pb.Webhook(payload=await request.body(), signature=signature), CALL)
        except Unavailable as why:
            return Response(str(why), AWAY)
        return Response()


async def cashier(folder: Path, name: str) -> None:
    clock = AheadClock(folder)
    paying = till_payments(folder / SECRETS, (f"{folder}/{TILL}.sock",), "http://localhost/account")
    house = House("EUR", "Matinee House\n1 Quiet Street", "http://localhost")
    service = Cashier(
        sql=SqliteSql(folder / "cashier.db"),
        log=SqliteLog(folder / "log.db"),
        clock=clock,
        identity=DoorKeeper(),  # type: ignore[arg-type]
        settings=CashierSettings(house, lambda clock: open_payments(paying, clock)),
    )
    await serve(folder, name, service, Desk(service).app)


async def till(folder: Path, name: str) -> None:
    doors = tuple(f"{folder}/{each}.sock" for each in CASHIERS)
    settings = TillSettings(is_open=True, house="http://localhost", secrets=folder / SECRETS, web=folder, doors=doors)
    service = Till(sql=SqliteSql(folder / "till.db"), clock=AheadClock(folder), settings=settings)
    await serve(folder, name, service, service.app)


async def serve(folder: Path, name: str, service: Any, app: Any) -> None:
    await service.start()
    loops = [asyncio.create_task(body()) for _, body in service.loops()]
    place = folder / f"{name}.sock"
    place.unlink(missing_ok=True)
    await uvicorn.Server(uvicorn.Config(app(), uds=str(place), log_level="critical", lifespan="off")).serve()
    for loop in loops:
        loop.cancel()


def forked(body: Coroutine[Any, Any, None], log: Path) -> int:
    child = os.fork()
    if child == 0:
        os.close(0)
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(said, 1)
        os.dup2(said, 2)
        # Nobody outlives whoever forked it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        asyncio.run(body)
        os._exit(0)
    body.close()
    return child


def main(folder: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name = line.strip()
        print(forked((till if name == TILL else cashier)(folder, name), folder / f"{name}.log"), flush=True)


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]))
