"""What a membership lets people watch. Decides, and knows no store; asked at every Play, so it is short."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from matinee.members.plans import Plan
from matinee.members.subscription import PLAYING, State, Subscription


class Standing(StrEnum):
    """By the names that the contract has for them."""

    WELCOME = "WELCOME"
    NO_PLAN = "NO_PLAN"
    UNPAID = "UNPAID"
    PAUSED = "PAUSED"
    ENDED = "ENDED"
    CLOSED = "CLOSED"


@dataclass(frozen=True)
class Entitlement:
    standing: Standing
    height: int = 0  # the tallest picture, in lines; 0: any
    screens: int = 0  # at once; 0: as many as the house gives everybody
    plan: str = ""
    note: str = ""


EVERYTHING = Entitlement(Standing.WELCOME)
"""Of a house that asks for no money, and of whoever runs one."""


def entitlement(sub: Subscription | None, plan: Plan | None, *, closed: bool, operator: bool = False) -> Entitlement:
    if closed:
        return Entitlement(Standing.CLOSED, note="This membership was closed by the house. Write to whoever runs it.")
    if operator:
        return EVERYTHING
    if sub is None or plan is None or sub.state is State.PENDING:
        return Entitlement(Standing.NO_PLAN, note="Choose a plan, and everything here is yours to watch.")
    if sub.state in PLAYING:
        return Entitlement(Standing.WELCOME, plan.height, plan.screens, plan.name, _on_the_way(sub))
    if sub.state is State.PAUSED:
        return Entitlement(Standing.PAUSED, plan=plan.name, note=f"Paused until {_day(sub.paused_until_ms)}. Come back any time.")
    if sub.state is State.UNPAID:
        return Entitlement(Standing.UNPAID, plan=plan.name, note="The last payment did not go through. Pay, and play on.")
    return Entitlement(Standing.ENDED, plan=plan.name, note=f"Your membership ended on {_day(sub.until_ms)}. Come back any time.")


def _on_the_way(sub: Subscription) -> str:
    if sub.state is State.PAST_DUE:
        return f"The last payment did not go through. Everything plays until {_day(sub.grace_until_ms)}."
    if sub.state is State.CANCELLING:
        return f"Cancelled. Everything plays until {_day(sub.until_ms)}."
    return f"Pauses on {_day(sub.until_ms)}." if sub.state is State.PAUSING else ""


def _day(unix_ms: int) -> str:
    return f"{datetime.fromtimestamp(unix_ms / 1000, UTC):%-d %B %Y}"
