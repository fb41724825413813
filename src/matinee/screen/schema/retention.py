"""Who comes back: profiles by the month in which they first watched, and how many of them watch since."""

from typing import Self

import strawberry

from matinee.contracts import warehouse_pb2 as pb
from matinee.screen.schema.refused import iso
from matinee.screen.schema.viewing import Info


@strawberry.type(description="The profiles that first watched in a month (UTC).")
class Cohort:
    month: str = strawberry.field(description="As 2026-11.")
    profiles: int
    active: list[int] = strawberry.field(description="So many of them watched in that month, the next, … and in this one so far.")

    @classmethod
    def of(cls, told: pb.Cohort) -> Self:
        return cls(month=told.month, profiles=told.profiles, active=list(told.active))


@strawberry.type
class Retention:
    cohorts: list[Cohort] = strawberry.field(description="The latest month first, a year of them.")
    read_at: str | None = strawberry.field(description="Null: it is being read for the first time; ask again in a moment.")
    problem: str | None = strawberry.field(description="Why it could not be read the last time.")


@strawberry.type
class RetentionOfTheHouse:
    @strawberry.field(description="By what was loaded into the warehouse, which is done once an hour.")
    async def retention(self, info: Info) -> Retention:
        viewing = info.context
        told = await viewing.desks.warehouse.retention(pb.RetentionRequest(), viewing.call)
        return Retention(
            cohorts=[Cohort.of(each) for each in told.cohorts],
            read_at=iso(told.read_ms) if told.read_ms else None,
            problem=told.problem or None,
        )
