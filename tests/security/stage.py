"""The house that everybody tries to break into, the people who do, and the list of its doors."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from starlette.applications import Starlette

from every_route import every_route
from matinee.contracts.oauth_rpc import OAUTH, OauthClient
from matinee.engines.local_rpc import LocalExchange
from matinee.engines.manual_clock import ManualClock
from matinee.engines.sqlite_sql import SqliteSql
from matinee.members.till.till import Till, TillSettings
from matinee.screen.door import Door, DoorSettings
from matinee.screen.openapi import HTML, Told
from matinee.wiring import HOUSE
from passes import Desk
from running import House
from visiting import Visitor

PASSWORD = "a quiet evening"
SHEET, PAGE = "text/css", {200: HTML, 303: "", 404: HTML}
TILL = {
    "GET /till/till.css": Told("Its looks.", {200: SHEET}),
    "GET /till/card/{session}": Told("Cards to choose from.", PAGE),
    "POST /till/card/{session}": Told("The one chosen.", PAGE, may=("card",), body="application/x-www-form-urlencoded"),
    "GET /till/confirm/{secret}": Told("A bank's question.", PAGE),
    "POST /till/confirm/{secret}": Told("Its answer.", PAGE, may=("answer",), body="application/x-www-form-urlencoded"),
    "GET /till/{path}": Told("Anything else.", PAGE),
}
"""The pages of the till, which only a house for trying has; its API is not behind the front door."""


@dataclass(frozen=True)
class Stage:
    """The people are in; the stranger is nobody."""

    house: House
    operator: Visitor
    ann: Visitor
    bob: Visitor
    stranger: Visitor


def doors_own(folder: Path) -> set[str]:
    """The routes of the door and of the till's pages, as their own tables have them; nobody is asked anything."""
    exchange = LocalExchange(ManualClock(), Desk(folder).passports)
    called: dict[str, Any] = dict.fromkeys(HOUSE["door"].calls)
    called["oauth"] = OauthClient(exchange.channel(OAUTH.name))
    settings = DoorSettings("http://localhost", "test", folder, (), (), screens=1, any_question=True)
    door = Door(clock=ManualClock(), **called, settings=settings).app()
    (folder / "till-key").write_text("a key"), (folder / "till-hooks").write_text("another")
    of_till = TillSettings(is_open=True, house="http://localhost", secrets=folder, web=folder, doors=("door.sock",))
    till = Till(sql=SqliteSql(folder / "till.db"), clock=ManualClock(), settings=of_till).app()
    found = [route for app in (door, till) for route in every_route(cast(Starlette, app))]
    # What is not served by a framework has no table of routes.
    return {"POST /beacons"} | {f"{method} {path.replace(':path', '')}" for method, path in found if not path.startswith("/v1/")}


class FromAnAddress(HTTPAdapter):
    """A browser at an address of its own: the door counts by it."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        here = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
        super().init_poolmanager(*args, **kwargs, source_address=(here, 0))


def browser(cookies: Visitor | None = None) -> requests.Session:
    session = requests.Session()
    session.mount("http://", FromAnAddress())
    if cookies:
        session.cookies.update({cookie.name: cookie.value or "" for cookie in cookies.jar})
    return session


def come_in(house: House, email: str) -> Visitor:
    visitor = Visitor(house)
    visitor.sign_up(email)
    return visitor
