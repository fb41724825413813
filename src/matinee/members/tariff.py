"""The house's plans, as its operator keeps them. A plan is never removed, only no longer sold: somebody may have it."""

import sqlalchemy as sa

from matinee.members.ledger import TABLES
from matinee.members.plans import SEEDS, Plan

PLANS = sa.Table(
    "plans",
    TABLES,
    sa.Column("plan_id", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("screens", sa.Integer, nullable=False),
    sa.Column("yearly", sa.Boolean, nullable=False),
    sa.Column("trial_days", sa.Integer, nullable=False),
    sa.Column("on_sale", sa.Boolean, nullable=False),
    sa.Column("prices_minor", sa.JSON, nullable=False),  # by currency
)
ONE = sa.select(PLANS).where(PLANS.c.plan_id == sa.bindparam("plan"))  # made once: that takes longer than to ask it


def sow(db: sa.Connection) -> None:
    """A house that has no plans yet is given some."""
    if db.execute(sa.select(PLANS.c.plan_id).limit(1)).first() is None:
        for plan in SEEDS:
            save(db, plan)


def all_plans(db: sa.Connection) -> list[Plan]:
    """The smallest first."""
    return sorted((_plan(row) for row in db.execute(sa.select(PLANS))), key=lambda plan: (plan.yearly, plan.height, plan.name))


def by_id(db: sa.Connection, plan_id: str) -> Plan | None:
    row = db.execute(ONE, {"plan": plan_id}).first()
    return _plan(row) if row else None


def save(db: sa.Connection, plan: Plan) -> None:
    words: dict[str, object] = {
        "name": plan.name,
        "height": plan.height,
        "screens": plan.screens,
        "yearly": plan.yearly,
        "trial_days": plan.trial_days,
        "on_sale": plan.on_sale,
        "prices_minor": dict(plan.prices_minor),
    }
    if by_id(db, plan.plan_id):
        db.execute(sa.update(PLANS).where(PLANS.c.plan_id == plan.plan_id).values(words))
    else:
        db.execute(sa.insert(PLANS).values(plan_id=plan.plan_id, **words))


def _plan(row: sa.Row[tuple[object, ...]]) -> Plan:
    return Plan(*row)  # pyright: ignore[reportArgumentType] # the columns are the fields, in their order
