"""Several tills of one house are one till."""

import asyncio
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exams.sitters import SQL, sitters_of
from matinee.engines.manual_clock import ManualClock
from matinee.members.payments import till_secrets
from matinee.members.secret_file import kept_secret
from matinee.members.sockets import speaks_over
from matinee.members.stripe_payments import StripePayments
from matinee.members.till.hooks import Hooks
from matinee.members.till.till import HOOKS, Till, TillSettings
from matinee.settings import settings_of
from matinee.topology import Topology
from matinee.topology_file import Changes, read_topology
from matinee.up.envoy import envoy_config
from matinee.wiring import CACHING, HOUSE, MANY
from members.providers import BACK_TO, PRICE, SECRETS
from running import ONE_REGION


def adapter_of(till: Till, folder: Path, clock: ManualClock) -> StripePayments:
    key, secret = till_secrets(folder / SECRETS)
    speaks = httpx.AsyncClient(transport=httpx.ASGITransport(till.app()))
    return StripePayments(base="http://till", back_to=BACK_TO, key=key, hooks=secret, clock=clock, speaks=speaks)


@pytest.mark.parametrize("engine", sitters_of(SQL))
async def test_two_tills_charge_once_and_tell_once(tmp_path: Path, engine: str) -> None:
    """One question asked of two tills at once is done once; what happened is told by one of them."""
    clock, told = ManualClock(), Counter[str]()
    settings = TillSettings(is_open=True, house="http://x", secrets=tmp_path / SECRETS, web=tmp_path, doors=("none",))
    sqls = [SQL[engine](tmp_path) for _ in range(2)]
    tills = [Till(sql=sql, clock=clock, settings=settings) for sql in sqls]
    await asyncio.gather(*(till.start() for till in tills))
    _, secret = till_secrets(tmp_path / SECRETS)
    payments = [adapter_of(till, tmp_path, clock) for till in tills]
    customers = await asyncio.gather(*(payments[number % 2].customer("asha") for number in range(8)))
    assert len(set(customers)) == 1
    page = await payments[0].open_page(customers[0], page_id="p", back_to=BACK_TO)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(tills[1].app())) as browser:
        await browser.post(page.url.replace("http://x", "http://till"), data={"card": "works"})
    method = (await payments[0].page(page.page_id)).method
    asking = [
        payments[number % 2].charge(
            charge_id="c1", attempt=1, customer=customers[0], method=method, money=PRICE, off_session=True
        )
        for number in range(8)
    ]
    assert len({(said.provider_id, said.state) for said in await asyncio.gather(*asking)}) == 1

    async def hear(request: Request) -> Response:
        told[payments[0].event(await request.body(), request.headers["stripe-signature"]).event_id] += 1
        return Response()

    house = httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=[Route("/hooks/payments", hear, methods=["POST"])])))
    await asyncio.gather(*(Hooks(sql, clock, house, HOOKS, secret).deliver() for sql in sqls))
    # A customer, a card left, its intent, its page, a payment.
    assert sorted(told.values()) == [1] * 5
    for till in tills:
        await till.close()


async def test_a_till_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    """Who is led to several sockets finds the one where somebody is, and is told when there is nobody at all."""
    here, gone = str(tmp_path / "here.sock"), str(tmp_path / "gone.sock")

    async def answer(request: Request) -> Response:
        return PlainTextResponse("here")

    config = uvicorn.Config(Starlette(routes=[Route("/", answer)]), uds=here, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    async with speaks_over((gone, here), 5.0) as house:
        assert (await house.get("http://till/")).text == "here"
    async with speaks_over((gone,), 5.0) as nobody:
        with pytest.raises(httpx.ConnectError):
            await nobody.get("http://till/")
    server.should_exit = True
    await serving


def test_a_secret_is_one_however_many_make_it(tmp_path: Path) -> None:
    """Of processes that start together and find no key, all get the same one, which nobody else on the machine may read."""
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(lambda _: kept_secret(tmp_path / "secrets" / "key", lambda: token_bytes(32)), range(32)))
    assert len(found) == 1
    assert len(found.pop()) == 32
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "secrets").iterdir()] == [("key", 0o600)]


def region(folder: Path, billing: str) -> Topology:
    return read_topology(ONE_REGION, folder / "state", tuple(HOUSE), Changes(billing=billing), MANY, CACHING)


def test_a_house_of_two_fronts_has_two_tills_and_one_way_to_them(tmp_path: Path) -> None:
    """Each front reaches its own till first and the other's when that is gone; Envoy leads to both, and to their pages only."""
    house = region(tmp_path, "till")
    assert house.sockets("till") == ("run/front-1.till.sock", "run/front-2.till.sock")
    settings = settings_of("till", house, "front-2", None)
    assert isinstance(settings, TillSettings)
    assert (settings.is_open, settings.doors) == (True, ("run/front-1.sock", "run/front-2.sock"))
    envoy = envoy_config(house)
    assert all(socket in envoy for socket in house.sockets("till"))
    led = [route for route in routes(envoy) if route["route"]["cluster"] == "till"]
    assert [route["match"] for route in led] == [{"prefix": "/till/"}]


@pytest.mark.parametrize("billing", ["none", "stripe"])
def test_a_house_that_pays_elsewhere_has_no_way_to_its_till(tmp_path: Path, billing: str) -> None:
    """Without the till in its topology a house leads nobody there, and its till stays closed."""
    house = region(tmp_path, "none")
    house = replace(house, billing=replace(house.billing, provider=billing))
    settings = settings_of("till", house, "front-1", None)
    assert isinstance(settings, TillSettings)
    assert not settings.is_open
    assert "till" not in envoy_config(house)


def routes(envoy: str) -> list[dict[str, Any]]:
    (door, *_) = json.loads(envoy)["static_resources"]["listeners"]
    manager = door["filter_chains"][0]["filters"][0]["typed_config"]
    return manager["route_config"]["virtual_hosts"][0]["routes"]
