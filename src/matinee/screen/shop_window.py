"""What a stranger sees before they have an account: the plans on offer, and what each costs."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.contracts.cashier_pb2 import ListPlansRequest, Plan
from matinee.contracts.cashier_rpc import CashierClient
from matinee.ports.clock import Clock
from matinee.screen.asking import call_of


class ShopWindow:
    def __init__(self, cashier: CashierClient, clock: Clock) -> None:
        self._cashier = cashier
        self._clock = clock

    async def plans(self, request: Request) -> Response:
        """In the house's currency; none in a house that asks for no money."""
        found = await self._cashier.list_plans(ListPlansRequest(), call_of(request, self._clock))
        return JSONResponse({"plans": [_shown(plan) for plan in found.plans]}, headers={"cache-control": "no-store"})


def _shown(plan: Plan) -> dict[str, object]:
    return {
        "id": plan.plan_id,
        "name": plan.name,
        "height": plan.height,
        "screens": plan.screens,
        "yearly": plan.yearly,
        "trialDays": plan.trial_days,
        "price": {"minor": plan.price.minor, "currency": plan.price.currency},
    }
