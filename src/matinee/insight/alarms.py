"""Alarms: holds the house's figures against its rules, and sees to it that somebody hears when they are broken.

Keeps what stands in `sql`, so that it goes on where whoever died left off; several may look at once.
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Gauge

from matinee.contracts import alarms_pb2 as pb
from matinee.contracts.figures_pb2 import QualityPoint, QualityRequest
from matinee.contracts.figures_rpc import FiguresClient
from matinee.contracts.steering_pb2 import ListBoxesRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.insight import alarm_rules as rules
from matinee.insight import alarm_shelf as shelf
from matinee.insight.alarm_migrations import MIGRATIONS
from matinee.insight.alarm_rules import Counted, Found, Standing
from matinee.insight.alarm_telling import Teller
from matinee.insight.alarm_ways import News, Way
from matinee.insight.late_facts import LateFacts
from matinee.ports.clock import Clock
from matinee.ports.log import Log
from matinee.ports.rpc import Call, Refused
from matinee.ports.sql import Sql
from matinee.ports.unavailable import Unavailable

LOOK_EVERY_S = 15.0
ANSWERS_WITHIN_S = 10.0
BY_MINUTES_MS = 6 * rules.HOUR_MS
BY_HOURS_MS = 72 * rules.HOUR_MS

FIRING = Gauge("matinee_alarms_firing", "Alarms that stand, as seen by this process", ["severity"])
BURN = Gauge("matinee_burn_rate", "How many times too fast an objective's budget is spent", ["objective", "window"])
EVENTS = Gauge("matinee_objective_bad_events", "What was not as an objective wants it, in the last hour", ["objective"])
LOOKED = Gauge("matinee_alarms_looked_timestamp_seconds", "When the figures were last held against the rules")
log: structlog.stdlib.BoundLogger = structlog.get_logger("alarms")


@dataclass(frozen=True)
class AlarmsSettings:
    house: str  # part of what tells its incidents from another house's
    link: str  # where to look
    ways: tuple[Way, ...]


class Alarms:
    """Implements `AlarmsService`."""

    def __init__(
        self, *, sql: Sql, log: Log, clock: Clock, figures: FiguresClient, steering: SteeringClient, settings: AlarmsSettings
    ) -> None:
        self._sql = sql
        self._clock = clock
        self._figures = figures
        self._steering = steering
        self._late = LateFacts(log, clock)
        self._teller = Teller(sql, clock, settings.ways, settings.house, settings.link)

    async def start(self) -> None:
        await self._sql.install(MIGRATIONS)

    def loops(self) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        return (("alarms: looking", self._keep_looking), ("alarms: telling", self._teller.keep_telling))

    async def close(self) -> None:
        await self._teller.close()
        await self._sql.close()

    async def standing(self, request: pb.StandingRequest, call: Call) -> pb.AlarmList:
        known, heard, at_ms = await self._sql.read(lambda db: (shelf.alarms(db), shelf.heard(db), shelf.looked_ms(db)))
        oldest_ms = self._clock.now_ms() - shelf.SHOWN_MS
        shown = [each for _, each in known.values() if each.state == "firing" or each.resolved_ms > oldest_ms]
        shown.sort(key=lambda each: (each.state != "firing", -each.since_ms, each.found.name))
        alarms = [_told(each, *heard.get((each.found.name, each.since_ms), (0, ""))) for each in shown]
        return pb.AlarmList(alarms=alarms, looked_ms=at_ms, listeners=len(self._teller.names))

    async def look(self) -> None:
        """Once: what is wrong, what has changed by that, and who is to hear of it."""
        found, at = await self._found()
        now_ms = self._clock.now_ms()
        known = await self._sql.read(shelf.alarms)
        changed = rules.looked({name: standing for name, (_, standing) in known.items()}, found, at, now_ms)
        for name, standing in changed.items():
            version, before = known.get(name, (0, None))
            await self._move(version, before, standing, now_ms)
        await self._sql.transact(lambda db: (shelf.look(db, now_ms), shelf.forget(db, now_ms)))
        after = {name: standing for name, (_, standing) in known.items()} | changed
        for severity in (rules.CRITICAL, rules.WARNING):
            firing = [each for each in after.values() if each.state == "firing" and each.found.severity == severity]
            FIRING.labels(severity).set(len(firing))
        LOOKED.set(now_ms / 1000)

    async def tell(self) -> None:
        """Once: whoever is due to hear."""
        await self._teller.round()

    async def _keep_looking(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def _move(self, version: int, before: Standing | None, after: Standing, now_ms: int) -> None:
        was = before.state if before else ""
        news = None
        if after.state != was and after.state in ("firing", "resolved"):
            found = after.found
            rest = (found.severity, found.summary, found.next_step, after.since_ms, now_ms)
            news = News(found.name, after.state == "firing", *rest)
            log.warning("alarm", alarm=found.name, state=after.state, severity=found.severity, why=found.summary)
        await self._sql.transact(lambda db: shelf.move_and_tell(db, version, after, news, self._teller.names))

    async def _found(self) -> tuple[list[Found], frozenset[str]]:
        """What is wrong now, and what could be looked at to know."""
        now_ms, found, at = self._clock.now_ms(), list[Found](), {"figures"}
        try:
            counted = await self._counted(now_ms)
            found += rules.burning(counted, now_ms)
            at.add("quality")
            _measure(counted, now_ms)
        except (Refused, Unavailable, TimeoutError) as error:
            found.append(rules.figures_away(type(error).__name__))
        try:
            boxes = (await self._steering.list_boxes(ListBoxesRequest(), self._call())).boxes
            said = [rules.BoxSaid(each.box_id, each.serving, each.problem, each.heard_ms) for each in boxes]
            found += rules.boxes_down(said, now_ms)
            at.add("boxes")
        except (Refused, Unavailable, TimeoutError) as error:
            log.warning("boxes cannot be looked at", why=str(error))
        try:
            async with self._clock.timeout(ANSWERS_WITHIN_S):
                late = await self._late.look()
            if late is not None:
                found += rules.facts_late(late)
                at.add("facts")
        except (Unavailable, TimeoutError) as error:
            log.warning("the log cannot be looked at", why=str(error))
        return found, frozenset(at)

    async def _counted(self, now_ms: int) -> list[Counted]:
        """Minutes for six hours, and hours for what lies before them."""
        border_ms = (now_ms - BY_MINUTES_MS) // rules.HOUR_MS * rules.HOUR_MS
        minutes = QualityRequest(dimension="all", from_ms=border_ms, to_ms=now_ms)
        hours = QualityRequest(dimension="all", from_ms=now_ms - BY_HOURS_MS, to_ms=border_ms, hourly=True)
        counted = [_counted(each, rules.HOUR_MS) for each in (await self._figures.quality(hours, self._call())).points]
        return counted + [_counted(each, rules.MINUTE_MS) for each in (await self._figures.quality(minutes, self._call())).points]

    def _call(self) -> Call:
        return Call(uuid.uuid4().hex, "alarms", self._clock.monotonic_s() + ANSWERS_WITHIN_S, house=True)


def _measure(counted: Sequence[Counted], now_ms: int) -> None:
    for objective in rules.OBJECTIVES:
        within = [each for each in counted if each.at_ms >= now_ms - rules.HOUR_MS]
        EVENTS.labels(objective.name).set(sum(objective.bad(each) for each in within))
        for span_ms in sorted({span for each in rules.WINDOWS for span in (each.long_ms, each.short_ms)}):
            window = f"{span_ms // rules.MINUTE_MS}m"
            BURN.labels(objective.name, window).set(rules.burn_rate(objective, counted, span_ms, now_ms))


def _counted(point: QualityPoint, width_ms: int) -> Counted:
    sums = (point.attempts, point.starts, point.exits_before_start, point.fatal, point.playing_ms, point.stalled_ms)
    return Counted(point.at_ms, width_ms, *sums)


def _told(standing: Standing, told: int, untold: str) -> pb.Alarm:
    found = standing.found
    return pb.Alarm(
        name=found.name,
        severity=found.severity,
        summary=found.summary,
        next_step=found.next_step,
        since_ms=standing.since_ms,
        resolved_ms=standing.resolved_ms,
        dimension=found.dimension,
        value=found.value,
        told=told,
        untold=untold,
    )
