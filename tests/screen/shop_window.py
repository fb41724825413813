"""The plans that strangers see."""

from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from matinee.contracts.cashier_pb2 import ListPlansRequest, Plan, PlanList
from matinee.contracts.cashier_rpc import CashierClient
from matinee.contracts.events_pb2 import Money
from matinee.engines.system_clock import SystemClock
from matinee.ports.rpc import Call, Method
from matinee.screen.shop_window import ShopWindow

SMALL = Plan(plan_id="small", name="Small", height=480, screens=1, trial_days=14, price=Money(minor=499, currency="EUR"))
YEARLY = Plan(plan_id="year", name="A year", height=2160, screens=4, yearly=True, price=Money(minor=9900, currency="EUR"))


class Till:
    """A channel behind which these plans are on sale to whoever has no account."""

    def __init__(self, *plans: Plan) -> None:
        self._plans = plans

    async def invoke(self, method: Method[Any, Any], request: object, call: Call) -> PlanList:
        assert request == ListPlansRequest()
        return PlanList(plans=self._plans)


async def seen(*plans: Plan) -> httpx.Response:
    window = ShopWindow(CashierClient(Till(*plans)), SystemClock())  # pyright: ignore[reportArgumentType] # knows one method
    app = Starlette(routes=[Route("/auth/plans", window.plans)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as visitor:
        return await visitor.get("/auth/plans")


async def test_a_stranger_sees_what_each_plan_gives_and_costs() -> None:
    """Before they have an account, people see every plan with its picture, screens, trial and price."""
    answer = await seen(SMALL, YEARLY)
    assert answer.json() == {
        "plans": [
            {
                "id": "small",
                "name": "Small",
                "height": 480,
                "screens": 1,
                "yearly": False,
                "trialDays": 14,
                "price": {"minor": 499, "currency": "EUR"},
            },
            {
                "id": "year",
                "name": "A year",
                "height": 2160,
                "screens": 4,
                "yearly": True,
                "trialDays": 0,
                "price": {"minor": 9900, "currency": "EUR"},
            },
        ]
    }
    assert answer.headers["cache-control"] == "no-store", "a price that changed is seen at once"


async def test_a_house_without_plans_shows_an_empty_window() -> None:
    """A house that asks for no money says so by an empty list, and signing up stays as it is."""
    assert (await seen()).json() == {"plans": []}
