"""The operator's figures as they change: one gathering a second, however many look, told as server-sent events.

Each part is asked for by itself. One that is away or slow keeps its last words and says of when they are; the others wait for
nobody. Who looks is asked for anew each minute, when a stream ends and the browser comes again with the passport it has by then.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from matinee.contracts.alarms_pb2 import StandingRequest
from matinee.contracts.alarms_rpc import AlarmsClient
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.contracts.figures_pb2 import BreakdownRequest, QualityRequest
from matinee.contracts.figures_rpc import FiguresClient
from matinee.contracts.playback_pb2 import ListScreensRequest
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.contracts.steering_pb2 import ListBoxesRequest
from matinee.contracts.steering_rpc import SteeringClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Call, Refused
from matinee.ports.unavailable import Unavailable
from matinee.screen import figures_told as told
from matinee.screen.asking import call_of
from matinee.screen.title_names import names_of

EVERY_S = 1.0
AT_ONCE_S = 0.25
"""So long a gathering waits; who answers later is heard of in the next."""
ANSWERS_WITHIN_S = 2.5
LOOKED_AGAIN_S = 60.0
MOST_LOOKING = 50
HOUR_MS, RUNGS_OVER_MS = 3_600_000, 5 * 60_000
SIGNED_OUT = Refused("unauthenticated", "You are signed out.", "Sign in to go on.")
NOT_YOURS = Refused("forbidden", "That is the operator's.", "Sign in with the account that opened this house.")
TOO_MANY = Refused("busy", "Too many look at the figures just now.", f"{MOST_LOOKING} may at once: close some of these pages.")
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
AWAY = "This part of the house does not answer."
SLOW = "This part of the house is slow to answer."


@dataclass(frozen=True)
class Sources:
    """Whom a gathering asks."""

    playback: PlaybackClient
    catalog: CatalogClient
    figures: FiguresClient
    steering: SteeringClient
    alarms: AlarmsClient


@dataclass
class _Part:
    """What a part of the house said last, and since when it is silent."""

    data: object = None
    as_of_ms: int = 0
    away: str = ""


class LiveFigures:
    def __init__(self, sources: Sources, clock: Clock) -> None:
        self._ask = sources
        self._clock = clock
        self._looking: dict[object, Call] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._somebody = asyncio.Event()
        self._news = asyncio.Condition()
        self._number = 0
        self._event = ""
        self._is_over = False
        self._parts = {name: _Part() for name in self._askers()}

    async def answer(self, request: Request) -> Response:
        if not request.headers.get("x-matinee-account"):
            raise SIGNED_OUT
        if request.headers.get("x-matinee-role") != "operator":
            raise NOT_YOURS
        if len(self._looking) >= MOST_LOOKING:
            raise TOO_MANY
        return StreamingResponse(self._events(call_of(request, self._clock)), headers=HEADERS, media_type="text/event-stream")

    async def keep_gathering(self) -> None:
        try:
            while True:
                await self._somebody.wait()
                began_s = self._clock.monotonic_s()
                await self.gather()
                await self._clock.sleep(max(0.0, EVERY_S - (self._clock.monotonic_s() - began_s)))
        finally:
            for task in self._asking.values():
                task.cancel()
            self._asking.clear()

    async def end(self) -> None:
        """No stream goes on: whoever looks comes again, to another process if need be."""
        async with self._news:
            self._is_over = True
            self._news.notify_all()

    async def gather(self) -> None:
        """Once, in the name of who came last: theirs is the freshest passport. Who has not answered is not asked again."""
        call = list(self._looking.values())[-1] if self._looking else None
        if call is None:
            return
        deadline_s = self._clock.monotonic_s() + ANSWERS_WITHIN_S
        mine = replace(call, trace_id=uuid.uuid4().hex, deadline_s=deadline_s)
        self._take_answered()
        for name in self._asking:
            self._parts[name].away = self._parts[name].away or SLOW
        for name, asked in self._askers().items():
            if name not in self._asking:
                self._asking[name] = asyncio.ensure_future(self._hear(name, asked, mine))
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(AT_ONCE_S):
                await asyncio.wait(self._asking.values())
        self._take_answered()
        await self._tell()

    def _take_answered(self) -> None:
        for name in [name for name, task in self._asking.items() if task.done()]:
            self._asking.pop(name).result()

    async def _tell(self) -> None:
        parts = {name: {"data": each.data, "asOf": each.as_of_ms, "away": each.away} for name, each in self._parts.items()}
        self._number += 1
        self._event = f"id: {self._number}\ndata: {json.dumps({'at': self._clock.now_ms(), 'parts': parts})}\n\n"
        async with self._news:
            self._news.notify_all()

    async def _events(self, call: Call) -> AsyncIterator[str]:
        place, until_s = object(), self._clock.monotonic_s() + LOOKED_AGAIN_S
        self._looking[place] = call
        self._somebody.set()
        seen = self._number
        try:
            yield "retry: 1000\n\n"
            while self._clock.monotonic_s() < until_s and not self._is_over:
                async with self._news:
                    await self._news.wait_for(lambda before=seen: self._number > before or self._is_over)
                if self._number > seen:
                    seen = self._number
                    yield self._event
        finally:
            del self._looking[place]
            if not self._looking:
                self._somebody.clear()

    def _askers(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        return {
            "watching": self._watching,
            "quality": self._quality,
            "rungs": self._rungs,
            "titles": self._titles,
            "boxes": self._boxes,
            "alarms": self._alarms,
        }

    async def _hear(self, name: str, asked: Callable[[Call], Awaitable[object]], call: Call) -> None:
        part = self._parts[name]
        try:
            async with self._clock.timeout(ANSWERS_WITHIN_S):
                part.data = await asked(call)
        except Refused as refused:
            part.away = f"{refused.title} {refused.reason}"
        except (Unavailable, TimeoutError):
            part.away = AWAY
        else:
            part.as_of_ms, part.away = self._clock.now_ms(), ""

    async def _watching(self, call: Call) -> object:
        screens = (await self._ask.playback.list_screens(ListScreensRequest(), call)).screens
        return told.watching(
            screens, await names_of(self._ask.catalog, [title_id for title_id, _ in told.most_watched(screens)], call)
        )

    async def _quality(self, call: Call) -> object:
        now_ms = self._clock.now_ms()
        asked = QualityRequest(dimension="all", from_ms=now_ms - HOUR_MS, to_ms=now_ms)
        return told.quality((await self._ask.figures.quality(asked, call)).points, now_ms)

    async def _rungs(self, call: Call) -> object:
        now_ms = self._clock.now_ms()
        from_ms = (now_ms - RUNGS_OVER_MS) // told.MINUTE_MS * told.MINUTE_MS
        asked = BreakdownRequest(dimension="rung", from_ms=from_ms, to_ms=now_ms, limit=30)
        return told.egress((await self._ask.figures.breakdown(asked, call)).points, from_ms, now_ms)

    async def _titles(self, call: Call) -> object:
        now_ms = self._clock.now_ms()
        asked = BreakdownRequest(dimension="title", from_ms=now_ms - HOUR_MS, to_ms=now_ms, limit=told.MOST_TITLES)
        points = (await self._ask.figures.breakdown(asked, call)).points
        return told.titles(points, await names_of(self._ask.catalog, [each.value for each in points], call))

    async def _boxes(self, call: Call) -> object:
        return [told.box(each) for each in (await self._ask.steering.list_boxes(ListBoxesRequest(), call)).boxes]

    async def _alarms(self, call: Call) -> object:
        return told.standing(await self._ask.alarms.standing(StandingRequest(), call))
