"""The payment providers that sit the exam: the till as a process of its own, and localstripe as somebody else's.

`python tests/members/providers.py FOLDER` is that till: its sockets and its store lie in the folder.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import stripe
import uvicorn

from matinee.engines.sqlite_sql import SqliteSql
from matinee.engines.system_clock import SystemClock
from matinee.members.money import Money
from matinee.members.paying import Charge
from matinee.members.payments import PaymentsSettings, till_payments, till_secrets
from matinee.members.sockets import speaks_over
from matinee.members.stripe_payments import OverHttpx, StripePayments
from matinee.members.till.cards import CARDS
from matinee.members.till.till import Till, TillSettings

PRICE = Money(1299, "EUR")
SOCKET, DOOR, SECRETS = "till.sock", "door.sock", "secrets"
BACK_TO = "http://localhost/account"
OPENS_WITHIN_S = 60.0


@dataclass
class Provider:
    """One that runs, spoken to by the adapter and, for what only a test does, by the SDK itself."""

    settings: PaymentsSettings
    key: str
    hooks: str
    payments: StripePayments = field(init=False)
    sdk: stripe.StripeClient = field(init=False)

    def __post_init__(self) -> None:
        speaks = speaks_over(self.settings.sockets, 10.0)
        base, back_to = self.settings.base, self.settings.back_to
        self.payments = StripePayments(
            base=base, back_to=back_to, key=self.key, hooks=self.hooks, clock=SystemClock(), speaks=speaks
        )
        self.sdk = stripe.StripeClient(
            self.key, base_addresses={"api": base}, http_client=OverHttpx(speaks), max_network_retries=0
        )

    async def save(self, customer: str, card: str) -> str:
        """Leaves a card with a customer, by Stripe's name of the test card."""
        return (await self.sdk.v1.payment_methods.attach_async(CARDS[card].test_id, {"customer": customer})).id

    async def charge(
        self, customer: str, method: str, charge_id: str = "", attempt: int = 1, money: Money = PRICE, alone: bool = True
    ) -> Charge:
        """As the cashier does; `alone` is a renewal, without the card's owner. Without an id it is another charge each time."""
        return await self.payments.charge(
            charge_id=charge_id or uuid.uuid4().hex,
            attempt=attempt,
            customer=customer,
            method=method,
            money=money,
            off_session=alone,
        )

    async def close(self) -> None:
        await self.payments.close()


class LocalStripe(Provider):
    async def save(self, customer: str, card: str) -> str:
        """It knows some of the names; the others it knows by its own test numbers, which go to nobody but it."""
        if card != "asks":
            return await super().save(customer, card)
        number = {"number": "4000002760003184", "exp_month": 12, "exp_year": 2032, "cvc": "123"}
        made = await self.sdk.v1.payment_methods.create_async({"type": "card", "card": number})
        return (await self.sdk.v1.payment_methods.attach_async(made.id, {"customer": customer})).id


def start_till(folder: Path) -> subprocess.Popen[bytes]:
    """Waits until it answers."""
    (folder / SOCKET).unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, __file__, str(folder)], cwd=folder, stderr=subprocess.PIPE)
    _wait_for(process, lambda: _answers(httpx.Client(transport=httpx.HTTPTransport(uds=str(folder / SOCKET))), "http://till"))
    return process


def till_in(folder: Path, socket_name: str = SOCKET) -> Provider:
    settings = till_payments(folder / SECRETS, (str(folder / socket_name),), BACK_TO)
    return Provider(settings, *till_secrets(folder / SECRETS))


def start_localstripe() -> tuple[subprocess.Popen[bytes], str]:
    """A program of its own, under its own licence: on loopback only, and with nothing kept on the disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = (
        "import sys; from aiohttp import web; from localstripe import resources, server; "
        "resources.Store.dump_to_disk = lambda self: None; "
        f"web.run_app(server.app, host='127.0.0.1', port={port}, print=None)"
    )
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", run], stderr=subprocess.PIPE)
    base = f"http://127.0.0.1:{port}"
    _wait_for(process, lambda: _answers(httpx.Client(trust_env=False), base))
    return process, base


def localstripe_at(base: str) -> Provider:
    settings = PaymentsSettings(Path("key"), Path("hooks"), BACK_TO, base)
    return LocalStripe(settings, "sk_test_12345", "whsec_test")


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stderr
    process.stderr.close()


def _wait_for(process: subprocess.Popen[bytes], answers: object) -> None:
    assert callable(answers)
    until_s = time.monotonic() + OPENS_WITHIN_S
    while not answers():
        if process.poll() is not None or time.monotonic() > until_s:
            process.kill()
            _, errors = process.communicate()
            raise AssertionError(errors.decode()[-2000:])
        time.sleep(0.02)


def _answers(client: httpx.Client, base: str) -> bool:
    with client:
        try:
            return client.get(f"{base}/v1/customers").status_code in (401, 200)
        except httpx.HTTPError:
            return False


async def _serve(folder: Path) -> None:
    clock = SystemClock()
    settings = TillSettings(
        is_open=True, house="http://localhost:8080", secrets=folder / SECRETS, web=folder, doors=(str(folder / DOOR),)
    )
    till = Till(sql=SqliteSql(folder / "till.db"), clock=clock, settings=settings)
    await till.start()
    loops = [asyncio.create_task(body()) for _, body in till.loops()]
    config = uvicorn.Config(till.app(), uds=str(folder / SOCKET), log_level="error", lifespan="off")
    await uvicorn.Server(config).serve()
    for loop in loops:
        loop.cancel()


if __name__ == "__main__":
    os.umask(0o077)
    asyncio.run(_serve(Path(sys.argv[1])))
