"""Figures: how well films played, over an hour or a month, what lies behind a figure, and one view from press to end."""

from typing import Annotated, Self

import strawberry

from matinee.contracts import figures_pb2 as pb
from matinee.ports.rpc import Refused as RefusedCall
from matinee.screen.schema.refused import Refused, iso
from matinee.screen.schema.viewing import Info
from matinee.screen.title_names import names_of

HOURLY_FROM_MS = 25 * 3_600_000
"""A plot of more than a day has a point for each hour."""
MOST = 2**31 - 1
"""GraphQL counts no further, and a page may make up how often it changed rungs."""


@strawberry.type(description="What all views had together in a minute, an hour, or a whole time, by CTA-2066.")
class Quality:
    at: str
    value: str = strawberry.field(description="Of the dimension: a title's id, a rung, a box …")
    name: str = strawberry.field(description="The value for people.")
    views: int = strawberry.field(description="Of a minute: how many watched at once.")
    attempts: int
    starts: int
    exits_before_start: int
    fatal: int
    failures: int
    playing_seconds: float
    rebuffering: float = strawberry.field(description="0 to 1: of the time that pictures should have moved.")
    join_p50_ms: float
    join_p95_ms: float
    join_p99_ms: float
    rebuffering_p95: float = strawberry.field(description="0 to 1, of a view's minute.")
    switches: int
    bits: float

    @classmethod
    def of(cls, point: pb.QualityPoint, name: str = "") -> Self:
        return cls(
            at=iso(point.at_ms),
            value=point.value,
            name=name or point.value,
            views=point.view_minutes,
            attempts=point.attempts,
            starts=point.starts,
            exits_before_start=point.exits_before_start,
            fatal=point.fatal,
            failures=min(point.failures, MOST),
            playing_seconds=point.playing_ms / 1000,
            rebuffering=point.rebuffer_ratio,
            join_p50_ms=point.join_p50_ms,
            join_p95_ms=point.join_p95_ms,
            join_p99_ms=point.join_p99_ms,
            rebuffering_p95=point.rebuffer_p95_permille / 1000,
            switches=min(point.switches, MOST),
            bits=float(point.bits),
        )


@strawberry.type
class QualitySeries:
    hourly: bool = strawberry.field(description="Whether a point is an hour; else it is a minute.")
    points: list[Quality]


@strawberry.type
class Moment:
    at: str
    what: str
    detail: str


@strawberry.type(description="One view, from Play to its end.")
class Session:
    id: strawberry.ID
    title_id: strawberry.ID
    title: str = strawberry.field(description="Its name; empty when the house has it no longer.")
    began: str
    last: str
    join_ms: float | None = strawberry.field(description="Null: no picture came.")
    playing_seconds: float
    stalled_seconds: float
    stalls: int
    switches: int
    failures: int
    fatal: int
    height: int
    box: str
    network: str
    browser: str
    system: str
    app: str
    country: str
    exited_before_start: bool
    untold: int = strawberry.field(description="Moments beyond those of the timeline.")
    timeline: list[Moment]

    @classmethod
    def of(cls, told: pb.SessionFigures, names: dict[str, str]) -> Self:
        return cls(
            id=strawberry.ID(told.view_id),
            title_id=strawberry.ID(told.title_id),
            title=names.get(told.title_id, ""),
            began=iso(told.began_ms),
            last=iso(told.last_ms),
            join_ms=told.join_ms or None,
            playing_seconds=told.playing_ms / 1000,
            stalled_seconds=told.stalled_ms / 1000,
            stalls=told.stalls,
            switches=told.switches,
            failures=told.failures,
            fatal=told.fatal,
            height=told.height,
            box=told.box_id,
            network=told.network,
            browser=told.browser,
            system=told.system,
            app=told.app,
            country=told.country,
            exited_before_start=told.exited_before_start,
            untold=told.untold,
            timeline=[Moment(at=iso(each.at_ms), what=each.what, detail=each.detail) for each in told.timeline],
        )


@strawberry.type
class SessionList:
    sessions: list[Session] = strawberry.field(description="The worst first.")
    of: int = strawberry.field(description="So many were looked at.")


SessionAnswer = Annotated[Session | Refused, strawberry.union("SessionAnswer")]


@strawberry.type
class FiguresOfTheHouse:
    """What of an operator's page is about how films play. Times are milliseconds since 1970, as floats: they pass 32 bits."""

    @strawberry.field(description="A point for each minute of up to a day, or each hour of more, in which anybody watched.")
    async def quality(self, info: Info, from_ms: float, to_ms: float, dimension: str = "all", value: str = "") -> QualitySeries:
        viewing, hourly = info.context, to_ms - from_ms > HOURLY_FROM_MS
        asked = pb.QualityRequest(dimension=dimension, value=value, from_ms=_ms(from_ms), to_ms=_ms(to_ms), hourly=hourly)
        points = (await viewing.desks.figures.quality(asked, viewing.call)).points
        return QualitySeries(hourly=hourly, points=[Quality.of(each) for each in points])

    @strawberry.field(description="That time as a whole, by the values of a dimension; those that most was played of first.")
    async def breakdown(self, info: Info, from_ms: float, to_ms: float, dimension: str) -> list[Quality]:
        viewing, hourly = info.context, to_ms - from_ms > HOURLY_FROM_MS
        asked = pb.BreakdownRequest(dimension=dimension, from_ms=_ms(from_ms), to_ms=_ms(to_ms), hourly=hourly, limit=50)
        points = (await viewing.desks.figures.breakdown(asked, viewing.call)).points
        names = (
            await names_of(viewing.desks.catalog, {each.value for each in points}, viewing.call) if dimension == "title" else {}
        )
        return [Quality.of(each, names.get(each.value, "")) for each in points]

    @strawberry.field(description="The views behind a figure.")
    async def sessions(self, info: Info, from_ms: float, to_ms: float, dimension: str = "all", value: str = "") -> SessionList:
        viewing = info.context
        asked = pb.SessionsRequest(dimension=dimension, value=value, from_ms=_ms(from_ms), to_ms=_ms(to_ms), limit=50)
        found = await viewing.desks.figures.sessions(asked, viewing.call)
        names = await names_of(viewing.desks.catalog, {each.title_id for each in found.sessions}, viewing.call)
        return SessionList(sessions=[Session.of(each, names) for each in found.sessions], of=found.of)

    @strawberry.field(description="One view with its timeline.")
    async def session(self, info: Info, id: strawberry.ID) -> SessionAnswer:
        viewing = info.context
        try:
            found = await viewing.desks.figures.session(pb.SessionId(view_id=id), viewing.call)
        except RefusedCall as refused:
            return Refused.of(refused)
        return Session.of(found, await names_of(viewing.desks.catalog, {found.title_id}, viewing.call))


def _ms(given: float) -> int:
    """What no calendar holds is its end."""
    return int(min(max(given, 0.0), 4e15))
