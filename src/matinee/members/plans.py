"""Plans: what can be had, and for how much. Decides, and knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matinee.members.money import DIGITS, Money

MOST_NAME = 40
MOST_MINOR = 1_000_000_000
MOST_TRIAL_DAYS = 90
MOST_SCREENS = 100
MOST_HEIGHT = 4320


@dataclass(frozen=True)
class Plan:
    """Prices have the tax in them, and are of a period: a month, or a year. Every plan plays without advertisements."""

    plan_id: str
    name: str
    height: int  # the tallest picture, in lines
    screens: int  # at once
    yearly: bool = False
    trial_days: int = 0
    on_sale: bool = True
    prices_minor: Mapping[str, int] = field(default_factory=dict[str, int])  # by currency

    def price(self, currency: str) -> Money:
        return Money(self.prices_minor[currency], currency)


@dataclass(frozen=True)
class Problem:
    field: str
    reason: str


SEEDS = (
    Plan("small", "Matinee Small", 480, 1, prices_minor={"EUR": 499, "USD": 499, "GBP": 399, "INR": 14900}),
    Plan("standard", "Matinee Standard", 1080, 2, prices_minor={"EUR": 999, "USD": 999, "GBP": 799, "INR": 34900}),
    Plan("large", "Matinee Large", 2160, 4, prices_minor={"EUR": 1499, "USD": 1499, "GBP": 1299, "INR": 64900}),
)
"""What a house begins with; its operator changes them."""


def problem_with(plan: Plan, house_currency: str) -> Problem | None:
    """Why this cannot be a plan, in words for the operator, or None."""
    bounds = (
        ("name", 1 <= len(plan.name.strip()) <= MOST_NAME and plan.name.isprintable(), f"1 to {MOST_NAME} letters"),
        ("height", 144 <= plan.height <= MOST_HEIGHT, f"144 to {MOST_HEIGHT} lines"),
        ("screens", 1 <= plan.screens <= MOST_SCREENS, f"1 to {MOST_SCREENS}"),
        ("trialDays", 0 <= plan.trial_days <= MOST_TRIAL_DAYS, f"0 to {MOST_TRIAL_DAYS} days"),
        ("prices", set(plan.prices_minor) <= set(DIGITS), f"in {', '.join(DIGITS)} only"),
        ("prices", house_currency in plan.prices_minor, f"at least the one in {house_currency}, this house's currency"),
        ("prices", all(0 <= each <= MOST_MINOR for each in plan.prices_minor.values()), f"0 to {MOST_MINOR} in cents"),
    )
    wrong = next(((where, allowed) for where, is_fine, allowed in bounds if not is_fine), None)
    return Problem(wrong[0], f"A plan's {wrong[0]}: {wrong[1]}.") if wrong else None


def currency_for(country_currency: str, house_currency: str, plan: Plan) -> str:
    """What somebody pays in: their country's currency if the plan has a price in it, else the house's."""
    return country_currency if country_currency in plan.prices_minor else house_currency
